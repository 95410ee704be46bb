"""An event source mapping as Lambda runs it: receive, collect, invoke, and delete what did not fail.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import json
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore, Event, Lock, Thread
from time import monotonic
from typing import Any, Final, Self

from leads_cli.dev.aws.queue_api import md5_of
from leads_cli.dev.aws.queues import StoredMessage, TimedQueues
from leads_cli.dev.aws.template import EventSource
from leads_cli.dev.runtime.environment import MAX_PAYLOAD_BYTES, Result

_LONG_POLL_SECONDS: Final = 20.0
# `{"Records": []}` and room for a comma behind each record.
_ENVELOPE_BYTES: Final = 64

type SqsRecord = dict[str, Any]
"""One message in the shape of Lambda's SQS event."""
type Invoke = Callable[[dict[str, Any]], Result]
type OnRecords = Callable[[str, list[SqsRecord]], None]
"""Called with a queue's logical id and the records that its function is about to get."""
type OnFailed = Callable[[set[str]], None]
"""Called with the receipt handles of messages that were not settled."""


class Poller:
    """Feeds one function from one queue, in threads of its own, until it is stopped."""

    def __init__(
        self,
        source: EventSource,
        url: str,
        queues: TimedQueues,
        *,
        invoke: Invoke,
        on_records: OnRecords,
        on_failed: OnFailed = lambda _: None,
    ) -> None:
        self._source = source
        self.queue_url = url
        self._queues = queues
        self._invoke = invoke
        self._on_records = on_records
        self._on_failed = on_failed
        self._stopping = Event()
        self._slots = BoundedSemaphore(source.concurrency)
        self._carried: list[SqsRecord] = []
        self._left: dict[str, str] = {}
        self._lock = Lock()
        self._thread = Thread(target=self._run, name=f"poller of {source.queue}", daemon=True)

    def left(self) -> set[str]:
        """The receipt handles of deliveries that ended without their messages being deleted."""
        with self._lock:
            return set(self._left.values())

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Start no new batch. The queue must wake threads that wait for messages."""
        self._stopping.set()

    def join(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        with ThreadPoolExecutor(self._source.concurrency, f"invocation by {self._source.queue}") as pool:
            while not self._stopping.is_set():
                # First a free slot, then messages, so that no message is in flight while the function is busy.
                if not self._slots.acquire(timeout=0.1):
                    continue
                batch = self._collect()
                if batch and not self._stopping.is_set():
                    pool.submit(self._deliver, batch).add_done_callback(_report)
                else:
                    self._slots.release()

    def _collect(self) -> list[SqsRecord]:
        """Up to a batch's size, until its window has passed since the first message or it is 6 MB."""
        batch: list[SqsRecord] = []
        size, until = _ENVELOPE_BYTES, monotonic() + _LONG_POLL_SECONDS
        while len(batch) < self._source.batch_size and not self._stopping.is_set():
            received, self._carried = self._carried or self._receive(until - monotonic()), []
            if not received:
                break
            if not batch:
                until = monotonic() + self._source.window
            size += record_size(received[0])
            if size > MAX_PAYLOAD_BYTES and batch:
                self._carried = received
                break
            batch += received
        return batch

    def _receive(self, wait: float) -> list[SqsRecord]:
        queue = self._queues.at(self.queue_url)
        found = self._queues.receive(queue.name, wait=wait)
        return [to_record(message, queue.queue_arn, self._queues.region_name) for message in found]

    def _deliver(self, batch: list[SqsRecord]) -> None:
        try:
            self._on_records(self._source.queue, batch)
            result = self._invoke({"Records": batch})
            ids = {each["messageId"]: each["receiptHandle"] for each in batch}
            failed = failed_ids(result, ids, partial=self._source.partial_failures)
            self._queues.delete(self.queue_url, {ids[name] for name in ids.keys() - failed})
            with self._lock:
                kept = {name: handle for name, handle in self._left.items() if name not in ids}
                self._left = kept | {name: ids[name] for name in failed}
            if failed:
                self._on_failed({ids[name] for name in failed})
        finally:
            self._slots.release()


def _report(delivery: Future[None]) -> None:
    """Report an exception in a delivery as the exception of a thread."""
    if error := delivery.exception():
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, threading.current_thread()))
        )


def to_record(message: StoredMessage, queue_arn: str, region: str) -> SqsRecord:
    return {
        "messageId": message.id,
        "receiptHandle": message.receipt_handle,
        "body": message.body,
        "attributes": message.system_attributes,
        "messageAttributes": {name: _attribute(each) for name, each in message.named.items()},
        "md5OfBody": md5_of(message.body),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def _attribute(value: Mapping[str, str]) -> dict[str, Any]:
    camel = {f"{name[0].lower()}{name[1:]}": text for name, text in value.items()}
    return {"stringListValues": [], "binaryListValues": [], **camel}


def record_size(one: SqsRecord) -> int:
    return len(json.dumps(one))


def failed_ids(result: Result, ids: Collection[str], *, partial: bool) -> set[str]:
    """Which messages of a batch stay in the queue.

    All of them when the function failed, and also when its answer cannot be understood: an answer that is no
    object, an identifier that is missing, empty, or of no message in the batch.
    """
    everything = set(ids)
    if result.error is not None:
        return everything
    if not partial or result.payload is None:
        return set()
    if not isinstance(result.payload, dict):
        return everything
    items = result.payload.get("batchItemFailures")
    if items is None:
        return set()
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return everything
    named = [item.get("itemIdentifier") for item in items]
    known = [name for name in named if isinstance(name, str) and name in everything]
    return set(known) if len(known) == len(named) else everything
