"""How long a held message stays hidden, so that a destination in trouble is left alone and no lead gives up.

30 s doubling to 1 h, with jitter: 72 hours of outage are at most 155 receives, about half of what the queue's
redrive policy allows.
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

FIRST_SECONDS: Final = 30
LONGEST_SECONDS: Final = 3_600
# SQS hides a message for at most 12 hours from when it was received; a minute is left for this invocation.
_SQS_LIMIT_SECONDS: Final = 12 * 3_600 - 60
_WAIT: Final = re.compile(
    r"\+?(\d{1,16}(?:\.\d{1,9})?)\s*(ms|s|secs?|seconds?|m|mins?|minutes?|h|hours?)?", re.IGNORECASE | re.ASCII
)
_UNITS: Final = {
    "ms": 0.001,
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3_600),
}
# Nobody asks to be left alone for thirty years: such a number is a moment.
_EPOCH: Final = 1e9


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

    RFC 9110 has seconds and HTTP dates. Seen beside them: a unit behind the number, the moment in seconds or
    milliseconds since 1970 (as rate limiters have it), ISO 8601, and lemlist's date of no standard. A date that names
    no zone is UTC, which every other one is as well.
    """
    if value is None:
        return None
    text = value.strip()
    seconds = _seconds(text, now)
    if seconds is None and (moment := _date(text)):
        seconds = (moment - now).total_seconds()
    return seconds if seconds is not None and seconds > 0 else None


def _seconds(text: str, now: datetime) -> float | None:
    written = _WAIT.fullmatch(text)
    if written is None:
        return None
    number = float(written[1]) * _UNITS[(written[2] or "s").lower()]
    if number < _EPOCH:
        return number
    since_1970 = number / 1_000 if number >= _EPOCH * 1_000 else number
    return since_1970 - now.timestamp()


def _date(text: str) -> datetime | None:
    for parse in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            moment = parse(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None
