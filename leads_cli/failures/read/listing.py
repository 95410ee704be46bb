"""What a list of dead letters says, in bounded memory: groups of all, and the newest one by one."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from heapq import heappush, heappushpop
from itertools import count
from typing import Any, Final

from leads.event.event import LINEAGE
from leads_cli.failures.read.grouping import Group, Groups
from leads_cli.failures.read.letter import Letter

# A message of Leadterra's is short; a hostile one is not worth more.
_LONGEST: Final = 300
# Of a message's keys those that are told by a name of their own.
_TOLD: Final = frozenset({"version", "id", "source", "campaign", "receivedAt", "lead", "event", "failure", *LINEAGE})


class Listing:
    """Takes letters one by one; of the newest `most` it keeps a summary."""

    def __init__(self, most: int = 0) -> None:
        self._groups = Groups()
        self._most = most
        self._newest: list[tuple[datetime, int, dict[str, Any]]] = []  # a heap, the oldest of them first
        self._number = count()
        self._first_sent: datetime | None = None

    def add(self, letter: Letter) -> None:
        self._groups.add(letter)
        sent = letter.received.sent_at
        self._first_sent = min(self._first_sent or sent, sent)
        item = (letter.failed_at, next(self._number), summary(letter))
        if len(self._newest) < self._most:
            heappush(self._newest, item)
        elif self._most:
            heappushpop(self._newest, item)

    @property
    def total(self) -> int:
        return self._groups.total

    @property
    def groups(self) -> list[Group]:
        """All groups, the largest first."""
        return self._groups.sorted()

    def newest(self) -> list[dict[str, Any]]:
        """The newest letters, newest first."""
        return [each for _, _, each in sorted(self._newest, reverse=True)]

    def expires(self, retention: timedelta | None) -> datetime | None:
        """When SQS will forget the first of them."""
        return self._first_sent + retention if self._first_sent and retention else None


def summary(letter: Letter) -> dict[str, Any]:
    """A letter in a line, without what may be long."""
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
        **summary(letter),
        "detail": letter.failure.get("detail"),
        "attempts": letter.failure.get("attempts"),
        "requestId": letter.failure.get("requestId"),
        "sentAt": letter.received.sent_at.isoformat(),
        "receivedAt": letter.content.get("receivedAt") if letter.is_lead else None,
        "queue": letter.queue,
        "unreadable": str(unreadable) if unreadable else None,
        "lead": letter.lead or None,
        "event": letter.event,
        "others": {key: letter.content[key] for key in letter.content.keys() - _TOLD} if letter.is_lead else None,
        "replay": letter.content.get("replay"),
        "fixed": letter.content.get("fixed"),
    }
