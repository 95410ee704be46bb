"""Calls of AWS: what is tried again, what an error means, and that AWS's own code for it is logged."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from leads.errors import Unavailable
from leads.io import aws, telemetry
from tests.integration.cloud import forget, settings_for
from tests.integration.standing import Answer, Standing, standing

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Standing]:
    """A new container, and a server in the place of AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    forget()
    with standing() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
        yield made
        aws.sqs(settings_for(made.url)).close()
    forget()


@pytest.fixture
def sqs(server: Standing) -> "SQSClient":
    return aws.sqs(settings_for(server.url))


def send(sqs: "SQSClient") -> object:
    with aws.calling("SQS"):
        answer: Any = sqs.send_message_batch(QueueUrl="leads", Entries=[])
    return answer.get("Successful")


@pytest.mark.parametrize(
    "trouble",
    [
        (500, {"__type": "com.amazonaws.sqs#InternalError"}),
        (503, b"<html>"),
        (400, {"__type": "com.amazon.coral.availability#ThrottlingException"}),
        (400, {"__type": "RequestThrottled"}),
        "hangs up",
    ],
)
def test_what_may_pass_is_tried_once_more(server: Standing, sqs: "SQSClient", trouble: Answer) -> None:
    """Throttling, AWS's own errors and broken connections."""
    server.answers = [trouble, (200, {"Successful": [{"Id": "0"}]})]
    assert send(sqs) == [{"Id": "0"}]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("trouble", "expected"),
    [
        ((500, {"__type": "com.amazonaws.sqs#InternalError"}), ("InternalError", 2)),
        ((502, b""), ("502", 2)),
        ((400, {"__type": "RequestThrottled", "message": "for ava@example.com"}), ("RequestThrottled", 2)),
        ("hangs up", ("ConnectionClosedError", 2)),
        ("is silent", ("ReadTimeoutError", 2)),
        ((403, {"__type": "AccessDenied", "message": "for ava@example.com"}), ("AccessDenied", 1)),
        ((400, {"__type": "com.amazonaws.sqs#QueueDoesNotExist"}), ("QueueDoesNotExist", 1)),
    ],
)
def test_an_error_is_called_what_aws_calls_it(
    server: Standing,
    sqs: "SQSClient",
    capsys: pytest.CaptureFixture[str],
    trouble: Answer,
    expected: tuple[str, int],
) -> None:
    """In the error and in the log, without its message, after two attempts at most."""
    code, attempts = expected
    telemetry.logger().registered_handler.stream = sys.stdout  # type: ignore[attr-defined]
    server.answers = [trouble, trouble]
    with pytest.raises(Unavailable, match=f"^SQS: {code}$"):
        send(sqs)
    assert len(server.asked) == attempts
    line = json.loads(capsys.readouterr().out)
    assert (line["message"], line["service"], line["code"]) == ("AWS call failed", "SQS", code)


def test_one_service_may_have_an_address_of_its_own(server: Standing, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3's own variable for it beats the one for all services."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    settings = settings_for(server.url)
    assert aws.dynamodb(settings).meta.endpoint_url == "http://127.0.0.1:1"
    assert aws.secretsmanager(settings).meta.endpoint_url == server.url
