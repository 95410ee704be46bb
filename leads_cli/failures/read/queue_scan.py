"""Reading a queue, which in SQS means receiving its messages.

SQS has no look: a message is received, which hides it from everybody for a while, and given back. What is read here
is hidden for a lease that is renewed while the reading goes on, and given back at its end, whatever ends it. A
command that is killed gives nothing back, so that its letters stay hidden until the lease is over. Nothing is ever
deleted but by `delete`.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched, takewhile
from typing import TYPE_CHECKING, Any, Final, Self

from leads_cli.failures.read.letter import EVENTS, LEADS, Letter, QueueMessage, read_letter
from leads_cli.stacks.running import NotReachableError, Running, aws_errors
from leads_cli.words import number

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DEAD_LETTERS: Final = "DeadLetterQueue"
# Long enough for a slow answer of AWS, short enough to wait for after a killed command.
LEASE_SECONDS: Final = 120
# A long poll asks all of SQS's servers, a short one only some.
_WAIT_SECONDS: Final = 1
# One call receives, hides, gives back or deletes ten.
_TEN: Final = 10
_AT_ONCE: Final = 8
# After so many empty receives the rest is considered to be received by another reader.
_PATIENCE: Final = 3
# Its count is approximate, and more may come while it is read; but a queue that fills as fast as it is read has no end.
_SLACK: Final = 100
_COUNTS: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
_RETENTION: Final = "MessageRetentionPeriod"


@dataclass(frozen=True, slots=True)
class _Held:
    """A message that we received, hidden until a time in seconds since 1970."""

    handle: str
    until: float


class QueueScan:
    """One pass through a queue: every message once, in no order. All are returned when the block ends.

    Attributes:
        seen: how many messages were met.
        elsewhere: about how many more messages another reader has received; known at the end.
        whole: the end was reached; False for a queue that fills as fast as it is read.
        retention: for how long SQS keeps a message from when it was sent first.
    """

    def __init__(
        self,
        running: Running,
        queue: str = DEAD_LETTERS,
        *,
        lease: int = LEASE_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._sqs: SQSClient = running.client("sqs")
        self._queue = queue
        self._url = running.outputs[f"{queue}Url"]
        self._own = None if queue == DEAD_LETTERS else queue
        self._origins = {running.outputs.get(f"{name}Arn"): name for name in (LEADS, EVENTS)}
        self._lease = lease
        self._clock = clock
        self._held: dict[str, _Held] = {}  # the lease that ends first comes first
        self._seen: set[str] = set()
        self._deleted = 0
        self.elsewhere = 0
        self.whole = False
        self.retention: timedelta | None = None

    def __enter__(self) -> Self:
        self._pool = ThreadPoolExecutor(_AT_ONCE)
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()
        # What cannot be given back comes back by itself.
        with suppress(NotReachableError):
            self._hide(self._held, 0)

    @property
    def seen(self) -> int:
        return len(self._seen)

    def __iter__(self) -> Iterator[Letter]:
        """Every message that can be received, as a letter."""
        total = self._total()
        receivers = max(1, min(_AT_ONCE, total // _TEN))
        fruitless = 0
        while fruitless < (_PATIENCE if self.seen < total else 1):
            if self.seen > total + total // 10 + _SLACK:
                return
            self.keep()
            # By id: SQS may deliver one twice.
            new = {each.message_id: each for each in self._receive(receivers) if each.message_id not in self._seen}
            self._seen |= new.keys()
            fruitless = 0 if new else fruitless + 1
            yield from map(read_letter, new.values())
        self.whole = True
        self.elsewhere = max(0, min(total, self._total() + self._deleted) - self.seen)

    def remarks(self) -> Iterator[str]:
        """Warnings about an incomplete reading."""
        if self.elsewhere:
            yield (
                f"About {number(self.elsewhere, 'more dead letter')} cannot be seen right now: another command has "
                "received them, or was killed while it had them. They come back by themselves within minutes."
            )
        if not self.whole:
            yield f"Messages came in as fast as they were read, so the end was not reached; {self.seen:,} were read."

    def keep(self) -> None:
        """Renew the leases that are half over. Call it regularly if work takes time between two messages."""
        horizon = self._clock() + self._lease / 2
        due = dict(takewhile(lambda item: item[1].until < horizon, self._held.items()))
        if not due:
            return
        until = self._clock() + self._lease
        failed = self._hide(due, self._lease)
        for message_id, held in due.items():
            del self._held[message_id]
            if message_id not in failed:
                self._held[message_id] = _Held(held.handle, until)

    def holds(self, message_id: str) -> bool:
        """Whether a message is certainly still hidden from other readers."""
        held = self._held.get(message_id)
        return held is not None and held.until > self._clock()

    def delete(self, message_ids: Iterable[str]) -> set[str]:
        """Delete messages for good; the ids of those that SQS did not delete."""
        held = {each: self._held[each] for each in message_ids if each in self._held}
        failed = self._batches("delete_message_batch", held)
        for message_id in held.keys() - failed:
            del self._held[message_id]
            self._deleted += 1
        return failed

    def _total(self) -> int:
        """How many messages SQS reports, visible and in flight."""
        with aws_errors(self._queue):
            answer = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=[*_COUNTS, _RETENTION])
        found: Mapping[Any, str] = answer.get("Attributes", {})
        self.retention = timedelta(seconds=int(found[_RETENTION])) if _RETENTION in found else None
        return sum(int(found.get(name, 0)) for name in _COUNTS)

    def _receive(self, times: int) -> list[QueueMessage]:
        return [each for received in self._pool.map(lambda _: self._receive_ten(), range(times)) for each in received]

    def _receive_ten(self) -> list[QueueMessage]:
        until = self._clock() + self._lease
        with aws_errors(self._queue):
            answer: Any = self._sqs.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=_TEN,
                VisibilityTimeout=self._lease,
                WaitTimeSeconds=_WAIT_SECONDS,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["All"],
            )
        messages = answer.get("Messages", [])
        # At once, in this thread: whatever interrupts the reading, these will be given back.
        for message in messages:
            self._held.pop(message["MessageId"], None)
            self._held[message["MessageId"]] = _Held(message["ReceiptHandle"], until)
        return [self._received(message) for message in messages]

    def _received(self, message: Mapping[str, Any]) -> QueueMessage:
        system = message.get("Attributes", {})
        return QueueMessage(
            message_id=message["MessageId"],
            body=message["Body"],
            sent_at=datetime.fromtimestamp(int(system.get("SentTimestamp", 0)) / 1000, UTC),
            attributes={
                name: value["StringValue"]
                for name, value in message.get("MessageAttributes", {}).items()
                if "StringValue" in value
            },
            origin=self._origins.get(system.get("DeadLetterQueueSourceArn", ""), self._own),
        )

    def _hide(self, held: Mapping[str, _Held], seconds: int) -> set[str]:
        """Hide messages for so long. Returns the ids of those whose lease was over."""
        return self._batches("change_message_visibility_batch", held, VisibilityTimeout=seconds)

    def _batches(self, call: str, held: Mapping[str, _Held], **entry: object) -> set[str]:
        """Do something to messages, ten in a call. Returns the ids of those to which it was not done."""

        def ten(chunk: Sequence[tuple[str, _Held]]) -> set[str]:
            entries = [{"Id": str(n), "ReceiptHandle": each.handle, **entry} for n, (_, each) in enumerate(chunk)]
            with aws_errors(self._queue):
                answer = getattr(self._sqs, call)(QueueUrl=self._url, Entries=entries)
            return {chunk[int(item["Id"])][0] for item in answer.get("Failed", ())}

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return set().union(*pool.map(ten, list(batched(held.items(), _TEN, strict=False))))
