"""The journal of leads, read from logs, metrics and messages."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.message.message import id_for_log
from leads_cli.logs.journal import Journal, LeadRow, LeadState
from leads_cli.logs.observed import EXHAUSTED

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def journal() -> Journal:
    return Journal(now=lambda: NOW)


def log(message: str, **more: object) -> str:
    return json.dumps({"level": "INFO", "message": message, "service": "enroll", **more})


def metrics(**values: object) -> str:
    named = [{"Name": name, "Unit": "Count"} for name in values]
    about = {"Timestamp": 1, "CloudWatchMetrics": [{"Namespace": "LeadterraEnroll", "Metrics": named}]}
    return json.dumps({"_aws": about, "source": "website", **values})


def record(name: str, email: str, *, message_id: str | None = None, **more: object) -> dict[str, Any]:
    body = {
        "version": 1,
        "id": name,
        "source": "website",
        "campaign": "newsletter",
        "receivedAt": "2026-11-22T01:59:00.000Z",
        "lead": {"email": email},
        **more,
    }
    return {"messageId": message_id or f"sqs-{name}", "body": json.dumps(body)}


def only(journal: Journal) -> LeadRow:
    (row,) = journal.leads()
    return row


def test_a_delivered_message_gives_the_lead_its_address(journal: Journal) -> None:
    """Intake's log shows a queued lead. Its address comes from LeadsQueue, because logs have no personal data."""
    lead = {"email": "ava@example.com", "firstName": "Ava", "customFields": {"plan": "pro"}}
    journal.observe_records("EventsQueue", [record("b", "ben@example.com")])
    journal.observe_log("intake", log("taken", source="website", accepted=1, ids=["a"]))
    assert only(journal) == LeadRow(id_for_log("a"), NOW, source="website", state=LeadState.QUEUED)
    journal.observe_records("LeadsQueue", [record("a", "ava@example.com", lead=lead)])
    row = only(journal)
    assert (row.email, row.campaign, row.when.minute) == ("ava@example.com", "newsletter", 59)
    shown = row.as_json()
    assert (shown["lead"], shown["email"], "settled" in shown) == (lead, "ava@example.com", False)


def test_a_settled_batch_gives_every_lead_its_state(journal: Journal) -> None:
    """Leads are enrolled, held or rejected, with the reason from the log."""
    journal.observe_records("LeadsQueue", [record(lead, f"{lead}@example.com") for lead in "abc"])
    rejected = [{"id": "c", "reason": "rejected", "field": "email", "status": 422}]
    why = {"unavailable": 1}
    line = log("batch settled", campaign="newsletter", accepted=["a"], held=["b"], rejected=rejected, why=why)
    journal.observe_log("enroll", line)
    assert {row.id: (row.state, row.reason) for row in journal.leads()} == {
        "a": (LeadState.ENROLLED, ""),
        "b": (LeadState.HELD, "Leadterra is down or busy"),
        "c": (LeadState.REJECTED, "rejected, email, 422"),
    }


def test_a_message_without_an_id_goes_by_that_of_sqs(journal: Journal) -> None:
    """If a producer gave no id, the lead has that of the message."""
    journal.observe_records(
        "LeadsQueue", [{"messageId": "m-1", "body": '{"campaign": "c", "lead": {"email": "x@example.com"}}'}]
    )
    journal.observe_log("enroll", log("batch settled", accepted=["m-1"]))
    assert (only(journal).email, only(journal).state) == ("x@example.com", LeadState.ENROLLED)


@pytest.mark.parametrize("letter_first", [True, False])
def test_the_dead_letter_explains_a_rejection(journal: Journal, letter_first: bool) -> None:  # noqa: FBT001
    """The dead letter's reason is shown, whether it or the log line comes first."""
    body = record("a", "ava@refused.example", failure={"reason": "rejected", "field": "email", "message": "is refused"})
    if letter_first:
        journal.observe_dead_letters([body["body"]])
    journal.observe_log("enroll", log("batch settled", rejected=[{"id": "a", "reason": "rejected"}]))
    if not letter_first:
        journal.observe_dead_letters([body["body"]])
    row = only(journal)
    assert (row.state, row.reason, row.email) == (LeadState.REJECTED, "email: is refused", "ava@refused.example")


def test_an_event_without_a_lead_is_shown_once(journal: Journal) -> None:
    """A dead-lettered event has no id, but is not listed twice."""
    letter = json.dumps({"version": 1, "source": "typeform", "event": {}, "failure": {"message": "no address"}})
    journal.observe_dead_letters([letter])
    journal.observe_dead_letters([letter])
    assert (only(journal).source, only(journal).reason) == ("typeform", "no address")


def test_a_dead_letter_without_a_failure_is_exhausted(journal: Journal) -> None:
    """A message that SQS moved has no reason, so it is shown as exhausted."""
    journal.observe_dead_letters([record("a", "ava@example.com")["body"]])
    assert (only(journal).state, only(journal).reason) == (LeadState.REJECTED, EXHAUSTED)


@pytest.mark.parametrize("reason", ["unmappable", "malformed"])
def test_unusable_events_are_not_rejections(journal: Journal, reason: str) -> None:
    """The list has the terms of the counts: only refused leads are rejected."""
    failure = {"reason": reason, "message": "no address"}
    journal.observe_dead_letters([json.dumps({"version": 1, "source": "api", "event": {}, "failure": failure})])
    assert only(journal).state == reason


def test_a_replayed_lead_is_queued_again(journal: Journal) -> None:
    """A rejected lead that is delivered again is queued, without its old reason."""
    journal.observe_log("enroll", log("batch settled", rejected=[{"id": "a", "reason": "rejected"}]))
    journal.observe_records("LeadsQueue", [record("a", "ava@example.com")])
    assert (only(journal).state, only(journal).reason) == (LeadState.QUEUED, "")


def test_an_old_letter_does_not_undo_an_enrolment(journal: Journal) -> None:
    """After a replayed lead is enrolled, its old dead letter is ignored."""
    journal.observe_log("enroll", log("batch settled", accepted=["a"]))
    journal.observe_dead_letters([record("a", "ava@example.com", failure={"message": "refused"})["body"]])
    assert only(journal).state is LeadState.ENROLLED


def test_metrics_are_summed(journal: Journal) -> None:
    """A metric's value is a number or a list, and the lines of both functions count."""
    journal.observe_log("intake", metrics(Accepted=[2.0, 1.0], Ignored=[1.0]))
    journal.observe_log("enroll", metrics(Enrolled=2, Unaccounted=[1], Requests=[1.0]))
    counts = journal.counts()
    assert (counts.accepted, counts.enrolled, counts.unaccounted, counts.ignored, counts.requests) == (3, 2, 1, 1, 1)
    assert counts.balanced


def test_counts_of_commands_are_added(journal: Journal) -> None:
    """They are added to one answer only, not stored in the journal."""
    journal.observe_log("enroll", metrics(Enrolled=3, Unaccounted=[-1], Rejected=[1]))
    counts = journal.counts(0, {"Accepted": 2, "Replayed": 1})
    assert (counts.accepted, counts.replayed, counts.unaccounted, counts.balanced) == (2, 1, -1, True)
    assert (journal.counts().accepted, journal.counts().unaccounted) == (0, -1)


@pytest.mark.parametrize(
    "line",
    [
        "", "START RequestId: 1", "null", "[]", "[" * 100_000, '{"_aws": 7, "Accepted": [1]}',
        '{"_aws": {"CloudWatchMetrics": [{"Metrics": [{"Name": "ColdStart"}]}]}, "ColdStart": [1], "Accepted": [1]}',
        '{"message": {"taken": 1}}', '{"message": "taken", "ids": "abc"}',
        '{"message": "batch settled", "accepted": [7, null], "rejected": ["a"], "why": []}',
    ],
)  # fmt: skip
def test_other_lines_are_ignored(journal: Journal, line: str) -> None:
    """Only log lines of the contract are read."""
    journal.observe_log("intake", line)
    assert journal.leads() == []
    assert not any(journal.counts().as_json()[name] for name in ("accepted", "enrolled", "rejected"))


def test_the_newest_leads_are_kept() -> None:
    """Beyond its capacity the journal drops the oldest leads. The newest are listed first."""
    small = Journal(capacity=3, now=lambda: NOW)
    small.observe_records("LeadsQueue", [record(str(n), f"{n}@example.com") for n in range(5)])
    assert [row.email for row in small.leads()] == ["4@example.com", "3@example.com", "2@example.com"]
    assert [row.id for row in small.leads(limit=2)] == ["4", "3"]
    assert small.leads(limit=0) == []
