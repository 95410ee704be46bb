"""Event source mappings as in Lambda, against the embedded SQS."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from threading import Condition, Event
from typing import Any

import pytest

from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.dev.aws.template import EventSource
from leads_cli.dev.runtime.environment import Result
from leads_cli.dev.runtime.poller import Poller

SOURCE = EventSource(function="Stub", queue="LeadsQueue", batch_size=10, partial_failures=True)

type Make = Callable[..., Poller]


class Recorder:
    """A function that records its events and returns `answer`, by default no failures."""

    def __init__(self, answer: Callable[[list[dict[str, Any]]], Result] = lambda _: Result()) -> None:
        self.answer = answer
        self.batches: list[list[dict[str, Any]]] = []
        self._changed = Condition()

    def __call__(self, event: dict[str, Any]) -> Result:
        with self._changed:
            self.batches.append(event["Records"])
            self._changed.notify_all()
        return self.answer(event["Records"])

    def wait(self, batches: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.batches) >= batches, 30)


@pytest.fixture
def dead(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="dead")["QueueUrl"])


@pytest.fixture
def url(sqs: Any, dead: str) -> str:
    policy = {"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": 3}
    attributes = {"VisibilityTimeout": "600", "RedrivePolicy": json.dumps(policy)}
    return str(sqs.create_queue(QueueName="live", Attributes=attributes)["QueueUrl"])


@pytest.fixture
def make(aws: EmbeddedAws, url: str) -> Iterator[Make]:
    """Start a poller that is stopped at the end, as the stack does."""
    with ExitStack() as opened:

        def make(
            invoke: Callable[[dict[str, Any]], Result],
            source: EventSource = SOURCE,
            on_records: Callable[[str, list[Any]], None] = lambda *_: None,
        ) -> Poller:
            poller = Poller(source, url, aws.queues, invoke=invoke, on_records=on_records).start()
            opened.callback(poller.join)
            opened.callback(aws.queues.close)
            opened.callback(poller.stop)
            return poller

        yield make


def arn(sqs: Any, url: str) -> str:
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(found["Attributes"]["QueueArn"])


def send(sqs: Any, url: str, number: int, body: str = "{n}") -> None:
    for start in range(0, number, 10):
        entries = [
            {"Id": str(n), "MessageBody": body.replace("{n}", str(n))} for n in range(start, min(start + 10, number))
        ]
        assert not sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")


def empty(aws: EmbeddedAws, url: str) -> bool:
    return aws.queues.wait_for(lambda: aws.queues.count(url) == 0, 30)


def failing(*bodies: str) -> Callable[[list[dict[str, Any]]], Result]:
    def answer(records: list[dict[str, Any]]) -> Result:
        failed = [each["messageId"] for each in records if each["body"] in bodies]
        return Result({"batchItemFailures": [{"itemIdentifier": name} for name in failed]})

    return answer


def test_event(aws: EmbeddedAws, sqs: Any, url: str, make: Make) -> None:
    """A function gets Lambda's format: message, attributes, receive count and source."""
    attributes = {"source": {"DataType": "String", "StringValue": "shop"}}
    name = sqs.send_message(QueueUrl=url, MessageBody="hi", MessageAttributes=attributes)["MessageId"]
    function = Recorder()
    make(function)
    assert empty(aws, url)
    ((record,),) = function.batches
    assert (record["messageId"], record["body"], record["eventSourceARN"]) == (name, "hi", arn(sqs, url))
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"].keys() >= {"SentTimestamp", "SenderId", "ApproximateFirstReceiveTimestamp"}
    assert record["messageAttributes"]["source"]["stringValue"] == "shop"
    assert record["awsRegion"] == "us-east-1"


def test_thousand_messages(aws: EmbeddedAws, sqs: Any, url: str, make: Make) -> None:
    """They come as one batch before the window ends, and leave the queue."""
    send(sqs, url, 1_000)
    function = Recorder()
    make(function, EventSource("Stub", "LeadsQueue", batch_size=1_000, window=30))
    assert empty(aws, url)
    assert [len(batch) for batch in function.batches] == [1_000]


def test_six_megabytes(aws: EmbeddedAws, sqs: Any, url: str, make: Make) -> None:
    """An event is at most as large as Lambda accepts. Further messages come in the next batch."""
    for _ in range(8):
        send(sqs, url, 1, "x" * 1_000_000)
    function = Recorder()
    make(function, EventSource("Stub", "LeadsQueue", batch_size=100, window=1))
    assert empty(aws, url)
    assert [len(batch) for batch in function.batches] == [6, 2]
    assert all(len(json.dumps({"Records": batch})) <= 6 * 1024 * 1024 for batch in function.batches)


def test_partial_failure(aws: EmbeddedAws, sqs: Any, url: str, make: Make) -> None:
    """Only failed messages stay, in flight until their visibility timeout ends."""
    send(sqs, url, 10)
    make(Recorder(failing("3", "7")))
    assert aws.queues.wait_for(lambda: aws.queues.count(url) == 2, 30)
    assert [(each.body, each.state) for each in aws.queues.stored(url)] == [("3", "in flight"), ("7", "in flight")]


def test_redrive(aws: EmbeddedAws, sqs: Any, url: str, dead: str, make: Make) -> None:
    """After the queue's maximum of receives a message moves to the dead-letter queue."""
    send(sqs, url, 1)

    def always_fail(records: list[dict[str, Any]]) -> Result:
        handle = records[0]["receiptHandle"]
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
        return Result.failed("ValueError", "no")

    function = Recorder(always_fail)
    make(function)
    assert aws.queues.wait_for(lambda: aws.queues.count(dead) == 1, 30)
    assert aws.queues.count(url) == 0
    assert len(function.batches) == 3


def test_concurrency(aws: EmbeddedAws, sqs: Any, url: str, make: Make) -> None:
    """Invocations run at once up to the mapping's limit. Other messages wait in the queue."""
    send(sqs, url, 5)
    finish = Event()
    function = Recorder(lambda _: Result() if finish.wait(30) else Result.failed("Error", ""))
    make(function, EventSource("Stub", "LeadsQueue", batch_size=1, concurrency=2))
    function.wait(2)
    states = [each.state for each in aws.queues.stored(url)]
    finish.set()
    assert sorted(states) == ["in flight", "in flight", "visible", "visible", "visible"]
    assert empty(aws, url)
    assert len(function.batches) == 5
