"""Versions and aliases: when a version is published, what calls it, and how traffic shifts."""

import json
import re
from random import SystemRandom
from typing import Final

import pytest

from leads.io.dependencies import REAL
from tests.unit.template.translated import Template, translated

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
VERSION: Final = "AWS::Lambda::Version"


def functions_of(versions: set[str]) -> set[str]:
    return {name.partition("Version")[0] for name in versions}


@pytest.mark.parametrize(
    ("uploaded", "published"),
    [
        ("ConfigLayer", {*FUNCTIONS}),
        ("SharedLayer", {*FUNCTIONS}),
        ("IntakeFunction", {"IntakeFunction"}),
        ("EnrollFunction", {"EnrollFunction"}),
    ],
)
def test_changed_content_publishes_a_version(template: Template, uploaded: str, published: set[str]) -> None:
    """Only of the functions that contain the changed file."""
    assert functions_of(template.named(VERSION)) == {*FUNCTIONS}
    changed = translated(**{uploaded: "other"})
    assert functions_of(changed.named(VERSION) - template.named(VERSION)) == published


@pytest.mark.parametrize("function", FUNCTIONS)
def test_changed_parameters_publish_a_version(template: Template, function: str) -> None:
    """A function's parameters are in its version's description, whose change replaces the version."""
    (version,) = (each for each in template.of_type(VERSION) if each["FunctionName"] == {"Ref": function})
    described = {*re.findall(r"\$\{(\w+)\}", version["Description"]["Fn::Sub"])}
    # Reserved concurrency belongs to the function, not to a version.
    own = {"ReservedConcurrentExecutions"}
    written = json.dumps({key: each for key, each in template.properties(function).items() if key not in own})
    used = {*re.findall(r'"Ref": "(\w+)"', written), *re.findall(r"\$\{(\w+)\}", written)}
    assert used & template.body["Parameters"].keys() == described


def test_everything_calls_the_alias(template: Template) -> None:
    """The API, its permissions and the queues' triggers call the live version only."""
    aliases = template.named("AWS::Lambda::Alias")
    assert {template.function_behind(alias) for alias in aliases} == {*FUNCTIONS}
    callers = [*template.of_type("AWS::Lambda::EventSourceMapping"), *template.of_type("AWS::Lambda::Permission")]
    called = {each["FunctionName"]["Ref"] for each in callers}
    called |= {*re.findall(r"functions/\$\{(\w+)\}/invocations", json.dumps(template.properties("Api")["Body"]))}
    assert called == aliases


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_alarm_rolls_a_deployment_back(template: Template, function: str) -> None:
    """During a gradual shift the stack's alarms end it. A shift at once waits for none."""
    group = template.properties(f"{function}DeploymentGroup")
    condition, watched, unwatched = group["AlarmConfiguration"]["Fn::If"]
    moved = {"Fn::Not": [{"Fn::Equals": [{"Ref": "DeploymentPreference"}, "AllAtOnce"]}]}
    assert (template.body["Conditions"][condition], unwatched) == (moved, {})
    names = [each["Name"] for each in watched["Alarms"]]
    known = [{"Ref": name} for name in template.named("AWS::CloudWatch::Alarm")]
    known += [alarm["AlarmName"] for alarm in template.of_type("AWS::CloudWatch::Alarm")]
    assert all(name in known for name in names)
    assert watched["Enabled"]
    assert {"DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"} <= {*group["AutoRollbackConfiguration"]["Events"]}


def test_jitter_differs_after_a_snapshot() -> None:
    """It comes from the system, because a generator's state would be in the snapshot."""
    assert isinstance(getattr(REAL.chance, "__self__", None), SystemRandom)
