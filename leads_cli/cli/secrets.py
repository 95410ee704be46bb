"""`leads secrets`: shows what the stack's secret has, and stores values without showing them."""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, exit_on_error, grouped
from leads_cli.project import shown
from leads_cli.terminal import Code, new_private_file, plain, stop, table

if TYPE_CHECKING:
    from leads.config.schema import Enrollment
    from leads_cli.stacks.running import Running
    from leads_cli.stacks.secret import StoredSecret


STDIN: Final = "-"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SecretInput:
    """Where a value comes from: one of these, or a question."""

    given: str | None
    generate: bool
    out: Path | None

    def check(self, name: str) -> None:
        """End the command where the options contradict each other, before anything is read."""
        from leads_cli.stacks.secret import API_KEY, LOG_KEY  # noqa: PLC0415

        if self.given not in {None, STDIN}:
            stop(
                "A secret on the command line stays in the shell's history: leave it out and type it when asked, "
                "or pipe it in with -.",
                Code.USAGE,
            )
        if self.given and self.generate:
            stop("- and --generate are two ways to give one value: choose one.", Code.USAGE)
        if self.generate != (self.out is not None) and not (name == LOG_KEY and self.generate):
            stop("--generate and --out FILE belong together: the value is written there and shown nowhere.", Code.USAGE)
        if self.generate and name == API_KEY:
            stop("Leadterra generates API keys: copy one from there (Settings, API Keys).", Code.USAGE)
        if self.given is None and not self.generate and not sys.stdin.isatty():
            stop('There is no terminal to ask for the value: pipe it in with -, as in: echo "$KEY" | leads', Code.USAGE)

    @contextmanager
    def value(self, name: str, enrollment: "Enrollment") -> Iterator[str]:
        """The value; a generated one's file appears once the value is in the secret."""
        if not self.generate:
            yield _checked(self._read(name), name, enrollment)
        elif self.out is None:
            yield secrets.token_urlsafe(_RANDOM_BYTES)
        else:
            from leads_cli.webhooks.signing import new_secret  # noqa: PLC0415

            source = enrollment.sources.get(name)
            made = new_secret(source.provider if source else "", secrets.token_bytes(_RANDOM_BYTES))
            with new_private_file(self.out) as file:
                file.write(f"{made}\n")
                file.flush()
                yield made
            typer.echo(f"The value is in {shown(self.out)}: give it to the sender, then delete the file.")

    def _read(self, name: str) -> str:
        if self.given == STDIN:
            return sys.stdin.read()
        try:
            return getpass(f"Value of {name} (it is not shown): ")
        except EOFError:
            stop("No value was typed; nothing was written.", Code.FAILED)


def _checked(text: str, name: str, enrollment: "Enrollment") -> str:
    """Without the line break that pasting and piping bring along."""
    from leads_cli.stacks.secret_edits import flaw  # noqa: PLC0415

    value = text.strip()
    if not value:
        stop(f"The value of {name} is empty; nothing was written.", Code.USAGE)
    if not value.isprintable():
        stop(f"The value of {name} has a line break or a control character in it; nothing was written.", Code.USAGE)
    source = enrollment.sources.get(name)
    if source and (problem := flaw(source.provider, source.authentication, value)):
        stop(f"The value of {name} {problem}. Nothing was written.", Code.USAGE)
    return value


app = typer.Typer(
    name="secrets",
    help="Store Leadterra's API key and the sources' secrets in the stack.\n\nExample: leads secrets status",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # locals hold secrets
)

Name = Annotated[str, typer.Argument(help="A source in enrollment.toml, leadterra_api_key or log_key.")]
SourceName = Annotated[str, typer.Argument(metavar="NAME", help="A source in enrollment.toml.")]
Given = Annotated[
    str | None, typer.Argument(metavar="[-]", help="- reads the value from stdin. Without: you are asked for it.")
]
Generate = Annotated[bool, typer.Option("--generate", help="Generate a value of 32 random bytes, for --out.")]
Out = Annotated[Path | None, typer.Option(help="A new file for the generated value; only you can read it.")]


@app.command("set")
@grouped
def set_value(
    name: Name,
    given: Given = None,
    *,
    generate: Generate = False,
    out: Out = None,
    target: ConfiguredStackOptions,
) -> None:
    """Store Leadterra's key or a source's secret in the stack's secret. Everything else in it stays.

    The value is typed without being shown, or comes from stdin (-). It replaces the old one
    at once. If senders still use the old one, use `rotate`.

    Example: leads secrets set leadterra_api_key
    """
    from leads_cli.stacks.secret_edits import set_value  # noqa: PLC0415

    origin = SecretInput(given, generate, out)
    origin.check(name)
    with _editing(target, name) as (running, enrollment, stored), origin.value(name, enrollment) as value:
        _keep(running, stored, set_value(stored.content, name, value))
    typer.echo(f"{name}: set. The functions use it within five minutes, or at once if the old one is refused.")


@app.command()
@grouped
def rotate(
    name: SourceName,
    given: Given = None,
    *,
    drop_previous: Annotated[
        bool, typer.Option("--drop-previous", help="Remove the previous value; only the new one stays valid.")
    ] = False,
    generate: Generate = False,
    out: Out = None,
    target: ConfiguredStackOptions,
) -> None:
    """Give a source a new secret; the previous one is valid beside it until you drop it.

    Example: leads secrets rotate api --generate --out new-secret.txt
    """
    from leads_cli.stacks import secret_edits  # noqa: PLC0415

    origin = SecretInput(given, generate, out)
    if drop_previous:
        if origin != SecretInput(None, generate=False, out=None):
            stop("--drop-previous takes no new value; rotate first, then drop.", Code.USAGE)
    else:
        origin.check(name)
    with _editing(target, name) as (running, enrollment, stored):
        if drop_previous:
            _keep(running, stored, secret_edits.drop_previous(stored, name))
            typer.echo(
                f"{name}: the previous value is dropped; senders that still use it are refused within five minutes."
            )
            return
        # Checked before the value is asked for.
        secret_edits.rotate(stored, name, "")
        with origin.value(name, enrollment) as value:
            _keep(running, stored, secret_edits.rotate(stored, name, value))
    both = "the new value and the previous one are valid" if stored.values(name) else "set; it had no value before"
    drop = f"leads secrets rotate {name} --drop-previous{target.as_arguments()}"
    typer.echo(f"{name}: {both}. Once every sender has the new one: {drop}")


@contextmanager
def _editing(target: ConfiguredStackOptions, name: str) -> "Iterator[tuple[Running, Enrollment, StoredSecret]]":
    from leads_cli.stacks.secret import read_secret  # noqa: PLC0415
    from leads_cli.stacks.secret_edits import SecretError, known_sources  # noqa: PLC0415

    try:
        with exit_on_error():
            running = target.reach()
            enrollment = target.enrollment(running)
            known_sources(enrollment, name)
            yield running, enrollment, read_secret(running)
    except SecretError as error:
        stop(plain(str(error)), Code.USAGE)


def _keep(running: "Running", stored: "StoredSecret", content: dict[str, Any]) -> None:
    from secrets import token_urlsafe  # noqa: PLC0415

    from leads_cli.stacks.secret import LOG_KEY, write_if_unchanged  # noqa: PLC0415

    # With it `leads logs ADDRESS` finds a person. Only the functions and this command ever read it.
    content = {LOG_KEY: token_urlsafe(32), **content}
    write_if_unchanged(running, stored, content)


@app.command()
@grouped
def status(*, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """Show which sources have the secret that they need, and whether Leadterra's key is there. Never a value.

    Example: leads secrets status
    """
    from leads_cli.stacks import secret, secret_edits  # noqa: PLC0415

    with exit_on_error():
        running = target.reach()
        enrollment = target.enrollment(running)
        stored = secret.read_secret(running)
    rows = secret_edits.list_states(enrollment, stored)
    unread = secret_edits.find_unread(enrollment, stored)
    if as_json:
        told = {
            secret.API_KEY: stored.api_key is not None,
            secret.LOG_KEY: bool(stored.content.get(secret.LOG_KEY)),
            "sources": [row.as_json() for row in rows],
            "unread": unread,
        }
        typer.echo(json.dumps(told, indent=2))
        return
    key = [secret.API_KEY, "", "", "set" if stored.api_key else "missing"]
    log_key = [secret.LOG_KEY, "", "", "set" if stored.content.get(secret.LOG_KEY) else "missing"]
    table(
        ["name", "provider", "auth", "secret"], [key, log_key, *([r.name, r.provider, r.auth, r.state] for r in rows)]
    )
    if unread:
        typer.echo(f"In the secret, but not used by the configuration: {plain(', '.join(unread))}.")
    missing = [secret.API_KEY] * (not stored.api_key) + [
        r.name for r in rows if r.state is secret_edits.SecretState.MISSING
    ]
    missing += [f"{secret.LOG_KEY} --generate"] * (not stored.content.get(secret.LOG_KEY))
    for name in missing:
        typer.echo(f"Put what is missing: leads secrets set {plain(name)}{target.as_arguments()}")
