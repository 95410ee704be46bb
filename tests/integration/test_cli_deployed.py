"""`leads status` and `leads send` of a deployed stack, with AWS in this process."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.counts import METRICS
from leads_cli.stacks.running import NotReachableError, Running
from tests.integration.operating import NAMESPACE, Operated


def put(dimension: str, name: str, ago: timedelta = timedelta(), **values: float) -> None:
    """Put metrics as a function's log line makes them: in total, and by name."""
    client: Any = boto3.client("cloudwatch")
    service = {"Name": "service", "Value": "intake" if dimension == "source" else "enroll"}
    client.put_metric_data(
        Namespace=NAMESPACE,
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


def test_the_counts_of_a_deployed_stack(operator: Operated) -> None:
    """Each metric is summed once, whatever its sets of dimensions. Queued leads come from the queue."""
    put("source", "website", Accepted=5)
    put("source", "api", timedelta(days=3), Accepted=4)
    put("campaign", "newsletter", Enrolled=6, Rejected=1, Requests=2)
    operator.put("{}", queue="LeadsQueue")
    operator.sqs.send_message(QueueUrl=operator.outputs["LeadsQueueUrl"], MessageBody="{}", DelaySeconds=600)
    found = operator.json("status")
    assert {name: found[name] for name in ("accepted", "enrolled", "rejected", "queued", "requests", "balanced")} == {
        "accepted": 9,
        "enrolled": 6,
        "rejected": 1,
        "queued": 2,
        "requests": 2,
        "balanced": True,
    }
    assert operator.leads("status", "--json", "--since", "2d").json["accepted"] == 5


def test_the_counts_are_those_of_this_stack(operator: Operated) -> None:
    """Every query names the stack's namespace, so stacks of one account have separate counts."""
    asked: list[dict[str, Any]] = []
    session = boto3.Session()
    session.events.register("before-parameter-build.cloudwatch.GetMetricData", lambda params, **_: asked.append(params))
    client: Any = session.client
    running = Running("", operator.outputs, {}, client)
    cloudwatch.read_status(running, timedelta(days=14), datetime.now(UTC))
    metrics = [query["MetricStat"]["Metric"] for params in asked for query in params["MetricDataQueries"]]
    own = [metric for metric in metrics if metric["Namespace"] != "AWS/SQS"]
    assert {metric["Namespace"] for metric in own} == {NAMESPACE}
    assert {metric["MetricName"] for metric in own} == {*METRICS.values(), "HeldAge"}


def test_the_age_of_the_oldest_lead(operator: Operated) -> None:
    """SQS's newest value, or nothing if no lead waits."""
    queue = operator.outputs["LeadsQueueUrl"].rpartition("/")[2]
    client: Any = boto3.client("cloudwatch")
    for minutes, age in [(9, 500.0), (4, 90.0)]:
        data = {
            "MetricName": "ApproximateAgeOfOldestMessage",
            "Dimensions": [{"Name": "QueueName", "Value": queue}],
            "Timestamp": datetime.now(UTC) - timedelta(minutes=minutes),
            "Value": age,
        }
        client.put_metric_data(Namespace="AWS/SQS", MetricData=[data])
    assert operator.json("status")["oldestSeconds"] is None
    put("source", "website", Accepted=1)
    operator.put("{}", queue="LeadsQueue")
    assert operator.json("status")["oldestSeconds"] == 90


def test_the_age_of_held_leads(operator: Operated) -> None:
    """SQS's metric leaves out messages that were received often, so enroll's last value is used."""
    operator.put("{}", queue="LeadsQueue")
    put("source", "website", Accepted=1)
    put("campaign", "newsletter", timedelta(minutes=70), HeldAge=100)
    put("campaign", "newsletter", timedelta(minutes=50), HeldAge=90_000)
    put("campaign", "newsletter", timedelta(minutes=20), HeldAge=7_200)
    assert operator.json("status")["oldestSeconds"] == 7_200


def test_a_difference_is_a_failure(operator: Operated) -> None:
    """The exit code is 1. The message says that CloudWatch may be late, and where leads may be."""
    put("source", "website", Accepted=5)
    result = operator.leads("status")
    assert result.code == 1
    for part in ("a difference of +5", "CloudWatch", "failures list"):
        assert part in result.out + result.err


@pytest.mark.usefixtures("operator")
def test_an_unknown_stack_is_reported() -> None:
    """The message has the stack's name and the options to check."""
    result = CliRunner().invoke(app, ["status", "--stack", "elsewhere"])
    assert (result.exit_code, "stack elsewhere" in result.output, "--region" in result.output) == (1, True, True)


def test_counts_of_commands_are_added(operator: Operated) -> None:
    """By source, without zeros."""
    put("source", "website", Accepted=2)
    put("campaign", "newsletter", Rejected=2, Enrolled=1)
    operator.running.count("website", {"Replayed": 2, "Erased": 0})
    operator.running.count("website", {"Erased": 1})
    found = operator.json("status")
    assert {name: found[name] for name in ("accepted", "replayed", "erased", "balanced")} == {
        "accepted": 2,
        "replayed": 2,
        "erased": 1,
        "balanced": True,
    }
    assert re.search(r"accepted +2\n\+ +replayed +2\n= +enrolled +1\n", operator.leads("status").out)


@pytest.mark.parametrize("name", ["", "a line\nbreak", "\u00e9", ":", "x" * 300])
def test_an_unusual_source_name_is_counted_as_other(operator: Operated, name: str) -> None:
    """It gets no metric of its own, and CloudWatch accepts it."""
    operator.running.count(name, {"Replayed": 1})
    metrics = operator.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]
    service, named = {"Name": "service", "Value": "operator"}, {"Name": "source", "Value": "other"}
    assert sorted((metric["Dimensions"] for metric in metrics), key=len) == [[service], [service, named]]


def test_counts_that_cannot_be_reported(operator: Operated) -> None:
    """CloudWatch's refusal is shown with what to check."""
    elsewhere = replace(operator.running, outputs={**operator.outputs, "MetricsNamespace": "AWS/SQS"})
    with pytest.raises(NotReachableError, match="CloudWatch: AWS refused"):
        elsewhere.count("website", {"Replayed": 1, "": 1})


def test_a_secret_without_a_value(operator: Operated) -> None:
    """For a new stack the message names the missing secret, not AWS credentials."""
    result = operator.leads("send", "api-lead")
    assert (result.code, "nothing under sources.api" in result.err) == (1, True)
