"""Which dead letters are meant: by what is wrong with them, where they came from, their age, or what they say."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from leads_cli.failures.read.letter import EXHAUSTED, Letter

REASONS: Final = ("rejected", "missing_token", "unmappable", "malformed", EXHAUSTED)

_AGE: Final = re.compile(r"(\d{1,6})\s*([smhdw])", re.IGNORECASE)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a letter has to be; None means any.

    Attributes:
        since: failed then or later.
        before: failed earlier than that.
        contains: a text anywhere in it, whatever its case.
    """

    reason: str | None = None
    field: str | None = None
    source: str | None = None
    campaign: str | None = None
    status: int | None = None
    since: datetime | None = None
    before: datetime | None = None
    contains: str | None = None

    def accept(self, letter: Letter) -> bool:
        """Whether the letter meets all of them."""
        told = (
            (self.reason, letter.reason),
            (self.field, letter.field),
            (self.source, letter.source),
            (self.campaign, letter.campaign),
            (self.status, letter.status),
        )
        return (
            all(wanted is None or wanted == found for wanted, found in told)
            and (self.since is None or letter.failed_at >= self.since)
            and (self.before is None or letter.failed_at < self.before)
            and (self.contains is None or self.contains.casefold() in _readable(letter).casefold())
        )


def _readable(letter: Letter) -> str:
    """Everything that a letter says, without the escapes in which SQS has to carry it."""
    if not letter.content:
        return letter.received.body
    return json.dumps(letter.content, ensure_ascii=False)


def parse_moment(text: str, now: datetime) -> datetime:
    """A time as people give it: an age such as `90s`, `30m`, `2h`, `3d`, `1w`, or a date with or without a time.

    Raises:
        ValueError: it is neither.
    """
    try:
        if age := _AGE.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[age[2].lower()]: int(age[1])})
        found = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError) as error:
        msg = "neither an age such as 30m, 2h, 3d or 1w nor a date such as 2026-11-22 or 2026-11-22T14:00Z"
        raise ValueError(msg) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)
