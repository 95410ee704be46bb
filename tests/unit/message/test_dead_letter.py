"""Dead letters: the original message or event, and why it was refused."""

import json
from datetime import UTC, datetime

import pytest

from leads.errors import TooLarge
from leads.message.dead_letter import Failure, attributes, dead_letter, unreadable, without
from leads.message.message import MAX_BYTES, Message, as_json, encode

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LEAD = {"email": "ava@example.com", "customFields": {"plan": "pro"}}
MESSAGE = Message(id="evt-1", source="website", campaign="news", received_at=NOW, lead=LEAD)


def test_a_dead_letter_is_the_message_and_its_failure() -> None:
    """Without `failure` it equals the message."""
    failure = Failure("rejected", "invalid email format", 422, "email", {"index": 0}, "request-1")
    letter = json.loads(dead_letter(as_json(MESSAGE), failure, attempts=2, failed_at=NOW))
    assert letter.pop("failure") == {
        "reason": "rejected",
        "status": 422,
        "field": "email",
        "message": "invalid email format",
        "detail": {"index": 0},
        "attempts": 2,
        "failedAt": "2026-11-22T02:00:00.000Z",
        "requestId": "request-1",
    }
    assert letter == json.loads(encode(MESSAGE))


def test_a_failure_stays_small() -> None:
    """Long messages are cut, and large details such as HTML pages are dropped."""
    long = json.loads(dead_letter({}, Failure("rejected", "x" * 999, detail=["y" * 9_000]), attempts=1, failed_at=NOW))
    assert (len(long["failure"]["message"]), long["failure"]["detail"]) == (500, {"truncated": True})


@pytest.mark.parametrize(
    ("detail", "written"),
    [(None, {}), ("", {}), ({"code": 7}, {"code": 7}), (["bad"], {"errors": ["bad"]}), ("bad", {"errors": "bad"})],
)
def test_the_detail_is_an_object(detail: object, written: object) -> None:
    """Readers get one type, whatever Leadterra answered."""
    letter = dead_letter({}, Failure("rejected", "", detail=detail), attempts=1, failed_at=NOW)
    assert json.loads(letter)["failure"]["detail"] == written


def test_a_dead_letter_that_does_not_fit_is_refused() -> None:
    """A body that fills the message leaves no room for the reason."""
    with pytest.raises(TooLarge):
        dead_letter({"event": "x" * MAX_BYTES}, Failure("unmappable", ""), attempts=1, failed_at=NOW)


def test_attributes_are_what_sqs_accepts() -> None:
    """No empty values, no control characters, at most 256 characters."""
    assert attributes("rejected", "web\x00site", "c" * 999) == {
        "reason": "rejected",
        "source": "website",
        "campaign": "c" * 256,
    }
    assert attributes("malformed", "", None) == {"reason": "malformed"}


@pytest.mark.parametrize(
    ("written", "secrets", "left"),
    [
        ('{"u":"https://x/one-secret/y"}', ["one-secret"], '{"u":"https://x/***/y"}'),
        ('{"u":"say \\"secret\\""}', ['say "secret"'], '{"u":"***"}'),
        ('{"u":"new and old-secret"}', ["new-secret", "old-secret"], '{"u":"new and ***"}'),
        ('{"u":"https://x/a%2Fb%2Bcdefg%3D"}', ["a/b+cdefg="], '{"u":"https://x/***"}'),
        ('{"raw":"{\\"k\\":\\"a\\\\/b+cdefg=\\"}"}', ["a/b+cdefg="], '{"raw":"{\\"k\\":\\"***\\"}"}'),
        ('{"u":"a word"}', ["word"], '{"u":"a word"}'),
        ('{"u":"a word"}', [], '{"u":"a word"}'),
    ],
)
def test_secrets_are_replaced(written: str, secrets: list[str], left: str) -> None:
    """A secret is removed in every way that JSON or a URL can encode it. Short words stay."""
    assert without(written, secrets) == left


@pytest.mark.parametrize("letter", ["я", "字", "\U0001f642"])
def test_a_dead_letter_is_unescaped_if_escapes_would_not_fit(letter: str) -> None:
    """Characters that SQS refuses stay escaped."""
    event = {"text": letter * 180_000 + "\ud800\uffff\x7f"}
    written = dead_letter({"event": event}, Failure("unmappable", "no"), attempts=1, failed_at=NOW)
    assert len(written.encode()) <= MAX_BYTES
    assert json.loads(written)["event"] == event
    assert not set("\ud800\uffff\x7f").intersection(written)


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ('{"lead": {}, "failure": {"reason": "malformed"}}', {"lead": {}}),
        ("[1]", {"version": 1, "source": "direct", "event": [1]}),
        ("{", {"version": 1, "source": "direct", "event": "{"}),
    ],
)
def test_an_unreadable_body_is_kept(body: str, content: dict[str, object]) -> None:
    """An object is kept without an earlier failure, so that it can be fixed. Anything else becomes the event."""
    assert unreadable(body) == content
