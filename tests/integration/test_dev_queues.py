"""The embedded SQS: its guarantees, and reading it without changing it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from leads_cli.dev.aws.server import EmbeddedAws


@pytest.fixture
def url(sqs: Any) -> str:
    return str(sqs.create_queue(QueueName="queue", Attributes={"VisibilityTimeout": "600"})["QueueUrl"])


def receive(sqs: Any, url: str, most: int = 10, wait: int = 0) -> list[Any]:
    return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most, WaitTimeSeconds=wait).get("Messages", []))


def test_looking_changes_nothing(aws: EmbeddedAws, sqs: Any, url: str) -> None:
    """Messages are seen in every state, and states and receive counts do not change."""
    attributes = {"source": {"DataType": "String", "StringValue": "shop"}}
    sqs.send_message(QueueUrl=url, MessageBody="taken", MessageAttributes=attributes)
    receive(sqs, url)
    sqs.send_message(QueueUrl=url, MessageBody="waiting")
    sqs.send_message(QueueUrl=url, MessageBody="later", DelaySeconds=600)
    for _ in range(2):
        seen = aws.queues.stored(url)
        assert [(each.body, each.state, each.receive_count) for each in seen] == [
            ("taken", "in flight", 1),
            ("waiting", "visible", 0),
            ("later", "delayed", 0),
        ]
        assert seen[0].attributes == {"source": "shop"}
        assert seen[0].visible_at - seen[0].sent_at >= 600_000
    assert aws.queues.count(url) == 3


def test_release(aws: EmbeddedAws, sqs: Any, url: str) -> None:
    """A message is released only by the handle of its last delivery."""
    sqs.send_message(QueueUrl=url, MessageBody="x")
    first = receive(sqs, url)[0]["ReceiptHandle"]
    assert aws.queues.release(url, {"other"}) == 0
    assert aws.queues.release(url, {first}) == 1
    second = receive(sqs, url)[0]["ReceiptHandle"]
    assert aws.queues.release(url, {first}) == 0
    assert aws.queues.release(url, {second}) == 1
    assert aws.queues.release(url, {second}) == 0


def test_deleting(sqs: Any, url: str) -> None:
    """Any handle of a message deletes it, once or twice. An unknown handle is refused."""
    sqs.send_message(QueueUrl=url, MessageBody="x")
    handle = receive(sqs, url)[0]["ReceiptHandle"]
    for _ in range(2):
        sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.delete_message(QueueUrl=url, ReceiptHandle="never")
    with pytest.raises(sqs.exceptions.ReceiptHandleIsInvalid):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)


@pytest.mark.parametrize(
    "bodies", [["a"] * 11, ["x" * 600_000] * 2, []], ids=["eleven messages", "more than 1 MiB", "no message"]
)
def test_a_batch_that_sqs_refuses(aws: EmbeddedAws, sqs: Any, url: str, bodies: list[str]) -> None:
    """A batch beyond SQS's limits is refused as a whole, as on AWS."""
    entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies)]
    with pytest.raises(ClientError, match="BatchRequest"):
        sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert aws.queues.count(url) == 0


def test_a_message_that_sqs_refuses(sqs: Any, url: str) -> None:
    """A body with an unsupported character is refused, and the rest of its batch is accepted."""
    entries = [{"Id": "good", "MessageBody": "a"}, {"Id": "bad", "MessageBody": "\x00"}]
    answer = sqs.send_message_batch(QueueUrl=url, Entries=entries)
    assert [each["Id"] for each in answer["Successful"]] == ["good"]
    assert [(each["Id"], each["Code"]) for each in answer["Failed"]] == [("bad", "InvalidMessageContents")]
