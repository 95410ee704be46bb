"""The rate limit towards Leadterra in virtual time: it holds in every minute, and no lead is lost."""

import contextlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.message.message import id_for_log
from tests.simulation.containers import Container
from tests.simulation.deployed import Deployed
from tests.simulation.people import Arrival, Signup
from tests.simulation.soak import HOUR, Soak, _logging_to
from tests.simulation.timeline import Lane
from tests.simulation.weather import Spell, Weather

STACK = Deployed.from_template()


@settings(deadline=None, max_examples=10)
@given(share=st.integers(1, 6), concurrency=st.integers(1, 5), leads=st.integers(1, 150))
def test_no_minute_has_more_requests_than_the_limit(share: int, concurrency: int, leads: int) -> None:
    """Each concurrent invocation keeps to its share, and all leads are delivered."""
    limit = share * concurrency
    stack = replace(STACK, concurrency=concurrency, window=1)
    outage = Spell("outage", 0.5 * HOUR, 0.7 * HOUR)
    soak = Soak(leads, 0.1, Weather((outage,)), stack, leadterra=f"requests_per_minute = {limit}\nbatch_size = 20")
    soak.run()
    assert soak.problems == {}
    times = soak.service.arrived
    assert max(sum(start <= time < start + 59.99 for time in times) for start in times) <= limit


@pytest.mark.parametrize("order", [("import", "replay", "partner"), ("partner", "replay", "import")])
@pytest.mark.parametrize("campaigns", [("trial", "trial"), ("trial", "newsletter"), ("newsletter", "trial")])
def test_live_leads_are_sent_before_imports_and_replays(order: tuple[str, ...], campaigns: tuple[str, str]) -> None:
    """Leads that do not fit into the time are held, which is not a failure."""
    stack = replace(STACK, timeout=90)
    # With one request per minute there is time for two.
    limited = f"requests_per_minute = {stack.concurrency}\nbatch_size = 1"
    soak = Soak(0, 1, Weather(()), stack, leadterra=limited)
    signups = {"partner": Signup(11, 11), "import": Signup(12, 12), "replay": Signup(13, 13)}
    for name in order:
        signup, campaign = signups[name], campaigns[name == "import"]
        soak.truth.add(Arrival(0, form=campaign == "newsletter", signups=[signup]))
        soak.books.numbers[id_for_log(f"e{signup.number}")] = signup.number
        soak.queue.send(body(name, signup, campaign), signup.number, -HOUR)
    assert soak.queue.visible(0) == len(order)
    batch = soak.queue.receive(len(order), 0)
    kept: list[set[str] | None] = []
    with contextlib.redirect_stdout(soak.output), _logging_to(soak.output), Lane(soak.timeline) as lane:
        container = Container(soak.poller.around, lane)
        soak.timeline.at(0, lambda: lane.begin(lambda: kept.append(container.invoke(batch))))
        soak.timeline.run()
    assert soak.truth.arrived == {11, 12}
    assert [message.number for _, message in batch if message.id in (kept[0] or ())] == [13]
    assert soak.books.why == {"rate_limit": 1}
    assert soak.books.metrics["HeldAge"] == 0


def body(name: str, signup: Signup, campaign: str) -> str:
    """A message of intake, `leads import` or `leads failures replay`."""
    custom = {key: value for key, value in signup.fields.items() if key in {"signup", "plan"}}
    own = {key: value for key, value in signup.fields.items() if key not in custom}
    content = {
        "version": 1,
        "id": f"e{signup.number}",
        "source": "import" if name == "import" else "partner",
        "campaign": campaign,
        "receivedAt": "2026-11-23T00:00:00.000Z",
        "lead": {"email": signup.address, **own, "customFields": custom},
    }
    return json.dumps(content | ({"replay": {"of": "x", "count": 1, "reason": "rejected"}} if name == "replay" else {}))
