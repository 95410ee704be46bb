"""Check a running stack against its template and stage: ask AWS and Leadterra, and collect the findings."""

import shlex
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self

from leads.config.schema import Enrollment
from leads_cli.project import ROOT, TEMPLATE, shown
from leads_cli.stacks import campaigns, cloudwatch, leadterra, secret
from leads_cli.stacks.checks import subjects
from leads_cli.stacks.checks.findings import Finding, fail
from leads_cli.stacks.checks.queue_settings import Trigger, check_queue
from leads_cli.stacks.embedded import last_events
from leads_cli.stacks.running import NotReachableError, Running, aws_errors

_STAGES: Final = ROOT / "stages"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the template and the stage's file say.

    Attributes:
        outputs: those that every stack has.
        optional_outputs: those that depend on a parameter.
        parameters: the value of each; None where there is no stage's file.
        stage: that file.
        alarms: their names, without the stack's.
    """

    outputs: frozenset[str]
    optional_outputs: frozenset[str]
    parameters: Mapping[str, str] | None
    stage: Path
    alarms: frozenset[str]

    @classmethod
    def of(cls, stack: str) -> Self:
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        template: Mapping[str, Any] = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
        named = _STAGES / f"{stack}.toml"
        stage = named if named.is_file() else _STAGES / "default.toml"
        defaults = {name: str(each["Default"]) for name, each in template["Parameters"].items()}
        outputs = template["Outputs"]
        optional = frozenset(name for name, each in outputs.items() if "Condition" in each)
        alarms = (
            each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::CloudWatch::Alarm"
        )
        return cls(
            outputs=frozenset(outputs) - optional,
            optional_outputs=optional,
            parameters=defaults | _overrides(stage) if stage.is_file() else None,
            stage=stage,
            alarms=frozenset(alarm["AlarmName"]["Fn::Sub"].partition("}")[2] for alarm in alarms),
        )


def _overrides(stage: Path) -> dict[str, str]:
    """As `sam deploy` reads them: a list, or one text."""
    content = tomllib.loads(stage.read_text(encoding="utf-8"))
    given = content["default"]["deploy"]["parameters"].get("parameter_overrides", [])
    pairs = shlex.split(given) if isinstance(given, str) else given
    return {name: value for name, _, value in (pair.partition("=") for pair in pairs)}


_CONSUMED: Final = ("LeadsQueue", "EventsQueue")
# What a version keeps as it was when it was published.
_PUBLISHED: Final = ("CodeSha256", "Environment", "Layers", "MemorySize", "Timeout", "Architectures")


def run_checks(
    running: Running, enrollment: Enrollment, stack: str | None, now: datetime, config: str
) -> Iterator[Finding]:
    """All findings about a stack. `stack` is None for the embedded one; `config` is the file's name."""
    looks: dict[str, Callable[[], Iterable[Finding]]] = {
        "secret": lambda: subjects.secrets(enrollment, secret.read_secret(running)),
        "Leadterra": lambda: _campaigns(running, enrollment),
        "queues": lambda: _queues(running, deployed=stack is not None),
        "sources": lambda: _sources(running, enrollment, now, stack),
    }
    if stack is not None:
        looks = {"template": lambda: _deployment(running, stack, config), **looks}
        looks["alarms"] = lambda: _alarms(running, stack)
    for about, each in looks.items():
        try:
            yield from each()
        except NotReachableError as error:
            # One permission that is lacking hides only what it is for.
            yield fail(about, str(error), "see above; then check again")


def _deployment(running: Running, stack: str, config: str) -> Iterator[Finding]:
    expected = Expected.of(stack)
    yield subjects.outputs(running.outputs.keys() - expected.optional_outputs, expected.outputs, stack)
    yield from subjects.file_in_use(running.parameters.get("ConfigFile", ""), config, stack)
    if expected.parameters is not None:
        yield from subjects.parameters(running.parameters, expected.parameters, shown(expected.stage), stack)


def _campaigns(running: Running, enrollment: Enrollment) -> Iterator[Finding]:
    known = campaigns.configured_campaigns(enrollment)
    return subjects.campaigns(campaigns.list_campaigns(known, leadterra.connect(running, enrollment)))


def _queues(running: Running, *, deployed: bool) -> Iterator[Finding]:
    dead_letters = running.outputs["DeadLetterQueueArn"]
    for name in _CONSUMED:
        url = running.outputs[f"{name}Url"]
        with aws_errors(name):
            found = running.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
        # What polls in the embedded stack is its own, and made from the template.
        triggers = list(_triggers(running, name)) if deployed else None
        yield from check_queue(name, found["Attributes"], dead_letters, triggers)


def _triggers(running: Running, queue: str) -> Iterator[Trigger]:
    client = running.client("lambda")
    with aws_errors(f"the triggers of {queue}"):
        arn = running.outputs[f"{queue}Arn"]
        for each in client.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"]:
            # arn:aws:lambda:REGION:ACCOUNT:function:NAME[:ALIAS]
            _, _, _, _, _, _, name, *alias = each["FunctionArn"].split(":")
            function = client.get_function_configuration(FunctionName=each["FunctionArn"])
            latest = client.get_function_configuration(FunctionName=name)
            yield Trigger(
                state=each.get("State", "Enabled"),
                window=each.get("MaximumBatchingWindowInSeconds", 0),
                reports_failures="ReportBatchItemFailures" in each.get("FunctionResponseTypes", ()),
                timeout=function["Timeout"],
                alias=alias[0] if alias else "",
                is_latest=all(function.get(key) == latest.get(key) for key in _PUBLISHED),
            )


def _sources(running: Running, enrollment: Enrollment, now: datetime, stack: str | None) -> Iterator[Finding]:
    addresses = {name: running.page_address(name) for name in enrollment.sources}
    if stack is not None:
        last = cloudwatch.last_accepted_times(running, addresses, now)
        return subjects.last_events(addresses, last, now, where=f" --stack {stack}")
    return subjects.last_events(addresses, last_events(running.url), now, "since leads dev was started")


def _alarms(running: Running, stack: str) -> Iterator[Finding]:
    expected = Expected.of(stack)
    names = {f"{stack}{alarm}" for alarm in expected.alarms}
    with aws_errors("CloudWatch's alarms"):
        pages = running.client("cloudwatch").get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"{stack}-")
        # Those of a stack with a longer name begin alike.
        found = [alarm for page in pages for alarm in page["MetricAlarms"] if alarm["AlarmName"] in names]
    yield from subjects.alarms(alarm for alarm in found if alarm["StateValue"] == "ALARM")
    topics = sorted({topic for alarm in found for topic in alarm["AlarmActions"]})
    yield from subjects.subscriptions(_subscriptions(running, topics), shown(expected.stage), stack)


def _subscriptions(running: Running, topics: Iterable[str]) -> dict[str, list[str]]:
    with aws_errors("SNS"):
        pages = running.client("sns").get_paginator("list_subscriptions_by_topic")
        return {
            topic: [
                each["SubscriptionArn"] for page in pages.paginate(TopicArn=topic) for each in page["Subscriptions"]
            ]
            for topic in topics
        }
