"""SQS standard queues: at least once, unordered, with visibility timeout, redrive and retention."""

from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import ceil, inf
from random import Random
from typing import Final

_IN_FLIGHT: Final = inf


@dataclass(slots=True)
class Message:
    """A message. `visible_at` is in whole seconds; `number` is its signup."""

    id: str
    body: str
    sent_at: float
    number: int
    visible_at: float
    received: int = 0
    first_received: float = 0.0
    gone: bool = False


type Received = Sequence[tuple[str, Message]]
"""A batch: messages, each with the handle of its receive."""


@dataclass(slots=True)
class Oddities:
    """At-least-once delivery: the shares of messages that come twice.

    `twins` come twice in a batch, `shared` to two receivers at once, `ghosts` again after they were deleted.
    """

    twins: float = 0.0
    shared: float = 0.0
    ghosts: float = 0.0


@dataclass(slots=True)
class StandardQueue:
    """A queue. `on_odd` gets the number of each message that is delivered too often.

    `copies` counts the messages in it by number.
    """

    chance: Random
    visibility: float
    retention: float
    most_receives: int
    oddities: Oddities = field(default_factory=Oddities)
    on_odd: Callable[[int], object] = lambda _: None
    messages: dict[str, Message] = field(default_factory=dict)
    copies: Counter[int] = field(default_factory=Counter)
    exhausted: list[Message] = field(default_factory=list)
    expired: list[Message] = field(default_factory=list)
    receives: int = 0
    most_received: int = 0
    _ready: deque[Message] = field(default_factory=deque)
    _later: dict[float, list[Message]] = field(default_factory=lambda: defaultdict(list))
    _times: list[float] = field(default_factory=list)
    _handles: dict[str, Message] = field(default_factory=dict)
    _serial: int = 0

    def send(self, body: str, number: int, now: float) -> None:
        self._serial += 1
        message = Message(f"00000000-0000-4000-8000-{self._serial:012}", body, now, number, 0)
        self.messages[message.id] = message
        self.copies[number] += 1
        self._show(message, now)

    def visible(self, now: float) -> int:
        """The number of messages that can be received."""
        while self._times and self._times[0] <= now:
            moment = heappop(self._times)
            # Messages that were hidden again or deleted since are skipped.
            due = [message for message in self._later.pop(moment) if message.visible_at == moment and not message.gone]
            self.chance.shuffle(due)
            self._ready.extend(due)
        return len(self._ready)

    def next_visible(self) -> float | None:
        return self._times[0] if self._times else None

    def receive(self, most: int, now: float) -> Received:
        """Up to `most` messages, some of them twice."""
        oldest = (self._ready.popleft() for _ in range(min(most, len(self._ready))))
        oldest_visible = [message for message in oldest if not message.gone]
        received: list[tuple[str, Message]] = []
        for message in oldest_visible + self._odd(oldest_visible, self.oddities.twins):
            if message.gone:
                continue  # removed by the redrive a moment ago
            message.received += 1
            message.first_received = message.first_received or now
            if message.received > self.most_receives:
                self._remove(message, self.exhausted)
            elif now - message.sent_at > self.retention:
                self._remove(message, self.expired)
            else:
                message.visible_at = _IN_FLIGHT
                handle = f"{message.id}#{message.received}"
                self._handles[handle] = message
                received.append((handle, message))
                self.most_received = max(self.most_received, message.received)
        self.receives += len(received)
        self._ready.extend(message for message in self._odd(oldest_visible, self.oddities.shared) if not message.gone)
        return received

    def hide(self, handle: str, seconds: int, now: float) -> bool:
        """Change a received message's visibility. False if the message no longer exists."""
        message = self._handles[handle]
        if message.gone:
            return False
        self._show(message, now + seconds)
        return True

    def delete(self, handles: Iterable[str], now: float) -> None:
        deleted = [self._handles[handle] for handle in handles]
        for ghost in self._odd(deleted, self.oddities.ghosts):
            if not ghost.gone:
                deleted.remove(ghost)
                self._show(ghost, now + self.visibility)
        for message in deleted:
            if not message.gone:
                self._remove(message)

    def end(self, handles: Iterable[str], received_at: float) -> None:
        """Forget the handles of a batch. Messages that were not deleted or hidden come back after the timeout."""
        for handle in handles:
            message = self._handles.pop(handle)
            if message.visible_at == _IN_FLIGHT and not message.gone:
                self._show(message, received_at + self.visibility)

    def _show(self, message: Message, moment: float) -> None:
        message.visible_at = ceil(moment)
        if message.visible_at not in self._later:
            heappush(self._times, message.visible_at)
        self._later[message.visible_at].append(message)

    def _remove(self, message: Message, to: list[Message] | None = None) -> None:
        message.gone = True
        del self.messages[message.id]
        self.copies[message.number] -= 1
        if not self.copies[message.number]:
            del self.copies[message.number]
        if to is not None:
            to.append(message)

    def _odd(self, messages: list[Message], share: float) -> list[Message]:
        """A random share of them."""
        expected = share * len(messages)
        count = int(expected) + (self.chance.random() < expected % 1)
        odd = self.chance.sample(messages, count)
        for message in odd:
            self.on_odd(message.number)
        return odd
