"""Batches as Lambda makes them, and what a function's answer to one means."""

from typing import Any

import pytest

from leads_cli.dev.aws.queues import StoredMessage
from leads_cli.dev.runtime.batches import failed_ids, record_size, to_record
from leads_cli.dev.runtime.environment import Result

IDS = ["a", "b", "c"]


def answer(items: Any) -> Result:
    return Result({"batchItemFailures": items})


@pytest.mark.parametrize("result", [Result(None), Result({}), answer([]), answer(None), Result({"other": 1})])
def test_complete_success(result: Result) -> None:
    """An answer without failures, or none at all, settles the whole batch."""
    assert failed_ids(result, IDS, partial=True) == set()


@pytest.mark.parametrize("named", [["b"], ["c", "a"], ["b", "b"]])
def test_partial_failure(named: list[str]) -> None:
    """Only the messages that are named stay."""
    assert failed_ids(answer([{"itemIdentifier": name} for name in named]), IDS, partial=True) == set(named)


@pytest.mark.parametrize(
    "result",
    [
        answer([{"itemIdentifier": ""}]),
        answer([{"itemIdentifier": None}]),
        answer([{"itemIdentifier": "unknown"}]),
        answer([{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]),
        answer([{"identifier": "a"}]),
        answer([{"itemIdentifier": 1}]),
        answer(["a"]),
        answer("a"),
        answer({"itemIdentifier": "a"}),
        Result("done"),
        Result([]),
    ],
)
def test_answer_that_cannot_be_understood(result: Result) -> None:
    """One identifier that is wrong, or an answer of another shape, fails the whole batch."""
    assert failed_ids(result, IDS, partial=True) == set(IDS)


def test_failed_function() -> None:
    """A function that raised or ran out of time settles nothing."""
    assert failed_ids(Result.failed("ValueError", "no"), IDS, partial=True) == set(IDS)
    assert failed_ids(Result.failed("ValueError", "no"), IDS, partial=False) == set(IDS)


def test_without_report_batch_item_failures() -> None:
    """Without the response type the answer is not even looked at."""
    assert failed_ids(answer([{"itemIdentifier": "a"}]), IDS, partial=False) == set()


def test_record() -> None:
    """A received message becomes a record in Lambda's shape: names in camel case, binary values in base64."""
    named = {
        "source": {"DataType": "String", "StringValue": "shop"},
        "raw": {"DataType": "Binary", "BinaryValue": "AAE="},
    }
    message = StoredMessage("hello", named, "m-1", 1_700_000_000_000, receive_count=2, receipt_handle="r-1")
    assert to_record(message, "arn:aws:sqs:us-east-1:1:q", "us-east-1") == {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": "hello",
        "attributes": message.system_attributes,
        "messageAttributes": {
            "source": {
                "stringValue": "shop",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            },
            "raw": {"binaryValue": "AAE=", "stringListValues": [], "binaryListValues": [], "dataType": "Binary"},
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
        "awsRegion": "us-east-1",
    }


def test_size() -> None:
    """A record weighs what its JSON does, escapes included."""
    assert record_size({"body": "\u00e9"}) == len('{"body": "\\u00e9"}')
