"""Metrics that CloudWatch reads from the functions' logs."""

import json
import sys
from typing import Any

import pytest

from leads.io.telemetry import logger, report
from leads_cli.logs.observed import sum_metrics_line


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "enroll")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LeadterraEnroll/leads")


def written(capsys: pytest.CaptureFixture[str], dimension: str, name: str, **counts: int) -> dict[str, Any]:
    """The line of a report."""
    # The logger outlives a test, but its stream belongs to an earlier one.
    logger().registered_handler.stream = sys.stdout  # type: ignore[attr-defined]
    report("done", dimension, name, counts)
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_metric_is_written_with_and_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    """In total for alarms, and by campaign."""
    line = written(capsys, "campaign", "newsletter", Enrolled=3, Requests=1)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "LeadterraEnroll/leads"
    assert directive["Dimensions"] == [["service"], ["service", "campaign"]]
    assert (line["service"], line["campaign"]) == ("enroll", "newsletter")
    assert directive["Metrics"] == [{"Name": "Enrolled", "Unit": "Count"}, {"Name": "Requests", "Unit": "Count"}]
    assert (line["Enrolled"], line["Requests"]) == ([3], [1])


def test_a_metric_counts_once_where_lines_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    """In the embedded stack a metric with two sets of dimensions is one number."""
    assert sum_metrics_line(written(capsys, "source", "website", Accepted=3)) == {"Accepted": 3}


def test_an_age_is_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """It is not added to the counts of law 2."""
    line = written(capsys, "campaign", "newsletter", Held=1, HeldAge=90)
    assert {metric["Name"]: metric["Unit"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {
        "Held": "Count",
        "HeldAge": "Seconds",
    }
    assert sum_metrics_line(line) == {"Held": 1}


def test_zeros_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """CloudWatch bills each hour in which a metric has a value."""
    assert "Accepted" not in written(capsys, "source", "website", Accepted=0, Ignored=2)
    assert "_aws" not in written(capsys, "source", "website", Accepted=0)


def test_metrics_need_no_environment(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that is run by hand writes metrics with default names."""
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME")
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    line = written(capsys, "source", "website", Accepted=1)
    assert (line["service"], line["_aws"]["CloudWatchMetrics"][0]["Namespace"]) == ("leads", "LeadterraEnroll")
