"""Progress in a terminal, and stopping at a signal: for an import, and for work on dead letters."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

type OnProgress = Callable[[int], None]
"""Called with how many more are done."""


@contextmanager
def show_progress(what: str, total: int | None, done: int = 0) -> Iterator[OnProgress]:
    """Show in a terminal how many of `total` are done; None where that is not known."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield lambda number: bar.update(task, advance=number)


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """Set at the first signal; a second one ends the process at once, which loses nothing either."""
    stop = Event()
    if current_thread() is not main_thread():
        yield stop  # signals are the main thread's
        return
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
