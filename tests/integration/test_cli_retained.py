"""`leads retained`: what a deleted stack left is adopted by a new one or deleted, in the embedded AWS."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint import api as cfn_lint
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from moto.cloudformation.models import CloudFormationBackend, Stack
from moto.cloudformation.responses import CloudFormationResponse
from moto.core.responses import ActionResult
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.dev.aws.server import EmbeddedAws
from leads_cli.dev.aws.template import Template, load
from leads_cli.project import TEMPLATE
from leads_cli.stacks import session
from leads_cli.stacks.retained import IDENTIFIERS

NAME = "enroll"
LEFT = ["DeadLetterQueue", "EventsQueue", "LeadsQueue", "Secret"]


@pytest.fixture
def template() -> Template:
    """The real template with the retaining policy that moto knows."""
    made = load(TEMPLATE)
    for each in made.deployable["Resources"].values():
        if each.get("DeletionPolicy") == "RetainExceptOnCreate":
            each["DeletionPolicy"] = "Retain"
    return made


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedAws]:
    """The embedded AWS with parts that moto's CloudFormation lacks: resources of deleted stacks, owners, imports."""
    monkeypatch.setattr(CloudFormationResponse, "list_stack_resources", list_stack_resources)
    monkeypatch.setattr(CloudFormationResponse, "describe_stack_resources", describe_stack_resources)
    monkeypatch.setattr(CloudFormationResponse, "create_change_set", create_change_set)
    monkeypatch.setattr(Stack, "deletion_time", property(lambda stack: stack.creation_time), raising=False)
    with EmbeddedAws() as running:
        for variable, value in session.variables(running.endpoint, running.access_key).items():
            monkeypatch.setenv(variable, value)
        yield running


def made_by(stack: Stack) -> dict[str, Any]:
    """The resources of a stack, without making those of a deleted stack again."""
    made = stack.resource_map._parsed_resources
    return {name: made[name] for name in stack.resource_map.resources if made.get(name) is not None}


def summaries(stack: Stack, status: str) -> list[dict[str, Any]]:
    return [
        {
            "LogicalResourceId": name,
            "PhysicalResourceId": made.physical_resource_id,
            "ResourceType": stack.resource_map._resource_json_map[name]["Type"],
            "ResourceStatus": status,
            "LastUpdatedTimestamp": stack.creation_time,
            "Timestamp": stack.creation_time,
        }
        for name, made in made_by(stack).items()
    ]


def list_stack_resources(self: CloudFormationResponse) -> ActionResult:
    backend = self.cloudformation_backend
    stack = backend.get_stack(self._get_param("StackName"))
    status = "DELETE_SKIPPED" if stack.stack_id in backend.deleted_stacks else "CREATE_COMPLETE"
    return ActionResult({"StackResourceSummaries": summaries(stack, status)})


_described = CloudFormationResponse.describe_stack_resources


def describe_stack_resources(self: CloudFormationResponse) -> ActionResult:
    known = self._get_param("PhysicalResourceId")
    for stack in self.cloudformation_backend.stacks.values():
        found = summaries(stack, "CREATE_COMPLETE")
        if known in {each["PhysicalResourceId"] for each in found}:
            return ActionResult({"StackResources": found})
    return _described(self)


_created = CloudFormationResponse.create_change_set


def create_change_set(self: CloudFormationResponse) -> ActionResult:
    """An import creates nothing: the new stack gets the existing resources."""
    answer = _created(self)
    about: Any = answer.result
    backend: CloudFormationBackend = self.cloudformation_backend
    there = {
        made.physical_resource_id: made for old in backend.deleted_stacks.values() for made in made_by(old).values()
    }
    for each in self._get_param("ResourcesToImport", []):
        (known,) = each["ResourceIdentifier"].values()
        stack = backend.stacks[about["StackId"]]
        stack.resource_map._parsed_resources[each["LogicalResourceId"]] = there[known]
    return answer


def leads(*arguments: str, typed: str | None = None) -> Any:
    return CliRunner().invoke(app, ["retained", *arguments, "--stack", NAME], input=typed)


def retained() -> list[dict[str, Any]]:
    result = leads("list", "--json")
    assert result.exit_code == 0, (result.output, result.exception)
    stacks: list[dict[str, Any]] = json.loads(result.stdout)["stacks"]
    return stacks


@pytest.fixture
def outputs(aws: EmbeddedAws, template: Template) -> dict[str, str]:
    """The outputs of a deleted stack with a lead in its queue and a key in its secret."""
    found = aws.deploy(template, NAME).outputs
    aws.client("sqs").send_message(QueueUrl=found["LeadsQueueUrl"], MessageBody="a lead")
    aws.client("secretsmanager").put_secret_value(SecretId=found["SecretId"], SecretString='{"sources": {}}')
    aws.client("cloudformation").delete_stack(StackName=NAME)
    return found


def test_retained_resources_are_listed(outputs: dict[str, str]) -> None:
    """Three queues with their messages, and the secret. Everything else is deleted."""
    (stack,) = retained()
    found = {each["name"]: (each["id"], each["messages"]) for each in stack["resources"]}
    assert sorted(found) == LEFT
    assert found["LeadsQueue"] == (outputs["LeadsQueueUrl"], 1)
    assert found["Secret"] == (outputs["SecretId"], None)
    result = leads("list")
    assert "1 deleted stack left something." in result.stdout


def test_a_new_stack_adopts_retained_resources(aws: EmbeddedAws, template: Template, outputs: dict[str, str]) -> None:
    """It gets the queues with their messages and the secret. A deployment keeps them and adds the rest."""
    result = leads("adopt")
    assert result.exit_code == 0, (result.output, result.exception)
    cloudformation = aws.client("cloudformation")
    imported = cloudformation.list_stack_resources(StackName=NAME)["StackResourceSummaries"]
    assert sorted(each["LogicalResourceId"] for each in imported) == LEFT
    assert f"make deploy STACK={NAME}" in result.stdout

    again = aws.deploy(template, NAME).outputs
    # The table is not retained.
    assert {name for name in outputs if outputs[name] != again[name]} == {"DeliveriesTableName"}
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 3
    assert aws.client("sqs").receive_message(QueueUrl=outputs["LeadsQueueUrl"])["Messages"][0]["Body"] == "a lead"
    assert (
        aws.client("secretsmanager").get_secret_value(SecretId=outputs["SecretId"])["SecretString"] == '{"sources": {}}'
    )


def test_resources_of_a_stack_are_not_retained(aws: EmbeddedAws, outputs: dict[str, str]) -> None:
    """Adopted resources, and those imported into another stack, cannot be deleted."""
    leads("adopt")
    assert retained() == []
    assert leads("delete", "--yes", "--with-messages").exit_code == 1
    aws.client("cloudformation").delete_stack(StackName=NAME)
    (adopted,) = retained()
    assert sorted(each["name"] for each in adopted["resources"]) == LEFT
    by_hand = {"ResourceType": "AWS::SQS::Queue", "LogicalResourceId": "Mine"}
    resource = {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}
    aws.client("cloudformation").create_change_set(
        StackName="another",
        ChangeSetName="import",
        ChangeSetType="IMPORT",
        TemplateBody=json.dumps({"Resources": {"Mine": resource}}),
        ResourcesToImport=[{**by_hand, "ResourceIdentifier": {"QueueUrl": outputs["LeadsQueueUrl"]}}],
    )
    aws.client("cloudformation").execute_change_set(StackName="another", ChangeSetName="import")
    names = {each["name"] for stack in retained() for each in stack["resources"]}
    assert names == {"DeadLetterQueue", "EventsQueue", "Secret"}


def test_leads_are_not_deleted_by_accident(aws: EmbeddedAws, outputs: dict[str, str]) -> None:
    """A queue with messages stops the command, and so does declining."""
    result = leads("delete", "--yes")
    assert (result.exit_code, "there are messages in LeadsQueue" in result.stderr) == (1, True)
    assert leads("delete", "--with-messages", typed="n\n").exit_code == 1
    assert leads("delete", "--with-messages", "--json").exit_code == 2
    assert len(retained()[0]["resources"]) == 4

    assert leads("delete", "--with-messages", typed="y\n").exit_code == 0
    assert retained() == []
    assert "QueueUrls" not in aws.client("sqs").list_queues()
    # The secret can be restored within 30 days.
    aws.client("secretsmanager").restore_secret(SecretId=outputs["SecretId"])
    assert [each["name"] for each in retained()[0]["resources"]] == ["Secret"]


def test_incomplete_resources_are_not_adopted(aws: EmbeddedAws, template: Template, outputs: dict[str, str]) -> None:
    """Nor anything by a stack that exists."""
    aws.client("sqs").delete_queue(QueueUrl=outputs["DeadLetterQueueUrl"])
    result = leads("adopt")
    assert (result.exit_code, result.stderr) == (1, "Only the whole can be adopted, and DeadLetterQueue is gone.\n")
    aws._bodies.clear()
    aws.deploy(template, NAME)
    result = leads("adopt")
    assert (result.exit_code, f"There is a stack {NAME}" in result.stderr) == (1, True)


def test_the_import_template_is_valid(aws: EmbeddedAws, outputs: dict[str, str], tmp_path: Path) -> None:
    """It is complete, and AWS identifies the resources by these properties. moto imports nothing."""
    assert outputs
    leads("adopt")
    asked = aws.client("cloudformation").get_template(StackName=NAME)["TemplateBody"]
    assert "Outputs" not in asked
    assert all(each["DeletionPolicy"] == "Retain" for each in asked["Resources"].values())
    path = tmp_path / "import.json"
    path.write_text(json.dumps(asked))
    # W: unused parameters and conditions of the whole template.
    assert [str(each) for each in cfn_lint.lint_file(path) if not each.rule.id.startswith("W")] == []
    for kind, name in IDENTIFIERS.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        assert schema["primaryIdentifier"] == [f"/properties/{name}"]
