"""How long a held message stays hidden, so that a destination in trouble is left alone and no lead gives up.

30 s doubling to 1 h, with jitter: 72 hours of outage are at most 155 receives, about half of what the queue's
redrive policy allows.
"""

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_SECONDS: Final = 30
LONGEST_SECONDS: Final = 3_600
# SQS hides a message for at most 12 hours from when it was received; a minute is left for this invocation.
_SQS_LIMIT_SECONDS: Final = 12 * 3_600 - 60


def delay(receive_count: int, chance: float, retry_after: float | None = None) -> int:
    """Seconds until a message that was received `receive_count` times is tried again.

    `chance` is random in [0, 1): half of the delay is fixed, half is jitter, so that what failed together does
    not come back together. `retry_after` is the destination's own wish, honoured where it is longer.
    """
    # Beyond a doubling of 30 s into an hour the exponent only overflows.
    doubled = FIRST_SECONDS * 2 ** min(max(receive_count, 1) - 1, 10)
    longest = min(doubled, LONGEST_SECONDS)
    jittered = longest / 2 * (1 + chance)
    return min(int(max(jittered, retry_after or 0.0)), _SQS_LIMIT_SECONDS)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, a date, or nonsense (None).

    lemlist documents both a number and a date of no standard form; RFC 9110 has seconds and HTTP dates.
    """
    if value is None:
        return None
    text = value.strip()
    seconds = _number(text)
    if seconds is None:
        moment = _date(text)
        seconds = None if moment is None else (moment - now).total_seconds()
    return seconds if seconds is not None and seconds > 0 else None


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if seconds < float("inf") else None


def _date(text: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment.tzinfo is not None:
            return moment
    return None
