"""A stack in an AWS account, found by its name through CloudFormation."""

from functools import cache, partial
from typing import TYPE_CHECKING, Any

from leads.config.schema import Enrollment
from leads_cli.stacks.running import Running, RunningSource, aws_errors

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import boto3


def find(stack: str, session: "boto3.Session", enrollment: Enrollment | None = None) -> Running:
    """A stack in an AWS account; its sources are those of `enrollment`, the deployed file, if it is given."""
    known = enrollment.sources if enrollment else {}
    sources = {name: RunningSource(its.provider, its.authentication, its.public_url) for name, its in known.items()}
    with aws_errors(f"stack {stack}"):
        found: Mapping[str, Any] = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    outputs = {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}
    parameters = {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", [])}
    url = outputs["WebhookUrl"].rstrip("/").removesuffix("/hooks")
    from leads_cli.stacks.session import CONFIG  # noqa: PLC0415 - boto3 takes half a second

    # Making one takes longer than most of what is asked of it.
    client: Callable[[str], Any] = cache(partial(session.client, config=CONFIG))
    leadterra_url = parameters.get("LeadterraBaseUrl") or None
    return Running(url, outputs, sources, client, leadterra_url, parameters=parameters)
