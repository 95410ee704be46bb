"""Dead letters: whatever lies in the queue is read, and says where it came from."""

from datetime import UTC, datetime
from typing import Any

import pytest

from leads_cli.failures.read.letter import indented
from tests.letters import NOW, failure, letter, refused, unmappable

ENVELOPE = {"version": 1, "source": "forms", "event": {"a": 1}}
RAW = {"source": "my.app", "detail-type": "signup", "detail": {"email": "ava@example.com"}}


def test_a_refused_lead() -> None:
    """It says who it is about, what is wrong, since when, and goes back to where it came from."""
    found = letter(refused(), attributes={"reason": "rejected"})
    assert (found.id, found.message_id, found.email) == ("lead-1", "sqs-1", "ava@example.com")
    assert (found.reason, found.field, found.status, found.says) == ("rejected", "email", 422, "invalid email format")
    assert (found.source, found.campaign, found.queue) == ("website", "newsletter", "LeadsQueue")
    assert found.failed_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert found.unreadable() is None


def test_an_event_without_a_lead() -> None:
    """It is known by SQS's id, for it has none; its source is the one that it was taken from."""
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
    """SQS says which queue it was in, or its shape does; what its sender calls a source is none of ours."""
    found = letter(body, origin=origin)
    assert (found.reason, found.queue, found.source) == ("exhausted", queue, source)
    assert "too many receives" in found.says
    assert found.failed_at == NOW


def test_an_exhausted_events_source_is_its_attribute() -> None:
    """Its producer named it so."""
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
    """It came from LeadsQueue whatever its shape, and what is wrong with it is judged anew each time."""
    found = letter({**body, "failure": failure("malformed", field=field, message="missing")})
    assert (found.queue, found.id) == ("LeadsQueue", "sqs-1")
    problem = found.unreadable()
    assert problem is not None
    assert problem.field == field


@pytest.mark.parametrize(
    "own", ["", "--yes", "ava@example.com", "two words", "a\x1b[31m", "x" * 200, 7, None, {"a": 1}]
)
def test_an_id_is_fit_to_be_typed(own: object) -> None:
    """An id that is an option, an address or no id at all is not used; SQS's is."""
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
    """No content of a failure prevents a letter from being shown."""
    found = letter({**refused(), "failure": reported, "replay": "often"})
    assert (found.reason, found.field, found.status, found.failed_at) == ("exhausted", "", None, NOW)
    assert (found.replays, found.email) == (0, "ava@example.com")


def test_a_reason_of_a_later_release() -> None:
    """An unknown reason is shown as it is; the letter's shape says where it goes. A newer message is no mistake."""
    found = letter({**refused(), "failure": {"reason": "forbidden", "failedAt": "2026-11-24T10:00:00"}})
    assert (found.reason, found.says, found.queue) == ("forbidden", "no message", "LeadsQueue")
    assert found.failed_at == datetime(2026, 11, 24, 10, tzinfo=UTC)
    assert letter({"version": 2, "people": []}, origin="LeadsQueue").unreadable() is None


def test_what_is_no_json() -> None:
    """A body of any kind is a letter without content."""
    for body in ("", "null", "NaN", "[" * 100_000, '{"a":'):
        assert letter(body).content == {}


def test_deep_json_is_not_indented() -> None:
    """20 kB of brackets became 200 MB of spaces, on a terminal and on a page."""
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    assert indented(deep) == f'{"[" * 3_000}"x"{"]" * 3_000}'
    assert indented({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
