"""Progress for a terminal or a log, and stopping at a signal: for an import, and for work on dead letters."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event, current_thread, main_thread
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from leads_cli.stopping import signals_handled
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
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[OnProgress]:
    """Show on stderr how many of `total` are done; None where that is not known."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        lines = _lines(console, clock, what, total, done)
        next(lines)
        yield lines.send
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total, completed=done)
        yield lambda number: bar.update(task, advance=number)


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:,.0f}/s")


def _lines(
    console: Console, clock: Callable[[], float], what: str, total: int | None, before: int
) -> Generator[None, int]:
    """One line every ten seconds, none for what is done sooner. Is sent how many more are done."""
    done, start = before, clock()
    shown_at = start
    while True:
        done += yield
        if (now := clock()) - shown_at < _LINE_SECONDS:
            continue
        shown_at = now
        rate = (done - before) / (now - start)
        of = "" if total is None or not rate else f" of {total:,}"
        left = f", {duration((total - done) / rate)} left" if total is not None and rate else ""
        console.print(f"{what}: {done:,}{of}, {rate:,.0f}/s{left}", soft_wrap=True)


@contextmanager
def stop_on_interrupt() -> Iterator[Event]:
    """Set at the first signal; a second one ends the process at once, which loses nothing either."""
    stop = Event()
    if current_thread() is not main_thread():
        yield stop  # signals are the main thread's
        return

    def on_signal(*_: object) -> None:
        stop.set()
        handlers.close()

    with ExitStack() as handlers:
        handlers.enter_context(signals_handled(on_signal))
        yield stop
