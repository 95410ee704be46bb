"""The functions' AWS in tests: moto's queues, table and secret, with a record of calls."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from moto import mock_aws

from leads.io import aws, kept, settings
from leads.io.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

REGION = "eu-central-1"
API_KEY = "sk_live_sandbox"


type Service = Callable[[dict[str, Any]], tuple[int, object] | None]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message of the dead-letter queue."""

    body: dict[str, Any]
    attributes: dict[str, str]

    @property
    def failure(self) -> dict[str, Any]:
        found: dict[str, Any] = self.body["failure"]
        return found


@dataclass
class Cloud:
    """One account with the stack's queues, table and secret."""

    events_queue_url: str
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    _services: list[tuple[str, Service]] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        """The functions' settings."""
        return Settings.from_environ()

    @property
    def sqs(self) -> "SQSClient":
        """A client for the test, whose calls are not recorded."""
        return _client("sqs")  # type: ignore[no-any-return]

    @property
    def dynamodb(self) -> "DynamoDBClient":
        return _client("dynamodb")  # type: ignore[no-any-return]

    @property
    def secrets(self) -> Any:
        return _client("secretsmanager")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Record the functions' AWS calls, and answer those that a test replaces."""
        events = [client(self.settings).meta.events for client in (aws.sqs, aws.dynamodb, aws.secretsmanager)]
        for each in events:
            each.register("before-call", self._before_call)
        yield
        for each in events:
            each.unregister("before-call", self._before_call)

    def _before_call(self, model: Any, params: Any, **_: object) -> Any:
        """Record a call, and perhaps answer it without a request."""
        parameters = json.loads(params["body"])
        self.asked.append((model.name, parameters))
        services = (service for name, service in self._services if name == model.name)
        served = next(filter(None, (service(parameters) for service in services)), None)
        if served is None:
            return None
        status, body = served
        http = AWSResponse("", status, HTTPHeaders(), None)
        if status == HTTPStatus.OK:
            return http, body
        code = str(cast("dict[str, str]", body)["__type"]).rpartition("#")[2]
        return http, {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def calls(self, name: str) -> list[dict[str, Any]]:
        return [params for called, params in self.asked if called == name]

    def set_secret(self, **content: Any) -> None:
        secret = json.dumps({"leadterra_api_key": API_KEY, **content})
        self.set_secret_text(secret)

    def set_secret_text(self, text: str) -> None:
        _client("secretsmanager").put_secret_value(SecretId=self.settings.secret_id, SecretString=text)

    def answer(self, operation: str, status: int, body: object, *, times: int = 1_000_000) -> None:
        """Answer this many calls of an operation with an error or a body."""
        left = iter(range(times))
        self.serve(operation, lambda _: None if next(left, None) is None else (status, body))

    def serve(self, operation: str, service: Service) -> None:
        """Answer an operation by a function of its parameters that returns status and body, or None to pass it on."""
        self._services.append((operation, service))

    def send(self, *bodies: object) -> None:
        """Put messages into LeadsQueue, as JSON unless they are text."""
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self.sqs.send_message(QueueUrl=self.settings.leads_queue_url, MessageBody=text)

    def records(self, queue: str = "LeadsQueue") -> list[dict[str, Any]]:
        """All visible messages of a queue as Lambda passes them."""
        return [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message["Attributes"],
                "messageAttributes": {
                    name: {"stringValue": value["StringValue"], "dataType": "String"}
                    for name, value in message.get("MessageAttributes", {}).items()
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": f"arn:aws:sqs:{REGION}:123456789012:{queue}",
                "awsRegion": REGION,
            }
            for message in self._received(self.settings.leads_queue_url.replace("LeadsQueue", queue))
        ]

    def settle(self, records: Sequence[Mapping[str, Any]], kept: Sequence[str], queue: str = "LeadsQueue") -> None:
        """Delete the records that are not failures, as Lambda does."""
        # Not from the environment, which a test may have changed.
        url = self.events_queue_url.replace("EventsQueue", queue)
        for record in records:
            if record["messageId"] not in kept:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def _received(self, url: str) -> Iterator[Any]:
        names: Any = {"AttributeNames": ["All"], "MessageAttributeNames": ["All"]}
        messages: list[Any] = [None] * 10
        # moto returns fewer than ten only if no more are visible.
        while len(messages) == 10:
            answer: Any = self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **names)
            messages = answer.get("Messages", [])
            yield from messages

    def letters(self) -> list[Letter]:
        """Receive the dead letters."""
        return [
            Letter(
                json.loads(message["Body"]),
                {name: value["StringValue"] for name, value in message.get("MessageAttributes", {}).items()},
            )
            for message in self._received(self.settings.dead_letter_queue_url)
        ]


@cache
def _client(service: str) -> Any:
    session = botocore.session.Session()
    session.set_credentials("test", "test")
    return session.create_client(service, region_name=REGION)


def settings_for(endpoint_url: str | None, region: str | None = REGION) -> Settings:
    """The functions' settings with this AWS endpoint."""
    required = {"LEADS_QUEUE_URL": "leads", "DEAD_LETTER_QUEUE_URL": "letters", "SECRET_ID": "leads"}
    optional = {"AWS_ENDPOINT_URL": endpoint_url, "AWS_REGION": region}
    return Settings.from_environ({**required, **{name: value for name, value in optional.items() if value}})


def forget() -> None:
    """Start like a new container, without clients, configuration or secret."""
    aws._client.cache_clear()
    _forget_settings()


def _forget_settings() -> None:
    for cached in (settings._load, kept.vault, kept.erasures):
        cached.cache_clear()


@contextmanager
def cloud(environment: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A fresh account, and the environment that the template gives the functions."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "LEADS_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/LeadsQueue",
        "DEAD_LETTER_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/123456789012/DeadLetterQueue",
        "SECRET_ID": "leads",
        "DELIVERIES_TABLE": "deliveries",
    }.items():
        environment.setenv(name, value)
    # Clients are kept, because making three takes longer than most tests.
    _forget_settings()
    with mock_aws():
        sqs = _client("sqs")
        size: Any = {"MaximumMessageSize": "1048576"}
        for name in ("LeadsQueue", "DeadLetterQueue"):
            sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "600", **size})
        events = sqs.create_queue(QueueName="EventsQueue", Attributes={"VisibilityTimeout": "180", **size})
        _client("secretsmanager").create_secret(Name="leads")
        _client("dynamodb").create_table(
            TableName="deliveries",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        made = Cloud(events["QueueUrl"])
        with made.watching():
            made.set_secret()
            yield made
    _forget_settings()
