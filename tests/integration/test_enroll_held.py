"""Enroll when no lead is at fault: all leads stay in the queue, longer each time."""

import json
import time
from itertools import chain, repeat
from pathlib import Path

import pytest

from leads_cli.sandbox import Fault
from tests.error_shapes import behaving
from tests.integration.enrolling import CONFIG, Context, Enrolling, message

THREE = [message(f"lead{n}@example.com") for n in range(3)]


def fault(kind: str, **settings: object) -> Fault:
    return Fault.model_validate({"kind": kind, **settings})


@pytest.mark.parametrize(
    ("failure", "why", "metric"),
    [
        (fault("status", status=503), "unavailable", "HeldUnavailable"),
        (fault("status", status=409), "unexpected", "HeldUnexpected"),
        (fault("status", status=404), "not_found", "HeldNotFound"),
        (fault("unauthorized"), "unauthorized", "HeldUnauthorized"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else value,
)
def test_a_failing_destination_holds_all_leads(enrolling: Enrolling, failure: Fault, why: str, metric: str) -> None:
    """Each message is hidden for about half a minute, returned as a failure and counted by its reason.

    A permanent failure is logged as an error.
    """
    enrolling.leadterra.faults.set([failure])
    done = enrolling.deliver(*THREE)
    assert sorted(done.failures) == sorted(record["messageId"] for record in done.records)
    assert done.hidden.keys() == set(done.failures)
    assert all(15 <= seconds <= 30 for seconds in done.hidden.values())
    assert done.why() == {why: 3}
    assert done.metrics == {"Requests": 2 if why == "unauthorized" else 1, "Held": 3, metric: 3}
    assert [log["level"] for log in done.logs] == ["INFO" if why == "unavailable" else "ERROR"]
    assert enrolling.letters() == []


def test_the_age_of_held_messages(enrolling: Enrolling) -> None:
    """Held messages report their age, and redelivered ones count as retries."""
    enrolling.leadterra.faults.set([fault("server_error")])
    now = time.time()
    records = []
    for seconds, receives in [(7_200, 5), (60, 2), (0, 1)]:
        enrolling.cloud.send(message(f"lead{receives}@example.com"))
        (record,) = enrolling.cloud.records()
        sent = {"SentTimestamp": str(int((now - seconds) * 1000)), "ApproximateReceiveCount": str(receives)}
        records.append({**record, "attributes": {**record["attributes"], **sent}})
    done = enrolling.invoke(records)
    assert done.metrics["Retries"] == 2
    (age,) = done.ages
    assert 7_200 <= age < 7_260
    enrolling.leadterra.faults.set([])
    assert enrolling.invoke(records).ages == []


def test_a_rotated_key_is_read_within_the_invocation(enrolling: Enrolling) -> None:
    """A refused key is read again once, and the same leads are re-sent."""
    enrolling.deliver(message("ava@example.com"))
    enrolling.leadterra.rotate_keys(["sk_live_new"])
    enrolling.cloud.set_secret(leadterra_api_key="sk_live_new\n")
    done = enrolling.deliver(*THREE)
    assert (done.failures, done.metrics) == ([], {"Requests": 2, "Enrolled": 3})
    assert enrolling.requests() == [(1, 200), (3, 401), (3, 200)]


def test_a_wrong_key_stops_the_invocation(enrolling: Enrolling) -> None:
    """After two refusals of the key no other campaign is tried."""
    enrolling.leadterra.rotate_keys(["sk_live_new"])
    done = enrolling.deliver(*THREE, {**message("ava@example.com"), "campaign": "trial"})
    assert (len(done.failures), done.why()) == (4, {"unauthorized": 4})
    assert enrolling.requests() == [(3, 401), (3, 401)]


def test_without_a_key_nothing_is_sent(enrolling: Enrolling) -> None:
    """All leads are held, and the log says what is missing in the secret."""
    enrolling.cloud.set_secret(leadterra_api_key="")
    done = enrolling.deliver(*THREE)
    assert (len(done.failures), done.why(), enrolling.requests()) == (3, {"unavailable": 3}, [])
    assert done.logs[0]["detail"] == "the secret has no `leadterra_api_key`"


def test_an_unknown_campaign_holds_its_own_leads(enrolling: Enrolling, enrollment: Path) -> None:
    """A 404 holds all batches of the campaign after one request. Other campaigns are delivered."""
    lost = [{**message(f"lead{n}@example.com"), "campaign": "camp_lost"} for n in range(5)]
    enrollment.write_text(f"[leadterra]\nbatch_size = 2\n{CONFIG}")
    done = enrolling.deliver(*lost, *THREE)
    assert (len(done.failures), done.why()) == (5, {"not_found": 5})
    assert enrolling.requests() == [(2, 404), (2, 200), (1, 200)]
    assert [log["level"] for log in done.logs if log.get("why")] == ["ERROR"] * 3


def test_an_outage_costs_a_request_for_each_of_two_campaigns(enrolling: Enrolling, enrollment: Path) -> None:
    """A campaign's first failure holds its other batches. The second failing campaign holds all others."""
    enrolling.leadterra.faults.set([fault("server_error")])
    enrollment.write_text(f"[leadterra]\nbatch_size = 2\n{CONFIG}")
    others = [{**message(f"lead{n}@example.com"), "campaign": name} for n in range(5) for name in ("trial", "camp_3")]
    done = enrolling.deliver(*THREE, *others)
    assert (len(done.failures), done.why()) == (13, {"unavailable": 13})
    assert enrolling.requests() == [(2, 503), (2, 503)]


def test_a_throttled_campaign_holds_no_other(enrolling: Enrolling) -> None:
    """429 for one campaign hides its leads as long as Retry-After says. The other campaign's leads are accepted."""
    enrolling.leadterra.faults.set([fault("status", status=429, retry_after=60, next=1)])
    fives = [
        {**message(f"lead{n}@example.com"), "campaign": name} for name in ("newsletter", "trial") for n in range(5)
    ]
    done = enrolling.deliver(*fives)
    assert [body["campaign"] for body in done.held()] == ["newsletter"] * 5
    assert all(seconds >= 60 for seconds in done.hidden.values())
    assert done.dimensions["campaign=trial"] == {"Requests": 1, "Enrolled": 5}


def test_no_request_is_made_when_time_is_short(enrolling: Enrolling) -> None:
    """If only the time to close the ledger is left, all messages go back to the queue."""
    enrolling.context = Context(lambda: 15_400)
    done = enrolling.deliver(*THREE, {**message("ava@example.com"), "campaign": "trial"})
    assert (len(done.failures), done.why(), done.metrics) == (
        4,
        {"deadline": 4},
        {"Held": 4, "HeldDeadline": 4},
    )
    assert enrolling.requests() == []


def test_time_may_run_out_between_requests(enrolling: Enrolling) -> None:
    """Accepted leads stay accepted, refused ones are rejected, and the rest is held."""
    enrolling.leadterra.behaviour = behaving(error_shape="index")
    times = chain([90_000, 60_000, 30_000], repeat(15_000))
    enrolling.context = Context(lambda: next(times))
    done = enrolling.deliver(message("ava@example.com"), message("ben@refused.example"), message("eve@refused.example"))
    assert [body["lead"]["email"] for body in done.held()] == ["ben@refused.example"]
    assert [letter.body["lead"]["email"] for letter in enrolling.letters()] == ["eve@refused.example"]
    counted = {"Requests": 3, "IsolationRequests": 2, "Enrolled": 1, "Rejected": 1, "Held": 1, "HeldDeadline": 1}
    assert done.metrics == counted


@pytest.mark.parametrize("size", [4, 1_000])
def test_a_changed_schema_dead_letters_no_lead(enrolling: Enrolling, enrollment: Path, size: int) -> None:
    """The guard judges all batches of a campaign together, and then stops sending."""
    enrollment.write_text(f"[leadterra]\nbatch_size = {size}\n{CONFIG}")
    enrolling.leadterra.faults.set([fault("refuse_all")])
    done = enrolling.deliver(*(message(f"lead{n}@example.com") for n in range(60)))
    assert (len(done.failures), done.why(), enrolling.letters()) == (60, {"systemic": 60}, [])
    assert len(enrolling.requests()) < 60
    assert done.logs[-1]["level"] == "ERROR"


def test_an_unexpected_error_holds_all_messages(enrolling: Enrolling) -> None:
    """Each is hidden by its backoff and counted as held, which raises the alarm."""
    enrolling.cloud.send(*THREE)
    records = [{**record, "body": None} for record in enrolling.cloud.records()]
    done = enrolling.invoke(records)
    assert len(done.failures) == 3
    assert all(15 <= seconds <= 30 for seconds in done.hidden.values())
    assert done.hidden.keys() == set(done.failures)
    assert (done.metrics["Held"], done.metrics["HeldInternal"]) == (3, 3)
    assert [log["message"] for log in done.logs] == ["unexpected", "batch settled"]


def test_messages_are_dead_lettered_before_sqs_deletes_them(enrolling: Enrolling) -> None:
    """SQS deletes after 14 days, so held messages older than 12 days are dead-lettered unchanged."""
    enrolling.leadterra.faults.set([fault("status", status=429, retry_after=86_400)])
    enrolling.cloud.send(*THREE)
    first, *others = enrolling.cloud.records()
    long_ago = str(int((time.time() - 12.5 * 24 * 3_600) * 1_000))
    old = {**first, "attributes": {**first["attributes"], "SentTimestamp": long_ago}}
    done = enrolling.invoke([old, *others])
    assert sorted(done.failures) == sorted(record["messageId"] for record in others)
    (letter,) = enrolling.letters()
    assert letter.body == json.loads(first["body"])
    assert letter.attributes["reason"] == "exhausted"


def test_a_message_that_cannot_be_dead_lettered_stays(enrolling: Enrolling) -> None:
    """It is always in one of the two queues."""
    enrolling.leadterra.faults.set([fault("server_error")])
    enrolling.cloud.answer("SendMessageBatch", 500, {"__type": "InternalError"})
    enrolling.cloud.send(*THREE)
    long_ago = str(int((time.time() - 13 * 24 * 3_600) * 1_000))
    records = [
        {**record, "attributes": {**record["attributes"], "SentTimestamp": long_ago}}
        for record in enrolling.cloud.records()
    ]
    assert len(enrolling.invoke(records).failures) == 3
