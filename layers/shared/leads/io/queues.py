"""Queues: sending that admits what was not sent, and holding messages back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from leads.errors import Unavailable, Unreachable
from leads.io.aws import Sqs
from leads.message.message import MAX_BYTES

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# One SendMessageBatch: 10 entries and 1 MiB in all.
_MAX_ENTRIES: Final = 10
# SendMessageBatch answers 200 and names what it did not take; most of that is taken a moment later.
_SEND_ATTEMPTS: Final = 3


@dataclass(frozen=True, slots=True)
class Entry:
    """One message to send: a body and attributes (texts)."""

    body: str
    attributes: Mapping[str, str] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes as SQS counts them, a little more rather than less."""
        body = len(self.body) if self.body.isascii() else len(self.body.encode())
        return body + sum(len(name) + 4 * len(value) + 6 for name, value in self.attributes.items())


def send(sqs: Sqs, queue_url: str, entries: Sequence[Entry]) -> set[int]:
    """Send entries; the indexes of those that are *not* known to be in the queue afterwards.

    An error ends it: the client has tried again by then, and the sender would wait for every further attempt.
    """
    missing = set(range(len(entries)))
    try:
        for _ in range(_SEND_ATTEMPTS):
            for chunk in _chunks(entries, sorted(missing)):
                missing -= _send_chunk(sqs, queue_url, entries, chunk)
    except Unavailable:
        pass
    return missing


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


def _send_chunk(sqs: Sqs, queue_url: str, entries: Sequence[Entry], chunk: Sequence[int]) -> set[int]:
    answer = sqs.send_message_batch(QueueUrl=queue_url, Entries=[_request(entries[i], i) for i in chunk])
    return {int(sent["Id"]) for sent in answer.get("Successful", ())}


def _request(entry: Entry, index: int) -> "SendMessageBatchRequestEntryTypeDef":
    return {
        "Id": str(index),
        "MessageBody": entry.body,
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in entry.attributes.items()
        },
    }


def hold(sqs: Sqs, queue_url: str, delays: Mapping[str, int]) -> set[str]:
    """Keep received messages hidden for some seconds, by receipt handle; the handles for which that failed.

    Where it fails the queue's own visibility timeout does the same, later.
    """
    handles = list(delays)
    failed = set[str]()
    for start in range(0, len(handles), _MAX_ENTRIES):
        chunk = handles[start : start + _MAX_ENTRIES]
        requests: list[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
            {"Id": str(i), "ReceiptHandle": handle, "VisibilityTimeout": delays[handle]}
            for i, handle in enumerate(chunk)
        ]
        try:
            answer = sqs.change_message_visibility_batch(QueueUrl=queue_url, Entries=requests)
        except Unreachable:
            return failed.union(handles[start:])
        except Unavailable:
            failed.update(chunk)
        else:
            failed.update(chunk[int(item["Id"])] for item in answer.get("Failed", ()))
    return failed


def age(record: Mapping[str, Any], now: datetime) -> int:
    """Seconds since a record of Lambda's SQS event was put into its queue."""
    sent = record.get("attributes", {}).get("SentTimestamp")
    return max(0, int(now.timestamp() - int(sent) / 1000)) if sent else 0


def url_of(arn: str, neighbour: str) -> str:
    """The URL of the queue with this ARN, from the URL of another one in the same account and region."""
    return f"{neighbour.rpartition('/')[0]}/{arn.rpartition(':')[2]}"
