"""Reading dead letters, whatever the queue holds, and where they came from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leads_cli.failures.read.letter import indented
from tests.letters import NOW, failure, letter, refused, unmappable

ENVELOPE = {"version": 1, "source": "forms", "event": {"a": 1}}
RAW = {"source": "my.app", "detail-type": "signup", "detail": {"email": "ava@example.com"}}


def test_a_refused_lead() -> None:
    """A refused lead has its address, the reason, the time of failure and the queue it came from."""
    found = letter(refused(), attributes={"reason": "rejected"})
    assert (found.id, found.message_id, found.email) == ("lead-1", "sqs-1", "ava@example.com")
    assert (found.reason, found.field, found.status, found.says) == ("rejected", "email", 422, "invalid email format")
    assert (found.source, found.campaign, found.queue) == ("website", "newsletter", "LeadsQueue")
    assert found.failed_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert found.unreadable() is None


def test_an_event_without_a_lead() -> None:
    """An event without a lead has SQS's id, and its own source."""
    found = letter(unmappable({"id": "e-1", "email": "none", "lead": {}}))
    assert (found.id, found.source, found.campaign, found.email) == ("sqs-1", "forms", "", "")
    assert (found.queue, found.event) == ("EventsQueue", {"id": "e-1", "email": "none", "lead": {}})
    assert found.unreadable() is None


@pytest.mark.parametrize(
    ("body", "origin", "queue", "source"),
    [
        (refused(failure=None), "LeadsQueue", "LeadsQueue", "website"),
        (refused(failure=None), None, "LeadsQueue", "website"),
        ({"lead": {"email": "a@b.example"}}, None, "LeadsQueue", "direct"),
        (RAW, "EventsQueue", "EventsQueue", ""),
        (RAW, None, "EventsQueue", ""),
        ({**RAW, "campaign": "autumn", "lead": "hot"}, "EventsQueue", "EventsQueue", ""),
        ("email=ava%40example.com", None, "EventsQueue", ""),
        ("[1, 2]", None, "EventsQueue", ""),
        ({**ENVELOPE, "replay": {"count": 2}}, "EventsQueue", "EventsQueue", "forms"),
        (ENVELOPE, None, "EventsQueue", "forms"),
    ],
)
def test_what_sqs_moved_by_itself(body: object, origin: str | None, queue: str, source: str) -> None:
    """The origin is SQS's attribute or, without it, the body's shape. A foreign `source` key is ignored."""
    found = letter(body, origin=origin)
    assert (found.reason, found.queue, found.source) == ("exhausted", queue, source)
    assert "too many receives" in found.says
    assert found.failed_at == NOW


def test_an_exhausted_events_source_is_its_attribute() -> None:
    """The source comes from the message's attribute."""
    found = letter("hello", attributes={"source": "forms"})
    assert (found.source, found.event) == ("forms", "hello")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 1, "lead": {"email": "a@b.example"}}, "campaign"),
        ({"campaign": "news", "lead": "a@b.example"}, "lead"),
        ({"version": 1, "source": "direct", "event": "hello"}, "campaign"),
    ],
)
def test_a_malformed_message(body: dict[str, Any], field: str) -> None:
    """A malformed message belongs to LeadsQueue whatever its shape, and is checked again each time it is read."""
    found = letter({**body, "failure": failure("malformed", field=field, message="missing")})
    assert (found.queue, found.id) == ("LeadsQueue", "sqs-1")
    problem = found.unreadable()
    assert problem is not None
    assert problem.field == field


@pytest.mark.parametrize(
    "own", ["", "--yes", "ava@example.com", "two words", "a\x1b[31m", "x" * 200, 7, None, {"a": 1}]
)
def test_an_unusable_id_is_replaced_by_that_of_sqs(own: object) -> None:
    """An id that looks like an option or an address, or is not plain text, is not used."""
    assert letter({**refused(), "id": own}).id == "sqs-1"


@pytest.mark.parametrize(
    "reported",
    [
        [],
        "no",
        {"reason": 7, "field": ["email"], "status": "422", "message": None, "failedAt": "yesterday"},
        {"reason": "", "status": True, "failedAt": 5},
    ],
)
def test_a_failure_of_any_shape(reported: object) -> None:
    """A dead letter is shown whatever its `failure` holds."""
    found = letter({**refused(), "failure": reported, "replay": "often"})
    assert (found.reason, found.field, found.status, found.failed_at) == ("exhausted", "", None, NOW)
    assert (found.replays, found.email) == (0, "ava@example.com")


def test_a_reason_of_a_later_release() -> None:
    """An unknown reason is shown as it is, and the body's shape gives the queue. A newer version is not an error."""
    found = letter({**refused(), "failure": {"reason": "forbidden", "failedAt": "2026-11-24T10:00:00"}})
    assert (found.reason, found.says, found.queue) == ("forbidden", "no message", "LeadsQueue")
    assert found.failed_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert letter({"version": 2, "people": []}, origin="LeadsQueue").unreadable() is None


def test_a_body_that_is_not_json() -> None:
    """It is a dead letter without content."""
    for body in ("", "null", "NaN", "[" * 100_000, '{"a":'):
        assert letter(body).content == {}


def test_deep_json_is_not_indented() -> None:
    """Indenting 20 kB of brackets would print 200 MB of spaces."""
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    assert indented(deep) == f'{"[" * 3_000}"x"{"]" * 3_000}'
    assert indented({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
