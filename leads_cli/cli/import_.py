"""`leads import`: a list of people into a campaign."""

import os
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, Any, Final

import typer

from leads_cli.cli.target import AsJson, ConfiguredStackOptions, Yes, check_leadterra_url, confirm, grouped
from leads_cli.errors import CommandError, UsageError
from leads_cli.importing.read.encoding import UncertainEncodingError
from leads_cli.importing.read.reading import FileFormat
from leads_cli.importing.run import Destination, ImportOptions, ImportResult
from leads_cli.importing.send import direct as straight
from leads_cli.importing.send.queue import LeadsQueue
from leads_cli.stacks.leadterra import KEY_VARIABLE
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import Running
from leads_cli.terminal import console, plain, print_json
from leads_cli.words import number

_SOURCE: Final = "import"
_SHOWN_CHARACTERS: Final = 120


@grouped
def import_(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, TSV, JSON lines or a workbook; - reads standard input.")
    ],
    *,
    campaign: Annotated[
        str | None, typer.Option(help="A campaign of the configuration. Without: the only one.", show_default=False)
    ] = None,
    source: Annotated[str, typer.Option(help="The name of this list in counts and dead letters.")] = _SOURCE,
    maps: Annotated[
        list[str] | None,
        typer.Option(
            "--map", metavar="COLUMN=FIELD", help="The field of a column; COLUMN= leaves it out.", show_default=False
        ),
    ] = None,
    custom: Annotated[
        list[str] | None,
        typer.Option(
            metavar="A,B",
            help="Columns to forward as custom fields, '*' for all. No other is sent.",
            show_default=False,
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read all rows and show what is wrong. Send nothing.")
    ] = False,
    yes: Yes = False,
    again: Annotated[
        bool, typer.Option("--again", help="Start at the first row, even if leads were sent before.")
    ] = False,
    rate: Annotated[float | None, typer.Option(min=0.001, help="The most leads per second.")] = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Send straight to Leadterra, with LEADTERRA_API_KEY or the key of --stack.")
    ] = False,
    leadterra_url: Annotated[
        str | None,
        typer.Option(
            help="Where Leadterra is, for --direct.", show_default="the configuration's", callback=check_leadterra_url
        ),
    ] = None,
    include_opted_out: Annotated[
        bool, typer.Option("--include-opted-out", help="Include people whose row says that they opted out.")
    ] = False,
    as_json: AsJson = False,
    encoding: Annotated[
        str, typer.Option(help="The file's encoding. Without: asks if it is not certain.", show_default=False)
    ] = "",
    delimiter: Annotated[str, typer.Option(help="The separator: a character, or tab.", show_default="detected")] = "",
    sheet: Annotated[str, typer.Option(help="A workbook's sheet.", show_default="the first")] = "",
    target: ConfiguredStackOptions,
) -> None:
    """Import a list of people into a campaign.

    Columns are recognised by their names, and what becomes of each is shown before anything is sent. People whose row
    says that they opted out are left out. If the import stops, the same command continues it. Refused rows are written
    to FILE.refused.csv, to be corrected there and imported.

    It ends with 1 if a row is refused, also with --dry-run, or if leads are left to be sent.

    Example: leads import people.csv --campaign newsletter --map "Your role=jobTitle" --custom plan --dry-run
    """
    if file == "-" and not (yes or dry_run):
        raise UsageError("Standard input is the file, so the command cannot ask: add --yes, or use --dry-run first")
    if leadterra_url and not direct:
        raise UsageError("--leadterra-url is for --direct; through a stack, the stack knows where Leadterra is")
    screen = console()
    screen.quiet = as_json
    running = None if dry_run or (direct and target.stack is None) else target.reach()
    settings = target.enrollment(running)

    def run(encoding: str) -> dict[str, Any]:
        form = FileFormat(encoding, delimiter, sheet)
        options = ImportOptions(
            file, campaign, source, settings, screen, maps or (), custom or (), form, include_opted_out
        )
        if dry_run:
            return options.dry_run()
        if running and not direct:
            queue = LeadsQueue.of(running, source, target.as_arguments())
            destination: AbstractContextManager[Destination] = nullcontext(queue)
        else:
            destination = _leadterra(options, running, leadterra_url)
        end = options.run(destination, Pace(rate), (lambda _: True) if yes else confirm, again=again)
        if not as_json:
            _report(end, again=again)
        return end.as_json()

    found = _run_decoded(run, encoding, may_ask=not yes and file != "-")
    if as_json:
        print_json(found)
    if found["ending"] in {"stopped", "declined"} or (found["refused"] and found["ending"] != "finished before"):
        raise typer.Exit(CommandError.exit_code)


def _run_decoded(run: Callable[[str], dict[str, Any]], encoding: str, *, may_ask: bool) -> dict[str, Any]:
    """Run an import in the encoding of the file. If its bytes do not prove one, the user chooses by the first row."""
    try:
        return run(encoding)
    except UncertainEncodingError as error:
        typer.echo(plain(str(error)), err=True)
        for place, (names, row) in enumerate(error.readings, start=1):
            typer.echo(f"{place:>3}  {', '.join(names)}:  {plain(row)[:_SHOWN_CHARACTERS]}", err=True)
        known = {str(place): names[0] for place, (names, _) in enumerate(error.readings, start=1)}
        known |= {name: name for names, _ in error.readings for name in names}
    while may_ask:
        try:
            answer = typer.prompt("Which one is correct? Its number or name", err=True).strip().lower()
        except typer.Abort:
            break
        if answer in known:
            return run(known[answer])
    raise UsageError(f"Nothing was imported. Name the correct encoding, for example: --encoding {known['1']}")


def _leadterra(
    options: ImportOptions, running: Running | None, address: str | None
) -> AbstractContextManager[Destination]:
    found = straight.fixed_key(os.environ) or (running and straight.key_of_stack(running))
    if not found:
        raise UsageError(
            f"--direct needs Leadterra's key: set {KEY_VARIABLE}, or name the stack that has it with --stack"
        )
    return straight.to(
        options.config, options.campaign_name(), found, address or (running.leadterra_url if running else None)
    )


def _report(end: ImportResult, *, again: bool) -> None:
    """Show what it came to, and what to do next."""
    facts = end.facts
    totals = facts.totals
    if end.ending == "finished before":
        typer.echo(f"This was imported on {facts.started}; nothing is sent. --again sends all of it once more.")
    elif end.ending == "declined":
        typer.echo("Nothing was sent.")
    else:
        for line in end.summary:
            typer.echo(line)
        if end.trouble:
            typer.echo(end.trouble, err=True)
        if end.ending == "stopped":
            how = "the same command without --again" if again else "the same command"
            typer.echo(f"Stopped: {totals.left:,} of {number(totals.leads, 'lead')} left to be sent; {how} goes on.")
        if totals.refused:
            correct = f"Correct them in {facts.refused_file}, and import that with the same options."
            typer.echo(f"Refused: {number(totals.refused, 'row')}. {correct}")
