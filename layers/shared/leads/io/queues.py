"""Queues: sending messages and holding received ones, and reporting what was not done."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import TYPE_CHECKING, Any, Final

from leads.errors import Unavailable
from leads.io.aws import CALL_SECONDS, CONCURRENCY, calling
from leads.message.message import MAX_BYTES

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# One SendMessageBatch: 10 entries and 1 MiB in all.
_MAX_ENTRIES: Final = 10
# SendMessageBatch may answer 200 and name entries that it did not take. Most of them succeed a moment later.
_SEND_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One message to send: a body and attributes (texts)."""

    body: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes as SQS counts them, or slightly more."""
        body = len(self.body) if self.body.isascii() else len(self.body.encode())
        return body + sum(len(name) + 4 * len(value) + 6 for name, value in self.attributes.items())


type Threads = Callable[[int], Executor]
"""Makes an executor of at most so many threads. A simulation passes one that runs calls in virtual time."""


def send(
    sqs: "SQSClient",
    queue_url: str,
    entries: Sequence[Entry],
    *,
    seconds_left: Callable[[], float] = lambda: math.inf,
    threads: Threads = ThreadPoolExecutor,
) -> set[int]:
    """Send entries; the indexes of those that are *not* known to be in the queue afterwards.

    No call starts that might not end within `seconds_left()`, and none after a call that failed: the client has
    retried that one already, and the sender would wait for every further attempt.
    """

    def send_chunk(chunk: Sequence[int]) -> set[int]:
        answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=[_request(entries[i], i) for i in chunk])
        return {int(sent["Id"]) for sent in answer.get("Successful", ())}

    missing = set(range(len(entries)))
    calls = _Calls(seconds_left, threads)
    for _ in range(_SEND_ATTEMPTS):
        for sent in calls.run(send_chunk, list(_chunks(entries, sorted(missing)))):
            missing -= sent
    return missing


def hold(
    sqs: "SQSClient",
    queue_url: str,
    delays: Mapping[str, int],
    *,
    seconds_left: Callable[[], float] = lambda: math.inf,
    threads: Threads = ThreadPoolExecutor,
) -> set[str]:
    """Keep received messages hidden for some seconds, by receipt handle; the handles for which that failed.

    Those return after the queue's own visibility timeout. Calls start as in `send`.
    """
    handles = list(delays)

    def hold_chunk(start: int) -> set[str]:
        chunk = handles[start : start + _MAX_ENTRIES]
        requests: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(i), "ReceiptHandle": handle, "VisibilityTimeout": delays[handle]}
            for i, handle in enumerate(chunk)
        ]
        answer = sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=requests)
        return set(chunk) - {chunk[int(item["Id"])] for item in answer.get("Failed", ())}

    held = _Calls(seconds_left, threads).run(hold_chunk, range(0, len(handles), _MAX_ENTRIES))
    return set(handles).difference(*held)


class _Calls:
    """Calls of SQS, several at once, while there is time and none has failed."""

    def __init__(self, seconds_left: Callable[[], float], threads: Threads) -> None:
        self._seconds_left = seconds_left
        self._threads = threads
        self._stopped = Event()

    def run[Chunk, Done](self, call: Callable[[Chunk], set[Done]], chunks: Sequence[Chunk]) -> list[set[Done]]:
        """What each call has done, in order; nothing for one that failed or did not start."""

        def attempt(chunk: Chunk) -> set[Done]:
            if self._stopped.is_set() or self._seconds_left() < CALL_SECONDS:
                return set()
            try:
                with calling("SQS"):
                    return call(chunk)
            except Unavailable:
                self._stopped.set()
                return set()

        if len(chunks) <= 1:
            return [attempt(chunk) for chunk in chunks]
        with self._threads(min(len(chunks), CONCURRENCY)) as pool:
            return list(pool.map(attempt, chunks))


def _chunks(entries: Sequence[Entry], indexes: Sequence[int]) -> Iterator[list[int]]:
    chunk: list[int] = []
    size = 0
    for index in indexes:
        added = entries[index].size
        if chunk and (len(chunk) == _MAX_ENTRIES or size + added > MAX_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(index)
        size += added
    if chunk:
        yield chunk


def _request(entry: Entry, index: int) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": str(index),
        "MessageBody": entry.body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in entry.attributes.items()
        },
    }


def age(record: Mapping[str, Any], now: datetime) -> int:
    """Seconds since a record of Lambda's SQS event entered its queue."""
    sent = record.get("attributes", {}).get("SentTimestamp")
    return max(0, int(now.timestamp() - int(sent) / 1000)) if sent else 0


def url_of(arn: str, neighbour: str) -> str:
    """The URL of the queue with this ARN, from the URL of another one in the same account and region."""
    return f"{neighbour.rpartition('/')[0]}/{arn.rpartition(':')[2]}"
