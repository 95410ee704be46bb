"""What `leads failures list`, `show` and `export` do. Looking changes nothing."""

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from pathlib import Path
from time import monotonic
from typing import Final

import typer
from rich.live import Live

from leads_cli.cli.failures import printed
from leads_cli.cli.failures.options import LetterOptions
from leads_cli.cli.target import StackOptions
from leads_cli.failures.read.criteria import choose, find
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing, describe, summarise, write_csv, write_jsonl
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.project import shown
from leads_cli.terminal import Code, console, new_private_file, stop
from leads_cli.words import number

_EVERY_SECONDS: Final = 0.5


def list_letters(which: LetterOptions, where: StackOptions, *, most: int, as_json: bool) -> None:
    """List groups, or `most` letters one by one. A terminal shows the groups while they are read."""
    listing = Listing(most)
    with printed.exit_on_letter_error(where), QueueScan(where.reach()) as reading:
        for letter in _watched(choose(reading, printed.criteria(which)), listing, reading):
            listing.add(letter)
        # Before the letters are given back: that takes time as well.
        if as_json:
            groups = {"groups": [group.as_json() for group in listing.groups]}
            found = {"letters": list(map(summarise, listing.newest))} if most else groups
            about = {"total": listing.total, "elsewhere": reading.elsewhere, "whole": reading.whole}
            expires = listing.expires(reading.retention)
            typer.echo(json.dumps({**about, "expires": expires and expires.isoformat(), **found}, indent=2))
        else:
            printed.listing(listing, reading, where, each=bool(most))
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


def show(letter_id: str, where: StackOptions, *, as_json: bool) -> None:
    """Show everything about a letter, or about all of a lead's."""
    with printed.exit_on_letter_error(where, letter_id), QueueScan(where.reach()) as reading:
        found = find(reading, letter_id)
    if as_json:
        typer.echo(json.dumps([describe(letter) for letter in found], indent=2))
        return
    for letter in found:
        printed.letter(letter, where)


def export(letter_id: str | None, which: LetterOptions, where: StackOptions, *, form: str, output: Path | None) -> None:
    """Write letters into a file, or to standard output."""
    write = write_csv if form == "csv" else write_jsonl
    with (
        printed.exit_on_letter_error(where, letter_id),
        QueueScan(where.reach()) as reading,
        new_private_file(output) if output else nullcontext(sys.stdout) as stream,
    ):
        written = write(choose(reading, printed.criteria(which), letter_id), stream)
    place = f" to {shown(output)}; it holds people's data, so keep it no longer than you need it" if output else ""
    typer.echo(f"{number(written, 'dead letter')} written{place}.", err=True)
    if reading.elsewhere or not reading.whole:
        stop(f"About {number(reading.elsewhere, 'more dead letter')} could not be seen: run this again.", Code.FAILED)
