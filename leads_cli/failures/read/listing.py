"""Many dead letters in bounded memory: groups by cause, and the newest one by one; or all of them as a file."""

import csv
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, Final, Self, TextIO

from leads.event.event import LINEAGE
from leads.model import LEAD_FIELDS
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.letter import Cause, Letter
from leads_cli.private_files import escape_formula
from leads_cli.words import as_text, duration

# A message of Leadterra's is short; a hostile one is not worth more.
_LONGEST: Final = 300
# Texts may be anything: beyond this, letters are grouped without regard to them.
_MOST_GROUPS: Final = 500
# A body may have a megabyte; most have one or two thousand bytes.
_MOST_BYTES: Final = 50_000_000
# Keys of a message that `describe` shows under a name of their own.
_DESCRIBED: Final = frozenset(
    {"version", "id", "source", "campaign", "receivedAt", "lead", "event", "failure", *LINEAGE}
)


@dataclass(slots=True)
class Group:
    """Letters of one cause; `says` and `example` are of the newest."""

    cause: Cause
    count: int
    oldest: datetime
    newest: datetime
    says: str
    example: str

    def as_json(self) -> dict[str, object]:
        """As `leads failures list --json` has it."""
        named = {name: value or None for name, value in self.cause._asdict().items() if name != "text"}
        times = {"oldest": self.oldest.isoformat(), "newest": self.newest.isoformat()}
        return {**named, "count": self.count, **times, "says": self.says, "example": self.example}


class Listing:
    """Collects letters into groups and keeps the newest `most`."""

    def __init__(self, most: int = 0, letters: Iterable[Letter] = ()) -> None:
        self._most = most
        self.by_cause: dict[Cause, Group] = {}
        self._newest: list[tuple[datetime, int, Letter]] = []  # a heap, the oldest of them first
        self._bytes = 0
        self._number = count()
        self._first_sent: datetime | None = None
        for letter in letters:
            self.add(letter)

    def add(self, letter: Letter) -> None:
        self._group(letter)
        sent = letter.received.sent_at
        self._first_sent = min(self._first_sent or sent, sent)
        if self._most:
            heappush(self._newest, (letter.failed_at, next(self._number), letter))
            self._bytes += len(letter.received.body)
        while len(self._newest) > self._most or self._bytes > _MOST_BYTES:
            self._bytes -= len(heappop(self._newest)[2].received.body)

    def _group(self, letter: Letter) -> None:
        cause, when = letter.cause, letter.failed_at
        if cause not in self.by_cause and len(self.by_cause) >= _MOST_GROUPS:
            cause = cause._replace(text="")
        group = self.by_cause.get(cause)
        if group is None:
            self.by_cause[cause] = Group(cause, 1, when, when, letter.says, letter.id)
            return
        group.count += 1
        group.oldest = min(group.oldest, when)
        if when >= group.newest:
            group.newest, group.says, group.example = when, letter.says, letter.id

    @property
    def total(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def groups(self) -> list[Group]:
        """All groups: the largest first, and of two of a size the one with the newest letter."""
        return sorted(self.by_cause.values(), key=lambda group: (-group.count, -group.newest.timestamp()))

    @property
    def newest(self) -> list[Letter]:
        return [letter for _, _, letter in sorted(self._newest, reverse=True)]

    def expires(self, retention: timedelta | None) -> datetime | None:
        return self._first_sent + retention if self._first_sent and retention else None

    def expiry(self, retention: timedelta | None) -> str:
        """When the first letter expires, in words; "" if there is none."""
        expires = self.expires(retention)
        left = (expires - datetime.now(UTC)).total_seconds() if expires else 0.0
        return f"The first of them expires in {duration(max(0.0, left))}." if expires else ""

    def matching(self, criteria: Criteria) -> Self:
        """The same of the letters that meet the criteria. Texts and times are looked for in the newest letters only."""
        found = type(self)(self._most, filter(criteria.accept, self.newest))
        if criteria == Criteria(*(getattr(criteria, name) for name in Cause._fields)):
            found.by_cause = {cause: group for cause, group in self.by_cause.items() if criteria.accept_cause(cause)}
        return found


def summarise(letter: Letter) -> dict[str, Any]:
    """A letter in brief, without long values."""
    return {
        "id": letter.id,
        "messageId": letter.message_id,
        "reason": letter.reason,
        "field": letter.field[:_LONGEST] or None,
        "status": letter.status,
        "says": letter.says[:_LONGEST],
        "source": letter.source or None,
        "campaign": letter.campaign or None,
        "email": letter.email or None,
        "failedAt": letter.failed_at.isoformat(),
        "replays": letter.replays,
    }


def describe(letter: Letter) -> Mapping[str, Any]:
    """Everything about a letter.

    `unreadable` is why a replay of it as it is would be refused at once; `others` are keys that no lead's message has.
    """
    unreadable = letter.unreadable()
    return {
        **summarise(letter),
        **{name: letter.failure.get(name) for name in ("detail", "attempts", "requestId")},
        "sentAt": letter.received.sent_at.isoformat(),
        "receivedAt": letter.content.get("receivedAt") if letter.is_lead else None,
        "queue": letter.queue,
        "unreadable": str(unreadable) if unreadable else None,
        "lead": letter.lead or None,
        "event": letter.event,
        "others": {key: letter.content[key] for key in letter.content.keys() - _DESCRIBED} if letter.is_lead else None,
        **{name: letter.content.get(name) for name in LINEAGE},
    }


_ABOUT: Final = ("id", "messageId", "reason", "field", "status", "says", "source", "campaign", "failedAt", "sentAt")
# A terminal obeys these, and the table may be looked at in one.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LEAD: Final = (*LEAD_FIELDS, "customFields")
COLUMNS: Final = (*_ABOUT, "attempts", "replays", *_LEAD, "event")


def write_csv(letters: Iterable[Letter], stream: TextIO) -> int:
    """One line for each letter, the reason in columns of its own; how many there were."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    number = 0
    for letter in letters:
        known = {**describe(letter), **{name: letter.lead.get(name) for name in _LEAD}}
        table.writerow([_cell(known.get(column)) for column in COLUMNS])
        number += 1
    return number


def write_jsonl(letters: Iterable[Letter], stream: TextIO) -> int:
    """One object for each letter, with its body as it is in the queue. Returns how many there were."""
    number = 0
    for letter in letters:
        stream.write(json.dumps({**describe(letter), "body": letter.received.body}) + "\n")
        number += 1
    return number


def _cell(value: object) -> str:
    """A cell that no spreadsheet runs as a formula and no terminal obeys."""
    if value is None:
        return ""
    text = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), as_text(value))
    return text if isinstance(value, int | float) else escape_formula(text)
