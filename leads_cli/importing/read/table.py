"""Tables: rows of named cells, from any kind of file."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from leads.fields.address import address_like
from leads_cli.errors import UsageError

type Cell = str | int | float | bool | None


NAMELESS: Final = "column "
# A file with more of them has values where names should be.
MAX_COLUMNS: Final = 2_000
_PART: Final = re.compile(r"[^\s<>()\[\],;:|\"]+")
_LETTER: Final = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row.

    Attributes:
        number: as a spreadsheet shows it; the line, where there is one object on each.
        cells: by column, as they stand there. Cells beyond the header have a column named after its place.
        flaw: why it cannot be read as a row of this table.
    """

    number: int
    cells: Mapping[str, Cell]
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file's rows.

    Attributes:
        columns: each with a name of its own.
        about: how it was read, to be shown.
        rows: reads all rows but empty ones, in their order, as often as it is called.
        notes: what was skipped, to be shown; complete once all rows were read.
    """

    columns: Sequence[str]
    about: str
    rows: Callable[[], Iterator[FileRow]]
    notes: list[str] = field(default_factory=list)


def column_names(header: Sequence[Cell]) -> list[str]:
    """A name for each cell of a header row: its text, numbered if it repeats."""
    if sum(map(is_filled, header)) > MAX_COLUMNS:
        raise UsageError(f"a header of more than {MAX_COLUMNS:,} columns; are some of them values?")
    last = max((place for place, cell in enumerate(header, start=1) if is_filled(cell)), default=0)
    # In order, as a list is. A list of names would be searched for each name.
    names: dict[str, None] = {}
    for place, cell in enumerate(header[:last], start=1):
        text = " ".join(str(cell).split()) if cell is not None else ""
        if address_like(text):
            raise UsageError(
                f"the first row has an address in column {place}, so it is no header: "
                "put a row with the columns' names above it, for instance: email,first_name,last_name"
            )
        name, number = text or beyond(place), 1
        while name in names:
            number += 1
            name = f"{text} ({number})"
        names[name] = None
    return list(names)


def beyond(place: int) -> str:
    return f"{NAMELESS}{place}"


def row_of(number: int, columns: Sequence[str], cells: Sequence[Cell], *, separated: bool) -> FileRow | None:
    """A row of cells; None if all are empty. Missing cells at the end count as empty.

    In separated text, extra cells mean that values are in the wrong columns. In a sheet they are notes.
    """
    row = FileRow(number, dict(zip(columns, cells, strict=False)))
    more = {beyond(n): cell for n, cell in enumerate(cells, start=1) if n > len(columns) and is_filled(cell)}
    if more:
        flaw = f"{len(cells)} cells, and the header has {len(columns)}: is there a separator in a cell without quotes?"
        return replace(row, cells={**row.cells, **more}, flaw=flaw if separated else None)
    return row if any(map(is_filled, cells)) else None


def is_filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and not (isinstance(cell, str) and cell.isspace())


def addresses(cell: str) -> list[str]:
    """All addresses of a cell that holds one or several and nothing else: `a@x.example ::: b@y.example`."""
    found = []
    for part in _PART.findall(cell) if "@" in cell else ():
        mailbox, _, domain = (address := part.strip("@/")).rpartition("@")
        if mailbox and "/" not in domain:
            found.append(address)
        elif _LETTER.search(part):
            return []
    return found
