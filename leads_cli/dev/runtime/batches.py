"""Batches of queue messages as Lambda makes them: the event that a function gets, and what its answer means.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

import base64
import json
from collections.abc import Collection, Mapping
from typing import Any, Final

from leads_cli.dev.runtime.runtime_api import Result

type SqsRecord = dict[str, Any]
"""One message in the shape of Lambda's SQS event."""

# Lambda's limit for an event.
MAX_EVENT_BYTES: Final = 6 * 1024 * 1024


def to_record(message: Mapping[str, Any], queue_arn: str, region: str) -> SqsRecord:
    """A message as `ReceiveMessage` gave it, in Lambda's shape."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": dict(message.get("Attributes", {})),
        "messageAttributes": {name: _attribute(each) for name, each in message.get("MessageAttributes", {}).items()},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def _attribute(value: Mapping[str, Any]) -> dict[str, Any]:
    shaped: dict[str, Any] = {"stringListValues": [], "binaryListValues": [], "dataType": value["DataType"]}
    if "StringValue" in value:
        shaped["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        shaped["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return shaped


def record_size(one: SqsRecord) -> int:
    """How much of an event's limit a record takes."""
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
