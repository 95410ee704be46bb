"""The embedded SQS: moto's queues, with messages that are quick to find, safe among threads, and observable.

moto's own messages are made for tests. Each call walks through all of them, so that a hundred thousand of them take
minutes, and what is sent while another thread deletes can vanish.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from threading import Condition
from time import monotonic, time
from typing import Any, Final, Literal
from uuid import uuid4

from moto.sqs import urls
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Queue, SQSBackend

type MessageState = Literal["visible", "in flight", "delayed"]

# A message's id, and how often it had been received.
_HANDLE: Final = re.compile(r"([0-9a-f-]{36})\.\d+")
_numbers: Final = count()


def _now() -> float:
    return time() * 1000


@dataclass(slots=True, eq=False)
class StoredMessage:
    """A message as it lies in its queue; times in epoch milliseconds.

    `named` are its message attributes as the API has them; `visible_at` is when it can be received (again).
    """

    body: str
    named: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid4()))
    sent_at: int = field(default_factory=lambda: int(_now()))
    visible_at: float = 0.0
    receive_count: int = 0
    first_received_at: int = 0
    receipt_handle: str = ""

    @property
    def state(self) -> MessageState:
        if self.visible_at <= _now():
            return "visible"
        return "in flight" if self.receive_count else "delayed"

    @property
    def attributes(self) -> dict[str, str]:
        return {name: value.get("StringValue", "") for name, value in self.named.items()}

    @property
    def system_attributes(self) -> dict[str, str]:
        return {
            "SenderId": "AIDAEMBEDDED",
            "SentTimestamp": str(self.sent_at),
            "ApproximateReceiveCount": str(self.receive_count),
            "ApproximateFirstReceiveTimestamp": str(self.first_received_at),
        }


class _Queue(Queue):
    """A queue of moto's with our messages, ordered by when they were sent and by when they are visible."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored: dict[str, StoredMessage] = {}
        self._due: list[tuple[float, int, StoredMessage]] = []

    def is_created(self) -> bool:
        return True

    def put(self, message: StoredMessage, visible_at: float) -> None:
        message.visible_at = visible_at
        self.stored[message.id] = message
        heappush(self._due, (visible_at, next(_numbers), message))

    def next_at(self) -> float:
        """When the next message can be received, if nothing else happens."""
        while self._due:
            at, _, message = self._due[0]
            if message.id in self.stored and message.visible_at == at:
                return at
            heappop(self._due)  # it was deleted, or its time was changed
        return float("inf")

    def take(self, most: int, hidden: float) -> list[StoredMessage]:
        """Receive messages and hide them for so many milliseconds. Messages received too often are moved."""
        now = _now()
        taken: list[StoredMessage] = []
        while len(taken) < most and self.next_at() <= now:
            message = heappop(self._due)[2]
            if self.redrive_policy and message.receive_count >= self.redrive_policy["maxReceiveCount"]:
                del self.stored[message.id]
                self.dead_letter_queue.put(message, now)  # type: ignore[union-attr]
                continue
            message.receive_count += 1
            message.first_received_at = message.first_received_at or int(now)
            message.receipt_handle = f"{message.id}.{message.receive_count}"
            taken.append(message)
        for message in taken:
            self.put(message, now + hidden)
        return [copy(message) for message in taken]

    def find(self, handle: str) -> StoredMessage | None:
        """The message that was received with this handle, now or earlier; None if it was deleted."""
        if (known := _HANDLE.fullmatch(handle)) is None:
            raise ReceiptHandleIsInvalid
        return self.stored.get(known[1])

    def _count(self, state: MessageState) -> int:
        return sum(message.state == state for message in self.stored.values())

    @property
    def approximate_number_of_messages(self) -> int:
        return self._count("visible")

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        return self._count("delayed")

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        return self._count("in flight")


class TimedQueues(SQSBackend):
    """All queues of one region. Looking at them changes nothing, receive counts included."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self._changed = Condition()
        self._closing = False

    @property
    def _url_module(self) -> Any:
        return urls  # moto would derive it from the name of this module

    def get_queue(self, queue_name: str) -> _Queue:
        queue = super().get_queue(queue_name)
        assert isinstance(queue, _Queue)  # noqa: S101 - none else is made here
        return queue

    # --- What the API calls --------------------------------------------------------------------

    def create_queue(self, name: str, tags: dict[str, str] | None = None, **kwargs: Any) -> Queue:
        if name not in self.queues:
            kwargs.pop("region", None)
            self.queues[name] = _Queue(name, self.region_name, self.account_id, **kwargs)
            self.queues[name].tags = tags or {}
            return self.queues[name]
        return super().create_queue(name, tags, **kwargs)

    def send_message(  # type: ignore[override]
        self,
        queue_name: str,
        message_body: str,
        message_attributes: Mapping[str, Any] | None = None,
        delay_seconds: int | None = None,
        **_: Any,
    ) -> StoredMessage:
        queue = self.get_queue(queue_name)
        message = StoredMessage(message_body, message_attributes or {})
        delay: Any = queue.delay_seconds if delay_seconds is None else delay_seconds  # type: ignore[attr-defined]
        with self._change():
            queue.put(message, message.sent_at + 1000 * int(delay))
        return message

    def receive(
        self, queue_name: str, most: int = 1, wait: float = 0.0, hidden: int | None = None
    ) -> list[StoredMessage]:
        """Up to so many messages, as soon as there is one; both times in seconds."""
        queue = self.get_queue(queue_name)
        seconds: Any = queue.visibility_timeout if hidden is None else hidden  # type: ignore[attr-defined]
        until = monotonic() + wait
        with self._changed:
            while True:
                before = len(queue.stored)
                found = queue.take(most, 1000 * int(seconds))
                if found or len(queue.stored) < before:
                    self._changed.notify_all()
                left = until - monotonic()
                if found or left <= 0 or self._closing:
                    return found
                self._changed.wait(min(left, max(0.001, (queue.next_at() - _now()) / 1000)))

    def change_message_visibility(self, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        queue = self.get_queue(queue_name)
        with self._change():
            if (message := queue.find(receipt_handle)) is None:
                raise ReceiptHandleIsInvalid
            queue.put(message, _now() + 1000 * int(visibility_timeout))

    def purge_queue(self, queue_name: str) -> None:
        queue = self.get_queue(queue_name)
        with self._change():
            queue.stored.clear()

    # --- What the stack asks -----------------------------------------------------------------------

    def stored(self, url: str) -> list[StoredMessage]:
        with self._changed:
            return list(map(copy, self.at(url).stored.values()))

    def oldest(self, url: str) -> StoredMessage | None:
        with self._changed:
            return next(iter(self.at(url).stored.values()), None)

    def count(self, url: str) -> int:
        """How many messages a queue holds: visible, in flight and delayed."""
        return len(self.at(url).stored)

    def delete(self, url: str, receipt_handles: set[str]) -> None:
        queue = self.at(url)
        with self._change():
            for message in filter(None, map(queue.find, receipt_handles)):
                del queue.stored[message.id]

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until `condition` is true of the queues; it is looked at after every change."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def release(self, url: str, receipt_handles: set[str]) -> int:
        """Make messages visible if one of these handles is their latest. Returns how many."""
        return self._hide(url, receipt_handles, 0.0)

    def shorten(self, url: str, receipt_handles: set[str], seconds: float) -> None:
        """Hide messages for so long at most if one of these handles is their latest."""
        self._hide(url, receipt_handles, _now() + 1000 * seconds)

    def _hide(self, url: str, receipt_handles: set[str], latest: float) -> int:
        with self._change():
            messages = self._held(url, receipt_handles)
            for message in messages:
                self.at(url).put(message, min(message.visible_at, latest))
            return len(messages)

    def held(self, url: str, receipt_handles: set[str]) -> list[StoredMessage]:
        """The hidden messages whose latest handle is one of these."""
        with self._changed:
            return list(map(copy, self._held(url, receipt_handles)))

    def _held(self, url: str, receipt_handles: set[str]) -> list[StoredMessage]:
        found = (self.at(url).stored.get(handle.partition(".")[0]) for handle in receipt_handles)
        return [each for each in found if each and each.receipt_handle in receipt_handles and each.state != "visible"]

    def close(self) -> None:
        """Wake all threads that wait for a message. From now on none waits."""
        with self._change():
            self._closing = True

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            try:
                yield
            finally:
                self._changed.notify_all()

    def at(self, url: str) -> _Queue:
        return self.get_queue(url.rsplit("/", 1)[-1])
