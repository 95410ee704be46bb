"""Virtual time: events happen in order, and waiting costs nothing.

Invocations run the real code, which cannot be cut into steps, so each has a thread. One thread runs at a time: a lane
hands over when it waits, and continues at its time. Two runs with the same seed are equal.
"""

import itertools
from collections.abc import Callable
from concurrent.futures import Executor, Future
from heapq import heappop, heappush
from threading import Lock, Thread
from typing import Any, Self

type Step = Callable[[], None]


class Timeline:
    """The order of events. `now` is in seconds since the start."""

    def __init__(self) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Step]] = []
        self._serial = itertools.count()

    def at(self, moment: float, step: Step) -> None:
        heappush(self._due, (max(moment, self.now), next(self._serial), step))

    def run(self) -> None:
        """Run until no event is left."""
        while self._due:
            self.now, _, step = heappop(self._due)
            step()

    def nothing_before(self, moment: float) -> bool:
        return not self._due or self._due[0][0] > moment


class Lane:
    """A thread with its own clock, which may be slightly ahead of the other clocks until it waits."""

    def __init__(self, timeline: Timeline) -> None:
        self.now = 0.0
        self._timeline = timeline
        # The lane or the timeline waits for one of these while the other runs.
        self._mine, self._theirs = Lock(), Lock()
        self._mine.acquire()
        self._theirs.acquire()
        self._work: Step | None = None
        self._error: BaseException | None = None
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._work = None
        self._mine.release()
        self._thread.join()

    def begin(self, work: Step) -> None:
        """Start this work. Returns when it waits for the first time, or is done."""
        self._work = work
        self._go_on()

    def wait(self, until: float) -> None:
        """Let events before that time happen."""
        self.now = max(self.now, until)
        if self._timeline.nothing_before(self.now):
            self._timeline.now = self.now
            return
        self._timeline.at(self.now, self._go_on)
        self._theirs.release()
        self._mine.acquire()

    def _go_on(self) -> None:
        self.now = self._timeline.now
        self._mine.release()
        self._theirs.acquire()
        if self._error:
            raise self._error

    def _run(self) -> None:
        while self._mine.acquire() and (work := self._work):
            try:
                work()
            except BaseException as error:  # noqa: BLE001 - raised again where the timeline runs
                self._error = error
            self._theirs.release()


class LaneThreads(Executor):
    """Threads in virtual time: each task runs on the thread that is free first."""

    def __init__(self, clock: Lane | Timeline, threads: int) -> None:
        self._clock = clock
        self._free_at = [clock.now] * threads

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self._clock.now = heappop(self._free_at)
        done = Future[Any]()
        done.set_result(fn(*args, **kwargs))
        heappush(self._free_at, self._clock.now)
        return done

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        self._clock.now = max(self._free_at)
