"""The pace of sending: no faster than the operator wants."""

import time
from collections.abc import Callable
from threading import Event


class Pace:
    """At most so many leads a second; None: no limit. `clock` returns monotonic seconds."""

    def __init__(self, rate: float | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._clock = clock
        self._next = clock()

    def take(self, number: int, stop: Event) -> bool:
        """Wait until `number` more may be sent. False: stop instead."""
        if self._rate is None:
            return not stop.is_set()
        now = self._clock()
        start = max(self._next, now)
        self._next = start + number / self._rate
        return not stop.wait(start - now)
