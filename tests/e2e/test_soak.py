"""A day and a half with five thousand leads in virtual time, with every kind of failure."""

from dataclasses import replace

import pytest

from tests.simulation.deployed import Deployed
from tests.simulation.soak import Soak
from tests.simulation.weather import of_a_week


def small(deployed: Deployed, leads: int) -> Soak:
    return Soak(leads, 1.5, of_a_week(1.5, outage_hours=8), deployed)


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    """The template with a long window, so that few leads make batches of realistic size."""
    return Deployed.from_template(BatchingWindow=60)


def test_no_lead_is_lost_through_all_failures(deployed: Deployed) -> None:
    """No good lead stays dead-lettered, no bad one is enrolled, and law 2 holds at every hour."""
    soak = small(deployed, leads=5_000)
    soak.run()
    assert soak.problems == {}
    metrics = soak.books.metrics
    assert metrics["Accepted"] > 5_000 == soak.leads
    # A killed function may send a letter twice.
    signups = [soak.truth.signups[number][0] for number in soak.account.letters]
    assert sum(signup.bad for signup in signups) == soak.truth.bad > 40
    assert sum(signup.blocked for signup in signups) > 0
    assert metrics["Rejected"] >= soak.truth.bad
    assert soak.queue.most_received < deployed.most_receives / 10
    # Every kind of failure occurred.
    assert {0, 200, 207, 302, 401, 403, 404, 413, 422, 429, 500, 503} <= soak.service.statuses.keys()
    reasons = {"unavailable", "unauthorized", "systemic", "internal", "firewall", "unexpected", "not_found"}
    assert reasons <= soak.books.why.keys()
    for name in ("Updated", "Skipped", "Merged", "Duplicates", "Redelivered", "IsolationRequests"):
        assert metrics[name] > 0, name
    assert soak.replayed > 0
    assert soak.poller.kills > 0 < soak.counted_again()
    assert soak.intake.kills > 0 < soak.intake.uncounted


def test_too_few_receives_are_detected(deployed: Deployed) -> None:
    """If messages are moved before the outage ends, leads are reported as given up by the queue."""
    soak = small(replace(deployed, most_receives=5), leads=300)
    soak.run()
    assert soak.problems["leads that the queue gave up"] > 0 < soak.problems["leads lost"]


def test_missing_partial_failures_are_detected(deployed: Deployed) -> None:
    """Then held messages are deleted: leads are lost, and the counts do not add up."""
    soak = small(replace(deployed, partial_failures=False), leads=300)
    soak.run()
    assert soak.problems["leads lost"] > 0 < soak.problems["hours at which law 2 did not balance"]
