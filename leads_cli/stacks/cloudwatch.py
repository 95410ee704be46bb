"""The counts of a stack: what was reported to CloudWatch, and what its queue holds."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, get_args

from leads.io.telemetry import HELD_AGE
from leads.request.outcome import Why, held_metric
from leads_cli.stacks.counts import METRICS, StackStatus, Waiting, from_metrics, hold_words
from leads_cli.stacks.running import OPERATOR, Running, aws_errors

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


def read_status(running: Running, since: timedelta, now: datetime) -> StackStatus:
    """The counts of the last days and of the queue now."""
    cloudwatch, outputs = running.client("cloudwatch"), running.outputs
    with aws_errors("CloudWatch"):
        found = sum_metrics(cloudwatch, outputs["MetricsNamespace"], since, now)
        oldest = _oldest(cloudwatch, outputs, now)
    queued = count_messages(running.client("sqs"), outputs["LeadsQueueUrl"])
    waiting = _waiting(cloudwatch, outputs["MetricsNamespace"], queued, oldest, now) if queued else None
    return StackStatus(from_metrics(found, queued=queued), oldest if queued else None, waiting)


def _waiting(cloudwatch: Any, namespace: str, queued: int, oldest: float | None, now: datetime) -> Waiting | None:
    """What was held in the last minutes, by cause. SQS does not say which messages these are, nor until when."""
    causes = list(get_args(Why.__value__))
    metrics = [_metric(namespace, held_metric(cause), service="enroll") for cause in causes]
    why: Counter[str] = Counter()
    with aws_errors("CloudWatch"):
        for index, values in _values(cloudwatch, metrics, "Sum", _FIVE_MINUTES, (now - _RECENT, now)):
            why[hold_words(causes[index])] += round(sum(value for _, value in values))
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
    found: defaultdict[str, float] = defaultdict(float)
    hours = _hour(now - since), _hour(now) + _PERIOD
    for index, values in _values(cloudwatch, metrics, "Sum", _PERIOD, hours):
        found[metrics[index]["MetricName"]] += sum(value for _, value in values)
    return found


def _metric(namespace: str, name: str, **dimensions: str) -> dict[str, Any]:
    named = [{"Name": dimension, "Value": value} for dimension, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": named}


def _values(
    cloudwatch: Any, metrics: Sequence[Any], stat: str, step: timedelta, between: tuple[datetime, datetime]
) -> Iterator[tuple[int, list[tuple[datetime, float]]]]:
    """The values of each metric, by its index, the newest first; one metric's may come in several pages."""
    queries = [
        {"Id": f"m{n}", "MetricStat": {"Metric": metric, "Period": int(step.total_seconds()), "Stat": stat}}
        for n, metric in enumerate(metrics)
    ]
    start, end = between
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end, ScanBy="TimestampDescending"
    )
    for page in pages:
        for each in page["MetricDataResults"]:
            yield int(each["Id"][1:]), list(zip(each["Timestamps"], each["Values"], strict=True))


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
    recent = _values(cloudwatch, [metric], "Maximum", _MINUTE, (start, end))
    return next((value for _, values in recent for _, value in values), None)


# What the charts of the last hours show.
_CHARTED: Final = {
    "Accepted": ("intake", "taken"),
    "Enrolled": ("enroll", "accepted"),
    "Updated": ("enroll", "accepted"),
    "Skipped": ("enroll", "accepted"),
    "Rejected": ("enroll", "refused"),
}


def read_history(
    running: Running, start: datetime, end: datetime, step: timedelta
) -> Iterator[tuple[str, datetime, int]]:
    """How many leads were taken, accepted and refused, when."""
    names = [name for _, name in _CHARTED.values()]
    namespace = running.outputs["MetricsNamespace"]
    metrics = [_metric(namespace, metric, service=service) for metric, (service, _) in _CHARTED.items()]
    with aws_errors("CloudWatch"):
        for index, values in _values(running.client("cloudwatch"), metrics, "Sum", step, (start, end)):
            for when, value in values:
                yield names[index], when, round(value)


def last_accepted_times(running: Running, sources: Iterable[str], now: datetime) -> dict[str, datetime]:
    """When each source last brought a lead, to five minutes; what is older than two weeks is not found."""
    names, namespace = list(sources), running.outputs["MetricsNamespace"]
    metrics = [_metric(namespace, "Accepted", service="intake", source=name) for name in names]
    found: dict[str, datetime] = {}
    with aws_errors("CloudWatch"):
        remembered = now - _REMEMBERED, now + _FIVE_MINUTES
        for index, values in _values(running.client("cloudwatch"), metrics, "Sum", _FIVE_MINUTES, remembered):
            if when := next((moment for moment, value in values if value), None):
                found.setdefault(names[index], when)
    return found
