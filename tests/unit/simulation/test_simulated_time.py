"""Virtual time: events happen in order, although they run in threads."""

from collections.abc import Callable

import pytest

from tests.simulation.timeline import Lane, LaneThreads, Timeline


def test_lanes_wait_for_each_other() -> None:
    """Two concurrent lanes interleave by the clock, not by chance."""
    seen: list[tuple[str, float]] = []
    time = Timeline()

    def work(lane: Lane, name: str, step: float) -> Callable[[], None]:
        def go() -> None:
            for _ in range(3):
                seen.append((name, lane.now))
                lane.wait(lane.now + step)

        return go

    with Lane(time) as slow, Lane(time) as quick:
        time.at(0, lambda: slow.begin(work(slow, "slow", 10)))
        time.at(5, lambda: quick.begin(work(quick, "quick", 4)))
        time.run()
    assert seen == [("slow", 0), ("quick", 5), ("quick", 9), ("slow", 10), ("quick", 13), ("slow", 20)]


def test_an_error_in_a_lane_ends_the_run() -> None:
    """An assertion of the simulation is not lost in its thread."""
    time = Timeline()

    def broken() -> None:
        raise LookupError("here")

    with Lane(time) as lane:
        time.at(0, lambda: lane.begin(broken))
        with pytest.raises(LookupError, match="here"):
            time.run()


def test_threads_of_a_lane_take_the_time_of_the_busiest() -> None:
    """Seven tasks of three seconds on three threads take nine seconds and keep their order."""
    time = Timeline()
    ended: list[float] = []

    def work(lane: Lane) -> None:
        def task(_: int) -> float:
            lane.now += 3
            return lane.now

        with LaneThreads(lane, 3) as threads:
            ended.extend(threads.map(task, range(7)))
        ended.append(lane.now)

    with Lane(time) as lane:
        time.at(1, lambda: lane.begin(lambda: work(lane)))
        time.run()
    assert ended == [4, 4, 4, 7, 7, 7, 10, 10]
