"""`leads logs` and `leads tail`: one lead's way through both functions, and what they do now."""

import json
import sys
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leads_cli.cli.target import AsJson, StackOptions, exit_on_error, grouped, moment
from leads_cli.project import command
from leads_cli.terminal import Code, plain, stop

if TYPE_CHECKING:
    from leads_cli.logs.reading import Line

_LOOK_BACK: Final = "1d"
_TAIL_BACK: Final = timedelta(seconds=10)

LeadId = Annotated[str, typer.Argument(metavar="ID|EMAIL", help="A lead's id, or a person's address.")]
Since = Annotated[str, typer.Option(help="How far to look back: 2h, 3d, 2026-11-22.")]


@grouped
def logs(lead: LeadId, *, since: Since = _LOOK_BACK, as_json: AsJson = False, where: StackOptions) -> None:
    """Follow one lead, or all leads of an address: taken, tried, held, accepted or rejected, line by line.

    The log has no addresses. A person is found by a keyed hash, with the stack's own log_key.

    Example: leads logs ava@example.com --since 3d
    """
    from leads.message.message import id_for_log  # noqa: PLC0415
    from leads_cli.failures.person.search import find_person  # noqa: PLC0415
    from leads_cli.logs.sentence import step  # noqa: PLC0415

    start, logged = moment("--since", since), id_for_log(lead)
    with exit_on_error():
        read, _ = where.log_reader()
        if "@" in lead:
            steps = find_person(where.reach(), read, lead, start)
        else:
            steps = [(line, told) for line in read(start, logged) if (told := step(line, logged))]
    if as_json:
        typer.echo(json.dumps({"id": lead, "lines": [line.as_json() for line, _ in steps]}, indent=2))
    else:
        for line, told in steps:
            typer.echo(_shown(line, told))
    if not steps:
        stop(
            f"No line of the last {since} is about {plain(lead)}. Look further back with --since (logs are kept for 30 "
            "days, by leads dev until it ends). It may be a dead letter: "
            f"{command()} failures list --each --contains {quote(lead)}{where.as_arguments()}. "
            "leads tail shows the ids of messages. An address is found only after enroll received the lead, and only "
            "if the secret had a log_key then.",
            Code.FAILED,
        )


@grouped
def tail(
    *,
    since: Annotated[str | None, typer.Option(help="Start this far back: 10m, 2h.", show_default="now")] = None,
    as_json: AsJson = False,
    where: StackOptions,
) -> None:
    """Show what both functions do as it happens, until Ctrl-C. With --json each line is as it was written.

    Example: leads tail --since 10m
    """
    from leads_cli.logs.reading import follow  # noqa: PLC0415
    from leads_cli.logs.sentence import sentence  # noqa: PLC0415

    start = moment("--since", since) if since else datetime.now(UTC) - _TAIL_BACK
    try:
        with exit_on_error():
            read, every = where.log_reader()
            for line in follow(read, start, every):
                typer.echo(json.dumps(line.as_json()) if as_json else _shown(line, sentence(line)))
                sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit from None


def _shown(line: "Line", told: str) -> str:
    level = "" if line.level in {"DEBUG", "INFO"} else f"{line.level} "
    return f"{line.when.astimezone():%m-%d %H:%M:%S}  {line.function:6}  {level}{plain(told)}"
