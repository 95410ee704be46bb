"""The rate of an import."""

from threading import Event

import pytest

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
