"""Batches of queue messages as Lambda makes them: the event that a function gets, and what its answer means.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from leads_cli.dev.aws.queue_api import md5_of
from leads_cli.dev.aws.queues import StoredMessage
from leads_cli.dev.runtime.environment import Result

type SqsRecord = dict[str, Any]
"""One message in the shape of Lambda's SQS event."""

# Lambda's limit for an event.
MAX_EVENT_BYTES: Final = 6 * 1024 * 1024


def to_record(message: StoredMessage, queue_arn: str, region: str) -> SqsRecord:
    """A message as it was received, in Lambda's shape."""
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
