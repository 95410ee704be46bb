"""`leads failures list`, `show` and `export`. Looking changes nothing."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from time import monotonic
from typing import Annotated, Final

import typer
from rich.live import Live

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.options import LetterId, LetterOptions, MaybeId, explain_id
from leads_cli.cli.target import AsJson, StackOptions, grouped
from leads_cli.errors import CommandError
from leads_cli.failures.read.criteria import choose, find
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing, describe, summarise, write_csv, write_jsonl
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.project import shown
from leads_cli.terminal import console, new_private_file, print_json
from leads_cli.words import number

_EVERY_SECONDS: Final = 0.5


@grouped
def list_letters(
    *,
    each: Annotated[bool, typer.Option("--each", help="One by one instead of in groups.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many to list one by one, the newest first.")] = 100,
    as_json: AsJson = False,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """List what was refused, grouped by what is wrong: the largest group first.

    Example: leads failures list --reason rejected --since 3d
    """
    criteria = which.criteria()
    listing = Listing(limit if each else 0)
    with QueueScan(where.reach()) as reading:
        for letter in _watched(choose(reading, criteria), listing, reading):
            listing.add(letter)
        # Before the letters are given back: that takes time as well.
        if as_json:
            groups = {"groups": [group.as_json() for group in listing.groups]}
            found = {"letters": list(map(summarise, listing.newest))} if each else groups
            about = {"total": listing.total, "elsewhere": reading.elsewhere, "whole": reading.whole}
            expires = listing.expires(reading.retention)
            print_json({**about, "expires": expires and expires.isoformat(), **found})
        else:
            printed.listing(listing, reading, where, each=each)
        sys.stdout.flush()


def _watched(letters: Iterable[Letter], listing: Listing, reading: QueueScan) -> Iterator[Letter]:
    """The letters, with what was found so far on the screen, if there is one."""
    if not sys.stdout.isatty():
        yield from letters
        return
    with Live(console=console(), auto_refresh=False, transient=True) as live:
        shown_at = 0.0
        for letter in letters:
            yield letter
            if monotonic() > shown_at + _EVERY_SECONDS:
                shown_at = monotonic()
                title = f"Reading: {number(reading.seen, 'dead letter')} so far"
                live.update(printed.group_table(listing, title), refresh=True)


@grouped
def show(letter_id: LetterId, *, as_json: AsJson = False, where: StackOptions) -> None:
    """Show everything about a dead letter: its lead or event, the refusal, its history, and what to do next.

    Example: leads failures show 7d2f9c
    """
    with explain_id(letter_id, where), QueueScan(where.reach()) as reading:
        found = find(reading, letter_id)
    if as_json:
        print_json([describe(letter) for letter in found])
        return
    for letter in found:
        printed.letter(letter, where)


class Format(StrEnum):
    CSV = "csv"
    JSONL = "jsonl"


@grouped
def export(
    letter_id: MaybeId = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="A table, or a JSON object on each line.")] = Format.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file. Without: standard output.", show_default=False)
    ] = None,
    which: LetterOptions,
    where: StackOptions,
) -> None:
    """Write dead letters to a file, one per line, with their reasons. They stay in the queue.

    Cells that a spreadsheet would run as a formula get a ' in front.

    Example: leads failures export --format csv --output letters.csv
    """
    criteria = which.criteria()
    write = write_csv if form is Format.CSV else write_jsonl
    with (
        explain_id(letter_id, where),
        QueueScan(where.reach()) as reading,
        new_private_file(output) if output else nullcontext(sys.stdout) as stream,
    ):
        written = write(choose(reading, criteria, letter_id), stream)
    place = f" to {shown(output)}; it holds people's data, so keep it no longer than you need it" if output else ""
    typer.echo(f"{number(written, 'dead letter')} written{place}.", err=True)
    if reading.elsewhere or not reading.whole:
        raise CommandError(f"About {number(reading.elsewhere, 'more dead letter')} could not be seen: run this again.")
