"""Logs and metrics: ids and counts only, never an address, a name, a secret or the text of an exception."""

import os
import traceback
from functools import cache
from typing import Final

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from leads.request.outcome import HELD_AGE

# The template adds the stack's name, so that two stacks in an account keep separate books.
DEFAULT_NAMESPACE: Final = "LeadterraEnroll"
# ... and each function's; whoever runs one by hand has none to tell.
DEFAULT_SERVICE: Final = "leads"
# Whatever the configuration has no name for: names of other people's choice would be dimensions without end.
UNKNOWN: Final = "unknown"


@cache
def logger() -> Logger:
    """The container's logger: one JSON object a line. Service and level come from POWERTOOLS_* and LOG_LEVEL."""
    return Logger(use_rfc3339=True, utc=True)


def count(dimension: str, name: str, counts: dict[str, int]) -> None:
    """Write counts as CloudWatch metrics, for instance `count("source", "website", {"Accepted": 1})`.

    Each is there twice: for the function as a whole, so that sums and alarms need not know the configuration, and by
    name. The names are bounded by the configuration: an id would cost $0.30 a month each.
    """
    written = {metric: value for metric, value in counts.items() if value}
    if not written:
        return
    service = os.environ.get("POWERTOOLS_SERVICE_NAME") or DEFAULT_SERVICE
    metrics = EphemeralMetrics(
        namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or DEFAULT_NAMESPACE,
        service=service,  # a set of dimensions by itself
    )
    metrics.add_dimensions(**{"service": service, dimension: name})
    for metric, value in written.items():
        metrics.add_metric(metric, MetricUnit.Seconds if metric == HELD_AGE else MetricUnit.Count, value)
    metrics.flush_metrics()


def where(error: BaseException) -> list[str]:
    """Where an unexpected error came from, without its text, which may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return [
        type(error).__name__,
        *(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames),
    ]
