"""The dashboard: valid widgets of existing metrics, and law 2 as its first number."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import isnan, nan
from typing import Any, Final, Self, get_args

import pytest

from leads.io.telemetry import HELD_AGE
from leads.request.outcome import Why, held_metric
from leads_cli.stacks.cloudwatch import SERVICES
from leads_cli.stacks.counts import METRICS, OUTCOMES, TAKEN
from tests.unit.template.translated import Template

type Widget = dict[str, Any]

OWN: Final = "LeadterraEnroll/leads"
WRITTEN: Final = {*METRICS.values(), *map(held_metric, get_args(Why.__value__)), HELD_AGE, "ThrottledRequests"}


@pytest.fixture(scope="module")
def widgets(template: Template) -> list[Widget]:
    """The widgets with `Fn::Sub` resolved and resources by logical id."""
    pseudo = {"AWS::StackName": "leads", "AWS::Region": "eu-west-1"}
    text = template.properties("Dashboard")["DashboardBody"]["Fn::Sub"]
    filled = re.sub(r"\$\{(?!!)(.+?)\}", lambda found: pseudo.get(found[1], found[1]), text)
    found: list[Widget] = json.loads(filled.replace("${!", "${"))["widgets"]
    return found


def metrics(widget: Widget) -> Iterator[tuple[str, str, dict[str, str], dict[str, Any]]]:
    """Namespace, name, dimensions and options of a widget's metrics."""
    for row in widget["properties"].get("metrics", ()):
        options = row[-1] if isinstance(row[-1], dict) else {}
        namespace, name, *named = [each for each in row if isinstance(each, str)] or ["", ""]
        if namespace:
            yield namespace, name, dict(zip(named[::2], named[1::2], strict=True)), options


def expressions(widget: Widget) -> dict[str, str]:
    rows = [row[0] for row in widget["properties"].get("metrics", ()) if isinstance(row[0], dict)]
    return {row.get("id", f"unnamed {number}"): row["expression"] for number, row in enumerate(rows)}


def test_every_metric_is_written(widgets: list[Widget]) -> None:
    """A widget of any other metric would always be empty."""
    for namespace, name, dimensions, _ in (each for widget in widgets for each in metrics(widget)):
        if namespace == OWN:
            assert name in WRITTEN
            assert [*dimensions] == ([] if name == "ThrottledRequests" else ["service"])
            assert dimensions.get("service", "intake") in SERVICES
        else:
            assert namespace in {"AWS/SQS", "AWS/Lambda", "AWS/ApiGateway"}


def test_every_hold_reason_is_shown(widgets: list[Widget]) -> None:
    """The dashboard has a metric for each reason."""
    shown = {name for widget in widgets for _, name, _, _ in metrics(widget)}
    assert {held_metric(why) for why in get_args(Why.__value__)} <= shown


def test_every_alarm_is_shown(template: Template, widgets: list[Widget]) -> None:
    """All but the one of a watched source, which may not exist."""
    (shown,) = (widget["properties"]["alarms"] for widget in widgets if widget["type"] == "alarm")
    alarms = {name for name, each in template.body["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    assert {name.removesuffix(".Arn") for name in shown} == alarms - {"SilentSourceAlarm"}


@dataclass(frozen=True)
class Series:
    """Values at the same times; NaN where CloudWatch has no data."""

    values: Sequence[float]

    def __sub__(self, other: Self) -> "Series":
        return Series([a - b for a, b in zip(self.values, other.values, strict=True)])

    def __mul__(self, factor: int) -> "Series":
        return Series([value * factor for value in self.values])


def _sum(series: Sequence[Series]) -> Series:
    columns = zip(*(each.values for each in series), strict=True)
    present = [[value for value in column if not isnan(value)] for column in columns]
    return Series([sum(column) if column else nan for column in present])


# The functions of CloudWatch's metric math that the first widget uses.
MATH: Final = {
    "SUM": _sum,
    "FILL": lambda series, value: Series([value if isnan(each) else each for each in series.values]),
    "DIFF": lambda series: Series([nan, *(after - before for before, after in pairwise(series.values))]),
    "RUNNING_SUM": lambda series: Series([*accumulate(series.values)]),
}


def unexplained(widget: Widget, **shown: Sequence[float | None]) -> Sequence[float]:
    """The first widget's values, for these values of its metrics and no data of the others."""
    points = len(shown["visible"])
    names: dict[str, Any] = {options["id"]: Series([nan] * points) for *_, options in metrics(widget)}
    names |= {name: Series([nan if each is None else each for each in values]) for name, values in shown.items()}
    formulas = expressions(widget)
    for name in ("queued", "zero", "unexplained"):
        names[name] = eval(formulas[name], {"__builtins__": {}}, {**MATH, **names})  # noqa: S307 - the template's own
    found: Series = names["unexplained"]
    return found.values


@pytest.fixture
def first(widgets: list[Widget]) -> Widget:
    """The first widget that an operator sees."""
    return min((widget for widget in widgets if widget["type"] == "metric"), key=lambda each: (each["y"], each["x"]))


def test_the_first_number_has_every_term_of_law_2(first: Widget) -> None:
    """Accepted leads of every service, every outcome, and the queue's length."""
    terms = [(name, dimensions["service"]) for namespace, name, dimensions, _ in metrics(first) if namespace == OWN]
    assert {name for name, _ in terms} == {METRICS[name] for name in (*TAKEN, *OUTCOMES) if name != "queued"}
    assert {service for name, service in terms if name == "Accepted"} == set(SERVICES)
    queue = {name for namespace, name, _, _ in metrics(first) if namespace == "AWS/SQS"}
    assert queue == {f"ApproximateNumberOfMessages{kind}" for kind in ("Visible", "NotVisible", "Delayed")}
    assert first["properties"]["view"] == "singleValue"
    shown = [row[0]["id"] for row in first["properties"]["metrics"] if row[-1].get("visible", True)]
    assert shown == ["unexplained"]


@pytest.mark.parametrize(
    ("shown", "last"),
    [
        ({"visible": [0, 0, 0]}, 0),
        ({"visible": [5, 5, 5]}, 0),
        ({"visible": [0, 3, 0], "accepted": [None, 3, None], "enrolled": [None, None, 3]}, 0),
        ({"visible": [9, 6, 4], "taken": [0, 0, 2], "updated": [None, 2, None], "merged": [None, 1, None]}, 0),
        ({"visible": [0, 0, 1], "direct": [None, 2, 2], "skipped": [None, 2, None], "rejected": [None, None, 1]}, 0),
        ({"visible": [0, 0, 0], "replayed": [None, 1, None], "enrolled": [None, None, 1]}, 0),
        ({"visible": [2, 2, 0], "erased": [None, None, 1], "forgotten": [None, None, 1]}, 0),
        ({"visible": [0, 0, 0], "imported": [None, 4, None], "unaccounted": [None, 5, -1]}, 0),
        ({"visible": [0, 0, 0], "accepted": [None, 3, None], "enrolled": [None, 2, None]}, 1),
        ({"visible": [1, 0, 0]}, 1),
        ({"visible": [0, 0, 0], "enrolled": [None, None, 1]}, -1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else str(value),
)
def test_the_first_number_is_0_if_no_lead_is_lost(
    first: Widget, shown: dict[str, Sequence[float | None]], last: int
) -> None:
    """Leads that wait or that an operator moved are explained; missing ones are counted."""
    assert unexplained(first, **shown)[-1] == last
