"""`leads secrets`: shows what the stack's secret has, and stores values without showing them."""

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from leads.config.schema import Enrollment
from leads_cli.cli.target import AsJson, ConfiguredStackOptions, command_group, grouped
from leads_cli.errors import CommandError, UsageError
from leads_cli.project import shown
from leads_cli.stacks import secret_edits
from leads_cli.stacks.running import Running
from leads_cli.stacks.secret import API_KEY, LOG_KEY, StoredSecret, read_secret, write_if_unchanged
from leads_cli.stacks.secret_edits import SecretState, flaw, known_sources
from leads_cli.terminal import new_private_file, plain, print_json, table
from leads_cli.webhooks.signing import new_secret

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
        if self.given not in {None, STDIN}:
            raise UsageError(
                "A secret on the command line stays in the shell's history: leave it out and type it when asked, "
                "or pipe it in with -."
            )
        if self.given and self.generate:
            raise UsageError("- and --generate are two ways to give one value: choose one.")
        if self.generate != (self.out is not None) and not (name == LOG_KEY and self.generate):
            raise UsageError("--generate and --out FILE belong together: the value is written there and shown nowhere.")
        if self.generate and name == API_KEY:
            raise UsageError("Leadterra generates API keys: copy one from there (Settings, API Keys).")
        if self.given is None and not self.generate and not sys.stdin.isatty():
            example = f'echo "$VALUE" | leads secrets set {name} -'
            raise UsageError(f"There is no terminal to ask for the value: pipe it in with -, as in: {example}")

    @contextmanager
    def value(self, name: str, enrollment: Enrollment) -> Iterator[str]:
        """The value; a generated one's file appears once the value is in the secret."""
        if not self.generate:
            yield _checked(self._read(name), name, enrollment)
        elif self.out is None:
            yield secrets.token_urlsafe(_RANDOM_BYTES)
        else:
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
            raise CommandError("No value was typed; nothing was written.") from None


def _checked(text: str, name: str, enrollment: Enrollment) -> str:
    """Without the line break that pasting and piping bring along."""
    value = text.strip()
    if not value:
        raise UsageError(f"The value of {name} is empty; nothing was written.")
    if not value.isprintable():
        raise UsageError(f"The value of {name} has a line break or a control character in it; nothing was written.")
    source = enrollment.sources.get(name)
    if source and (problem := flaw(source.provider, source.authentication, value)):
        raise UsageError(f"The value of {name} {problem}. Nothing was written.")
    return value


app = command_group("Store Leadterra's API key and the sources' secrets in the stack.\n\nExample: leads secrets status")

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
    origin = SecretInput(given, generate, out)
    origin.check(name)
    running, enrollment, stored = _read(target, name)
    with origin.value(name, enrollment) as value:
        _write(running, stored, secret_edits.set_value(stored.content, name, value))
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
    origin = SecretInput(given, generate, out)
    if not drop_previous:
        origin.check(name)
    elif origin != SecretInput(None, generate=False, out=None):
        raise UsageError("--drop-previous takes no new value; rotate first, then drop.")
    running, enrollment, stored = _read(target, name)
    if drop_previous:
        _write(running, stored, secret_edits.drop_previous(stored, name))
        typer.echo(f"{name}: the previous value is dropped; senders that still use it are refused within five minutes.")
        return
    # Checked before the value is asked for.
    secret_edits.rotate(stored, name, "")
    with origin.value(name, enrollment) as value:
        _write(running, stored, secret_edits.rotate(stored, name, value))
    both = "the new value and the previous one are valid" if stored.values(name) else "set; it had no value before"
    drop = f"leads secrets rotate {name} --drop-previous{target.as_arguments()}"
    typer.echo(f"{name}: {both}. Once every sender has the new one: {drop}")


def _read(target: ConfiguredStackOptions, name: str) -> tuple[Running, Enrollment, StoredSecret]:
    running = target.reach()
    enrollment = target.enrollment(running)
    known_sources(enrollment, name)
    return running, enrollment, read_secret(running)


def _write(running: Running, stored: StoredSecret, content: dict[str, Any]) -> None:
    # With log_key `leads logs ADDRESS` finds a person. Only the functions and this command ever read it.
    write_if_unchanged(running, stored, {LOG_KEY: secrets.token_urlsafe(_RANDOM_BYTES), **content})


@app.command()
@grouped
def status(*, as_json: AsJson = False, target: ConfiguredStackOptions) -> None:
    """Show which sources have the secret that they need, and whether Leadterra's key is there. Never a value.

    Example: leads secrets status
    """
    running = target.reach()
    enrollment = target.enrollment(running)
    stored = read_secret(running)
    rows = secret_edits.list_states(enrollment, stored)
    unread = secret_edits.find_unread(enrollment, stored)
    keys = {API_KEY: stored.api_key is not None, LOG_KEY: bool(stored.content.get(LOG_KEY))}
    if as_json:
        print_json({**keys, "sources": [asdict(row) for row in rows], "unread": unread})
        return
    table(
        ["name", "provider", "auth", "secret"],
        [[key, "", "", "set" if there else "missing"] for key, there in keys.items()]
        + [[row.name, row.provider, row.auth, row.state] for row in rows],
    )
    if unread:
        typer.echo(f"In the secret, but not used by the configuration: {plain(', '.join(unread))}.")
    missing = [] if keys[API_KEY] else [API_KEY]
    missing += [row.name for row in rows if row.state is SecretState.MISSING]
    missing += [] if keys[LOG_KEY] else [f"{LOG_KEY} --generate"]
    for name in missing:
        typer.echo(f"Put what is missing: leads secrets set {plain(name)}{target.as_arguments()}")
