"""The counts of a stack: what was reported to CloudWatch, and what its queue holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, get_args

from leads.request.outcome import HELD_AGE, Why, held_metric
from leads_cli.stacks.counts import METRICS, StackStatus, Waiting, from_metrics, hold_words
from leads_cli.stacks.running import OPERATOR, aws_errors

if TYPE_CHECKING:
    import boto3

# Each writes its metrics as a whole, and the same numbers by source and campaign.
SERVICES: Final = ("intake", "enroll", OPERATOR)
# Hourly sums are kept for 15 months, finer ones for days or weeks.
_PERIOD: Final = timedelta(hours=1)
# SQS reports the age of a queue's oldest message every minute, some minutes late; enroll that of what it holds, which
# comes back every hour at the least.
_MINUTE: Final = timedelta(minutes=1)
_RECENT: Final = timedelta(minutes=15)
# Sums of five minutes are kept for two months.
_FIVE_MINUTES: Final = timedelta(minutes=5)
_REMEMBERED: Final = timedelta(days=14)
_LONGEST_BACKOFF: Final = timedelta(hours=1)
_WAITING: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


def read_status(session: "boto3.Session", outputs: Mapping[str, str], since: timedelta, now: datetime) -> StackStatus:
    """The counts of the last days and of the queue now."""
    cloudwatch = session.client("cloudwatch")
    with aws_errors("CloudWatch"):
        found = sum_metrics(cloudwatch, outputs["MetricsNamespace"], since, now)
        oldest = _oldest(cloudwatch, outputs, now)
    queued = count_messages(session.client("sqs"), outputs["LeadsQueueUrl"])
    waiting = _waiting(cloudwatch, outputs["MetricsNamespace"], queued, oldest, now) if queued else None
    return StackStatus(from_metrics(found, queued=queued), oldest if queued else None, waiting)


def _waiting(cloudwatch: Any, namespace: str, queued: int, oldest: float | None, now: datetime) -> Waiting | None:
    """What was held in the last minutes, by cause. SQS does not say which messages these are, nor until when."""
    causes = list(get_args(Why.__value__))
    metrics = [_metric(namespace, held_metric(cause), service="enroll") for cause in causes]
    queries = [_query(f"m{number}", metric, "Sum", _FIVE_MINUTES) for number, metric in enumerate(metrics)]
    why: Counter[str] = Counter()
    with aws_errors("CloudWatch"):
        for index, values in _values(cloudwatch, queries, now - _RECENT, now):
            why[hold_words(causes[index])] += round(sum(values))
    found = {cause: min(count, queued) for cause, count in why.items() if count}
    return Waiting(min(queued, sum(found.values())), found, oldest) if found else None


def count_messages(sqs: Any, queue_url: str) -> int:
    """Messages in a queue: visible, being worked on, and held back."""
    with aws_errors("the queue"):
        answer = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(_WAITING))
    return sum(int(answer["Attributes"].get(name, 0)) for name in _WAITING)


def sum_metrics(
    cloudwatch: Any, namespace: str, since: timedelta, now: datetime, services: Iterable[str] = SERVICES
) -> Mapping[str, float]:
    """Each metric's sum, by its name; asked for one by one, as CloudWatch lists only those of the last two weeks."""
    metrics = [_metric(namespace, name, service=each) for name in METRICS.values() for each in services]
    queries = [_query(f"m{number}", metric, "Sum", _PERIOD) for number, metric in enumerate(metrics)]
    found: defaultdict[str, float] = defaultdict(float)
    for index, values in _values(cloudwatch, queries, _hour(now - since), _hour(now) + _PERIOD):
        found[metrics[index]["MetricName"]] += sum(values)
    return found


def _metric(namespace: str, name: str, **dimensions: str) -> dict[str, Any]:
    named = [{"Name": dimension, "Value": value} for dimension, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": named}


def _query(query_id: str, metric: Mapping[str, Any], stat: str, period: timedelta) -> dict[str, Any]:
    return {"Id": query_id, "MetricStat": {"Metric": metric, "Period": int(period.total_seconds()), "Stat": stat}}


def _values(
    cloudwatch: Any, queries: list[dict[str, Any]], start: datetime, end: datetime
) -> Iterator[tuple[int, list[float]]]:
    """The values of each query, by its index, the newest first; one query's may come in several pages."""
    for result in _results(cloudwatch, queries, start, end):
        yield int(result["Id"][1:]), result["Values"]


def _results(
    cloudwatch: Any, queries: list[dict[str, Any]], start: datetime, end: datetime
) -> Iterator[Mapping[str, Any]]:
    """The values of each query, newest first."""
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampDescending"
    )
    for page in pages:
        yield from page["MetricDataResults"]


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _oldest(cloudwatch: Any, outputs: Mapping[str, str], now: datetime) -> float | None:
    """The larger of two ages: SQS leaves out what was received more than three times, enroll knows of nothing else."""
    queue = outputs["LeadsQueueUrl"].rpartition("/")[2]
    waiting = _metric("AWS/SQS", "ApproximateAgeOfOldestMessage", QueueName=queue)
    held = _metric(outputs["MetricsNamespace"], HELD_AGE, service="enroll")
    ages = [_newest(cloudwatch, waiting, now - _RECENT, now), _newest(cloudwatch, held, now - _LONGEST_BACKOFF, now)]
    return max((age for age in ages if age is not None), default=None)


def _newest(cloudwatch: Any, metric: Mapping[str, Any], start: datetime, end: datetime) -> float | None:
    recent = _values(cloudwatch, [_query("m0", metric, "Maximum", _MINUTE)], start, end)
    return next((value for _, values in recent for value in values), None)


# What the charts of the last hours show.
_CHARTED: Final = {
    "Accepted": ("intake", "taken"),
    "Enrolled": ("enroll", "accepted"),
    "Updated": ("enroll", "accepted"),
    "Skipped": ("enroll", "accepted"),
    "Rejected": ("enroll", "refused"),
}


def read_history(
    cloudwatch: Any, namespace: str, start: datetime, end: datetime, step: timedelta
) -> Iterator[tuple[str, datetime, int]]:
    """How many leads were taken, accepted and refused, when."""
    names = [name for _, name in _CHARTED.values()]
    queries = [
        _query(f"m{number}", _metric(namespace, metric, service=service), "Sum", step)
        for number, (metric, (service, _)) in enumerate(_CHARTED.items())
    ]
    with aws_errors("CloudWatch"):
        for result in _results(cloudwatch, queries, start, end):
            name = names[int(result["Id"][1:])]
            for when, value in zip(result["Timestamps"], result["Values"], strict=True):
                yield name, when, round(value)


def last_accepted_times(cloudwatch: Any, namespace: str, sources: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When each source last brought a lead, to five minutes; what is older than two weeks is not found."""
    names = list(sources)
    metrics = [_metric(namespace, "Accepted", service="intake", source=name) for name in names]
    queries = [_query(f"m{number}", metric, "Sum", _FIVE_MINUTES) for number, metric in enumerate(metrics)]
    found: dict[str, datetime] = {}
    with aws_errors("CloudWatch"):
        for result in _results(cloudwatch, queries, now - _REMEMBERED, now + _FIVE_MINUTES):
            moments = zip(result["Timestamps"], result["Values"], strict=True)
            when = next((moment for moment, value in moments if value), None)
            if when:
                found.setdefault(names[int(result["Id"][1:])], when)
    return found
