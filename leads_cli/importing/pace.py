"""The pace of an import: no faster than the user wants, and no further once they have enough."""

import time
from threading import Event


class Pace:
    """So many leads a second at the most; None: as fast as they are taken."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._next = time.monotonic()

    def take(self, number: int, stop: Event) -> bool:
        """Wait until so many more may be sent; False: stop instead."""
        if self._rate is None:
            return not stop.is_set()
        now = time.monotonic()
        start = max(self._next, now)
        self._next = start + number / self._rate
        return not stop.wait(start - now)
