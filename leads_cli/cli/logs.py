"""`leads logs` and `leads tail`: one lead's way through both functions, and what they do now."""

import json
import sys
from datetime import UTC, datetime, timedelta
from shlex import quote
from typing import Annotated, Final

import typer

from leads.message.message import id_for_log
from leads_cli.cli.target import AsJson, StackOptions, grouped, moment
from leads_cli.errors import CommandError
from leads_cli.failures.person.search import find_person
from leads_cli.logs import reading
from leads_cli.logs.reading import Line
from leads_cli.logs.sentence import sentence, step
from leads_cli.project import command
from leads_cli.terminal import plain, print_json

_LOOK_BACK: Final = "1d"
_TAIL_BACK: Final = timedelta(seconds=10)


@grouped
def logs(
    lead: Annotated[str, typer.Argument(metavar="ID|EMAIL", help="A lead's id, or a person's address.")],
    *,
    since: Annotated[str, typer.Option(help="How far to look back: 2h, 3d, 2026-11-22.")] = _LOOK_BACK,
    as_json: AsJson = False,
    where: StackOptions,
) -> None:
    """Follow one lead, or all leads of an address: taken, tried, held, accepted or rejected, line by line.

    The log has no addresses. A person is found by a keyed hash, with the stack's own log_key.

    Example: leads logs ava@example.com --since 3d
    """
    start, logged = moment("--since", since), id_for_log(lead)
    read, _ = where.log_reader()
    if "@" in lead:
        steps = find_person(where.reach(), read, lead, start)
    else:
        steps = [(line, sentence) for line in read(start, logged) if (sentence := step(line, logged))]
    if as_json:
        print_json({"id": lead, "lines": [line.as_json() for line, _ in steps]})
    else:
        for line, sentence in steps:
            typer.echo(_shown(line, sentence))
    if not steps:
        raise CommandError(
            f"No line of the last {since} is about {lead}. Look further back with --since (logs are kept for 30 "
            "days, by leads dev until it ends). It may be a dead letter: "
            f"{command()} failures list --each --contains {quote(lead)}{where.as_arguments()}. "
            "leads tail shows the ids of messages. An address is found only after enroll received the lead, and only "
            "if the secret had a log_key then."
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
    start = moment("--since", since) if since else datetime.now(UTC) - _TAIL_BACK
    try:
        read, every = where.log_reader()
        for line in reading.follow(read, start, every):
            typer.echo(json.dumps(line.as_json()) if as_json else _shown(line, sentence(line)))
            sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit from None


def _shown(line: Line, sentence: str) -> str:
    level = "" if line.level in {"DEBUG", "INFO"} else f"{line.level} "
    return f"{line.when.astimezone():%m-%d %H:%M:%S}  {line.function:6}  {level}{plain(sentence)}"
