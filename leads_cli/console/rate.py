"""How fast leads come and go, from one look at the counts to the next."""

from collections import deque
from typing import Final

from leads_cli.stacks.counts import StackCounts

_MINUTE: Final = 60
# A deployed stack is looked at once a minute.
_WINDOW_SECONDS: Final = 5 * _MINUTE
_FEWEST_SECONDS: Final = 5


class Rate:
    """Remembers the looks of the last minutes, whoever looked."""

    def __init__(self) -> None:
        self._looks: deque[tuple[float, int, int]] = deque()

    def add(self, now: float, counts: StackCounts) -> None:
        """A look, at a time in seconds."""
        taken = counts.accepted + counts.replayed
        self._looks.append((now, taken, taken - counts.queued))
        while self._looks[0][0] < now - _WINDOW_SECONDS:
            self._looks.popleft()

    def per_minute(self) -> tuple[float, float] | None:
        """Leads taken and leads settled a minute; None until there is enough to say so."""
        (since, taken, settled), (now, taken_now, settled_now) = self._looks[0], self._looks[-1]
        if now - since < _FEWEST_SECONDS:
            return None
        minutes = (now - since) / _MINUTE
        return max(0, taken_now - taken) / minutes, max(0, settled_now - settled) / minutes
