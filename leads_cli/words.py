"""Numbers as people say them."""

from typing import Final

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
