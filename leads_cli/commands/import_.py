"""`leads import`: a list of people into a campaign."""

import json
import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

import typer

from leads_cli.commands.target import Config, Profile, Region, Stack, Url, find, options
from leads_cli.project import CONFIG
from leads_cli.running import DEFAULT_URL, NotReachableError, number
from leads_cli.terminal import Code, enrollment, stop

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leads_cli.importing.course import Destination, End
    from leads_cli.importing.order import Order

_SOURCE: Final = "import"


def import_(
    file: Annotated[str, typer.Argument(help="CSV, TSV, JSON lines or .xlsx; - reads what is piped in.")],
    *,
    campaign: Annotated[
        str | None, typer.Option(help="A campaign of the configuration. Without: the only one.", show_default=False)
    ] = None,
    source: Annotated[str, typer.Option(help="By which counts and dead letters name this list.")] = _SOURCE,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="What a column is; COLUMN= leaves it out.", show_default=False
        ),
    ] = None,
    custom: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B", help="Columns to forward as custom fields, '*' for all; no other is.", show_default=False
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read it all, say what is wrong, send nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    again: Annotated[bool, typer.Option("--again", help="From the first row, whatever was sent before.")] = False,
    rate: Annotated[float | None, typer.Option(min=0.001, help="Leads a second at the most.")] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Straight to Leadterra, with the key LEADTERRA_API_KEY or that of --stack.")
    ] = False,
    leadterra_url: Annotated[
        str | None, typer.Option(help="Where Leadterra is, for --direct.", show_default="the configuration's")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What it came to, as JSON for programs.")] = False,
    encoding: Annotated[str, typer.Option(help="Of a text.", show_default="found out")] = "",
    delimiter: Annotated[
        str, typer.Option(help="Between columns: a character, or tab.", show_default="found out")
    ] = "",
    sheet: Annotated[str, typer.Option(help="Of a workbook.", show_default="the first")] = "",
    url: Url = DEFAULT_URL,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    config: Config = CONFIG,
) -> None:
    """Import a list of people into a campaign.

    Columns are recognised by their names, and what becomes of each is shown before anything is sent. An import that
    was stopped goes on where it was when the same command is run again. Rows that are refused are written to
    FILE.refused.csv, to be mended there and imported.

    It ends with 1 if a row is refused, also with --dry-run, or if leads are left to be sent.

    Example: leads import people.csv --campaign newsletter --map "Your role=jobTitle" --custom plan --dry-run
    """
    if file == "-" and not (yes or dry_run):
        stop("What is piped in leaves no way to ask: add --yes, or look at it first with --dry-run", Code.USAGE)
    if leadterra_url and not direct:
        stop("--leadterra-url is for --direct; through a stack, the stack knows where Leadterra is", Code.USAGE)
    settings = enrollment(config, Code.USAGE)
    from rich.console import Console  # noqa: PLC0415

    from leads_cli.importing import errors, order, pace, reading  # noqa: PLC0415 - pydantic takes a quarter of a second

    asked = order.Order(
        file=file,
        campaign=campaign,
        source=source,
        config=settings,
        console=Console(quiet=as_json, highlight=False),
        maps=maps or (),
        custom=custom or (),
        reading=reading.Reading(encoding, delimiter, sheet),
    )
    try:
        if dry_run:
            found = asked.dry_run()
        else:
            target = _Target(url, stack, region, profile, config)
            destination = _leadterra(asked, leadterra_url, target) if direct else _queue(asked, target)
            end = asked.run(destination, pace.Pace(rate), (lambda _: True) if yes else typer.confirm, again=again)
            found = end.as_json()
            if not as_json:
                _tell(end, again=again)
    except errors.UnusableError as error:
        stop(str(error), Code.USAGE)
    except (errors.StoppedError, NotReachableError) as error:
        stop(str(error), Code.FAILED)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    if found["ending"] in {"stopped", "declined"} or (found["refused"] and found["ending"] != "finished before"):
        raise typer.Exit(Code.FAILED)


class _Target(NamedTuple):
    """The stack that the options name."""

    url: str
    stack: str | None
    region: str | None
    profile: str | None
    config: Path


@contextmanager
def _queue(asked: "Order", target: _Target) -> "Iterator[Destination]":
    from leads_cli.importing.queue import LeadsQueue  # noqa: PLC0415

    there = options(target.url, target.stack, target.region, target.profile)
    yield LeadsQueue.of(find(*target), asked.source, there)


@contextmanager
def _leadterra(asked: "Order", address: str | None, target: _Target) -> "Iterator[Destination]":
    from leads_cli.importing import direct, key  # noqa: PLC0415
    from leads_cli.importing.errors import UnusableError  # noqa: PLC0415

    found = key.given(os.environ) or (key.from_stack(find(*target)) if target.stack else None)
    if found is None:
        msg = f"--direct needs Leadterra's key: set {key.VARIABLE}, or name the stack that has it with --stack"
        raise UnusableError(msg)
    with direct.to(asked.config, asked.campaign_name(), found, address) as destination:
        yield destination


def _tell(end: "End", *, again: bool) -> None:
    """What it came to, and what is to be done next."""
    facts = end.facts
    totals = facts.totals
    if end.ending == "finished before":
        typer.echo(f"This was imported on {facts.started}; nothing is sent. --again sends all of it once more.")
    elif end.ending == "declined":
        typer.echo("Nothing was sent.")
    else:
        for line in end.said:
            typer.echo(line)
        if end.trouble:
            typer.echo(end.trouble, err=True)
        if end.ending == "stopped":
            how = "the same command without --again" if again else "the same command"
            typer.echo(f"Stopped: {totals.left:,} of {number(totals.leads, 'lead')} left to be sent; {how} goes on.")
        if totals.refused:
            typer.echo(f"Refused: {number(totals.refused, 'row')}. Mend them in {facts.refused_file}, and import that.")
