"""moto's SQS made fit for a stack that runs: guarded against threads, quick on full queues, and observable.

moto's own is written for tests: a message that is sent while another is deleted can vanish, two receivers can be
given the same message, and every message received counts all messages several times.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from time import monotonic, time
from typing import Any, Literal

from moto.sqs import urls
from moto.sqs.exceptions import ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend

type MessageState = Literal["visible", "in flight", "delayed"]


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as it lies in its queue; times in epoch milliseconds.

    `attributes` are its message attributes; `visible_at` is when it can be received (again).
    """

    id: str
    body: str
    attributes: dict[str, str]
    state: MessageState
    receive_count: int
    sent_at: int
    visible_at: int


class _Queue(Queue):
    """moto's, made fit for ten thousand messages: no look at the clock and no search for each of them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by_id: dict[str, Message] = {}
        self._ids: dict[str, str] = {}  # by receipt handle

    def is_created(self) -> bool:
        return True

    @property
    def pending_message_groups(self) -> set[str]:
        # moto asks for each message that is received again, and walks through all. Only FIFO queues have groups.
        return set()

    @property
    def messages(self) -> list[Message]:
        now = time() * 1000
        return [each for each in self._messages if each.visible_at < now and each.delayed_until <= now]

    @property
    def approximate_number_of_messages_delayed(self) -> int:
        now = time() * 1000
        return sum(1 for each in self._messages if each.delayed_until > now)

    @property
    def approximate_number_of_messages_not_visible(self) -> int:
        now = time() * 1000
        return sum(1 for each in self._messages if each.visible_at >= now)

    def add_message(self, message: Message) -> None:
        super().add_message(message)
        self._by_id[message.id] = message

    def index(self) -> None:
        """Look at the messages anew after some were taken out by other means than `delete_message`."""
        self._by_id = {each.id: each for each in self._messages}

    def delivered(self, messages: list[Message]) -> None:
        """Remember the handles with which messages were received."""
        self._ids |= {str(each.receipt_handle): each.id for each in messages}

    def message(self, receipt_handle: str) -> Message:
        """The message that was delivered with this handle, lately or before."""
        found = self._by_id.get(self._ids.get(receipt_handle, ""))
        if found is None:
            raise ReceiptHandleIsInvalid
        return found

    def delete_message(self, receipt_handle: str) -> None:
        if receipt_handle in self.deleted_messages:
            return
        message = self.message(receipt_handle)
        self._messages.remove(message)
        self._pending_messages.discard(message)
        del self._by_id[message.id]
        handles = [handle for handle in message.all_receipt_handles if handle]
        self.deleted_messages.update(handles)
        for each in handles:
            self._ids.pop(each, None)


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

    def send_message(self, *args: Any, **kwargs: Any) -> Message:
        with self._change():
            return super().send_message(*args, **kwargs)

    def delete_message(self, queue_name: str, receipt_handle: str) -> None:
        with self._change():
            super().delete_message(queue_name, receipt_handle)

    def change_message_visibility(self, queue_name: str, receipt_handle: str, visibility_timeout: int) -> None:
        # moto counts SQS's limit of 12 hours from when a message was sent; it is from when it was received.
        with self._change():
            self.get_queue(queue_name).message(receipt_handle).change_visibility(visibility_timeout)

    def purge_queue(self, queue_name: str) -> None:
        with self._change():
            super().purge_queue(queue_name)
            self.get_queue(queue_name).index()

    def receive_message(
        self,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> list[Message]:
        until = monotonic() + (wait_seconds_timeout or 0)
        with self._change():
            queue = self.get_queue(queue_name)
            while True:
                before = len(queue._messages)  # noqa: SLF001 - moto's
                # Without waiting, so that the lock is held for a moment only.
                found = super().receive_message(queue_name, count, 0, visibility_timeout, message_attribute_names)
                queue.delivered(found)
                if len(queue._messages) < before:  # noqa: SLF001 - moto's
                    queue.index()
                    self._changed.notify_all()  # it moved some to the dead-letter queue
                left = until - monotonic()
                if found or left <= 0 or self._closing:
                    return found
                self._changed.wait(min(left, _seconds_until_next(queue)))

    def is_message_valid_based_on_retention_period(self, queue_name: str, message: Message) -> bool:
        # moto's asks for all attributes of the queue, each of which walks through all messages.
        retention: int = self.get_queue(queue_name).message_retention_period  # type: ignore[attr-defined]
        return retention + (message.sent_timestamp or 0) / 1000 > time()

    # --- What the stack asks -----------------------------------------------------------------------

    def stored(self, url: str) -> list[StoredMessage]:
        """Every message of a queue, oldest first, whoever holds it."""
        with self._changed:
            return [_stored(message) for message in self._queue(url)._messages]  # noqa: SLF001 - moto's

    def count(self, url: str) -> int:
        """How many messages a queue holds: visible, in flight and delayed."""
        with self._changed:
            return len(self._queue(url)._messages)  # noqa: SLF001 - moto's

    def wait_for(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until `condition` is true of the queues; it is looked at after every change."""
        with self._changed:
            return self._changed.wait_for(condition, timeout)

    def release(self, url: str, receipt_handles: set[str]) -> int:
        """Make visible what was received last with one of these handles; how many messages that was."""
        with self._change():
            held = [
                message
                for message in self._queue(url)._messages  # noqa: SLF001 - moto's
                if message.receipt_handle in receipt_handles and not message.visible
            ]
            for message in held:
                message.visible_at = 0.0
            return len(held)

    def held(self, url: str, receipt_handles: set[str]) -> list[StoredMessage]:
        """What was received last with one of these handles and is still hidden."""
        with self._changed:
            messages = self._queue(url)._messages  # noqa: SLF001 - moto's
            return [_stored(each) for each in messages if each.receipt_handle in receipt_handles and not each.visible]

    def shorten(self, url: str, receipt_handles: set[str], seconds: float) -> None:
        """Hide what was received with these handles for so long at most."""
        latest = (time() + seconds) * 1000
        with self._change():
            for message in self._queue(url)._messages:  # noqa: SLF001 - moto's
                if message.receipt_handle in receipt_handles:
                    message.visible_at = min(message.visible_at, latest)

    def close(self) -> None:
        """Wake everyone who waits for a message; nobody waits from now on."""
        with self._change():
            self._closing = True

    @contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            try:
                yield
            finally:
                self._changed.notify_all()

    def _queue(self, url: str) -> Queue:
        return self.get_queue(url.rsplit("/", 1)[-1])


def _stored(message: Message) -> StoredMessage:
    return StoredMessage(
        id=message.id,
        body=message.body,
        attributes={name: str(value.get("StringValue", "")) for name, value in message.message_attributes.items()},
        state="delayed" if message.delayed else "visible" if message.visible else "in flight",
        receive_count=message.approximate_receive_count,
        sent_at=int(message.sent_timestamp or 0),
        visible_at=int(max(message.visible_at, message.delayed_until)),
    )


def _seconds_until_next(queue: Queue) -> float:
    """When, if nothing else happens, a message of this queue can be received."""
    messages = queue._messages  # noqa: SLF001 - moto's
    times = [max(message.visible_at, message.delayed_until) for message in messages]
    return max(0.01, (min(times) - time() * 1000) / 1000) if times else float("inf")
