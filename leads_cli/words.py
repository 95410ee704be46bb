"""Numbers, times and values as people say them."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from typing import Final

_AGE: Final = re.compile(r"(\d{1,6})\s*([smhdw])", re.IGNORECASE)
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 24 * _HOUR


def duration(seconds: float) -> str:
    """How long, as people say it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days"


def number(count: int, noun: str) -> str:
    """So many of something, as people say it."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that is most like a wrong one, as the end of a sentence; "" if none is."""
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def ago(when: datetime) -> str:
    """How long since."""
    return f"{duration(max(0, (datetime.now(UTC) - when).total_seconds()))} ago"


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
        raise ValueError(
            "neither an age such as 30m, 2h, 3d or 1w nor a date such as 2026-11-22 or 2026-11-22T14:00Z"
        ) from error
    return in_utc(found)


def in_utc(moment: datetime) -> datetime:
    """A time, which is one of UTC if it names no zone."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def as_text(value: object) -> str:
    """A value as a person reads it: a text as it is, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
