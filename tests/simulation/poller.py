"""The event source mapping: batches of LeadsQueue's messages for free containers."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Self

from tests.simulation.containers import Container, Surroundings
from tests.simulation.queues import Received
from tests.simulation.timeline import Lane


@dataclass
class Poller:
    """A batch is sent when it is full or its window ends. `on_killed` gets the batches of killed functions."""

    around: Surroundings
    on_killed: Callable[[Received], None]
    invocations: int = 0
    kills: int = 0
    _free: list[tuple[Lane, Container]] = field(init=False)
    _window_ends: float | None = None
    _woken_at: float | None = None

    def __post_init__(self) -> None:
        lanes = [Lane(self.around.timeline) for _ in range(self.around.deployed.concurrency)]
        self._free = [(lane, Container(self.around, lane)) for lane in lanes]

    def __enter__(self) -> Self:
        with ExitStack() as lanes:
            for lane, _ in self._free:
                lanes.enter_context(lane)
            self._lanes = lanes.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._lanes.close()

    def look(self) -> None:
        """Begin the batches that can begin now, and look again when more can."""
        queue, now = self.around.account.leads, self.around.timeline.now
        while self._free:
            visible = queue.visible(now)
            if not visible:
                self._look_at(queue.next_visible())
                return
            if self._window_ends is None:
                self._window_ends = now + self.around.deployed.window
            if visible < self.around.deployed.batch_size and now < self._window_ends:
                self._look_at(self._window_ends)
                return
            self._window_ends = None
            self._begin(now)

    def _look_at(self, moment: float | None) -> None:
        if moment is not None and (self._woken_at is None or moment < self._woken_at):
            self._woken_at = moment
            self.around.timeline.at(moment, lambda: self._woken(moment))

    def _woken(self, moment: float) -> None:
        if self._woken_at == moment:
            self._woken_at = None
        self.look()

    def _begin(self, now: float) -> None:
        batch = self.around.account.leads.receive(self.around.deployed.batch_size, now)
        lane, container = self._free.pop(0)
        lane.begin(lambda: self._deliver(lane, container, batch, now))

    def _deliver(self, lane: Lane, container: Container, batch: Received, received_at: float) -> None:
        queue = self.around.account.leads
        if batch:
            self.invocations += 1
            kept = container.invoke(batch)
            if kept is None:
                self.kills += 1
                self.on_killed(batch)
            else:
                kept = kept if self.around.deployed.partial_failures else set()
                queue.delete((handle for handle, message in batch if message.id not in kept), lane.now)
            queue.end((handle for handle, _ in batch), received_at)
        # The next look happens in the timeline's order.
        self.around.timeline.at(lane.now, lambda: self._done(lane, container))

    def _done(self, lane: Lane, container: Container) -> None:
        self._free.append((lane, container))
        self.look()
