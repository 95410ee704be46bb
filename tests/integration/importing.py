"""What `leads import` needs around it: a deployed stack in an invented account, and lists to import."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from leads_cli.cli.main import app

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"
"""
TEMPLATE: Final = {
    "Resources": {"LeadsQueue": {"Type": "AWS::SQS::Queue", "Properties": {"MaximumMessageSize": 1_048_576}}},
    "Outputs": {
        "WebhookUrl": {"Value": "https://a1b2c3.execute-api.us-east-1.amazonaws.com/hooks/"},
        "LeadsQueueUrl": {"Value": {"Ref": "LeadsQueue"}},
        "SecretId": {"Value": "leads"},
        "MetricsNamespace": {"Value": "LeadterraEnroll/leads"},
    },
}
NAMESPACE: Final = "LeadterraEnroll/leads"


@dataclass
class Importing:
    """A stack named `leads`, and the folder in which the user stands."""

    folder: Path
    config: Path

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str, typed: str | bytes | None = None) -> tuple[int, str]:
        """The exit code, and everything that was said."""
        result = CliRunner().invoke(app, ["import", *arguments, "--config", str(self.config)], input=typed)
        return result.exit_code, result.output

    def send(self, *arguments: str, typed: str | bytes | None = None) -> tuple[int, str]:
        """The same into the stack, with what else there is to agree to."""
        return self.run(*arguments, "--stack", "leads", "--yes", typed=typed)

    @property
    def queue_url(self) -> str:
        stacks = boto3.client("cloudformation").describe_stacks(StackName="leads")["Stacks"]
        return next(o["OutputValue"] for o in stacks[0]["Outputs"] if o["OutputKey"] == "LeadsQueueUrl")

    def received(self) -> list[dict[str, Any]]:
        """The messages in LeadsQueue by row, which are taken out."""
        sqs = boto3.client("sqs")
        bodies: list[dict[str, Any]] = []
        while found := sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
            bodies += [json.loads(message["Body"]) for message in found]
        return sorted(bodies, key=lambda body: int(body["id"].rpartition(":")[2]))

    def leads(self) -> list[dict[str, Any]]:
        """Their leads."""
        return [body["lead"] for body in self.received()]

    def accepted(self) -> dict[str, float]:
        """The counts that CloudWatch received, by source."""
        cloudwatch: Any = boto3.client("cloudwatch")
        metrics = cloudwatch.list_metrics(Namespace=NAMESPACE, MetricName="Accepted")["Metrics"]
        named = [
            (each["Value"], metric) for metric in metrics for each in metric["Dimensions"] if each["Name"] == "source"
        ]
        return {name: _sum(cloudwatch, metric) for name, metric in named}


def _sum(cloudwatch: Any, metric: dict[str, Any]) -> float:
    found = cloudwatch.get_metric_statistics(
        **metric, StartTime="2000-01-01", EndTime="2100-01-01", Period=86_400, Statistics=["Sum"]
    )
    return float(sum(point["Sum"] for point in found["Datapoints"]))


@contextmanager
def account(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[Importing]:
    """The stack, deployed."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, "invented")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    environment.delenv("AWS_PROFILE", raising=False)
    environment.chdir(folder)
    config = folder / "enrollment.toml"
    config.write_text(CONFIG)
    with mock_aws():
        boto3.client("cloudformation").create_stack(StackName="leads", TemplateBody=json.dumps(TEMPLATE))
        yield Importing(folder, config)
