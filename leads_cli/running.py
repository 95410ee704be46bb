"""Running stacks, embedded or deployed: what `leads send`, `leads status` and the smoke run need of them."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from leads_cli.counts import Counts, from_json
from leads_cli.project import command

if TYPE_CHECKING:
    import boto3

    from leads.config import Enrollment

DEFAULT_URL: Final = "http://127.0.0.1:3000"
# The service that an operator's own metrics name.
OPERATOR: Final = "operator"
# As a configuration names its sources. Each other name would be a metric of its own, at $0.30 a month.
_SOURCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_UNNAMED: Final = "other"
_MINUTE: Final = 60
_HOUR: Final = 3_600
_DAY: Final = 24 * _HOUR


class NotReachableError(Exception):
    """The stack did not answer, or refused; the text tells what to do about it."""


@dataclass(frozen=True, slots=True)
class Running:
    """A running stack.

    Attributes:
        url: where its webhook is, without `/hooks`.
        outputs: CloudFormation's, by name.
        auths: how the senders of each source prove who they are.
        client: AWS clients, by service.
        providers: the kind of each source.
        public_urls: the address that a source's sender was given, where the configuration says it.
        leadterra_url: where the stack's Leadterra is; None: where the configuration says.
        config: the file that the stack reads, where it is one of this machine.
    """

    url: str
    outputs: Mapping[str, str]
    auths: Mapping[str, str]
    client: Callable[[str], Any]
    providers: Mapping[str, str] = field(default_factory=dict)
    public_urls: Mapping[str, str | None] = field(default_factory=dict)
    leadterra_url: str | None = None
    config: Path | None = None

    def source_of(self, provider: str) -> str | None:
        """The first source of a kind; None where there is none."""
        return next((name for name, kind in self.providers.items() if kind == provider), None)

    def address(self, source: str) -> str:
        """A source's address as its sender was given it, which is what some sign; to the functions all is https."""
        return self.public_urls.get(source) or f"https://{urlsplit(self.url).netloc}/hooks/{source}"

    def secret(self, source: str) -> str | None:
        """A source's newest secret; None where there is none.

        Raises:
            NotReachableError: AWS does not tell, or what it tells is not JSON.
        """
        from leads_cli.secret import read  # noqa: PLC0415 - it needs this module

        return next(iter(read(self).values(source)), None)

    def enqueue(self, queue: str, body: str, attributes: Mapping[str, str]) -> None:
        """Send a raw event to EventsQueue, or a lead's message to LeadsQueue."""
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        with aws_errors(queue):
            url = self.outputs[f"{queue}Url"]
            self.client("sqs").send_message(QueueUrl=url, MessageBody=body, MessageAttributes=typed)

    def count(self, source: str, counts: Mapping[str, int]) -> None:
        """Add to the counts of law 2 what an operator did, for instance `count("website", {"Replayed": 3})`.

        Raises:
            NotReachableError: CloudWatch did not take it.
        """
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


@dataclass(frozen=True, slots=True)
class Status:
    """The counts of law 2, and how long the oldest lead has been waiting (None: none waits)."""

    counts: Counts
    oldest_seconds: float | None = None

    def as_json(self) -> dict[str, int | float | bool | None]:
        """As `leads status --json` and `/_leads/status` have it."""
        return {**self.counts.as_json(), "oldestSeconds": self.oldest_seconds}


def duration(seconds: float) -> str:
    """How long, as people say it."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{seconds / _HOUR:.1f} h" if seconds < 2 * _DAY else f"{seconds / _DAY:.0f} days"


def number(count: int, noun: str) -> str:
    """So many of something, as people say it."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def embedded(url: str) -> Running:
    """The stack that `leads dev` runs at an address.

    Raises:
        NotReachableError: none answers there.
    """
    return local(url, asked(url, "/_leads/stack"))


def local(url: str, about: Mapping[str, Any]) -> Running:
    """An embedded stack at an address, by what it tells about itself."""

    @cache
    def client(service: str) -> Any:
        from leads_cli.dev import session  # noqa: PLC0415 - boto3 takes half a second

        return session.client(session.embedded_session(), service, about["awsEndpoint"])

    auths, providers, public_urls = (
        {source["name"]: source.get(key) for source in about["sources"]} for key in ("auth", "provider", "public_url")
    )
    return Running(
        url.rstrip("/"),
        about["outputs"],
        auths,
        client,
        providers,
        public_urls,
        leadterra_url=about.get("leadterraUrl") or None,
        config=Path(about["config"]) if about.get("config") else None,
    )


def embedded_status(url: str) -> Status:
    """The counts of the stack that `leads dev` runs at an address, since it was started.

    Raises:
        NotReachableError: none answers there.
    """
    data = asked(url, "/_leads/status")
    oldest = data.get("oldestSeconds")
    return Status(from_json(data), oldest if isinstance(oldest, int | float) else None)


def asked(url: str, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The object that an embedded stack answers to a question of ours.

    Raises:
        NotReachableError: none answers there.
    """
    data = answered(url, path, query)
    if not isinstance(data, dict):
        msg = f"what answers at {url} is not `leads dev`; name the stack's address with --url"
        raise NotReachableError(msg)
    return data


def answered(url: str, path: str, query: Mapping[str, str] | None = None) -> Any:
    """What an embedded stack answers to a question of ours.

    Raises:
        NotReachableError: none answers there.
    """
    import httpx  # noqa: PLC0415

    try:
        # A proxy that the environment names is for the world outside.
        answer = httpx.get(f"{url.rstrip('/')}{path}", params=query, timeout=10, trust_env=False)
        return answer.raise_for_status().json()
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        msg = f"no stack answers at {url} ({error}); start one with: {command()} dev, or name its address with --url"
        raise NotReachableError(msg) from error


def deployed(stack: str, session: "boto3.Session", enrollment: "Enrollment | None" = None) -> Running:
    """A stack in an AWS account; its sources are those of the local file, which is what was deployed, if it is given.

    Raises:
        NotReachableError: there is none, or the credentials may not see it.
    """
    sources = enrollment.sources if enrollment else {}
    auths = {name: source.authentication.value for name, source in sources.items()}
    found = described(stack, session)
    outputs = _outputs(found)
    url = outputs["WebhookUrl"].rstrip("/").removesuffix("/hooks")
    # Making one takes longer than most of what is asked of it.
    client: Callable[[str], Any] = cache(session.client)
    providers = {name: source.provider for name, source in sources.items()}
    public_urls = {name: source.public_url for name, source in sources.items()}
    leadterra_url = parameters(found).get("LeadterraBaseUrl") or None
    return Running(url, outputs, auths, client, providers, public_urls, leadterra_url)


def stack_outputs(stack: str, session: "boto3.Session") -> dict[str, str]:
    """CloudFormation's outputs of a stack.

    Raises:
        NotReachableError: there is none, or the credentials may not see it.
    """
    return _outputs(described(stack, session))


def described(stack: str, session: "boto3.Session") -> Mapping[str, Any]:
    """A stack as CloudFormation describes it.

    Raises:
        NotReachableError: there is none, or the credentials may not see it.
    """
    with aws_errors(f"stack {stack}"):
        found: Mapping[str, Any] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return found


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    """The values of a described stack's parameters."""
    return {item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])}


@contextmanager
def aws_errors(what: str) -> Iterator[None]:
    """Turn whatever AWS raises into `NotReachableError`."""
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

    try:
        yield
    except (BotoCoreError, ClientError) as error:
        msg = f"{what}: AWS refused or did not answer ({error}); check --stack, --region and --profile"
        raise NotReachableError(msg) from error
