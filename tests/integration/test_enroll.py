"""Enroll: which leads reach Leadterra, with which fields, and how they are counted."""

from pathlib import Path

import pytest

from functions.enroll.handler import handler
from leads_cli.sandbox import Behaviour, Fault
from leads_cli.sandbox.admission import Dialect
from tests.integration.enrolling import CONFIG, Enrolling, message


def test_it_can_be_run_by_hand(enrolling: Enrolling) -> None:
    """Without Lambda's context the time left is unknown and assumed to be enough."""
    enrolling.cloud.send(message("ava@example.com"))
    records = enrolling.cloud.records()
    assert enrolling.watching(lambda: handler({"Records": records}, None), records).failures == []
    assert [*enrolling.enrolled()] == ["ava@example.com"]


@pytest.mark.parametrize("dialect", ["reference", "guide", "data"])
def test_counts_in_every_envelope(enrolling: Enrolling, dialect: Dialect) -> None:
    """New, known and suppressed leads are counted separately, also in the log. Uncounted ones are unaccounted."""
    enrolling.leadterra.behaviour = Behaviour(dialect=dialect)
    enrolling.deliver(message("ava@example.com"))
    done = enrolling.deliver(*map(message, ("ava@example.com", "ben@example.com", "eve@suppressed.example")))
    assert done.failures == []
    aside = {"Skipped": 1} if dialect == "guide" else {"Unaccounted": 1}
    assert done.metrics == {"Requests": 1, "Enrolled": 1, "Updated": 1, **aside}
    assert [{name: log.get(name.lower()) for name in aside} for log in done.logs] == [aside]


@pytest.mark.parametrize("outcome", ["accepted", "held", "rejected"])
def test_duplicate_deliveries_are_counted_separately(enrolling: Enrolling, outcome: str) -> None:
    """A second record of a message has the same outcome, and is logged and counted once."""
    enrolling.cloud.send(message("ava@refused.example" if outcome == "rejected" else "ava@example.com"))
    (record,) = enrolling.cloud.records()
    if outcome == "held":
        enrolling.leadterra.faults.set([Fault(kind="server_error")])
    done = enrolling.invoke([record, record])
    counted = {"accepted": ["Enrolled"], "held": ["Held", "HeldUnavailable"], "rejected": ["Rejected"]}[outcome]
    assert done.metrics == {"Requests": 1, "Duplicates": 1, **dict.fromkeys(counted, 1)}
    assert done.failures == ([record["messageId"]] if outcome == "held" else [])
    assert len(enrolling.letters()) == (outcome == "rejected")


def test_two_messages_of_one_event_may_be_delivered_twice(enrolling: Enrolling) -> None:
    """Messages with another time are separate. Repeated deliveries of each are counted as duplicates."""
    times = ("2026-11-22T02:00:00Z", "2026-11-22T02:00:45Z")
    enrolling.cloud.send(*({**message("ava@example.com"), "id": "evt-1", "receivedAt": moment} for moment in times))
    records = enrolling.cloud.records()
    done = enrolling.invoke([*records, *records])
    assert done.metrics == {"Requests": 1, "Enrolled": 1, "Merged": 1, "Duplicates": 2}
    assert done.failures == []


def test_leads_of_other_producers_are_counted_as_accepted(enrolling: Enrolling) -> None:
    """Once, when they are first received."""
    counted = [message("ava@example.com"), {**message("eve@example.com"), "source": "direct"}]
    named = {**message("ben@example.com"), "source": "website"}
    enrolling.leadterra.faults.set([Fault(kind="server_error")])
    enrolling.cloud.send(*counted, named, "not JSON")
    records = enrolling.cloud.records()
    first = enrolling.invoke(records)
    assert first.dimensions["source=direct"] == {"Accepted": 2}
    again = [{**r, "attributes": {**r["attributes"], "ApproximateReceiveCount": "2"}} for r in records]
    assert "source=direct" not in enrolling.invoke(again).dimensions


@pytest.mark.parametrize(("reason", "accepted"), [("rejected", None), ("malformed", {"Accepted": 1})])
def test_replayed_leads_are_not_counted_as_accepted_again(
    enrolling: Enrolling, reason: str, accepted: dict[str, int] | None
) -> None:
    """Unless they were malformed, and therefore not counted, the first time."""
    replay = {"of": "letter-1", "count": 1, "reason": reason}
    done = enrolling.deliver({**message("ava@example.com"), "replay": replay})
    assert done.dimensions.get("source=direct") == accepted
    assert done.metrics["Enrolled"] == 1


def test_each_campaign_has_its_own_requests(enrolling: Enrolling) -> None:
    """A name is resolved on delivery. An unknown name is used as an id, quoted in the URL."""
    odd = "camp/../x?y=1#ä"
    done = enrolling.deliver(
        message("ava@example.com"),
        {**message("ava@example.com"), "campaign": "camp_trial"},
        {**message("ben@example.com"), "campaign": odd},
    )
    assert enrolling.enrolled()["ava@example.com"]["campaigns"] == ["camp_news", "camp_trial"]
    assert [body["campaign"] for body in done.held()] == [odd]
    assert done.dimensions["campaign=newsletter"] == {"Requests": 1, "Enrolled": 1}
    assert done.dimensions["campaign=trial"] == {"Requests": 1, "Updated": 1}
    assert done.dimensions["campaign=other"] == {"Requests": 1, "Held": 1, "HeldNotFound": 1}
    path = enrolling.leadterra.requests[-1].path
    assert path == "/v1/campaigns/camp%2F..%2Fx%3Fy%3D1%23%C3%A4/leads/bulk"


def test_a_message_of_a_later_release_waits(enrolling: Enrolling) -> None:
    """It stays in the queue, and the other messages are delivered."""
    done = enrolling.deliver({"version": 2, "people": []}, {**message("ava@example.com"), "version": 1})
    assert done.held() == [{"version": 2, "people": []}]
    assert done.metrics == {"Requests": 1, "Enrolled": 1, "Held": 1, "HeldNewer": 1}
    assert done.why() == {"newer": 1}
    assert list(done.hidden) == done.failures


@pytest.mark.parametrize("broken", ["file", "environment"])
def test_a_broken_configuration_holds_messages(
    enrolling: Enrolling, enrollment: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """They are hidden for a while if the environment names the queue. The log has the problem."""
    website = ({**message(f"lead{n}@example.com"), "source": "website"} for n in range(2))
    enrolling.cloud.send(message("direct@example.com"), *website)
    records = enrolling.cloud.records()
    enrollment.write_text(f"{CONFIG}\n[sources.fax]\nprovider = 'fax'\n")
    if broken == "environment":
        monkeypatch.delenv("SECRET_ID")
    done = enrolling.invoke(records)
    assert len(done.failures) == len(done.records) == 3
    assert len(done.hidden) == (3 if broken == "file" else 0)
    assert done.metrics["HeldInternal"] == len(done.hidden)
    expected = "fax" if broken == "file" else "SECRET_ID: not set"
    (line,) = (log for log in done.logs if "problems" in log)
    assert expected in line["problems"][0]
    # A lead of another producer is counted at its first receive.
    assert done.dimensions["source=direct"] == {"Accepted": 1}


@pytest.mark.parametrize("status", [None, 207, 302, 400, 401, 403, 404, 409, 413, 422, 429, 500])
def test_no_campaign_is_ever_started(enrolling: Enrolling, status: int | None) -> None:
    """For any answer of Leadterra enroll makes only bulk requests (law 9)."""
    enrolling.leadterra.faults.set([Fault(kind="status", status=status)] if status else [])
    enrolling.deliver(*(message(f"lead{n}@example.com") for n in range(3)))
    asked = {(each.method, each.path) for each in enrolling.leadterra.requests}
    assert asked == {("POST", "/v1/campaigns/camp_news/leads/bulk")}
