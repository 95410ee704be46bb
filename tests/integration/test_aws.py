"""AWS calls: retries, errors and their logging."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from leads.errors import Unavailable
from leads.io import aws, telemetry
from tests.integration.cloud import forget, settings_for
from tests.integration.stand_in import Answer, StandIn, stand_in

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """A new container, and a server in place of AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    forget()
    with stand_in() as made:
        monkeypatch.setenv("AWS_ENDPOINT_URL", made.url)
        yield made
        aws.sqs(settings_for(made.url)).close()
    forget()


@pytest.fixture
def sqs(server: StandIn) -> "SQSClient":
    return aws.sqs(settings_for(server.url))


def send(sqs: "SQSClient") -> object:
    with aws.calling("SQS"):
        answer: Any = sqs.send_message_batch(QueueUrl="leads", Entries=[])
    return answer.get("Successful")


@pytest.mark.parametrize(
    "failure",
    [
        (500, {"__type": "com.amazonaws.sqs#InternalError"}),
        (503, b"<html>"),
        (400, {"__type": "com.amazon.coral.availability#ThrottlingException"}),
        (400, {"__type": "RequestThrottled"}),
        "hangs up",
    ],
)
def test_temporary_errors_are_retried_once(server: StandIn, sqs: "SQSClient", failure: Answer) -> None:
    """Throttling, AWS's internal errors and broken connections."""
    server.answers = [failure, (200, {"Successful": [{"Id": "0"}]})]
    assert send(sqs) == [{"Id": "0"}]
    assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("failure", "expected"),
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
def test_an_error_has_aws_s_code(
    server: StandIn,
    sqs: "SQSClient",
    capsys: pytest.CaptureFixture[str],
    failure: Answer,
    expected: tuple[str, int],
) -> None:
    """In the error and the log, without AWS's message, after at most two attempts."""
    code, attempts = expected
    telemetry.logger().registered_handler.stream = sys.stdout  # type: ignore[attr-defined]
    server.answers = [failure, failure]
    with pytest.raises(Unavailable, match=f"^SQS: {code}$"):
        send(sqs)
    assert len(server.asked) == attempts
    line = json.loads(capsys.readouterr().out)
    assert (line["message"], line["service"], line["code"]) == ("AWS call failed", "SQS", code)


def test_a_service_may_have_its_own_endpoint(server: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """boto3's variable for one service beats the one for all."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    settings = settings_for(server.url)
    assert aws.dynamodb(settings).meta.endpoint_url == "http://127.0.0.1:1"
    assert aws.secretsmanager(settings).meta.endpoint_url == server.url
