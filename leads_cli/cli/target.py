"""Options in groups, above all those that choose a stack: the one of `leads dev` at an address, or a deployed one."""

from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import UTC, datetime
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from leads.config.schema import Enrollment
from leads.config.values import SERVICE_ADDRESS, is_service_address
from leads_cli.errors import UsageError
from leads_cli.logs import reading
from leads_cli.logs.reading import LogReader
from leads_cli.project import CONFIG, CONFIG_DEFAULT
from leads_cli.stacks import deployed, embedded
from leads_cli.stacks.configuration import problem_of, read_configuration
from leads_cli.stacks.embedded import DEFAULT_URL
from leads_cli.stacks.running import Running, aws_errors
from leads_cli.terminal import plain_lines
from leads_cli.words import parse_moment

if TYPE_CHECKING:
    import boto3


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each keyword parameter that is a dataclass taken apart into the dataclass's fields.

    A field is an option as a parameter is: annotated with `typer.Option`, with its default.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: kind for name, kind in hints.items() if isinstance(kind, type) and is_dataclass(kind)}

    @wraps(command)
    def apart(*given: Any, **options: Any) -> None:
        whole = {
            name: kind(**{field.name: options.pop(field.name) for field in fields(kind)})
            for name, kind in groups.items()
        }
        command(*given, **options, **whole)

    parameters = [
        option
        for parameter in signature(command).parameters.values()
        for option in _options(parameter.replace(annotation=hints[parameter.name]))
    ]
    apart.__signature__ = Signature(parameters)  # type: ignore[attr-defined] # which is there to be set
    apart.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters} | {"return": None}
    return apart


def _options(parameter: Parameter) -> Iterator[Parameter]:
    kind = parameter.annotation
    if not is_dataclass(kind):
        yield parameter
        return
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        default = Parameter.empty if field.default is MISSING else field.default
        yield Parameter(field.name, Parameter.KEYWORD_ONLY, default=default, annotation=hints[field.name])


def command_group(about: str) -> typer.Typer:
    """An empty group of commands; `about` is its help."""
    return typer.Typer(add_completion=False, help=about, no_args_is_help=True)


Region = Annotated[str | None, typer.Option(help="Its region, if it is not your default.")]
Profile = Annotated[str | None, typer.Option(help="The profile of your AWS credentials.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]


@dataclass(frozen=True, slots=True)
class StackOptions:
    """The options that choose a stack."""

    url: Annotated[str, typer.Option(help="The address of `leads dev`.")] = DEFAULT_URL
    stack: Annotated[str | None, typer.Option(help="A deployed stack's name, instead of --url.")] = None
    region: Region = None
    profile: Profile = None

    def reach(self) -> Running:
        """The stack, after a warning if its configuration cannot be used."""
        if self.stack is not None:
            return deployed.find(self.stack, self.session(), self.deployed_configuration())
        running = embedded.find(self.url)
        if running.config and (problem := problem_of(running.config)):
            typer.echo(broken_text(problem), err=True)
        return running

    def deployed_configuration(self) -> Enrollment | None:
        """What a deployed stack's sources are read from; None where they do not matter."""
        return None

    def session(self) -> "boto3.Session":
        """The user's own AWS session. Raises NotReachableError if there is no such profile, or no region."""
        import boto3  # noqa: PLC0415 - it takes half a second

        with aws_errors("your AWS configuration"):
            return boto3.Session(region_name=self.region, profile_name=self.profile)

    def log_reader(self) -> LogReader:
        """Where the functions' log lines come from, and how often to look for new ones."""
        if self.stack is None:
            return reading.read_embedded(self.url), reading.EMBEDDED_SECONDS
        return reading.read_deployed(self.stack, self.session()), reading.DEPLOYED_SECONDS

    def options(self) -> list[str]:
        """The options with which another command finds the same stack."""
        if self.stack is None:
            return [] if self.url == DEFAULT_URL else ["--url", self.url]
        given = {"--stack": self.stack, "--region": self.region, "--profile": self.profile}
        return [part for name, value in given.items() if value for part in (name, value)]

    def as_arguments(self) -> str:
        """The same as text, to append to a command."""
        return "".join(f" {quote(part)}" for part in self.options())


@dataclass(frozen=True, slots=True)
class ConfiguredStackOptions(StackOptions):
    """The same for commands that need its configuration."""

    config: Annotated[
        Path, typer.Option(help=f"The configuration of the deployed stack. {CONFIG_DEFAULT}", show_default=False)
    ] = CONFIG

    def deployed_configuration(self) -> Enrollment:
        return read_configuration(self.config)

    def enrollment(self, running: Running | None = None) -> Enrollment:
        """The configuration that the stack works by: its own file where that is on this machine."""
        if running and running.config and problem_of(running.config):
            raise typer.Exit(UsageError.exit_code)  # `reach` has said why
        return read_configuration((running and running.config) or self.config)


def check_leadterra_url(value: str | None) -> str | None:
    """An option's value, unless Leadterra's key must not be sent there."""
    if value and not is_service_address(value):
        raise UsageError(f"--leadterra-url: must be {SERVICE_ADDRESS}")
    return value


def broken_text(problem: str) -> str:
    """What a broken configuration means, with its lines and what would be right."""
    return f"{plain_lines(problem)}\nSignups fail and leads wait until you fix this."


def moment(option: str, text: str) -> datetime:
    """The time that an option names: an age such as 2h or 3d, or a date."""
    try:
        return parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}") from error


def confirm(question: str) -> bool:
    """Whether the operator says yes. Without a terminal the answer is no."""
    try:
        return typer.confirm(question, err=True)
    except typer.Abort:
        return False


def check_can_ask(*, as_json: bool, yes: bool, remedy: str = "add --yes") -> None:
    """End the command if it would have to ask while it prints JSON."""
    if as_json and not yes:
        raise UsageError(f"With --json the command cannot ask: {remedy}.")
