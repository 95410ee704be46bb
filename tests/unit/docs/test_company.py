"""The examples in docs/company.md fit the template, and its workflow runs existing commands."""

import json
import re
import tomllib
from typing import Any, Final

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.unit.template.translated import ROOT, Template, translated

PAGE: Final = (ROOT / "docs" / "company.md").read_text(encoding="utf-8")
WORKFLOW: Final[dict[str, Any]] = yaml_parse((ROOT / "docs" / "deploy.yaml").read_text(encoding="utf-8"))
FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")


@pytest.fixture(scope="module")
def template() -> Template:
    return translated()


def block(language: str) -> str:
    (found,) = re.findall(rf"^ *```{language}\n(.*?)^ *```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(found)


def test_the_stage_fits_the_template(template: Template) -> None:
    """It has the keys of the shipped stage, and the template accepts each parameter and value."""
    stage = tomllib.loads(block("toml"))["default"]["deploy"]["parameters"]
    shipped = tomllib.loads((ROOT / "stages" / "default.toml").read_text())["default"]["deploy"]["parameters"]
    assert stage.keys() == shipped.keys() | {"region", "tags"}
    for name, _, value in (each.partition("=") for each in stage["parameter_overrides"]):
        parameter = template.body["Parameters"][name]
        assert value in parameter.get("AllowedValues", [value])
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value)


def test_the_boundary_allows_what_the_roles_do(template: Template) -> None:
    """The page's list has exactly the actions that both functions and the key policy use."""
    (row,) = re.findall(r"^\| intake, enroll \| (.*) \|$", PAGE, re.MULTILINE)
    (key,) = template.properties("KeyPolicy")["PolicyDocument"]["Statement"]
    done = {action for function in FUNCTIONS for action, _ in template.may(function)} | {*key["Action"]}
    assert {*re.findall(r"`(\w+:\w+)`", row)} == done
    (managed,) = template.properties("DeploymentRole")["ManagedPolicyArns"]
    assert managed["Fn::Sub"].rpartition("/")[2] in PAGE


def test_the_vpc_s_lines_put_both_functions_into_it() -> None:
    """With the page's lines merged, both functions are in the VPC and may create network interfaces."""
    lines = yaml_parse(block("yaml"))
    inside = translated(lines)
    for function in FUNCTIONS:
        assert inside.properties(function)["VpcConfig"] == lines["Globals"]["Function"]["VpcConfig"]
        role = inside.properties(inside.properties(function)["Role"]["Fn::GetAtt"][0])
        assert role["ManagedPolicyArns"][0]["Fn::Sub"].endswith("/AWSLambdaVPCAccessExecutionRole")
        assert role["Policies"]


def test_the_workflow_s_role_trusts_only_its_environment() -> None:
    """The trust policy names the environment of a deploy job, and only deploy jobs may request a token."""
    (statement,) = json.loads(block("json"))["Statement"]
    trusted = statement["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
    with_token = {
        name: job["environment"]
        for name, job in WORKFLOW["jobs"].items()
        if job.get("permissions", WORKFLOW["permissions"]).get("id-token") == "write"
    }
    assert with_token == {"dev": "dev", "prod": "prod"}
    assert trusted.rpartition(":")[2] in with_token.values()


def test_the_workflow_runs_existing_commands() -> None:
    """It runs CI's checks and `make deploy`, and the page explains each variable."""
    commands = {step["run"] for job in WORKFLOW["jobs"].values() for step in job["steps"] if "run" in step}
    assert commands == {".ci/run", 'make deploy STACK="$STACK"'}
    assert (ROOT / ".ci" / "run").exists()
    assert re.search(r"^deploy:.*STACK=name", (ROOT / "Makefile").read_text(), re.MULTILINE)
    variables = {*re.findall(r"vars\.(\w+)", (ROOT / "docs" / "deploy.yaml").read_text())}
    assert variables == {name for name in variables if f"`{name}`" in PAGE} == {"AWS_ROLE_ARN", "AWS_REGION", "STACK"}
