"""`leads import`: a list of people into a campaign."""

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leads_cli.commands.target import Config, Profile, Region, Stack, Url, find
from leads_cli.project import CONFIG, command
from leads_cli.running import DEFAULT_URL, NotReachableError
from leads_cli.terminal import Code, enrollment, stop

if TYPE_CHECKING:
    from leads_cli.importing.course import End

_SOURCE: Final = "import"


def import_(
    file: Annotated[str, typer.Argument(help="CSV, TSV, JSON lines or .xlsx; - reads what is piped in.")],
    *,
    campaign: Annotated[
        str | None, typer.Option(help="A name of the configuration. Without: the only one.", show_default=False)
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
    rate: Annotated[float | None, typer.Option(min=0.001, help="Leads a second, at most.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What it came to as JSON, for programs.")] = False,
    encoding: Annotated[str, typer.Option(help="Of the text.", show_default="found out")] = "",
    delimiter: Annotated[str, typer.Option(help="Between columns, or: tab.", show_default="found out")] = "",
    sheet: Annotated[str, typer.Option(help="Of a workbook.", show_default="the first")] = "",
    url: Url = DEFAULT_URL,
    stack: Stack = None,
    region: Region = None,
    profile: Profile = None,
    config: Config = CONFIG,
) -> None:
    """Import a list of people into a campaign, through a running stack.

    The columns are recognised by their names and shown, with what becomes of each, before anything is sent. Run it
    again after it was stopped, and it goes on where it was. Rows that cannot be used go to FILE.refused.csv, to be
    mended and imported.

    It ends with 1 if a row was refused, or not everything could be sent; with --dry-run if a row would be refused.

    Example: leads import list.csv --campaign newsletter --map "Your role=jobTitle" --custom plan --dry-run
    """
    settings = enrollment(config, Code.USAGE)
    from rich.console import Console  # noqa: PLC0415

    from leads_cli.importing import order  # noqa: PLC0415 - pydantic takes a quarter of a second
    from leads_cli.importing.errors import StoppedError, UnusableError  # noqa: PLC0415
    from leads_cli.importing.pace import Pace  # noqa: PLC0415
    from leads_cli.importing.queue import LeadsQueue  # noqa: PLC0415
    from leads_cli.importing.reading import Reading  # noqa: PLC0415

    if file == "-" and not (yes or dry_run):
        stop("what is piped in leaves no way to ask: add --yes, or look at it first with --dry-run", Code.USAGE)
    asked = order.Order(
        file=file,
        campaign=campaign,
        source=source,
        config=settings,
        console=Console(quiet=as_json, highlight=False),
        maps=maps or (),
        custom=custom or (),
        reading=Reading(encoding, delimiter, sheet),
    )
    try:
        if dry_run:
            found = asked.dry_run()
        else:
            queue = LeadsQueue.of(find(url, stack, region, profile, config), source)
            end = asked.run(queue, Pace(rate), _agreed if yes else _ask, again=again)
            found = end.as_json()
            if not as_json:
                _tell(end, file)
    except UnusableError as error:
        stop(str(error), Code.USAGE)
    except (StoppedError, NotReachableError) as error:
        stop(str(error), Code.FAILED)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    if (found["refused"] and found.get("ending") != "finished before") or found.get("left"):
        raise typer.Exit(Code.FAILED)


def _agreed(_: str) -> bool:
    return True


def _ask(question: str) -> bool:
    return typer.confirm(question)


def _tell(end: "End", file: str) -> None:
    """What it came to, and what is to be done next."""
    totals = end.facts.totals
    match end.ending:
        case "finished before":
            typer.echo(
                f"{file}: imported before, on {end.facts.started}. Nothing is sent; --again sends all of it again."
            )
        case "declined":
            typer.echo("Nothing was sent.")
        case "stopped":
            typer.echo(f"Stopped: {end.left:,} of {totals.leads:,} leads are left; the same command goes on with them.")
        case "finished":
            typer.echo(f"{totals.leads:,} leads are in LeadsQueue.")
            typer.echo(f"What becomes of them: {command()} status")
            typer.echo(f"What Leadterra refuses: {command()} failures list --source {end.facts.source}")
    if end.facts.refused_file:
        typer.echo(
            f"{totals.refused:,} rows were refused: mend them in {end.facts.refused_file}, and import that file."
        )
