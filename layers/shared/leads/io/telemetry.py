"""Logs and metrics: only ids and counts; no addresses, names, secrets or texts of libraries' exceptions."""

import os
import traceback
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Literal

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

from leads.errors import LeadsError

# The template adds the stack's name, so that two stacks in an account have separate counts.
DEFAULT_NAMESPACE: Final = "LeadterraEnroll"
# ... and the function's name. Without the template there is none.
DEFAULT_SERVICE: Final = "leads"
# How long what is held has been waiting in its queue, in seconds. SQS's own age leaves out messages that were received
# more than three times, which are those that have been waiting.
HELD_AGE: Final = "HeldAge"
# Names that the configuration does not have would be dimensions without end.
UNKNOWN: Final = "unknown"


@cache
def logger() -> Logger:
    """The container's logger: one JSON object per line. The service comes from POWERTOOLS_SERVICE_NAME."""
    # Each message has one place in the code, so the place is left out.
    return Logger(use_rfc3339=True, utc=True, location=None)


def report(
    message: str,
    dimension: str,
    name: str,
    counts: Mapping[str, int],
    about: Mapping[str, Any] | None = None,
    *,
    level: Literal["info", "warning", "error"] = "info",
) -> None:
    """Write a log line whose counts are CloudWatch metrics: `report("taken", "source", "website", {"Accepted": 1})`.

    It is one line, because logs cost by the byte. Each metric is there for the function as a whole, so that alarms need
    not know the configuration, and by name. Names come from the configuration: each costs $0.30 a month.
    """
    fields = {dimension: name, **(about or {}), **_metrics(dimension, name, counts)}
    write = getattr(logger(), level)
    write(message, extra=fields)


def _metrics(dimension: str, name: str, counts: Mapping[str, int]) -> dict[str, Any]:
    """The counts that are not zero, in CloudWatch's embedded metric format."""
    written = {metric: value for metric, value in counts.items() if value}
    if not written:
        return {}
    namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE") or DEFAULT_NAMESPACE
    service = os.environ.get("POWERTOOLS_SERVICE_NAME") or DEFAULT_SERVICE
    # The service is a set of dimensions by itself.
    metrics = EphemeralMetrics(namespace=namespace, service=service)
    metrics.add_dimensions(**{"service": service, dimension: name})
    for metric, value in written.items():
        metrics.add_metric(metric, MetricUnit.Seconds if metric == HELD_AGE else MetricUnit.Count, value)
    return dict(metrics.serialize_metric_set())


def described(error: Exception) -> dict[str, Any]:
    """An error for the log. A library's text is left out, because it may quote personal data."""
    text = {"detail": str(error)} if isinstance(error, LeadsError) else {"where": where(error)}
    return {"why": type(error).__name__, **text}


def where(error: BaseException) -> list[str]:
    """The place of an unexpected error, without its text, which may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)[-5:]
    return [type(error).__name__, *(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames)]
