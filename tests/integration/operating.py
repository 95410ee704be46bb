"""A deployed stack in this process, and an operator's commands for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
from moto import mock_aws
from moto.sqs.models import sqs_backends
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.stacks.cloudwatch import sum_metrics
from leads_cli.stacks.running import Running

NAMESPACE = "LeadterraEnroll/leads"
QUEUES = ("LeadsQueue", "EventsQueue", "DeadLetterQueue")
TEMPLATE: dict[str, Any] = {
    "Parameters": {"LeadterraBaseUrl": {"Type": "String", "Default": ""}},
    "Resources": {
        **{name: {"Type": "AWS::SQS::Queue", "Properties": {"MaximumMessageSize": 1_048_576}} for name in QUEUES},
        "DeliveriesTable": {
            "Type": "AWS::DynamoDB::Table",
            "Properties": {
                "BillingMode": "PAY_PER_REQUEST",
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
            },
        },
    },
    "Outputs": {
        "WebhookUrl": {"Value": "https://a1b2c3.execute-api.us-east-1.amazonaws.com/hooks/"},
        **{f"{name}Url": {"Value": {"Ref": name}} for name in QUEUES},
        "SecretId": {"Value": "leads"},
        "DeliveriesTableName": {"Value": {"Ref": "DeliveriesTable"}},
        "MetricsNamespace": {"Value": NAMESPACE},
    },
}


type Instead = Callable[..., Any]
"""Called with the original operation and its parameters."""


@dataclass(frozen=True)
class Client:
    """A client with some operations replaced."""

    real: Any
    operations: Mapping[str, Instead]

    def __getattr__(self, name: str) -> Any:
        own = getattr(self.real, name)
        return partial(self.operations[name], own) if name in self.operations else own


class CommandResult(NamedTuple):
    """The output and exit code of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Operated:
    """A stack named `leads`, and commands for it. `config` is its configuration file."""

    outputs: dict[str, str]
    _config: Path | None = None
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        """A cached client for a service, because making one is slow."""
        if service not in self._clients:
            self._clients[service] = boto3.client(service)  # type: ignore[call-overload]
        return self._clients[service]

    @property
    def config(self) -> Path:
        assert self._config
        return self._config

    @property
    def running(self) -> Running:
        return Running("", self.outputs, {}, self.client)

    def instead(self, **operations: Instead) -> Running:
        """The stack with some operations of any service replaced."""
        return Running("", self.outputs, {}, lambda service: Client(self.client(service), operations))

    def counted(self, metric: str) -> int:
        """The sum of a metric over all sources."""
        return round(
            sum_metrics(self.client("cloudwatch"), NAMESPACE, timedelta(hours=1), datetime.now(UTC)).get(metric, 0)
        )

    @property
    def sqs(self) -> Any:
        return self.client("sqs")

    def put(self, *bodies: object, queue: str = "DeadLetterQueue", **attributes: str) -> list[str]:
        """Put messages into a queue. Returns their ids."""
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        return [
            self.sqs.send_message(
                QueueUrl=self.outputs[f"{queue}Url"],
                MessageBody=body if isinstance(body, str) else json.dumps(body),
                MessageAttributes=typed,
            )["MessageId"]
            for body in bodies
        ]

    def messages(self, queue: str = "DeadLetterQueue") -> list[dict[str, Any]]:
        """The visible messages of a queue. They stay there."""
        found: list[dict[str, Any]] = []
        wanted: Any = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        url = self.outputs[f"{queue}Url"]
        while messages := self.sqs.receive_message(QueueUrl=url, **wanted).get("Messages"):
            found += messages
        for each in found:
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        return found

    def end_leases(self) -> None:
        """Let the time pass for which a killed command hides letters."""
        for message in sqs_backends["123456789012"]["us-east-1"].queues[self._dead]._messages:
            message.visible_at = 0

    @property
    def _dead(self) -> str:
        return self.outputs["DeadLetterQueueUrl"].rpartition("/")[2]

    def empty(self, queue: str) -> list[Any]:
        """Receive and delete the visible messages of a queue, as JSON."""
        found = self.messages(queue)
        for each in found:
            self.sqs.delete_message(QueueUrl=self.outputs[f"{queue}Url"], ReceiptHandle=each["ReceiptHandle"])
        return [json.loads(each["Body"]) for each in found]

    def bodies(self, queue: str = "DeadLetterQueue") -> list[Any]:
        """The visible messages' bodies as JSON."""
        return [json.loads(each["Body"]) for each in self.messages(queue)]

    def leads(self, *arguments: str, typed: str = "") -> CommandResult:
        """Run a command on the stack with this input."""
        config = ["--config", str(self._config)] if self._config else []
        result = CliRunner().invoke(app, [*arguments, "--stack", "leads", *config], input=typed)
        return CommandResult(result.exit_code, result.stdout, result.stderr)

    def put_secret(self, content: object) -> None:
        """Store a value in the stack's secret, as JSON unless it is text."""
        text = content if isinstance(content, str) else json.dumps(content)
        self.client("secretsmanager").put_secret_value(SecretId="leads", SecretString=text)

    def secret(self) -> Any:
        return json.loads(self.client("secretsmanager").get_secret_value(SecretId="leads")["SecretString"])

    def accepted(self) -> dict[str, int]:
        """CloudWatch's accepted leads by source."""
        now, metrics = datetime.now(UTC), self.client("cloudwatch").list_metrics(MetricName="Accepted")["Metrics"]
        asked: Any = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1), "Period": 86_400}
        found = {}
        for metric in metrics:
            if names := [each["Value"] for each in metric["Dimensions"] if each["Name"] == "source"]:
                sums = self.client("cloudwatch").get_metric_statistics(**metric, **asked, Statistics=["Sum"])
                found[names[0]] = round(sum(point["Sum"] for point in sums["Datapoints"]))
        return found

    def json(self, *arguments: str) -> Any:
        """The JSON output of a command that succeeds."""
        result = self.leads(*arguments, "--json")
        assert (result.code, result.err) == (0, ""), result
        return result.json


@contextmanager
def operated(
    environment: pytest.MonkeyPatch, config: Path | None = None, template: object = TEMPLATE, **parameters: str
) -> Iterator[Operated]:
    """The stack in an invented account with these parameters. Its secret has no value yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, "invented")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in ("AWS_PROFILE", "LEADTERRA_API_KEY"):
        environment.delenv(name, raising=False)
    # Long polls of an empty queue would only wait.
    environment.setattr("leads_cli.failures.read.queue_scan._WAIT_SECONDS", 0)
    with mock_aws():
        boto3.client("secretsmanager").create_secret(Name="leads")
        cloudformation = boto3.client("cloudformation")
        given: Any = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
        cloudformation.create_stack(StackName="leads", TemplateBody=json.dumps(template), Parameters=given)
        outputs = cloudformation.describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
        yield Operated({item["OutputKey"]: item["OutputValue"] for item in outputs}, config)
