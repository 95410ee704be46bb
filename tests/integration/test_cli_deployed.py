"""`leads status` and `leads send` of a deployed stack, with AWS in this process."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.counts import METRICS
from leads_cli.stacks.running import NotReachableError, Running

TEMPLATE = {
    "Resources": {
        "LeadsQueue": {"Type": "AWS::SQS::Queue"},
        "EventsQueue": {"Type": "AWS::SQS::Queue"},
    },
    "Outputs": {
        "WebhookUrl": {"Value": "https://a1b2c3.execute-api.us-east-1.amazonaws.com/hooks/"},
        "LeadsQueueUrl": {"Value": {"Ref": "LeadsQueue"}},
        "EventsQueueUrl": {"Value": {"Ref": "EventsQueue"}},
        "SecretId": {"Value": "leads"},
        "MetricsNamespace": {"Value": "LeadterraEnroll/leads"},
    },
}


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A stack named `leads` in an invented account; the URLs of its queues."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        cloudformation = boto3.client("cloudformation")
        cloudformation.create_stack(StackName="leads", TemplateBody=json.dumps(TEMPLATE))
        outputs = cloudformation.describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
        yield {item["OutputKey"]: item["OutputValue"] for item in outputs}


def put(dimension: str, name: str, ago: timedelta = timedelta(), **values: float) -> None:
    """Metrics as a function's log line makes them: for the function as a whole, and by name."""
    client: Any = boto3.client("cloudwatch")
    service = {"Name": "service", "Value": "intake" if dimension == "source" else "enroll"}
    client.put_metric_data(
        Namespace="LeadterraEnroll/leads",
        MetricData=[
            {
                "MetricName": metric,
                "Dimensions": dimensions,
                "Timestamp": datetime.now(UTC) - ago,
                "Value": value,
                "Unit": "Count",
            }
            for metric, value in values.items()
            for dimensions in ([service], [service, {"Name": dimension, "Value": name}])
        ],
    )


def leads(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, arguments)
    return result.exit_code, result.output


def test_the_counts_of_a_deployed_stack(queues: dict[str, str]) -> None:
    """Each metric is summed once, whatever sets of dimensions it has; the queue says what is on its way."""
    put("source", "website", Accepted=5)
    put("source", "api", timedelta(days=3), Accepted=4)
    put("campaign", "newsletter", Enrolled=6, Rejected=1, Requests=2)
    boto3.client("sqs").send_message(QueueUrl=queues["LeadsQueueUrl"], MessageBody="{}")
    boto3.client("sqs").send_message(QueueUrl=queues["LeadsQueueUrl"], MessageBody="{}", DelaySeconds=600)
    code, output = leads("status", "--stack", "leads", "--json")
    found = json.loads(output)
    assert code == 0
    assert {name: found[name] for name in ("accepted", "enrolled", "rejected", "queued", "requests", "balanced")} == {
        "accepted": 9,
        "enrolled": 6,
        "rejected": 1,
        "queued": 2,
        "requests": 2,
        "balanced": True,
    }


@pytest.mark.usefixtures("queues")
def test_the_counts_are_those_of_this_stack() -> None:
    """Every query names the stack's namespace, so two stacks in an account have separate counts."""
    asked: list[dict[str, Any]] = []
    session = boto3.Session()
    session.events.register("before-parameter-build.cloudwatch.GetMetricData", lambda params, **_: asked.append(params))
    outputs = boto3.client("cloudformation").describe_stacks(StackName="leads")["Stacks"][0]["Outputs"]
    named = {output["OutputKey"]: output["OutputValue"] for output in outputs}
    cloudwatch.read_status(session, named, timedelta(days=14), datetime.now(UTC))
    metrics = [query["MetricStat"]["Metric"] for params in asked for query in params["MetricDataQueries"]]
    own = [metric for metric in metrics if metric["Namespace"] != "AWS/SQS"]
    assert {metric["Namespace"] for metric in own} == {"LeadterraEnroll/leads"}
    assert {metric["MetricName"] for metric in own} == {*METRICS.values(), "HeldAge"}


def test_the_age_of_the_oldest_lead(queues: dict[str, str]) -> None:
    """How long the oldest lead has been waiting is SQS's newest word on it, and nothing where none waits."""
    queue = queues["LeadsQueueUrl"].rpartition("/")[2]
    client: Any = boto3.client("cloudwatch")
    for minutes, age in [(9, 500.0), (4, 90.0)]:
        data = {
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Dimensions": [{"Name": "QueueName", "Value": queue}],
            "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
            "Value": age,
        }
        client.put_metric_data(Namespace="AWS/SQS", MetricData=[data])
    assert json.loads(leads("status", "--stack", "leads", "--json")[1])["oldestSeconds"] is None
    put("source", "website", Accepted=1)
    boto3.client("sqs").send_message(QueueUrl=queues["LeadsQueueUrl"], MessageBody="{}")
    assert json.loads(leads("status", "--stack", "leads", "--json")[1])["oldestSeconds"] == 90


def test_the_age_of_what_is_held(queues: dict[str, str]) -> None:
    """SQS leaves out what came back several times; what enroll said of it last counts then."""
    boto3.client("sqs").send_message(QueueUrl=queues["LeadsQueueUrl"], MessageBody="{}")
    put("source", "website", Accepted=1)
    put("campaign", "newsletter", timedelta(minutes=70), HeldAge=100)
    put("campaign", "newsletter", timedelta(minutes=50), HeldAge=90_000)
    put("campaign", "newsletter", timedelta(minutes=20), HeldAge=7_200)
    assert json.loads(leads("status", "--stack", "leads", "--json")[1])["oldestSeconds"] == 7_200


@pytest.mark.usefixtures("queues")
def test_only_the_days_asked_for() -> None:
    """`--since` leaves out what is older."""
    put("source", "website", timedelta(days=3), Accepted=4)
    _, output = leads("status", "--stack", "leads", "--json", "--since", "2d")
    assert json.loads(output)["accepted"] == 0


@pytest.mark.usefixtures("queues")
def test_a_difference_is_a_failure() -> None:
    """Counts that do not add up end with 1; the message says that CloudWatch may be late, and where leads may be."""
    put("source", "website", Accepted=5)
    code, output = leads("status", "--stack", "leads")
    assert code == 1
    assert "a difference of +5" in output
    assert "CloudWatch" in output
    assert "failures list" in output


@pytest.mark.usefixtures("queues")
def test_an_unknown_stack_is_named() -> None:
    """A stack that is not there, or not in this region, is named with the options to check."""
    code, output = leads("status", "--stack", "elsewhere")
    assert code == 1
    assert "stack elsewhere" in output
    assert "--region" in output


def test_an_event_for_the_queue_of_a_deployed_stack(queues: dict[str, str]) -> None:
    """A recorded SQS event arrives in EventsQueue with its attribute."""
    code, output = leads("send", "events-queue-sns", "--stack", "leads")
    assert (code, output) == (0, "events-queue-sns: EventsQueue\n1 message queued\n")
    received = boto3.client("sqs").receive_message(QueueUrl=queues["EventsQueueUrl"], MessageAttributeNames=["All"])
    (message,) = received["Messages"]
    assert json.loads(message["Body"])["Type"] == "Notification"


def running(queues: dict[str, str]) -> Running:
    client: Any = boto3.client
    return Running("", queues, {}, client)


def test_what_an_operator_did_is_counted(queues: dict[str, str]) -> None:
    """Commands add to the same counts as the functions, by source; what is zero is not there."""
    put("source", "website", Accepted=2)
    put("campaign", "newsletter", Rejected=2, Enrolled=1)
    running(queues).count("website", {"Replayed": 2, "Erased": 0})
    running(queues).count("website", {"Erased": 1})
    code, output = leads("status", "--stack", "leads", "--json")
    found = json.loads(output)
    assert code == 0
    assert {name: found[name] for name in ("accepted", "replayed", "erased", "balanced")} == {
        "accepted": 2,
        "replayed": 2,
        "erased": 1,
        "balanced": True,
    }
    _, table = leads("status", "--stack", "leads")
    assert re.search(r"accepted +2\n\+ +replayed +2\n= +enrolled +1\n", table)


@pytest.mark.parametrize("name", ["", "a line\nbreak", "\u00e9", ":", "x" * 300])
def test_a_name_that_is_no_sources(queues: dict[str, str], name: str) -> None:
    """What a producer called itself is no metric of its own, and nothing that CloudWatch would refuse."""
    running(queues).count(name, {"Replayed": 1})
    client: Any = boto3.client("cloudwatch")
    metrics = client.list_metrics(Namespace="LeadterraEnroll/leads")["Metrics"]
    service, named = {"Name": "service", "Value": "operator"}, {"Name": "source", "Value": "other"}
    assert sorted((metric["Dimensions"] for metric in metrics), key=len) == [[service], [service, named]]


def test_counts_that_cannot_be_reported(queues: dict[str, str]) -> None:
    """CloudWatch's refusal is shown, with what to check."""
    with pytest.raises(NotReachableError, match="CloudWatch: AWS refused"):
        running({**queues, "MetricsNamespace": "AWS/SQS"}).count("website", {"Replayed": 1, "": 1})


@pytest.mark.usefixtures("queues")
def test_a_secret_without_a_value() -> None:
    """A stack that was just deployed has none yet: what is missing is named, not the credentials of AWS."""
    boto3.client("secretsmanager").create_secret(Name="leads")
    code, output = leads("send", "api-lead", "--stack", "leads")
    assert code == 1
    assert "nothing under sources.api" in output
