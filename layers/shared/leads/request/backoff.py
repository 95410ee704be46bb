"""How long a held message stays hidden.

30 s doubling to 1 h, with jitter: 72 hours of outage are at most 155 receives, about half of what the queue's
redrive policy allows.
"""

from datetime import UTC, datetime
from typing import Final

FIRST_SECONDS: Final = 30
LONGEST_SECONDS: Final = 3_600
# SQS hides a message for at most 12 hours from when it was received; a minute is left for this invocation.
_SQS_LIMIT_SECONDS: Final = 12 * 3_600 - 60
# RFC 9110's HTTP-date and its two obsolete spellings.
_HTTP_DATES: Final = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")


def delay(receive_count: int, chance: float, retry_after: float | None = None) -> int:
    """Seconds until a message that was received `receive_count` times is tried again.

    `chance` is random in [0, 1): half of the delay is fixed and half is jitter, so that messages that failed together
    do not come back together. `retry_after` is what the destination asks for, honoured where it is longer.
    """
    # Beyond a doubling of 30 s into an hour the exponent only overflows.
    doubled = FIRST_SECONDS * 2 ** min(max(receive_count, 1) - 1, 10)
    jittered = min(doubled, LONGEST_SECONDS) / 2 * (1 + chance)
    return min(int(max(jittered, retry_after or 0.0)), _SQS_LIMIT_SECONDS)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` header asks for, in one of RFC 9110's two forms: seconds or an HTTP date.

    None if it is neither, or in the past. At most as long as SQS can hide a message.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        seconds = float(text)
    elif moment := _http_date(text):
        seconds = (moment - now).total_seconds()
    else:
        return None
    return min(seconds, _SQS_LIMIT_SECONDS) if seconds > 0 else None


def _http_date(text: str) -> datetime | None:
    """A date in one of RFC 9110's spellings. Of others the time zone is not certain."""
    for spelling in _HTTP_DATES:
        try:
            return datetime.strptime(text, spelling).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
