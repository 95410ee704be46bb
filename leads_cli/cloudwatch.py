"""The counts of a stack: what was reported to CloudWatch, and what its queue holds."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import TYPE_CHECKING, Any, Final

from leads_cli.counts import METRICS, from_metrics
from leads_cli.running import Status, aws_errors

if TYPE_CHECKING:
    import boto3

# GetMetricData takes 500 queries at once. Hourly sums are kept for 15 months, finer ones for days or weeks.
_MAX_QUERIES: Final = 500
_PERIOD: Final = timedelta(hours=1)
# SQS reports the age of a queue's oldest message every minute, some minutes late.
_MINUTE: Final = timedelta(minutes=1)
_RECENT: Final = timedelta(minutes=15)
_WAITING: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def status(session: "boto3.Session", outputs: Mapping[str, str], since: timedelta, now: datetime) -> Status:
    """The counts of the last days and of the queue now.

    Raises:
        NotReachableError: AWS refuses.
    """
    cloudwatch = session.client("cloudwatch")
    with aws_errors("CloudWatch"):
        found = sums(cloudwatch, outputs["MetricsNamespace"], since, now)
        oldest = _oldest(cloudwatch, outputs["LeadsQueueUrl"].rpartition("/")[2], now)
    queued = waiting(session.client("sqs"), outputs["LeadsQueueUrl"])
    return Status(from_metrics(found, queued=queued), oldest if queued else None)


def waiting(sqs: Any, queue_url: str) -> int:
    """Messages in a queue: visible, being worked on, and held back."""
    with aws_errors("the queue"):
        answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(_WAITING))
    return sum(int(answer["Attributes"].get(name, 0)) for name in _WAITING)


def sums(cloudwatch: Any, namespace: str, since: timedelta, now: datetime) -> dict[str, float]:
    """Each metric's sum over all campaigns and sources, by its name."""
    metrics = [metric for metric in _metrics(cloudwatch, namespace) if metric["MetricName"] in METRICS.values()]
    found: dict[str, float] = {}
    for chunk in batched(metrics, _MAX_QUERIES, strict=False):
        queries = [_query(f"m{number}", metric, "Sum", _PERIOD) for number, metric in enumerate(chunk)]
        for index, values in _values(cloudwatch, queries, _hour(now - since), _hour(now) + _PERIOD):
            name = chunk[index]["MetricName"]
            found[name] = found.get(name, 0) + sum(values)
    return found


def _metrics(cloudwatch: Any, namespace: str) -> list[dict[str, Any]]:
    pages = cloudwatch.get_paginator("list_metrics").paginate(Namespace=namespace)
    return [metric for page in pages for metric in page["Metrics"]]


def _query(query_id: str, metric: Mapping[str, Any], stat: str, period: timedelta) -> dict[str, Any]:
    named = {key: metric[key] for key in ("Namespace", "MetricName", "Dimensions")}
    return {"Id": query_id, "MetricStat": {"Metric": named, "Period": int(period.total_seconds()), "Stat": stat}}


def _values(
    cloudwatch: Any, queries: list[dict[str, Any]], start: datetime, end: datetime
) -> Iterator[tuple[int, list[float]]]:
    """The values of each query, by its index, the newest first; one query's may come in several pages."""
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampDescending"
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            yield int(result["Id"][1:]), result["Values"]


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _oldest(cloudwatch: Any, queue: str, now: datetime) -> float | None:
    metric = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": queue}],
    }
    query = _query("m0", metric, "Maximum", _MINUTE)
    recent = _values(cloudwatch, [query], now - _RECENT, now)
    return next((value for _, values in recent for value in values), None)
