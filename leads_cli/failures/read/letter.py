"""Dead letters: the messages in the dead-letter queue, of any origin.

A letter is a message that enroll refused, or an event that intake could make no lead of, with its `failure`; or
whatever SQS moved by itself after too many receives, as it was.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from leads.errors import LeadsError, Malformed
from leads.event.event import is_dead_letter
from leads.json import loads
from leads.message.decoding import decode
from leads.message.message import SUPPRESS, id_for_log
from leads_cli.words import in_utc

LEADS: Final = "LeadsQueue"
EVENTS: Final = "EventsQueue"
EXHAUSTED: Final = "exhausted"
# The queue that each kind of failure was met at, and to which a replay goes.
_QUEUES: Final = {"rejected": LEADS, "missing_token": LEADS, "malformed": LEADS, "unmappable": EVENTS}
# No option of a command, and no address that a producer made an id of.
_ID: Final = re.compile(r"\w[\w.:/=+-]{0,127}", re.ASCII)


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """A message of any queue, as SQS gave it; `origin` is its queue, or where a redrive took it from, if known."""

    message_id: str
    body: str
    sent_at: datetime
    attributes: Mapping[str, str] = field(default_factory=dict)
    origin: str | None = None


# What differs from letter to letter although the cause is the same: addresses, quoted values, numbers.
_VARIES: Final = re.compile(r"""\S+@\S+|"[^"]*"|'[^']*'|`[^`]*`|\d+""")
_LONGEST: Final = 120
# Indenting deeper JSON would make megabytes of spaces.
_DEEPEST: Final = 50


class Cause(NamedTuple):
    """What the letters of a group have in common; `text` is the message without addresses, quotes and numbers."""

    reason: str
    field: str
    status: int | None
    source: str
    campaign: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One dead letter; `content` is its body as an object, empty where it is something else."""

    received: QueueMessage
    content: Mapping[str, Any]

    @property
    def message_id(self) -> str:
        """SQS's id of this very message: the same lead may be refused twice."""
        return self.received.message_id

    @property
    def failure(self) -> Mapping[str, Any]:
        return as_object(self.content.get("failure"))

    @property
    def reason(self) -> str:
        return _text(self.failure.get("reason")) or EXHAUSTED

    @property
    def queue(self) -> str:
        """The queue that it came from, by the name of its template."""
        if known := _QUEUES.get(self.reason):
            return known
        if self.received.origin and not self.is_envelope:
            return self.received.origin
        is_message = self.content.keys() & {"lead", "campaign"} or self.is_suppression
        return LEADS if is_message and not self.is_envelope else EVENTS

    @property
    def is_lead(self) -> bool:
        """A lead's message, or meant to be one; otherwise a provider's raw event."""
        return self.queue == LEADS

    @property
    def is_suppression(self) -> bool:
        return self.content.get("action") == SUPPRESS and isinstance(self.content.get("email"), str)

    @property
    def is_envelope(self) -> bool:
        """A raw event as intake sets it aside: `{"version", "source", "event"}`; one that SQS moved lies bare."""
        return is_dead_letter(self.content)

    @property
    def id(self) -> str:
        """The lead's own id, as the logs have it; SQS's where there is none, or one that is not fit to be typed.

        An edited letter keeps the id that it had, although to SQS it is another message.
        """
        own = self.content.get("id") if self.is_lead else as_object(self.content.get("fixed")).get("of")
        return own if isinstance(own, str) and _ID.fullmatch(own) else self.message_id

    @property
    def names(self) -> tuple[str, ...]:
        """Every id under which it is shown: the lead's own, SQS's, and that in the log."""
        return self.id, self.message_id, id_for_log(self.lead_id)

    @property
    def lead_id(self) -> str:
        """The id that a replay of it has."""
        return str(self.content.get("id") or self.id)

    @property
    def source(self) -> str:
        """The source; "" if it is unknown."""
        own = _text(self.content.get("source")) if self.is_lead or self.is_envelope else ""
        return own or self.received.attributes.get("source", "direct" if self.is_lead else "")

    @property
    def campaign(self) -> str:
        """The campaign that a lead is for; "" for an event."""
        own = _text(self.content.get("campaign")) if self.is_lead else ""
        return own or self.received.attributes.get("campaign", "")

    @property
    def lead(self) -> Mapping[str, Any]:
        if self.is_suppression:
            return {"email": self.content["email"]}
        return as_object(self.content.get("lead")) if self.is_lead else {}

    @property
    def email(self) -> str:
        return _text(self.lead.get("email"))

    @property
    def event(self) -> Any:
        """The provider's event; None for a lead. What is no JSON is the text that it is."""
        if self.is_envelope:
            return self.content["event"]
        return None if self.is_lead else self.content or _json(self.received.body)

    @property
    def field(self) -> str:
        """The field that is at fault, in the spelling of the refusal."""
        return _text(self.failure.get("field"))

    @property
    def status(self) -> int | None:
        return _number(self.failure.get("status"))

    @property
    def says(self) -> str:
        """What is wrong, for a person to read."""
        if self.reason == EXHAUSTED:
            return "SQS moved it here after too many receives"
        return _text(self.failure.get("message")) or "no message"

    @property
    def cause(self) -> Cause:
        text = " ".join(_VARIES.sub("…", self.says).split())[:_LONGEST]
        return Cause(self.reason, self.field, self.status, self.source, self.campaign, text)

    @property
    def failed_at(self) -> datetime:
        """When it was refused, or else when SQS received it."""
        try:
            return in_utc(datetime.fromisoformat(_text(self.failure.get("failedAt"))))
        except ValueError:
            return self.received.sent_at

    @property
    def replays(self) -> int:
        return _number(as_object(self.content.get("replay")).get("count")) or 0

    def rewritten(self, body: str, attributes: Mapping[str, str]) -> "Letter":
        return read_letter(replace(self.received, body=body, attributes=attributes))

    def unreadable(self) -> Malformed | None:
        """Why enroll would refuse it at once if it were replayed unchanged. Events are not checked here."""
        if not self.is_lead:
            return None
        try:
            decode(self.received.body, message_id=self.message_id, sent_at=self.received.sent_at.timestamp())
        except Malformed as error:
            return error
        except LeadsError:
            return None  # a later release wrote it, and may read it
        return None


def read_letter(received: QueueMessage) -> Letter:
    return Letter(received, as_object(_json(received.body)))


def _json(text: str) -> Any:
    try:
        return loads(text)
    except Malformed:
        return text


def as_object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def indented(value: Any) -> str:
    """JSON for a person to read; on one line if it is nested very deeply."""
    depth, level = 0, [value]
    while level and depth <= _DEEPEST:
        depth += 1
        parts = (each.values() if isinstance(each, dict) else each for each in level if isinstance(each, dict | list))
        level = [child for part in parts for child in part]
    return json.dumps(value, ensure_ascii=False, indent=2 if depth <= _DEEPEST else None)
