"""Intake from EventsQueue: events in any envelope, each settled separately."""

import json
import time
from typing import Any

import pytest

from leads.request.backoff import FIRST_SECONDS, LONGEST_SECONDS
from tests.integration.intaking import Intake

AVA = {"email": "ava@example.com", "firstName": "Ava"}
BEA = {"email": "bea@example.com"}
NO_ADDRESS = {"firstName": "Ava"}


def eventbridge(detail: object, event_id: str = "eb-1", kind: str = "user.created") -> dict[str, Any]:
    about = {"detail-type": kind, "source": "com.example.app"}
    return {"version": "0", "id": event_id, **about, "time": "2026-11-22T02:00:00Z", "detail": detail}


def sns(message: object, source: str | None = None) -> dict[str, Any]:
    topic = "arn:aws:sns:us-east-1:123456789012:signups"
    named = {"MessageAttributes": {"source": {"Type": "String", "Value": source}}} if source else {}
    return {"Type": "Notification", "MessageId": "sns-1", "TopicArn": topic, "Message": json.dumps(message), **named}


def test_a_deletion_in_the_envelope_enrolls_no_one(intake: Intake) -> None:
    """EventBridge's `detail-type` counts as by HTTP."""
    deleted = eventbridge(AVA, kind="user.deleted")
    assert intake.deliver(deleted, sns(deleted)) == []
    assert (intake.received(), intake.letters()) == ([], [])


def test_a_rule_may_name_the_envelope(intake: Intake) -> None:
    """`require` may name `detail-type`, also for a corrected and replayed dead letter."""
    assert intake.deliver(eventbridge(NO_ADDRESS), source=None) == []
    (letter,) = intake.letters()
    letter.body["event"]["detail"] |= AVA
    assert intake.deliver({**letter.body, "replay": {"of": "letter-1", "count": 1}}, source=None) == []
    assert intake.emails() == ["ava@example.com"]


def test_an_unreadable_event_keeps_its_envelope(intake: Intake) -> None:
    """Its dead letter has all of EventBridge's event."""
    event = eventbridge("hello")
    assert intake.deliver(event) == []
    (letter,) = intake.letters()
    assert letter.body["event"] == event


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (NO_ADDRESS, "email"),
        ("hello", "body"),
        ([], None),
        (5, "body"),
        ({"email": "ava@example.com", "essay": "\U0001f600" * 50_000}, None),
        ([1] * 5_001, "body"),
    ],
)
def test_an_unusable_event_is_a_dead_letter(intake: Intake, body: Any, field: str | None) -> None:
    """With the reason, the unchanged event and the attributes."""
    assert intake.deliver(body) == []
    letters = intake.letters()
    assert [letter.failure["field"] for letter in letters] == ([field] if field else [])
    for letter in letters:
        assert letter.attributes == {"reason": "unmappable", "source": "api"}
        assert (letter.body["version"], letter.body["source"], letter.body["event"]) == (1, "api", body)
        assert (letter.failure["reason"], letter.failure["attempts"]) == ("unmappable", 1)


@pytest.mark.parametrize("letter", ["я", "字", "\U0001f642", "\x85я"])
def test_a_large_part_is_dead_lettered_unescaped(intake: Intake, letter: str) -> None:
    """With escapes it would not fit into a message. The other leads are sent once."""
    comment = letter * 190_000
    assert intake.deliver(json.dumps([{"email": "ava@example.com"}, {"comment": comment}], ensure_ascii=False)) == []
    assert intake.emails() == ["ava@example.com"]
    (found,) = intake.letters()
    assert found.body["event"] == {"comment": comment}


def test_an_event_without_a_source_is_a_dead_letter(intake: Intake) -> None:
    """The reason says how to name a source. With a `match` in the file it can be replayed."""
    assert intake.deliver(AVA, source=None) == []
    (letter,) = intake.letters()
    assert (letter.failure["field"], letter.body["event"]) == ("source", AVA)
    assert letter.attributes == {"reason": "unmappable"}
    assert "message attribute `source`" in letter.failure["message"]


def test_a_dead_letter_is_replayed(intake: Intake) -> None:
    """With or without its failure it is no redelivery, although its event id is known."""
    event = {"event_id": "e-1", "firstName": "Ava"}
    assert intake.deliver(event) == []
    (letter,) = intake.letters()
    mended = {**letter.body, "event": {**event, **AVA}}
    assert intake.deliver(mended, source=None) == []
    assert intake.emails() == ["ava@example.com"]


def test_a_redelivery_is_known_by_the_senders_id(intake: Intake) -> None:
    """SNS and EventBridge may deliver twice, with the same id in the envelope."""
    assert intake.deliver(eventbridge(AVA), eventbridge(AVA), eventbridge(BEA, "eb-2"), sns(AVA), sns(AVA)) == []
    assert intake.emails() == ["ava@example.com", "ava@example.com", "bea@example.com"]


def test_one_bad_record_does_not_affect_others(intake: Intake) -> None:
    """Each is accepted, dead-lettered or held."""
    intake.fail("sqs", "SendMessageBatch", after=1, times=1)
    held = intake.deliver(AVA, BEA, "hello", NO_ADDRESS, {"email": "cleo@example.com"})
    assert len(held) == 1
    assert (len(intake.received()), len(intake.letters())) == (2, 2)


@pytest.mark.parametrize(
    ("service", "operation", "answer"),
    [
        ("sqs", "SendMessageBatch", None),
        ("sqs", "SendMessageBatch", {"Failed": [{"Id": "0", "Code": "InternalError", "SenderFault": False}]}),
        ("sqs", "SendMessageBatch", RuntimeError("a defect of ours")),
        ("dynamodb", "PutItem", None),
    ],
)
@pytest.mark.parametrize("body", [AVA, NO_ADDRESS])
def test_an_unstored_event_is_held(intake: Intake, body: Any, service: str, operation: str, answer: Any) -> None:
    """It is hidden for a while and received again."""
    intake.fail(service, operation, answer, times=3)
    (held,) = intake.deliver(body)
    assert (intake.received(), intake.letters(), intake.visible()) == ([], [], [])
    (hidden,) = intake.cloud.calls("ChangeMessageVisibilityBatch")
    assert hidden["QueueUrl"] == intake.cloud.events_queue_url
    (entry,) = hidden["Entries"]
    assert FIRST_SECONDS / 2 <= entry["VisibilityTimeout"] <= FIRST_SECONDS
    assert held


@pytest.mark.parametrize(
    ("receives", "shortest", "longest"), [("1", 15, 30), ("5", 240, 480), ("99", 1_800, LONGEST_SECONDS)]
)
def test_an_unknown_source_waits_for_its_deployment(intake: Intake, receives: str, shortest: int, longest: int) -> None:
    """Longer each time, with jitter, up to an hour."""
    intake.deliver()
    intake.cloud.sqs.send_message(QueueUrl=intake.cloud.events_queue_url, MessageBody=json.dumps({**AVA}))
    (record,) = intake.visible()
    record["attributes"]["ApproximateReceiveCount"] = receives
    record["messageAttributes"] = {"source": {"stringValue": "not-yet", "dataType": "String"}}
    assert intake.records([record]) == [record["messageId"]]
    assert intake.metrics()["unknown", "Held"] == 1
    (call,) = intake.cloud.calls("ChangeMessageVisibilityBatch")
    assert shortest <= call["Entries"][0]["VisibilityTimeout"] <= longest


def test_the_age_of_held_events(intake: Intake) -> None:
    """Held events report source and age, because SQS's metric leaves them out."""
    intake.fail("sqs", "SendMessageBatch")
    source: Any = {"source": {"DataType": "String", "StringValue": "api"}}
    intake.cloud.sqs.send_message(
        QueueUrl=intake.cloud.events_queue_url, MessageBody=json.dumps(AVA), MessageAttributes=source
    )
    (record,) = intake.visible()
    record["attributes"]["SentTimestamp"] = str(int((time.time() - 7_200) * 1000))
    assert intake.records([record]) == [record["messageId"]]
    metrics = intake.metrics()
    assert metrics["api", "Held"] == 1
    assert 7_200 <= metrics["api", "HeldAge"] < 7_260
