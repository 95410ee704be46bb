"""Progress for a terminal or a log, and stopping at a signal: for an import, and for work on dead letters."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from leads_cli.words import duration

_LINE_SECONDS: Final = 10.0

type OnProgress = Callable[[int], None]
"""Called with how many more are done."""


@contextmanager
def show_progress(
    what: str,
    total: int | None,
    done: int = 0,
    *,
    console: Console | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OnProgress]:
    """Show, on stderr if nowhere else, how many of `total` are done; None where that is not known."""
    console = console or Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield _ProgressLines(console, clock, what, total, done).add
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield lambda number: bar.update(task, advance=number)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")


class _ProgressLines:
    """One line every ten seconds, none for what is done sooner."""

    def __init__(self, console: Console, clock: Callable[[], float], what: str, total: int | None, done: int) -> None:
        self._console = console
        self._clock = clock
        self._what = what
        self._total = total
        self._done = done
        self._before = done
        self._start = self._shown_at = clock()

    def add(self, number: int) -> None:
        self._done += number
        now = self._clock()
        if now - self._shown_at >= _LINE_SECONDS:
            self._shown_at = now
            self._console.print(self._line(now - self._start), soft_wrap=True)

    def _line(self, seconds: float) -> str:
        rate = (self._done - self._before) / seconds
        line = f"{self._what}: {self._done:,}"
        if self._total is None or not rate:
            return f"{line}, {rate:,.0f}/s"
        return f"{line} of {self._total:,}, {rate:,.0f}/s, {duration((self._total - self._done) / rate)} left"


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
