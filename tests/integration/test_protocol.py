"""Asking AWS: what is tried again, what an error is called, and how connections are kept."""

from collections.abc import Iterator

import pytest

from leads.errors import Busy, Unavailable, Unreachable
from leads.io import aws
from leads.io.aws import Sqs
from tests.integration.cloud import forget, settings_for
from tests.integration.standing import Answer, Standing, standing


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standing]:
    """What stands in for AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    forget()
    with standing() as made:
        yield made
    forget()


@pytest.fixture
def sqs(server: Standing) -> Sqs:
    return aws.sqs(settings_for(server.url))


def ask(sqs: Sqs) -> object:
    return sqs.send_message_batch(QueueUrl="leads", Entries=[])


def test_an_operation_is_asked_for_in_awss_protocol(server: Standing, sqs: Sqs) -> None:
    """Its name, its parameters as JSON, and a signature; the answer is the service's."""
    server.answers = [(200, {"Successful": [{"Id": "0"}]})]
    assert ask(sqs) == {"Successful": [{"Id": "0"}]}
    (asked,) = server.asked
    assert asked.body == {"QueueUrl": "leads", "Entries": []}
    assert asked.headers["x-amz-target"] == "AmazonSQS.SendMessageBatch"
    assert asked.headers["content-type"] == "application/x-amz-json-1.0"
    assert asked.headers["host"] == server.url.removeprefix("http://")
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")


@pytest.mark.parametrize(
    "trouble",
    [
        (500, {"__type": "com.amazonaws.sqs#InternalError"}),
        (503, b"<html>"),
        (400, {"__type": "com.amazon.coral.availability#ThrottlingException"}),
        (400, {"__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException"}),
        (400, {"__type": "RequestThrottled"}),
        (200, b"<html>Sign in to this network</html>"),
        (200, []),
        "hangs up",
        "stops in the middle",
        "is no web server",
    ],
)
def test_what_may_pass_is_tried_once_more(server: Standing, sqs: Sqs, trouble: Answer) -> None:
    """Throttling, errors of AWS's own, and connections that break."""
    server.answers = [trouble, (200, {"Successful": []})]
    assert ask(sqs) == {"Successful": []}
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("trouble", "kind", "text"),
    [
        ((500, {"__type": "com.amazonaws.sqs#InternalError"}), Busy, "SQS: InternalError"),
        ((502, b""), Busy, "SQS: HTTP 502"),
        ((400, {"__type": "RequestThrottled", "message": "for ava@example.com"}), Busy, "SQS: RequestThrottled"),
        ((200, b"<html>"), Busy, "SQS: HTTP 200"),
        ("hangs up", Unreachable, "SQS: RemoteDisconnected"),
        ("stops in the middle", Unreachable, "SQS: IncompleteRead"),
        ("is no web server", Unreachable, "SQS: BadStatusLine"),
        ("is silent", Unreachable, "SQS: TimeoutError"),
    ],
)
def test_what_does_not_pass_has_a_name(
    server: Standing, sqs: Sqs, trouble: Answer, kind: type[Exception], text: str
) -> None:
    """After the second attempt; AWS's own words, which may quote what was sent, are not repeated."""
    server.answers = [trouble] * 3
    with pytest.raises(kind, match=f"^{text}$"):
        ask(sqs)
    assert len(server.asked) == 2


@pytest.mark.parametrize("answer", [{"__type": "com.amazonaws.sqs#QueueDoesNotExist"}, {}])
def test_a_refusal_is_final(server: Standing, sqs: Sqs, answer: object) -> None:
    """AWS would say the same again."""
    server.answers = [(400, answer)]
    with pytest.raises(Unavailable, match=r"^SQS: (QueueDoesNotExist|HTTP 400)$") as caught:
        ask(sqs)
    assert type(caught.value) is Unavailable
    assert len(server.asked) == 1


@pytest.mark.usefixtures("server")
def test_nobody_at_the_address() -> None:
    """That has a name as well."""
    with pytest.raises(Unreachable, match=r"^SQS: ConnectionRefusedError$"):
        ask(aws.sqs(settings_for("http://127.0.0.1:1")))


def test_a_connection_is_kept(server: Standing, sqs: Sqs) -> None:
    """Calls that follow each other use the same one."""
    for _ in range(3):
        ask(sqs)
    assert len({asked.port for asked in server.asked}) == 1


@pytest.mark.parametrize("trouble", ["leaves afterwards", "says so and leaves"])
def test_a_connection_that_was_closed_is_not_used(server: Standing, sqs: Sqs, trouble: Answer) -> None:
    """AWS closes idle ones, and Lambda sleeps meanwhile: that costs a new connection, and no attempt."""
    server.answers = [trouble, (200, {}), trouble, (200, {})]
    for _ in range(4):
        ask(sqs)
    assert len(server.asked) == 4
    assert len({asked.port for asked in server.asked}) == 3
