"""A stack in an AWS account, found by its name through CloudFormation."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from leads.config.schema import Enrollment
from leads_cli.stacks.running import Running, RunningSource, aws_errors

if TYPE_CHECKING:
    import boto3


def find(stack: str, session: "boto3.Session", enrollment: Enrollment | None = None) -> Running:
    """A stack in an AWS account; its sources are those of `enrollment`, the deployed file, if it is given."""
    known = enrollment.sources if enrollment else {}
    sources = {name: RunningSource(its.provider, its.authentication, its.public_url) for name, its in known.items()}
    found = describe_stack(stack, session)
    outputs = _outputs(found)
    url = outputs["WebhookUrl"].rstrip("/").removesuffix("/hooks")
    from leads_cli.stacks.session import CONFIG  # noqa: PLC0415 - boto3 takes half a second

    # Making one takes longer than most of what is asked of it.
    client: Callable[[str], Any] = cache(partial(session.client, config=CONFIG))
    given = parameters(found)
    leadterra_url = given.get("LeadterraBaseUrl") or None
    return Running(url, outputs, sources, client, leadterra_url, parameters=given)


def stack_outputs(stack: str, session: "boto3.Session") -> dict[str, str]:
    return _outputs(describe_stack(stack, session))


def describe_stack(stack: str, session: "boto3.Session") -> Mapping[str, Any]:
    with aws_errors(f"stack {stack}"):
        found: Mapping[str, Any] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return found


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {item["OutputKey"]: item["OutputValue"] for item in stack.get("Outputs", [])}


def parameters(stack: Mapping[str, Any]) -> dict[str, str]:
    return {item["ParameterKey"]: item["ParameterValue"] for item in stack.get("Parameters", [])}
