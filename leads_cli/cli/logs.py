"""`leads logs` and `leads tail`: one lead's way through both functions, and what they do now."""

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leads_cli.cli.grouped import grouped
from leads_cli.cli.target import AsJson, StackOptions, exit_on_error
from leads_cli.terminal import Code, plain, stop

if TYPE_CHECKING:
    from leads_cli.logs.line import Line
    from leads_cli.logs.reading import Reader

_LOOK_BACK: Final = "1d"
_TAIL_BACK: Final = timedelta(seconds=10)

LeadId = Annotated[str, typer.Argument(metavar="ID", help="A lead's id: of its message; tail and failures show it.")]
Since = Annotated[str, typer.Option(help="How far to look back: 2h, 3d, 2026-11-22.")]
Level = Annotated[str | None, typer.Option(help="Only this level and above: debug, info, warning, error.")]


@grouped
def logs(
    lead: LeadId,
    *,
    since: Since = _LOOK_BACK,
    as_json: AsJson = False,
    where: StackOptions,
) -> None:
    """Follow one lead's way: taken, tried, held, accepted or rejected, line by line.

    Example: leads logs 0b8f1a52-6f0e-4b7c-9a53-2f6f0f4f9a11 --since 3d
    """
    from leads.io.pseudonyms import id_for_log  # noqa: PLC0415
    from leads_cli.logs.sentence import step  # noqa: PLC0415

    start, logged = _moment(since), id_for_log(lead)
    with exit_on_error():
        read, _ = _reader(where)
        steps = [(line, told) for line in read(start, logged) if (told := step(line, logged))]
    if as_json:
        typer.echo(json.dumps({"id": lead, "lines": [line.as_json() for line, _ in steps]}, indent=2))
    else:
        for line, told in steps:
            typer.echo(_shown(line, told))
    if not steps:
        stop(
            f"No line of the last {since} is about {plain(lead)}: look further back with --since (logs are kept for "
            "30 days, by leads dev until it ends), and take the id of its message, which leads tail shows.",
            Code.FAILED,
        )


@grouped
def tail(
    *,
    source: Annotated[str | None, typer.Option(help="Only what a source sent.")] = None,
    campaign: Annotated[str | None, typer.Option(help="Only batches of a campaign.")] = None,
    level: Level = None,
    since: Annotated[str | None, typer.Option(help="Begin so far back: 10m, 2h.", show_default="now")] = None,
    as_json: AsJson = False,
    where: StackOptions,
) -> None:
    """Show what both functions do as it happens, until Ctrl-C. With --json each line is as it was written.

    Example: leads tail --campaign newsletter --level warning
    """
    from leads_cli.logs.line import LEVELS, Filter  # noqa: PLC0415
    from leads_cli.logs.reading import follow  # noqa: PLC0415
    from leads_cli.logs.sentence import sentence  # noqa: PLC0415

    least = level.upper() if level else None
    if least is not None and least not in LEVELS:
        stop(f"--level {plain(level or '')}: there is no such level; take debug, info, warning or error.", Code.USAGE)
    wanted = Filter(source, campaign, least)
    start = _moment(since) if since else datetime.now(UTC) - _TAIL_BACK
    try:
        with exit_on_error():
            read, every = _reader(where)
            for line in follow(read, start, every):
                if wanted.wants(line):
                    typer.echo(json.dumps(line.as_json()) if as_json else _shown(line, sentence(line)))
                    sys.stdout.flush()
    except KeyboardInterrupt:
        raise typer.Exit from None


def _reader(where: StackOptions) -> "tuple[Reader, float]":
    """Where lines come from, and how often to look for new ones."""
    from leads_cli.logs import reading  # noqa: PLC0415

    if where.stack is None:
        return reading.read_embedded(where.url), reading.EMBEDDED_SECONDS
    return reading.read_deployed(where.stack, where.session()), reading.DEPLOYED_SECONDS


def _moment(text: str) -> datetime:
    from leads_cli.failures.read.criteria import parse_moment  # noqa: PLC0415

    try:
        return parse_moment(text, datetime.now(UTC))
    except ValueError as error:
        stop(f"--since {plain(text)}: {error}", Code.USAGE)


def _shown(line: "Line", told: str) -> str:
    level = "" if line.level in {"DEBUG", "INFO"} else f"{line.level} "
    return f"{line.when.astimezone():%m-%d %H:%M:%S}  {line.function:6}  {level}{plain(told)}"
