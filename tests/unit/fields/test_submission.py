"""Submissions: flat named answers from any envelope, and the id of a redelivery."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.errors import TooLarge
from leads.event.event import Event
from leads.fields.body import MAX_LISTED
from leads.fields.submission import Submissions, submissions
from leads.presets.providers import PROVIDERS

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
AVA = {"email": "ava@example.com"}


def read(content: object, provider: str = "json", **event: Any) -> Submissions:
    return submissions(Event("app", json.dumps(content).encode(), NOW, **event), PROVIDERS[provider])


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else "deep"


ITEMS, EMAIL = [{"sku": "1"}, {"sku": "2"}], {"name": "email", "value": "ava@example.com"}


@pytest.mark.parametrize(
    ("content", "provider", "count"),
    [
        ([AVA], "json", 1), ([AVA, AVA], "form", 2), ([], "json", 0), ({"leads": [AVA, AVA]}, "json", 2),
        ({"leads": []}, "json", 0), ({"leads": ["text", AVA]}, "json", 2), (["text", 5, None], "json", 3),
        ({"data": [AVA], "sent_by": "a program"}, "zapier", 1), ({"array": [AVA, AVA]}, "make", 2),
        ({"array": [AVA, AVA]}, "form", 2), ({"data": {"users": [AVA, AVA]}}, "standard-webhooks", 2),
        ([{"members": [AVA, AVA]}, AVA], "json", 3), ([AVA | {"name": "Ava", "value": 100}], "json", 1),
        ({"type": "identify", "batch": [{"type": "identify", "traits": AVA}]}, "segment", 1),
    ],
)  # fmt: skip
def test_a_list_is_one_submission_for_each(content: object, provider: str, count: int) -> None:
    """An array, Leadterra's bulk envelope, or any list of people."""
    found = read(content, provider)
    assert (len(found.submissions), found.listed) == (count, True)


@pytest.mark.parametrize(
    ("content", "provider"),
    [
        (AVA, "json"), (AVA | {"items": ITEMS}, "zapier"), (AVA | {"items": []}, "n8n"), ({"array": ITEMS}, "make"),
        ({"contact": {"e-mail": "ava@example.com"}, "items": [{"sku": "1"}]}, "make"), ({"leads": AVA}, "json"),
        ({"results": ["a", "b"]}, "json"), ({"leads": [AVA]}, "form"), ({"data": [EMAIL]}, "json"),
        ({"customer": AVA, "line_items": [AVA, AVA]}, "shopify"), ({"questions": [EMAIL]}, "json"),
        ([EMAIL, {"name": "plan", "value": "pro"}], "json"),
    ],
)  # fmt: skip
def test_other_lists_belong_to_one_person(content: object, provider: str) -> None:
    """Items that one person bought, or questions that one person answered."""
    found = read(content, provider)
    assert (len(found.submissions), found.listed) == (1, False)


def test_one_unreadable_lead_does_not_affect_others() -> None:
    """In a list only the unreadable submission has the flaw."""
    bad, good = read([nested(17), AVA]).submissions
    assert (bad.fields, bad.flaw) == ({}, "nested more than 16 levels deep")
    assert (good.fields, good.flaw) == (AVA, None)


def test_a_list_that_cannot_be_sent_in_time_is_refused() -> None:
    """Longer lists would run into the function's timeout."""
    assert len(read([1] * MAX_LISTED).submissions) == MAX_LISTED
    with pytest.raises(TooLarge, match="at most 5000"):
        read([1] * (MAX_LISTED + 1))


@pytest.mark.parametrize(
    ("content", "event", "event_id"),
    [
        (AVA, {}, None), (AVA, {"id": "sqs-1"}, "sqs-1"), (AVA | {"event_id": "e-1"}, {"id": "sqs-1"}, "e-1"),
        (AVA | {"eventId": 17}, {}, "17"), (AVA | {"event_id": True}, {}, None), (AVA | {"event_id": " "}, {}, None),
        (AVA | {"event_id": "e-1"}, {"headers": {"idempotency-key": " k-1 "}}, "k-1"),
        (AVA, {"headers": {"webhook-id": "msg_1"}}, "msg_1"), ({"leads": [AVA], "event_id": "e-1"}, {}, "e-1"),
        ([AVA | {"event_id": "e-1"}, AVA], {}, None), ([AVA | {"event_id": "e-1"}], {"replayed": True}, None),
        (AVA | {"event_id": "e-1"}, {"id": "sqs-1", "replayed": True}, "sqs-1"),
        (AVA, {"headers": {"idempotency-key": "k-1"}, "id": "sqs-1", "replayed": True}, "sqs-1"),
    ],
)  # fmt: skip
def test_a_redelivery_is_known_by_its_id(content: object, event: dict[str, Any], event_id: str | None) -> None:
    """The sender's own id beats the transport's. A replay has only its own id."""
    assert read(content, **event).event_id == event_id


def test_a_list_is_known_by_all_ids_in_it() -> None:
    """The same list again is a redelivery; one with another id is not."""
    first, again, other = (read([AVA | {"event_id": i} for i in ids]).event_id for ids in (("a", "b"), "ab", "abc"))
    assert first is not None
    assert (len(first), first) == (64, again)
    assert first != other


def test_event_id_is_an_answer_in_a_form() -> None:
    """In a form a field of that name is an answer, not the id of the event."""
    assert read(AVA | {"event_id": "e-1"}, "form").event_id is None


@pytest.mark.parametrize("event_id", ["ava@example.com", "Ava King", "x" * 129, "\x00", "ключ"])
def test_an_id_that_may_be_personal_data_is_hashed(event_id: str) -> None:
    """Ids are written to logs and table keys, so only plain ids are kept as they are."""
    first, second = (read(AVA | {"event_id": event_id}).event_id for _ in range(2))
    assert first is not None
    assert (len(first), first) == (64, second)


@pytest.mark.parametrize(
    "content",
    [
        {"Type": "Notification", "MessageId": "m-1", "TopicArn": "arn:aws:sns:x", "Message": json.dumps(AVA)},
        {"id": "m-1", "detail-type": "user.created", "source": "app", "detail": AVA},
    ],
)
def test_envelopes_are_opened_by_http_too(content: object) -> None:
    """An SNS topic or an EventBridge rule may call the hook's address."""
    found = read(content)
    assert (found.submissions[0].fields, found.event_id) == (AVA, "m-1")
