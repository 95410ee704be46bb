"""A stack named `leads` in an invented account, in this process, and the command for it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from leads_cli.cli.main import app

TEMPLATE: dict[str, Any] = {
    "Parameters": {"LeadterraBaseUrl": {"Type": "String", "Default": ""}},
    "Resources": {name: {"Type": "AWS::SQS::Queue"} for name in ("LeadsQueue", "EventsQueue", "DeadLetterQueue")},
    "Outputs": {
        "WebhookUrl": {"Value": "https://a1b2c3.execute-api.us-east-1.amazonaws.com/hooks/"},
        **{f"{name}Url": {"Value": {"Ref": name}} for name in ("LeadsQueue", "EventsQueue", "DeadLetterQueue")},
        "SecretId": {"Value": "leads"},
        "MetricsNamespace": {"Value": "LeadterraEnroll/leads"},
    },
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Deployed:
    """The stack; `config` is the file it was deployed with."""

    config: Path

    def leads(self, *arguments: str, typed: str | None = None) -> Said:
        """The command for this stack; `typed` is what the operator types where it asks."""
        stack = ["--stack", "leads", "--config", str(self.config)]
        result = CliRunner().invoke(app, [*arguments, *stack], input=typed)
        return Said(result.exit_code, result.stdout, result.stderr)

    def put_secret(self, content: Mapping[str, Any]) -> None:
        boto3.client("secretsmanager").put_secret_value(SecretId="leads", SecretString=json.dumps(content))

    def secret(self) -> Any:
        return json.loads(boto3.client("secretsmanager").get_secret_value(SecretId="leads")["SecretString"])


@contextmanager
def deployed(environment: pytest.MonkeyPatch, config: Path, **parameters: str) -> Iterator[Deployed]:
    """The stack with some values of its template's parameters; its secret has no value yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, "invented")
    environment.setenv("AWS_DEFAULT_REGION", "us-east-1")
    environment.delenv("AWS_PROFILE", raising=False)
    environment.delenv("LEADTERRA_API_KEY", raising=False)
    with mock_aws():
        boto3.client("secretsmanager").create_secret(Name="leads")
        boto3.client("cloudformation").create_stack(
            StackName="leads",
            TemplateBody=json.dumps(TEMPLATE),
            Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        )
        yield Deployed(config)
