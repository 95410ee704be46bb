"""What the command says: every message tells what happened, to what, and what to do next."""

from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from leads_cli.configuration import BadFileError, read
from leads_cli.counts import ASIDE, OUTCOMES, RARE, TAKEN

if TYPE_CHECKING:
    from leads.config import Enrollment
    from leads_cli.running import Status


class Code(IntEnum):
    """Exit codes."""

    FAILED = 1
    """A check failed, or the counts do not add up."""
    USAGE = 2
    """The command was called with something it cannot work with."""


def stop(message: str, code: Code) -> NoReturn:
    """End the command with a message on stderr."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


def plain(text: str) -> str:
    """A text of somebody else's on one line, with everything escaped that a terminal might obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def enrollment(path: Path, code: Code) -> "Enrollment":
    """The configuration in a file; ends the command with every problem in it, by name."""
    try:
        return read(path)
    except BadFileError as error:
        stop(str(error), code)


def print_status(status: "Status") -> None:
    """The counts as an equation, one term a line, and the verdict."""
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415

    from leads_cli.running import duration  # noqa: PLC0415

    numbers = status.counts.as_json()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column()
    table.add_column(justify="right")
    for side, first in ((TAKEN, ""), (OUTCOMES, "=")):
        shown = [name for name in side if numbers[name] or name not in RARE]
        for number, name in enumerate(shown):
            table.add_row("+" if number else first, name, f"{numbers[name]:,}")
    console = Console(highlight=False)
    console.print(table)
    if others := [f"{name.replace('_', ' ')} {value:,}" for name, value in numbers.items() if name in ASIDE and value]:
        console.print("Beside these: " + ", ".join(others) + ".")
    if status.oldest_seconds is not None:
        console.print(f"The oldest lead has been waiting for {duration(status.oldest_seconds)}.")
    if status.counts.balanced:
        console.print("The counts add up.")
