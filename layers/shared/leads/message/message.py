"""Messages: the JSON that travels through LeadsQueue, version 1. One message is one lead."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from leads.errors import TooLarge
from leads.json import dumps
from leads.model import Lead

VERSION: Final = 1
# The source of a message whose producer names none: intake always does.
DIRECT: Final = "direct"

# SQS takes 1 MiB, message attributes included; `MAX_BYTES` leaves room for those.
MAX_BYTES: Final = 1_048_576 - 2_048
# What intake takes must still fit when a failure is written beside it.
MAX_MESSAGE_BYTES: Final = MAX_BYTES - 16_384


# A named tuple, as `ReceivedMessage` and `Row` are, since a thousand of them are made at once: three times as fast.
class Message(NamedTuple):
    """One lead on its way to a campaign.

    `campaign` is a name from the configuration or a literal campaign id. `received_at` orders messages about
    the same person. `extra` keeps the keys of the body that this version does not know, so that they survive
    a dead letter and its replay.
    """

    id: str
    source: str
    campaign: str
    received_at: datetime
    lead: Lead
    extra: Mapping[str, Any]


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-22T02:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(message: Message) -> str:
    """The queue body of a message.

    Raises:
        TooLarge: it would not fit into a queue message.
    """
    body = dumps(as_json(message))
    if len(body) > MAX_MESSAGE_BYTES:
        msg = f"a lead of {len(body)} bytes; a queue message holds {MAX_MESSAGE_BYTES}"
        raise TooLarge(msg)
    return body


def as_json(message: Message) -> dict[str, Any]:
    """The body of a message."""
    return {
        **message.extra,
        "version": VERSION,
        "id": message.id,
        "source": message.source,
        "campaign": message.campaign,
        "receivedAt": timestamp(message.received_at),
        "lead": message.lead,
    }
