"""Output of the commands. Each message says what happened, to what, and what to do next."""

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, TextIO

import typer

from leads_cli.private_files import open_private
from leads_cli.project import shown
from leads_cli.stacks.configuration import BadFileError, read_configuration
from leads_cli.stacks.counts import ASIDE, OUTCOMES, RARE, TAKEN

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from leads.config.schema import Enrollment
    from leads_cli.stacks.counts import StackStatus

_WIDE: Final = 1_000


class Code(IntEnum):
    """Exit codes."""

    FAILED = 1
    """A check failed, or the counts do not add up."""
    USAGE = 2
    """The command was called incorrectly."""


def stop(message: str, code: Code) -> NoReturn:
    """End the command with a message on stderr."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


@contextmanager
def new_private_file(path: Path) -> "Iterator[TextIO]":
    """A new file that only its owner may read, complete or not there; ends the command if it cannot be written."""
    if path.exists():
        stop(f"{shown(path)} is there already: name a new file, or move that one away.", Code.USAGE)
    try:
        with open_private(path) as file:
            yield file
    except OSError as error:
        stop(f"{shown(path)} cannot be written: {error.strerror}.", Code.USAGE)


def plain(text: str) -> str:
    """Foreign text on one line, with control sequences escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def enrollment(path: Path, code: Code) -> "Enrollment":
    """The configuration in a file; ends the command with every problem in it, by name."""
    try:
        return read_configuration(path)
    except BadFileError as error:
        stop(str(error), code)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: int | None = None) -> None:
    """Rows under each other, as wide as they are where no terminal bounds them; `right` is the column of numbers."""
    console().print(make_table(heads, rows, right=right))


def make_table(
    heads: Sequence[str], rows: Iterable[Sequence[str]], *, right: int | None = None, title: str | None = None
) -> "Table":
    """The same as a part of a screen."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    made = Table(box=None, show_header=bool(heads), pad_edge=False, title=title, title_justify="left")
    listed = [[Text(plain(cell)) for cell in row] for row in rows]
    for index in range(len(heads) or max(map(len, listed), default=0)):
        made.add_column(heads[index] if heads else "", justify="right" if index == right else "left", overflow="fold")
    for row in listed:
        made.add_row(*row)
    return made


def console() -> "Console":
    """The terminal. Output that is piped to a program is not cut to a width."""
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)


def print_status(status: "StackStatus") -> None:
    """The counts as an equation, one term a line, and the verdict."""
    out = console()
    for part in status_parts(status):
        out.print(part)


def status_parts(status: "StackStatus", rates: Mapping[str, float] | None = None) -> "Iterator[RenderableType]":
    """The same as parts of a screen; `rates` are changes a second, which stand behind their terms."""
    from rich.table import Table  # noqa: PLC0415

    from leads_cli.words import duration  # noqa: PLC0415

    numbers = status.counts.as_json()
    made = Table(box=None, show_header=False, pad_edge=False)
    for justify in ("left", "left", "right") if rates is None else ("left", "left", "right", "right"):
        made.add_column(justify=justify)
    for side, first in ((TAKEN, ""), (OUTCOMES, "=")):
        shown = [name for name in side if numbers[name] or name not in RARE]
        for number, name in enumerate(shown):
            rate = [] if rates is None else [_rate(rates[name])]
            made.add_row("+" if number else first, name, f"{numbers[name]:,}", *rate)
    yield made
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


def _rate(rate: float) -> str:
    return f"{rate:+,.1f}/s" if rate else ""
