"""How fast an import goes, and how that is shown."""

from threading import Event

import pytest

from leads_cli.importing.progress import show_progress
from leads_cli.stacks.pace import Pace


class Clock:
    """Time that passes while it is waited for."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Waiting(Event):
    """A stop that never comes, and takes note of how long it was waited for."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self.clock.now += timeout or 0.0
        return False


def test_no_more_than_the_rate() -> None:
    """So many leads a second go, on the average: what took its time by itself need not be waited for."""
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


def test_without_a_rate_nothing_is_waited_for() -> None:
    """Leads go as fast as they are taken, until it is enough."""
    stop = Event()
    assert Pace(None).take(1_000_000, stop)
    stop.set()
    assert not Pace(None).take(1, stop)
    assert not Pace(0.001).take(1, stop)


def test_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal, a line every ten seconds has progress, rate and time left."""
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


def test_a_line_where_the_end_is_not_known(capsys: pytest.CaptureFixture[str]) -> None:
    """While a file is read, its length is not known."""
    clock = Clock()
    with show_progress("rows read", None, clock=clock) as show:
        clock.now += 10
        show(5_000)
    assert capsys.readouterr().err == "rows read: 5,000, 500/s\n"
