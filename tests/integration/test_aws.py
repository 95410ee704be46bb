"""Calls of AWS: what is tried again, what an error means, and that AWS's own code for it is logged."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from leads.errors import Unavailable
from leads.io import aws, telemetry
from tests.integration.cloud import forget, settings_for
from tests.integration.standing import Answer, Standing, standing

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

ROOT: Final = Path(__file__).parents[2]


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


FORM: Final = {
    "rawPath": "/hooks/website",
    "headers": {"content-type": "application/x-www-form-urlencoded", "idempotency-key": "1"},
    "requestContext": {"http": {"method": "POST"}},
    "body": "email=ava@example.com",
}
CONFIG: Final = """
[campaigns.news]
id = "camp_news"
[sources.website]
provider = "form"
campaign = "news"
auth = "none"
"""
PROGRAM: Final = """
import json, os, sys
from functions.intake.handler import handler

def post():
    return handler(json.loads(sys.argv[1]), None)["statusCode"]

def set_up():
    import boto3
    queue = boto3.client("sqs").create_queue(QueueName="leads")["QueueUrl"]
    boto3.client("dynamodb").create_table(
        TableName="deliveries", BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )
    return lambda: boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])

os.environ["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
print(post(), file=sys.stderr)
del os.environ["AWS_ENDPOINT_URL"]
from moto import mock_aws
for _ in range(2):
    with mock_aws():
        received = set_up()
        print(post(), len(received()), file=sys.stderr)
"""


def test_a_mock_of_aws_is_used_whenever_it_starts(tmp_path: Path) -> None:
    """moto's, within the process: after a first call, and one mock after another."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    queues = "https://sqs.eu-central-1.amazonaws.com/123456789012"
    done = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-c", PROGRAM, json.dumps(FORM)],
        cwd=ROOT,
        env={
            "PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'shared'}",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LEADS_QUEUE_URL": f"{queues}/leads",
            "DEAD_LETTER_QUEUE_URL": f"{queues}/letters",
            "DELIVERIES_TABLE": "deliveries",
            "SECRET_ID": "leads",
            "ENROLLMENT_CONFIG": str(config),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.splitlines() == ["503", "200 1", "200 1"]
