"""Queues: sending messages and holding received ones, and reporting what was not done."""

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import batched
from threading import Event
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from leads.errors import Unavailable
from leads.io.aws import CALL_SECONDS, CONCURRENCY, calling
from leads.io.telemetry import logger
from leads.message.message import MAX_BYTES
from leads.request.backoff import delay

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# One batch: 10 entries, and 1 MiB in all where they are sent.
_MAX_ENTRIES: Final = 10
# SendMessageBatch may answer 200 and name entries that failed. Most succeed a moment later.
_SEND_ATTEMPTS: Final = 3

type Record = Mapping[str, Any]
"""A record of Lambda's SQS event."""


class Entry(NamedTuple):
    """One message to send: a body and attributes (texts)."""

    body: str
    attributes: Mapping[str, str] = {}

    @property
    def size(self) -> int:
        """Bytes as SQS counts them, or slightly more."""
        body = len(self.body) if self.body.isascii() else len(self.body.encode())
        return body + sum(len(name) + 4 * len(value) + 6 for name, value in self.attributes.items())


@dataclass(frozen=True, slots=True)
class Queues:
    """SQS for one invocation.

    No call starts that might not end within `seconds_left()`, and none after a call that failed: the client has
    retried that one already, and the sender would wait for every further attempt. A simulation passes its own
    `threads`, which run calls in virtual time.
    """

    sqs: "SQSClient"
    seconds_left: Callable[[], float] = lambda: math.inf
    threads: Callable[[int], Executor] = ThreadPoolExecutor
    chance: Callable[[], float] = random.random

    def send(self, url: str, entries: Sequence[Entry]) -> set[int]:
        """Send entries; the indexes of those that are *not* known to be in the queue afterwards."""
        missing = set(range(len(entries)))
        stopped = Event()
        call = partial(self.sqs.send_message_batch, QueueUrl=url)
        for _ in range(_SEND_ATTEMPTS):
            chunks = [[_send_request(entries[i], i) for i in chunk] for chunk in _chunks(entries, sorted(missing))]
            missing -= self._call(call, chunks, stopped)
        return missing

    def hold(self, url: str, held: Sequence[tuple[Record, float | None]]) -> None:
        """Hide received records: longer with each receive, or for a `Retry-After` in seconds if that is longer.

        What cannot be hidden returns after the queue's own visibility timeout.
        """
        requests = [
            _hold_request(record, i, delay(receives(record), self.chance(), retry_after))
            for i, (record, retry_after) in enumerate(held)
        ]
        call = partial(self.sqs.change_message_visibility_batch, QueueUrl=url)
        hidden = self._call(call, list(batched(requests, _MAX_ENTRIES, strict=False)), Event())
        if len(hidden) < len(held):
            logger().warning("not hidden", extra={"count": len(held) - len(hidden)})

    def _call(self, call: Callable[..., Any], chunks: Sequence[Sequence[object]], stopped: Event) -> set[int]:
        """Make a call for each chunk, several at once; the ids of the entries that succeeded."""

        def attempt(chunk: Sequence[object]) -> set[int]:
            if stopped.is_set() or self.seconds_left() < CALL_SECONDS:
                return set()
            try:
                with calling("SQS"):
                    answer = call(Entries=chunk)
            except Unavailable:
                stopped.set()
                return set()
            return {int(done["Id"]) for done in answer.get("Successful", ())}

        if len(chunks) <= 1:
            return set().union(*map(attempt, chunks))
        with self.threads(min(len(chunks), CONCURRENCY)) as pool:
            return set().union(*pool.map(attempt, chunks))


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


def _send_request(entry: Entry, index: int) -> "SendMessageBatchRequestEntryTypeDef":
    attributes: Any = {name: {"DataType": "String", "StringValue": text} for name, text in entry.attributes.items()}
    return {"Id": str(index), "MessageBody": entry.body, "MessageAttributes": attributes}


def _hold_request(record: Record, index: int, seconds: int) -> "ChangeMessageVisibilityBatchRequestEntryTypeDef":
    return {"Id": str(index), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": seconds}


def receives(record: Record) -> int:
    """How often SQS has delivered it, this time included."""
    return int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))


def sent_at(record: Record, now: datetime) -> float:
    """When it entered its queue, in seconds since 1970; now if SQS does not say."""
    sent = record.get("attributes", {}).get("SentTimestamp")
    return int(sent) / 1000 if sent else now.timestamp()


def age(record: Record, now: datetime) -> int:
    """Seconds since it entered its queue."""
    return max(0, int(now.timestamp() - sent_at(record, now)))


def queue_url(record: Record, neighbour: str) -> str:
    """The URL of its queue, from the URL of another one in the same account and region."""
    return f"{neighbour.rpartition('/')[0]}/{record['eventSourceARN'].rpartition(':')[2]}"
