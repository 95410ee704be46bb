"""`leads retained`: what a deleted stack left is given to a new one, or deleted, in the embedded AWS."""

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
    """The real one. moto knows one of the two policies that retain."""
    made = load(TEMPLATE)
    for each in made.deployable["Resources"].values():
        if each.get("DeletionPolicy") == "RetainExceptOnCreate":
            each["DeletionPolicy"] = "Retain"
    return made


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedAws]:
    """The embedded AWS, and what moto's CloudFormation lacks: resources of deleted stacks, owners, imports."""
    monkeypatch.setattr(CloudFormationResponse, "list_stack_resources", list_stack_resources)
    monkeypatch.setattr(CloudFormationResponse, "describe_stack_resources", describe_stack_resources)
    monkeypatch.setattr(CloudFormationResponse, "create_change_set", create_change_set)
    monkeypatch.setattr(Stack, "deletion_time", property(lambda stack: stack.creation_time), raising=False)
    with EmbeddedAws() as running:
        for variable, value in session.variables(running.endpoint, running.access_key).items():
            monkeypatch.setenv(variable, value)
        yield running


def made_by(stack: Stack) -> dict[str, Any]:
    """The resources that a stack made; moto makes those of a deleted stack again if it is asked for them."""
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
    """An import makes nothing: the new stack has the objects that are there."""
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


def left() -> list[dict[str, Any]]:
    said = leads("list", "--json")
    assert said.exit_code == 0, (said.output, said.exception)
    stacks: list[dict[str, Any]] = json.loads(said.stdout)["stacks"]
    return stacks


@pytest.fixture
def outputs(aws: EmbeddedAws, template: Template) -> dict[str, str]:
    """Those of a stack that was deleted with a lead in its queue and a key in its secret."""
    found = aws.deploy(template, NAME).outputs
    aws.client("sqs").send_message(QueueUrl=found["LeadsQueueUrl"], MessageBody="a lead")
    aws.client("secretsmanager").put_secret_value(SecretId=found["SecretId"], SecretString='{"sources": {}}')
    aws.client("cloudformation").delete_stack(StackName=NAME)
    return found


def test_what_is_left_is_listed(outputs: dict[str, str]) -> None:
    """Three queues with their messages, and the secret; everything else is gone."""
    (stack,) = left()
    found = {each["name"]: (each["id"], each["messages"]) for each in stack["resources"]}
    assert sorted(found) == LEFT
    assert found["LeadsQueue"] == (outputs["LeadsQueueUrl"], 1)
    assert found["Secret"] == (outputs["SecretId"], None)
    said = leads("list")
    assert "1 deleted stack left something." in said.stdout


def test_a_new_stack_adopts_what_is_left(aws: EmbeddedAws, template: Template, outputs: dict[str, str]) -> None:
    """The queues with their messages and the secret are the new stack's; a deployment keeps them and adds the rest."""
    said = leads("adopt")
    assert said.exit_code == 0, (said.output, said.exception)
    cloudformation = aws.client("cloudformation")
    imported = cloudformation.list_stack_resources(StackName=NAME)["StackResourceSummaries"]
    assert sorted(each["LogicalResourceId"] for each in imported) == LEFT
    assert f"make deploy STACK={NAME}" in said.stdout

    again = aws.deploy(template, NAME).outputs
    # The table is not retained.
    assert {name for name in outputs if outputs[name] != again[name]} == {"DeliveriesTableName"}
    assert len(aws.client("sqs").list_queues()["QueueUrls"]) == 3
    assert aws.client("sqs").receive_message(QueueUrl=outputs["LeadsQueueUrl"])["Messages"][0]["Body"] == "a lead"
    assert (
        aws.client("secretsmanager").get_secret_value(SecretId=outputs["SecretId"])["SecretString"] == '{"sources": {}}'
    )


def test_what_a_stack_has_is_not_left(aws: EmbeddedAws, outputs: dict[str, str]) -> None:
    """Neither what was adopted nor what was imported into a stack of another name can be deleted."""
    leads("adopt")
    assert left() == []
    assert leads("delete", "--yes", "--with-messages").exit_code == 1
    aws.client("cloudformation").delete_stack(StackName=NAME)
    (adopted,) = left()
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
    names = {each["name"] for stack in left() for each in stack["resources"]}
    assert names == {"DeadLetterQueue", "EventsQueue", "Secret"}


def test_leads_are_not_deleted_by_accident(aws: EmbeddedAws, outputs: dict[str, str]) -> None:
    """A queue with messages stops everything; who is asked and says no, too."""
    said = leads("delete", "--yes")
    assert (said.exit_code, "there are messages in LeadsQueue" in said.stderr) == (1, True)
    assert leads("delete", "--with-messages", typed="n\n").exit_code == 1
    assert leads("delete", "--with-messages", "--json").exit_code == 2
    assert len(left()[0]["resources"]) == 4

    assert leads("delete", "--with-messages", typed="y\n").exit_code == 0
    assert left() == []
    assert "QueueUrls" not in aws.client("sqs").list_queues()
    # Within 30 days it comes back.
    aws.client("secretsmanager").restore_secret(SecretId=outputs["SecretId"])
    assert [each["name"] for each in left()[0]["resources"]] == ["Secret"]


def test_what_cannot_be_adopted(aws: EmbeddedAws, template: Template, outputs: dict[str, str]) -> None:
    """A part of it, as the import would refer to what is gone; anything by a stack with queues of its own."""
    aws.client("sqs").delete_queue(QueueUrl=outputs["DeadLetterQueueUrl"])
    said = leads("adopt")
    assert (said.exit_code, said.stderr) == (1, "Only the whole can be adopted, and DeadLetterQueue is gone.\n")
    aws._bodies.clear()
    aws.deploy(template, NAME)
    said = leads("adopt")
    assert (said.exit_code, f"There is a stack {NAME}" in said.stderr) == (1, True)


def test_cloudformation_can_import_it(aws: EmbeddedAws, outputs: dict[str, str], tmp_path: Path) -> None:
    """The import's template stands alone, and AWS knows the resources by these properties. moto imports nothing."""
    assert outputs
    leads("adopt")
    asked = aws.client("cloudformation").get_template(StackName=NAME)["TemplateBody"]
    assert "Outputs" not in asked
    assert all(each["DeletionPolicy"] == "Retain" for each in asked["Resources"].values())
    path = tmp_path / "import.json"
    path.write_text(json.dumps(asked))
    # W: parameters and conditions of the whole template that these resources do not need.
    assert [str(each) for each in cfn_lint.lint_file(path) if not each.rule.id.startswith("W")] == []
    for kind, name in IDENTIFIERS.items():
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        assert schema["primaryIdentifier"] == [f"/properties/{name}"]
