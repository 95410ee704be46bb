"""The rate of an import, and its progress display."""

from threading import Event

import pytest

from leads_cli.importing.progress import show_progress
from leads_cli.stacks.pace import Pace


class Clock:
    """A clock that advances only when something waits."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Waiting(Event):
    """A stop event that is never set and advances the clock by each wait."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0.0
        return False


def test_the_rate_is_an_average() -> None:
    """Leads are sent at the given rate. Time that passed anyway is not waited for again."""
    clock = Clock()
    pace, stop = Pace(20, clock), Waiting(clock)
    start = clock.now
    assert all(pace.take(10, stop) for _ in range(5))
    assert clock.now - start == pytest.approx(2.0)
    clock.now += 100
    before = clock.now
    assert pace.take(10, stop)
    assert clock.now == before
    assert pace.take(10, stop)
    assert clock.now - before == pytest.approx(0.5)


def test_without_a_rate_there_is_no_wait() -> None:
    """Leads are sent without delay until `stop` is set."""
    stop = Event()
    assert Pace(None).take(1_000_000, stop)
    stop.set()
    assert not Pace(None).take(1, stop)
    assert not Pace(0.001).take(1, stop)


def test_progress_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Every ten seconds a line has progress, rate and time left."""
    clock = Clock()
    with show_progress("sent", 10_000, 4_000, clock=clock) as show:
        show(100)
        clock.now += 11
        show(1_000)
        clock.now += 9
        show(1_000)
        clock.now += 2
        show(0)
    assert capsys.readouterr().err == (
        "sent: 5,100 of 10,000, 100/s, 49 s left\nsent: 6,100 of 10,000, 95/s, 41 s left\n"
    )


def test_progress_without_a_total(capsys: pytest.CaptureFixture[str]) -> None:
    """While a file is read, its length is unknown."""
    clock = Clock()
    with show_progress("rows read", None, clock=clock) as show:
        clock.now += 10
        show(5_000)
    assert capsys.readouterr().err == "rows read: 5,000, 500/s\n"
