"""Which stack a command is about: the one of `leads dev` at an address, or a deployed one by its name."""

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated

import typer

from leads_cli.project import CONFIG_DEFAULT
from leads_cli.running import DEFAULT_URL
from leads_cli.terminal import Code, enrollment

if TYPE_CHECKING:
    import boto3

    from leads_cli.running import Running

Url = Annotated[str, typer.Option(help="Where `leads dev` runs.")]
Stack = Annotated[str | None, typer.Option(help="A deployed stack's name, instead of --url.")]
Region = Annotated[str | None, typer.Option(help="Its region, if it is not your default.")]
Profile = Annotated[str | None, typer.Option(help="The profile of your AWS credentials.")]
Config = Annotated[
    Path,
    typer.Option(
        help=f"The configuration that was deployed: it knows the sources. {CONFIG_DEFAULT}", show_default=False
    ),
]


def find(url: str, stack: str | None, region: str | None, profile: str | None, config: Path) -> "Running":
    """The running stack that the options name.

    Raises:
        NotReachableError: it does not answer.
    """
    from leads_cli import running  # noqa: PLC0415

    if stack is None:
        return running.embedded(url)
    return running.deployed(stack, session(region, profile), enrollment(config, Code.USAGE))


def options(url: str, stack: str | None, region: str | None, profile: str | None) -> str:
    """The same options, to stand in a command that the user is shown."""
    if stack is None:
        return "" if url == DEFAULT_URL else f" --url {quote(url)}"
    named = (("stack", stack), ("region", region), ("profile", profile))
    return "".join(f" --{name} {quote(value)}" for name, value in named if value)


def reach(url: str, stack: str | None, region: str | None, profile: str | None) -> "Running":
    """The same for commands that need nothing of its configuration.

    Raises:
        NotReachableError: it does not answer.
    """
    from leads_cli import running  # noqa: PLC0415

    return running.embedded(url) if stack is None else running.deployed(stack, session(region, profile))


def session(region: str | None, profile: str | None) -> "boto3.Session":
    """The user's own AWS session.

    Raises:
        NotReachableError: there is no such profile, or no region.
    """
    import boto3  # noqa: PLC0415

    from leads_cli.running import aws_errors  # noqa: PLC0415

    with aws_errors("your AWS configuration"):
        return boto3.Session(region_name=region, profile_name=profile)
