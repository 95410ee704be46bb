"""`leads secrets`: shows what the stack's secret has, and stores values without showing them."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leads_cli.cli.grouped import grouped
from leads_cli.cli.secret_value import SecretInput
from leads_cli.cli.target import AsJson, ConfiguredStackOptions, exit_on_error
from leads_cli.terminal import Code, plain, stop, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leads.config.schema import Enrollment
    from leads_cli.stacks.running import Running
    from leads_cli.stacks.secret import StoredSecret

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
FromEnv = Annotated[str | None, typer.Option(metavar="VAR", help="Read the value from this environment variable.")]
Generate = Annotated[bool, typer.Option("--generate", help="Generate a value of 32 random bytes, for --out.")]
Out = Annotated[Path | None, typer.Option(help="A new file for the generated value; only you can read it.")]


@app.command("set")
@grouped
def set_value(
    name: Name,
    given: Given = None,
    *,
    from_env: FromEnv = None,
    generate: Generate = False,
    out: Out = None,
    target: ConfiguredStackOptions,
) -> None:
    """Store Leadterra's key or a source's secret in the stack's secret. Everything else in it stays.

    The value is typed without being shown, or comes from stdin (-) or an environment variable. It replaces the old one
    at once. If senders still use the old one, use `rotate`.

    Example: leads secrets set leadterra_api_key
    """
    from leads_cli.stacks.secret_edits import set_value  # noqa: PLC0415

    origin = SecretInput(given, from_env, generate, out)
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
    from_env: FromEnv = None,
    generate: Generate = False,
    out: Out = None,
    target: ConfiguredStackOptions,
) -> None:
    """Give a source a new secret; the previous one is valid beside it until you drop it.

    Example: leads secrets rotate api --generate --out new-secret.txt
    """
    from leads_cli.stacks import secret_edits  # noqa: PLC0415

    origin = SecretInput(given, from_env, generate, out)
    if drop_previous:
        if origin != SecretInput(None, None, generate=False, out=None):
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
    from leads_cli.stacks.secret import ChangedError, read_secret  # noqa: PLC0415
    from leads_cli.stacks.secret_edits import SecretError, known_sources  # noqa: PLC0415

    try:
        with exit_on_error():
            running = target.reach()
            enrollment = target.enrollment(running)
            known_sources(enrollment, name)
            yield running, enrollment, read_secret(running)
    except SecretError as error:
        stop(plain(str(error)), Code.USAGE)
    except ChangedError as error:
        stop(f"{name}: {error}", Code.FAILED)


def _keep(running: "Running", stored: "StoredSecret", content: dict[str, Any]) -> None:
    from secrets import token_urlsafe  # noqa: PLC0415

    from leads_cli.stacks.secret import LOG_KEY, write_if_unchanged  # noqa: PLC0415

    # With it `leads logs ADDRESS` finds a person. Only the functions and this command ever read it.
    content = {LOG_KEY: token_urlsafe(32), **content}
    if replaced := write_if_unchanged(running, stored, content):
        typer.echo(
            "The secret was changed at the same moment, and this command has overwritten that change: "
            f"it was version {replaced}, and has to be made again.",
            err=True,
        )


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
        versions = secret.versions(running)
    rows = secret_edits.list_states(enrollment, stored)
    unread = secret_edits.find_unread(enrollment, stored)
    if as_json:
        told = {
            secret.API_KEY: stored.api_key is not None,
            secret.LOG_KEY: bool(stored.content.get(secret.LOG_KEY)),
            "sources": [row.as_json() for row in rows],
            "unread": unread,
            "versions": [version.as_json() for version in versions],
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
    for label, stage in (("The present version", secret.CURRENT), ("The one before", secret.PREVIOUS)):
        for version in versions:
            if stage in version.stages and version.created:
                typer.echo(f"{label} is of {version.created.astimezone():%Y-%m-%d %H:%M}.")
    missing = [secret.API_KEY] * (not stored.api_key) + [
        r.name for r in rows if r.state is secret_edits.SecretState.MISSING
    ]
    missing += [f"{secret.LOG_KEY} --generate"] * (not stored.content.get(secret.LOG_KEY))
    for name in missing:
        typer.echo(f"Put what is missing: leads secrets set {plain(name)}{target.as_arguments()}")
