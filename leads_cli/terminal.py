"""Output of the commands: tables, JSON, the counts, and new files."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

import typer
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from leads_cli.errors import UsageError
from leads_cli.private_files import open_private
from leads_cli.project import shown
from leads_cli.stacks.counts import ASIDE, OUTCOMES, RARE, TAKEN, StackStatus
from leads_cli.words import duration

_WIDE: Final = 1_000


def print_json(value: object) -> None:
    """A result for programs."""
    typer.echo(json.dumps(value, indent=2))


@contextmanager
def new_private_file(path: Path) -> Iterator[TextIO]:
    """A new file that only its owner may read, complete or not there; ends the command if it cannot be written."""
    if path.exists():
        raise UsageError(f"{shown(path)} is there already: name a new file, or move that one away.")
    try:
        with open_private(path) as file:
            yield file
    except OSError as error:
        raise UsageError(f"{shown(path)} cannot be written: {error.strerror}.") from error


def plain(text: str) -> str:
    """Foreign text on one line, with control sequences escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def plain_lines(text: str) -> str:
    """The same, with its lines."""
    return "\n".join(map(plain, text.splitlines()))


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: int | None = None) -> None:
    """Rows under each other, as wide as they are where no terminal bounds them; `right` is the column of numbers."""
    console().print(make_table(heads, rows, right=right))


def make_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: int | None = None, title: str | None = None
) -> Table:
    """The same as a part of a screen."""
    made = Table(box=None, show_header=bool(heads), pad_edge=False, title=title, title_justify="left")
    listed = [[Text(plain(cell)) for cell in row] for row in rows]
    for index in range(len(heads) or max(map(len, listed), default=0)):
        made.add_column(heads[index] if heads else "", justify="right" if index == right else "left", overflow="fold")
    for row in listed:
        made.add_row(*row)
    return made


def console() -> Console:
    """The terminal. Output that is piped to a program is not cut to a width."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)


def print_status(status: StackStatus) -> None:
    """The counts as an equation, one term a line, and the verdict."""
    console().print(*status_parts(status), sep="\n")


def status_parts(status: StackStatus, rates: Mapping[str, float] | None = None) -> Iterator[RenderableType]:
    """The same as parts of a screen; `rates` are changes a second, which stand behind their terms."""
    numbers = status.counts.as_json()
    rows = []
    for side, first in ((TAKEN, ""), (OUTCOMES, "=")):
        for name in [name for name in side if numbers[name] or name not in RARE]:
            rate = f"{rates[name]:+,.1f}/s" if rates and rates[name] else ""
            sign = first if name == side[0] else "+"
            rows.append([sign, name, f"{numbers[name]:,}", *([rate] if rate else [])])
    yield make_table([], rows, right=2)
    if others := [f"{name.replace('_', ' ')} {value:,}" for name, value in numbers.items() if name in ASIDE and value]:
        yield "Beside these: " + ", ".join(others) + "."
    if status.oldest_seconds is not None:
        yield f"The oldest lead has been waiting for {duration(status.oldest_seconds)}."
    if status.waiting:
        yield status.waiting.text
    if status.in_progress:
        yield "In progress: some leads have no outcome yet."
    if status.counts.balanced:
        yield "The counts add up."
