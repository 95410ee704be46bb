"""Metrics that CloudWatch reads from the functions' logs."""

import json
from typing import Any

import pytest

from leads.io.telemetry import count
from leads_cli.logs.observed import sum_metrics_line


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "enroll")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "LeadterraEnroll/leads")


def written(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def test_a_metric_is_written_with_and_without_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    """In total for alarms, and by campaign."""
    count("campaign", "newsletter", {"Enrolled": 3, "Requests": 1})
    line = written(capsys)
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Namespace"] == "LeadterraEnroll/leads"
    assert directive["Dimensions"] == [["service"], ["service", "campaign"]]
    assert (line["service"], line["campaign"]) == ("enroll", "newsletter")
    assert directive["Metrics"] == [{"Name": "Enrolled", "Unit": "Count"}, {"Name": "Requests", "Unit": "Count"}]
    assert (line["Enrolled"], line["Requests"]) == ([3], [1])


def test_a_metric_counts_once_where_lines_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    """In the embedded stack a metric with two sets of dimensions is one number."""
    count("source", "website", {"Accepted": 3})
    assert sum_metrics_line(written(capsys)) == {"Accepted": 3}


def test_an_age_is_in_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    """It is not added to the counts of law 2."""
    count("campaign", "newsletter", {"Held": 1, "HeldAge": 90})
    line = written(capsys)
    assert {metric["Name"]: metric["Unit"] for metric in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]} == {
        "Held": "Count",
        "HeldAge": "Seconds",
    }
    assert sum_metrics_line(line) == {"Held": 1}


def test_zeros_are_not_written(capsys: pytest.CaptureFixture[str]) -> None:
    """CloudWatch bills each hour in which a metric has a value."""
    count("source", "website", {"Accepted": 0, "Ignored": 2})
    assert "Accepted" not in written(capsys)
    count("source", "website", {"Accepted": 0})
    assert capsys.readouterr().out == ""


def test_metrics_need_no_environment(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A function that is run by hand writes metrics with default names."""
    monkeypatch.delenv("POWERTOOLS_SERVICE_NAME")
    monkeypatch.delenv("POWERTOOLS_METRICS_NAMESPACE")
    count("source", "website", {"Accepted": 1})
    line = written(capsys)
    assert (line["service"], line["_aws"]["CloudWatchMetrics"][0]["Namespace"]) == ("leads", "LeadterraEnroll")
