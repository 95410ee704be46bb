"""`leads check --live` of a deployed stack, with AWS in this process and a Leadterra on a real socket."""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from samtranslator.yaml_helper import yaml_parse

from leads_cli.project import TEMPLATE as CHECKOUT
from leads_cli.sandbox import Sandbox, SandboxServer
from leads_cli.stacks.checks import live
from tests.integration.operating import NAMESPACE, Operated, operated
from tests.integration.operating import TEMPLATE as STACK

CONFIG = """
campaigns.news.id = "camp_news"
[sources]
app = {provider = "json", campaign = "news", auth = "token"}
"""
STAGE = """
[default.deploy.parameters]
parameter_overrides = ["LeadterraBaseUrl={leadterra}"]
"""
QUEUES = ("LeadsQueue", "EventsQueue")


def template() -> dict[str, Any]:
    """The project's queues and all of its outputs."""
    dead = {"deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]}, "maxReceiveCount": 300}
    limits = {"MaximumMessageSize": 1_048_576, "MessageRetentionPeriod": 1_209_600, "VisibilityTimeout": 600}
    queues = {name: {"Type": "AWS::SQS::Queue", "Properties": {**limits, "RedrivePolicy": dead}} for name in QUEUES}
    arns = {f"{name}Arn": {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in (*QUEUES, "DeadLetterQueue")}
    checkout = yaml_parse(CHECKOUT.read_text())
    promised = [name for name, each in checkout["Outputs"].items() if "Condition" not in each]
    outputs = {name: {"Value": "there"} for name in promised} | STACK["Outputs"] | arns
    parameters = {
        name: {"Type": "String", "Default": str(each["Default"])} for name, each in checkout["Parameters"].items()
    }
    resources = {**STACK["Resources"], **queues}
    return {**STACK, "Parameters": parameters, "Resources": resources, "Outputs": outputs}


@pytest.fixture
def leadterra() -> Iterator[tuple[Sandbox, str]]:
    box = Sandbox(["camp_news"])
    with SandboxServer(box) as server:
        yield box, server.url


@pytest.fixture
def stack(leadterra: tuple[Sandbox, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A stack without a problem."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    (tmp_path / "leads.toml").write_text(STAGE.format(leadterra=leadterra[1]))
    monkeypatch.setattr(live, "_STAGES", tmp_path)
    with operated(monkeypatch, config, template(), LeadterraBaseUrl=leadterra[1]) as made:
        made.put_secret({"leadterra_api_key": "sk_live_sandbox", "sources": {"app": "x"}})
        trigger()
        alarm("arn:aws:sns:us-east-1:123456789012:alarms")
        put_last_lead(timedelta(hours=3))
        yield made


def trigger() -> None:
    """Functions that poll the queues. They are never called."""
    role = boto3.client("iam").create_role(RoleName="leads", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("handler.py", "")
    client: Any = boto3.client("lambda")
    for name in QUEUES:
        client.create_function(
            FunctionName=name,
            Runtime="python3.13",
            Role=role,
            Handler="handler.handler",
            Code={"ZipFile": archive.getvalue()},
            Timeout=90,
        )
        client.publish_version(FunctionName=name)
        client.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
        client.create_event_source_mapping(
            EventSourceArn=output(f"{name}Arn"),
            FunctionName=f"{name}:live",
            BatchSize=100,
            MaximumBatchingWindowInSeconds=60,
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )


def alarm(*topics: str, state: str = "OK") -> None:
    """An alarm of the stack, and topics with a confirmed subscription."""
    sns, watch = boto3.client("sns"), boto3.client("cloudwatch")
    for topic in topics:
        sns.create_topic(Name=topic.rpartition(":")[2])
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=output("LeadsQueueArn"))
    for name in ("leads-key-refused", "leads-dev-key-refused"):
        watch.put_metric_alarm(
            AlarmName=name,
            ComparisonOperator="GreaterThanThreshold",
            EvaluationPeriods=1,
            Threshold=0,
            AlarmActions=topics,
        )
        watch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="invented")


def output(name: str) -> str:
    found = boto3.client("cloudformation").describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
    return next(each["OutputValue"] for each in found if each["OutputKey"] == name)


def put_last_lead(ago: timedelta) -> None:
    client: Any = boto3.client("cloudwatch")
    dimensions = [{"Name": "service", "Value": "intake"}, {"Name": "source", "Value": "app"}]
    data = {"MetricName": "Accepted", "Dimensions": dimensions, "Timestamp": datetime.now(UTC) - ago, "Value": 1.0}
    client.put_metric_data(Namespace=NAMESPACE, MetricData=[data])


def not_ok(stack: Operated) -> list[tuple[str, str]]:
    """The findings that are not ok: subject and verdict."""
    result = stack.leads("check", "--live", "--json")
    found = result.json
    assert found["ok"] == (result.code == 0)
    return [(each["about"], each["verdict"]) for each in found["findings"] if each["verdict"] != "ok"]


def test_a_stack_with_nothing_wrong(stack: Operated) -> None:
    """Every subject is checked and ok, also in the table."""
    assert not_ok(stack) == []
    result = stack.leads("check", "--live")
    assert (result.code, result.out.splitlines()[-1]) == (0, "10 checks, nothing failed.")
    for about in ("configuration", "template", "secret", "campaign news", "LeadsQueue", "EventsQueue", "source app"):
        assert about in result.out


def test_problems_of_the_stack_are_found(stack: Operated) -> None:
    """A missing secret, another redrive, a disabled trigger, a silent source and a raised alarm."""
    stack.config.write_text(CONFIG + '\n[sources.quiet]\nprovider = "typeform"\ncampaign = "news"\n')
    sqs, functions = boto3.client("sqs"), boto3.client("lambda")
    policy = json.dumps({"deadLetterTargetArn": output("DeadLetterQueueArn"), "maxReceiveCount": "3"})
    sqs.set_queue_attributes(QueueUrl=output("LeadsQueueUrl"), Attributes={"RedrivePolicy": policy})
    (mapping,) = functions.list_event_source_mappings(EventSourceArn=output("EventsQueueArn"))["EventSourceMappings"]
    functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    alarm(state="ALARM")
    functions.update_function_configuration(
        FunctionName="LeadsQueue", Environment={"Variables": {"LOG_LEVEL": "DEBUG"}}
    )
    stage = live.Expected.of("leads").stage
    stage.write_text(stage.read_text().replace('["', '["ConfigFile=prod.toml", "'))
    assert not_ok(stack) == [
        ("parameter ConfigFile", "warn"),
        ("secret of quiet", "fail"),
        ("LeadsQueue", "fail"),
        ("LeadsQueue", "warn"),
        ("EventsQueue", "fail"),
        ("source quiet", "warn"),
        ("alarm leads-key-refused", "fail"),
        ("notifications", "warn"),
    ]


def test_a_wrong_file_is_reported_first(stack: Operated) -> None:
    """Its problems are the only findings, because it does not describe the stack."""
    stack.config.write_text('[sources.app]\nprovider = "jsn"\ncampaign = "news"\n')
    assert {about for about, _ in not_ok(stack)} == {"configuration"}
