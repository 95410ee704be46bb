"""Batches in Lambda's format, and a function's answer to one."""

from typing import Any

import pytest

from leads_cli.dev.aws.queues import StoredMessage
from leads_cli.dev.runtime.environment import Result
from leads_cli.dev.runtime.poller import failed_ids, record_size, to_record

IDS = ["a", "b", "c"]


def answer(items: Any) -> Result:
    return Result({"batchItemFailures": items})


ALL = set(IDS)


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        *((result, set()) for result in (Result(None), Result({}), answer([]), answer(None), Result({"other": 1}))),
        *(
            (answer([{"itemIdentifier": name} for name in named]), set(named))
            for named in (["b"], ["c", "a"], ["b", "b"])
        ),
        *((answer([{"itemIdentifier": "a"}, {"itemIdentifier": wrong}]), ALL) for wrong in ("", None, "unknown", 1)),
        *((answer(items), ALL) for items in ([{"identifier": "a"}], ["a"], "a", {"itemIdentifier": "a"})),
        *((result, ALL) for result in (Result("done"), Result([]), Result.failed("ValueError", "no"))),
    ],
)
def test_which_messages_stay(result: Result, failed: set[str]) -> None:
    """The named ones; all after an error, an unknown id or another shape. Without the response type all or none."""
    assert failed_ids(result, IDS, partial=True) == failed
    assert failed_ids(result, IDS, partial=False) == (ALL if result.error else set())


def test_record() -> None:
    """A message becomes a record in Lambda's shape: camel case, binary values in base64."""
    named = {
        "source": {"DataType": "String", "StringValue": "shop"},
        "raw": {"DataType": "Binary", "BinaryValue": "AAE="},
    }
    message = StoredMessage("hello", named, "m-1", 1_700_000_000_000, receive_count=2, receipt_handle="r-1")
    lists: dict[str, list[str]] = {"stringListValues": [], "binaryListValues": []}
    assert to_record(message, "arn:aws:sqs:us-east-1:1:q", "us-east-1") == {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": "hello",
        "attributes": message.system_attributes,
        "messageAttributes": {
            "source": {"stringValue": "shop", **lists, "dataType": "String"},
            "raw": {"binaryValue": "AAE=", **lists, "dataType": "Binary"},
        },
        "md5OfBody": "5d41402abc4b2a76b9719d911017c592",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:1:q",
        "awsRegion": "us-east-1",
    }


def test_size() -> None:
    """A record's size is that of its JSON, including escapes."""
    assert record_size({"body": "\u00e9"}) == len('{"body": "\\u00e9"}')
