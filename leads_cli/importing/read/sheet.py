"""A table of records of cells. Reports have lines above the header: those are passed over."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final, NamedTuple

from leads.fields.names import MENTION, meaning
from leads_cli.errors import UsageError
from leads_cli.importing.read.table import MAX_COLUMNS, Cell, FileRow, Table, addresses, column_names, is_filled, row_of
from leads_cli.words import number

# A report has no more lines above its header.
MAX_ABOVE: Final = 100


class SheetRecord(NamedTuple):
    """A record's number, counted as a spreadsheet does. One with a flaw has its text as the only cell."""

    number: int
    cells: Sequence[Cell]
    flaw: str | None = None


def open_sheet(records: Callable[[], Iterator[SheetRecord]], about: str, *, separated: bool = True) -> Table:
    """A table of records. Raises UsageError if it has no header, or one that cannot be read."""
    first = list(islice(records(), MAX_ABOVE))
    place = find_header([record.cells for record in first])
    if place is None:
        raise UsageError(f"there is no row in it ({about})")
    header = first[place]
    if header.flaw:
        raise UsageError(f"the header cannot be read: {header.flaw}")
    columns = column_names(header.cells)
    above = place if any(any(map(is_filled, record.cells)) for record in first[:place]) else 0
    notes = [f"{number(above, 'line')} before the header {'is' if above == 1 else 'are'} passed over"] if above else []

    def rows() -> Iterator[FileRow]:
        for record in records():
            if record.number > header.number and record.cells != header.cells:
                row = _row(record, columns, separated=separated)
                if row is not None:
                    yield row

    return Table(columns, about, rows, notes)


def _row(record: SheetRecord, columns: Sequence[str], *, separated: bool) -> FileRow | None:
    """A row; None if it is empty."""
    if record.flaw:
        return FileRow(record.number, {columns[0]: record.cells[0]}, record.flaw)
    return row_of(record.number, columns, record.cells, separated=separated)


# Longer than any column's name.
_MAX_NAME: Final = 60


def find_header(rows: Sequence[Sequence[Cell]]) -> int | None:
    """The place of the row that names the columns, among the first ones; None where all are empty.

    It names a column of addresses and another one, or is no narrower than the rows above it. Where no row is like
    that, it is the widest one before the first address.
    """
    filled = [(place, row) for place, row in enumerate(rows) if width(row)]
    if not filled:
        return None
    named = [each for above, each in enumerate(filled) if _is_header(each[1], [row for _, row in filled[:above]])]
    before = named or list(takewhile(lambda each: not has_address(each[1]), filled))
    if not before or (not named and len(before) == len(filled)):
        return filled[0][0]
    return max(before, key=lambda each: width(each[1]))[0]


def _is_header(row: Sequence[Cell], above: Sequence[Sequence[Cell]]) -> bool:
    fields = named_fields(row)
    if "email" not in fields or has_address(row):
        return False
    widest = max((width(other) + has_address(other) for other in above), default=0)
    return len(fields) > 1 or width(row) >= widest


def width(cells: Sequence[Cell]) -> int:
    return sum(map(is_filled, cells))


def has_address(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and addresses(cell) for cell in cells)


def named_fields(cells: Sequence[Cell]) -> set[str]:
    """The lead fields that cells name."""
    meanings = [meaning(cell) for cell in cells[:MAX_COLUMNS] if isinstance(cell, str) and len(cell) <= _MAX_NAME]
    return {m.field for m in meanings if m and m.rank < MENTION}
