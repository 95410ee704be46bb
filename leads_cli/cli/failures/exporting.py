"""`leads failures export`: dead letters for a spreadsheet or another program."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from leads_cli.cli.failures import options
from leads_cli.cli.failures.options import LetterOptions, exit_on_letter_error
from leads_cli.cli.grouped import grouped
from leads_cli.cli.target import StackOptions
from leads_cli.project import shown
from leads_cli.terminal import Code, stop
from leads_cli.words import number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from leads_cli.failures.read.letter import Letter


class Format(StrEnum):
    """How letters are written."""

    CSV = "csv"
    JSONL = "jsonl"


@grouped
def export(
    letter_id: options.MaybeId = None,
    *,
    form: Annotated[Format, typer.Option("--format", help="A table, or a JSON object on each line.")] = Format.CSV,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A new file. Without: standard output.", show_default=False)
    ] = None,
    which: LetterOptions,
    where: StackOptions,
    lease: options.Lease = options.LEASE_DEFAULT,
) -> None:
    """Write letters into a file, one a line, with their reasons; they stay where they are.

    Cells that a spreadsheet would take for a formula get a ' in front.

    Example: leads failures export --format csv --output letters.csv
    """
    from leads_cli.failures.read.export import write_csv, write_jsonl  # noqa: PLC0415
    from leads_cli.failures.read.queue_scan import QueueScan  # noqa: PLC0415
    from leads_cli.failures.read.survey import chosen  # noqa: PLC0415

    write: Callable[[Iterable[Letter], TextIO], int] = write_csv if form is Format.CSV else write_jsonl
    with (
        exit_on_letter_error(where, letter_id),
        QueueScan(where.reach(), lease=lease) as reading,
        _opened(output) as stream,
    ):
        written = write(chosen(reading, which.criteria(), letter_id), stream)
    place = f" to {shown(output)}; it holds people's data, so keep it no longer than you need it" if output else ""
    typer.echo(f"{number(written, 'dead letter')} written{place}.", err=True)
    if reading.elsewhere or not reading.whole:
        stop(f"About {number(reading.elsewhere, 'more dead letter')} could not be seen: run this again.", Code.FAILED)


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Where to write: a file that is there in the end, whole, or not at all, and for nobody else to read."""
    if path is None:
        yield sys.stdout
        return
    if path.exists():
        stop(f"{shown(path)} is there already: name a new file, or move that one away.", Code.USAGE)
    from leads_cli.private_files import open_private  # noqa: PLC0415

    try:
        with open_private(path) as it:
            yield it
    except OSError as error:
        stop(f"{shown(path)} cannot be written: {error.strerror}.", Code.USAGE)
