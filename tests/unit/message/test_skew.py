"""One release of skew: during a deployment each release may read what the other wrote.

`tests/data/skew.json` was recorded with the release before the second edition: messages that it wrote, what it read in
messages of this release, and its dead letters.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from leads.message.decoding import decode
from leads.message.message import AnyMessage, Message, encode
from leads_cli.failures.read.letter import QueueMessage, read_letter

RECORDED: Final[dict[str, list[Any]]] = json.loads(
    (Path(__file__).parents[2] / "data" / "skew.json").read_text(encoding="utf-8")
)
WRITTEN: Final = RECORDED["written by the previous release"]
WRITTEN_NOW: Final = RECORDED["written by this release"]


def read(body: str) -> AnyMessage:
    return decode(body, message_id="sqs", sent_at=0.0)


def parts(message: AnyMessage) -> dict[str, Any]:
    assert isinstance(message, Message)
    when = message.received_at.isoformat()
    named = {"id": message.id, "source": message.source, "campaign": message.campaign, "receivedAt": when}
    return {**named, "lead": message.lead, "extra": dict(message.extra)}


@pytest.mark.parametrize("row", WRITTEN, ids=lambda row: json.loads(row["body"])["source"])
def test_messages_of_the_previous_release(row: dict[str, Any]) -> None:
    """They are read as the same leads and written back unchanged."""
    message = read(row["body"])
    assert parts(message) == row["previous"]
    assert encode(message) == row["body"]


@pytest.mark.parametrize("row", WRITTEN_NOW, ids=lambda row: json.loads(row["body"])["source"])
def test_messages_that_the_previous_release_reads(row: dict[str, Any]) -> None:
    """This release still writes them, and reads them as the previous one did."""
    message = read(row["body"])
    assert encode(message) == row["body"]
    if isinstance(message, Message):
        assert parts(message) == row["previous"]
    else:
        # The previous release holds suppressions until the deployment is complete.
        assert row["previous"] == "NewerVersion"


def test_dead_letters_of_the_previous_release() -> None:
    """They keep their reasons and their queue."""
    bodies = RECORDED["dead letters of the previous release"]
    letters = [read_letter(QueueMessage("m", body, datetime(2026, 11, 23, tzinfo=UTC))) for body in bodies]
    assert [(letter.reason, letter.queue, letter.unreadable() is None) for letter in letters] == [
        ("rejected", "LeadsQueue", True),
        ("missing_token", "LeadsQueue", True),
        ("unmappable", "EventsQueue", True),
        ("malformed", "LeadsQueue", False),
    ]
    assert (letters[0].status, letters[0].field, letters[0].email) == (422, "email", "dorothea@example.com")
