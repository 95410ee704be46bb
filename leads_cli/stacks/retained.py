"""What deleted stacks of a name left in the account: the queues and the secret, which the template retains."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError, WaiterError

from leads_cli.errors import CommandError
from leads_cli.stacks.running import aws_errors

if TYPE_CHECKING:
    import boto3

# By which property CloudFormation knows a resource that it imports.
IDENTIFIERS: Final = {"AWS::SQS::Queue": "QueueUrl", "AWS::SecretsManager::Secret": "Id"}
_COUNTS: Final = tuple(f"ApproximateNumberOfMessages{state}" for state in ("", "NotVisible", "Delayed"))
_GONE: Final = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "ResourceNotFoundException"})


@dataclass(frozen=True, slots=True)
class Retained:
    """A resource that is still there.

    Attributes:
        name: its logical id.
        id: a queue's URL, a secret's ARN.
        messages: about how many a queue holds; None for a secret.
    """

    name: str
    kind: str
    id: str
    messages: int | None


@dataclass(frozen=True, slots=True)
class DeletedStack:
    """A deleted stack that left something; `id` is its ARN, by which AWS knows it for 90 days."""

    id: str
    deleted: datetime
    retained: tuple[Retained, ...]

    def as_json(self) -> dict[str, Any]:
        resources = [
            {"name": each.name, "type": each.kind, "id": each.id, "messages": each.messages} for each in self.retained
        ]
        return {"stackId": self.id, "deleted": self.deleted.isoformat(), "resources": resources}


def find_retained(name: str, session: "boto3.Session") -> list[DeletedStack]:
    """The deleted stacks of a name that left something that no stack has now, the last deleted one first."""
    with aws_errors(f"stack {name}"):
        cloudformation: Any = session.client("cloudformation")
        pages = cloudformation.get_paginator("list_stacks").paginate(StackStatusFilter=["DELETE_COMPLETE"])
        deleted = [each for page in pages for each in page["StackSummaries"] if each["StackName"] == name]
        taken = {each["PhysicalResourceId"] for each in _resources(name, cloudformation)}
        found = []
        for each in sorted(deleted, key=lambda each: each["DeletionTime"], reverse=True):
            left = tuple(_retained(each["StackId"], taken, cloudformation, session))
            # What was adopted before is the later stack's.
            taken |= {resource.id for resource in left}
            found.append(DeletedStack(each["StackId"], each["DeletionTime"], left))
    return [each for each in found if each.retained]


def delete_retained(resources: Iterable[Retained], session: "boto3.Session") -> None:
    """Delete queues with what is in them; a secret can be restored for 30 days.

    Raises:
        NotReachableError: AWS refused; what came before is deleted.
    """
    for each in resources:
        with aws_errors(each.name):
            if each.messages is None:
                session.client("secretsmanager").delete_secret(SecretId=each.id)
            else:
                session.client("sqs").delete_queue(QueueUrl=each.id)


def adopt_retained(name: str, stack: DeletedStack, session: "boto3.Session") -> None:
    """Make a stack of the name of what is left; a deployment adds the rest to it."""
    with aws_errors(f"stack {name}"):
        cloudformation: Any = session.client("cloudformation")
        if _resources(name, cloudformation):
            raise CommandError(
                f"There is a stack {name}, with queues of its own. Delete it first: its queues will be retained too."
            )
        whole = cloudformation.get_template(StackName=stack.id, TemplateStage="Processed")["TemplateBody"]
        # Versions of functions are retained as well, and go with their function.
        kept = {
            key: {**each, "DeletionPolicy": "Retain"}
            for key, each in whole["Resources"].items()
            if each["Type"] in IDENTIFIERS
        }
        if missing := kept.keys() - {each.name for each in stack.retained}:
            raise CommandError(f"Only the whole can be adopted, and {', '.join(sorted(missing))} is gone.")
        # An import takes no outputs, and no resource that is not imported.
        template = {key: whole[key] for key in ("AWSTemplateFormatVersion", "Parameters", "Conditions") if key in whole}
        given = cloudformation.describe_stacks(StackName=stack.id)["Stacks"][0].get("Parameters", [])
        change = {"StackName": name, "ChangeSetName": f"adopt-{token_hex(4)}"}
        cloudformation.create_change_set(
            **change,
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps({**template, "Resources": kept}),
            Parameters=[{key: each[key] for key in ("ParameterKey", "ParameterValue")} for each in given],
            ResourcesToImport=[
                {
                    "ResourceType": each.kind,
                    "LogicalResourceId": each.name,
                    "ResourceIdentifier": {IDENTIFIERS[each.kind]: each.id},
                }
                for each in stack.retained
            ],
        )
        try:
            cloudformation.get_waiter("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 2})
            cloudformation.execute_change_set(**change)
            cloudformation.get_waiter("stack_import_complete").wait(StackName=name, WaiterConfig={"Delay": 2})
        except WaiterError as error:
            why = error.last_response.get("StatusReason", str(error))
            raise CommandError(f"CloudFormation does not import them: {why}. The stack's events have more.") from error


def _resources(stack: str, cloudformation: Any) -> list[Any]:
    """A stack's resources; none if there is no such stack, or not yet."""
    try:
        pages = cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack)
        return [each for page in pages for each in page["StackResourceSummaries"]]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return []


def _retained(stack: str, taken: set[str], cloudformation: Any, session: "boto3.Session") -> Iterator[Retained]:
    for each in _resources(stack, cloudformation):
        name, kind, known = each["LogicalResourceId"], each["ResourceType"], each.get("PhysicalResourceId", "")
        if each["ResourceStatus"] != "DELETE_SKIPPED" or kind not in IDENTIFIERS or known in taken:
            continue
        # By hand it may have been imported into a stack of another name.
        if not _has_owner(known, cloudformation) and (found := _look(name, kind, known, session)):
            yield found


def _has_owner(known: str, cloudformation: Any) -> bool:
    try:
        found = cloudformation.describe_stack_resources(PhysicalResourceId=known)["StackResources"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return False
    return any(each["PhysicalResourceId"] == known and each["ResourceStatus"] != "DELETE_SKIPPED" for each in found)


def _look(name: str, kind: str, known: str, session: "boto3.Session") -> Retained | None:
    try:
        if kind == "AWS::SQS::Queue":
            sqs: Any = session.client("sqs")
            counts = sqs.get_queue_attributes(QueueUrl=known, AttributeNames=list(_COUNTS))["Attributes"]
            return Retained(name, kind, known, sum(map(int, counts.values())))
        secret = session.client("secretsmanager").describe_secret(SecretId=known)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return None
    return None if "DeletedDate" in secret else Retained(name, kind, known, None)
