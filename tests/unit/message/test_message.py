"""Messages, whose format other producers and versions rely on."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from leads.errors import Malformed, TooLarge
from leads.json import loads
from leads.message.dead_letter import Failure, dead_letter
from leads.message.message import (
    MAX_BYTES,
    MAX_MESSAGE_BYTES,
    Message,
    address_for_log,
    as_json,
    encode,
    id_for_log,
    timestamp,
)

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LEAD = {"email": "ava@example.com"}


def message(lead: dict[str, Any]) -> Message:
    return Message(id="evt-1", source="website", campaign="news", received_at=NOW, lead=lead)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 5_000])
def test_numbers_that_leadterra_could_not_read_are_refused(text: str) -> None:
    """JSON has no infinity and no NaN."""
    with pytest.raises(Malformed):
        loads(text)


def test_times_are_written_in_one_way() -> None:
    """In UTC, to the millisecond."""
    assert (
        timestamp(datetime(2026, 11, 22, 3, 0, 0, 123_456, timezone(timedelta(hours=1)))) == "2026-11-22T02:00:00.123Z"
    )


def test_a_message_that_does_not_fit_is_refused_before_it_is_sent() -> None:
    """An accepted message still fits into a dead letter with its failure."""
    empty = len(encode(message({"email": "x"}))) - 1
    fits = message({"email": "x" * (MAX_MESSAGE_BYTES - empty)})
    assert len(encode(fits)) == MAX_MESSAGE_BYTES
    failure = Failure("rejected", "x" * 2_000, 422, "email", {"x": "y" * 10_000}, "request-1")
    assert len(dead_letter(as_json(fits), failure, attempts=300, failed_at=NOW)) <= MAX_BYTES
    with pytest.raises(TooLarge):
        encode(message({"email": "x" * (MAX_MESSAGE_BYTES - empty + 1)}))


@pytest.mark.parametrize("own", ["00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000001:7"])
def test_logs_have_our_own_ids_and_hashes_of_others(own: str) -> None:
    """A sender may use an address as an id. Hashes are not hashed again."""
    assert id_for_log(own) == own
    hashed = id_for_log("ava@example.com")
    assert hashed.startswith("hash-")
    assert id_for_log(hashed) == hashed
    assert id_for_log(f"{own} ava@example.com").startswith("hash-")


def test_an_address_is_found_by_its_keyed_hash_only() -> None:
    """In any spelling, and only with the key."""
    hashed = address_for_log("key", "ava@example.com")
    assert address_for_log("key", " AVA@example.com ") == hashed
    assert address_for_log("another", "ava@example.com") != hashed
    assert address_for_log("key" * 99, "ava@example.com") != hashed
