"""Ctrl-C, SIGTERM or a closed terminal while leads are being sent: requests under way are finished."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """Set at the first signal; a second one ends the process at once, which loses nothing either."""
    stop = Event()
    signals = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in signals}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def on_signal(*_: object) -> None:
        stop.set()
        restore()

    for number in signals:
        signal.signal(number, on_signal)
    try:
        yield stop
    finally:
        restore()
