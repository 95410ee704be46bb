"""A deployed stack in this process, and an operator with its dead letters in front of them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from leads_cli.main import app
from leads_cli.running import Running

TEMPLATE: dict[str, Any] = {
    "Resources": {
        **{name: {"Type": "AWS::SQS::Queue"} for name in ("LeadsQueue", "EventsQueue", "DeadLetterQueue")},
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
        **{f"{name}Url": {"Value": {"Ref": name}} for name in ("LeadsQueue", "EventsQueue", "DeadLetterQueue")},
        "DeliveriesTableName": {"Value": {"Ref": "DeliveriesTable"}},
        "MetricsNamespace": {"Value": "LeadterraEnroll/leads"},
    },
}


@dataclass(frozen=True)
class Operated:
    """A stack named `leads`, and the command for it."""

    outputs: dict[str, str]

    @property
    def running(self) -> Running:
        client: Any = boto3.client
        return Running("", self.outputs, {}, client)

    @property
    def sqs(self) -> Any:
        return boto3.client("sqs")

    def put(self, *bodies: object, queue: str = "DeadLetterQueue", **attributes: str) -> list[str]:
        """Put messages into a queue; their ids."""
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
        """What anybody can receive from a queue, which stays there."""
        found: list[dict[str, Any]] = []
        wanted: Any = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"]}
        url = self.outputs[f"{queue}Url"]
        while messages := self.sqs.receive_message(QueueUrl=url, **wanted).get("Messages"):
            found += messages
        for each in found:
            self.sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"], VisibilityTimeout=0)
        return found

    def bodies(self, queue: str = "DeadLetterQueue") -> list[Any]:
        """The same, as JSON."""
        return [json.loads(each["Body"]) for each in self.messages(queue)]

    def leads(self, *arguments: str, said: str = "") -> tuple[int, str, str]:
        """Run a command on the stack; its exit code, output and complaints. `said` is what the operator types."""
        result = CliRunner().invoke(app, [*arguments, "--stack", "leads"], input=said)
        return result.exit_code, result.stdout, result.stderr

    def json(self, *arguments: str) -> Any:
        """What a command that succeeds says to programs."""
        code, output, complaints = self.leads(*arguments, "--json")
        assert (code, complaints) == (0, ""), (code, complaints)
        return json.loads(output)


@contextmanager
def operated(environment: pytest.MonkeyPatch) -> Iterator[Operated]:
    """The stack in an invented account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, "invented")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    environment.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(StackName="leads", TemplateBody=json.dumps(TEMPLATE))
        outputs = cloudformation.describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
        yield Operated({item["OutputKey"]: item["OutputValue"] for item in outputs})
