"""Ctrl-C in the middle of work on letters."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Interrupt:
    """Waits for the letters in hand to be dealt with, so that what is told of them is true; a second one does not."""

    def __init__(self) -> None:
        self._busy = False
        self._asked = False

    @contextmanager
    def minded(self) -> Iterator[None]:
        """While this lasts, Ctrl-C ends it with `KeyboardInterrupt` at the next good moment."""
        if threading.current_thread() is not threading.main_thread():
            yield  # signals are the main thread's
            return
        before = signal.signal(signal.SIGINT, self._on_signal)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """No good moment."""
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
        if self._asked:
            raise KeyboardInterrupt

    def _on_signal(self, *_: object) -> None:
        if self._asked or not self._busy:
            raise KeyboardInterrupt
        self._asked = True
