"""A running stack, embedded or deployed, as the commands use it."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

from leads_cli.errors import CommandError

# The service that an operator's own metrics name.
OPERATOR: Final = "operator"
# As a configuration names its sources. Each other name would be a metric of its own, at $0.30 a month.
_SOURCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_UNNAMED: Final = "other"


class NotReachableError(CommandError):
    """A stack, or AWS, did not answer or refused. Every call to one may raise it. The text says what to do."""


@dataclass(frozen=True, slots=True)
class RunningSource:
    """A source of a stack: its kind, its senders' proof, and the address that they were given, if the file has it."""

    provider: str
    auth: str
    public_url: str | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """A running stack.

    Attributes:
        url: where its webhook is, without `/hooks`.
        outputs: CloudFormation's, by name.
        sources: by name.
        client: AWS clients, by service.
        leadterra_url: where the stack's Leadterra is; None: where the configuration says.
        config: the file that the stack reads, where it is one of this machine.
        parameters: CloudFormation's, by name; empty for the embedded stack.
    """

    url: str
    outputs: Mapping[str, str]
    sources: Mapping[str, RunningSource]
    client: Callable[[str], Any]
    leadterra_url: str | None = None
    config: Path | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)

    def source_of(self, provider: str) -> str | None:
        return next((name for name, its in self.sources.items() if its.provider == provider), None)

    def address(self, source: str) -> str:
        """A source's address as its sender was given it. Some sign it. The functions always see https."""
        return self.sources[source].public_url or f"https://{urlsplit(self.url).netloc}/hooks/{source}"

    def page_address(self, source: str) -> str:
        """Where a sender posts to: forms without a secret have a throttle of their own."""
        its = self.sources[source]
        return its.public_url or f"{self.url}/{'forms' if its.auth == 'none' else 'hooks'}/{source}"

    def enqueue(self, queue: str, body: str, attributes: Mapping[str, str]) -> None:
        """Send a raw event to EventsQueue, or a lead's message to LeadsQueue."""
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        with aws_errors(queue):
            url = self.outputs[f"{queue}Url"]
            self.client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageAttributes=typed)

    def count(self, source: str, counts: Mapping[str, int]) -> None:
        """Add to the counts of law 2 what an operator did, for instance `count("website", {"Replayed": 3})`."""
        service = {"Name": "service", "Value": OPERATOR}
        named = {"Name": "source", "Value": source if _SOURCE.fullmatch(source) else _UNNAMED}
        # As a whole and by name, as the functions do it.
        data = [
            {"MetricName": metric, "Dimensions": dimensions, "Value": value, "Unit": "Count"}
            for metric, value in counts.items()
            for dimensions in ([service], [service, named])
            if value
        ]
        if data:
            with aws_errors("CloudWatch"):
                namespace = self.outputs["MetricsNamespace"]
                self.client("cloudwatch").put_metric_data(Namespace=namespace, MetricData=data)


@contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """Turn AWS's errors into `NotReachableError`."""
    try:
        yield
    except (NoCredentialsError, NoRegionError) as error:
        raise NotReachableError(
            f"{what}: AWS is not set up on this machine: run `aws configure`, which asks for keys and a region"
        ) from error
    except (BotoCoreError, ClientError) as error:
        raise NotReachableError(
            f"{what}: AWS refused or did not answer ({error}); check --stack, --region and --profile"
        ) from error
