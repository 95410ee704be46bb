"""A table of records of cells. Reports have lines above the header and below the rows: those are passed over."""

import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import islice, takewhile
from typing import Final, NamedTuple

from leads.fields.names import MENTION, meaning
from leads_cli.errors import UsageError
from leads_cli.importing.read.table import MAX_COLUMNS, Cell, FileRow, Table, addresses, column_names, is_filled, row_of

# A report has no more lines above its header, or below its rows.
MAX_ABOVE: Final = 100
_MAX_BELOW: Final = 20


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
    notes = list(_passed_over(above, 0))

    def rows() -> Iterator[FileRow]:
        below = yield from _people(
            (r for r in records() if r.number > header.number and r.cells != header.cells), columns, separated=separated
        )
        notes[:] = _passed_over(above, below)

    return Table(columns, about, rows, notes)


def _passed_over(above: int, below: int) -> Iterator[str]:
    for count, place in ((above, "before the header"), (below, "after the last row")):
        if count:
            yield f"{count} {'line' if count == 1 else 'lines'} {place} {'is' if count == 1 else 'are'} passed over"


def _people(
    records: Iterable[SheetRecord], columns: Sequence[str], *, separated: bool
) -> Generator[FileRow, None, int]:
    """All rows except empty ones and the footer. Returns how many rows the footer has."""
    footer: list[FileRow] = []
    gap = people = False
    for record in records:
        row = _row(record, columns, separated=separated)
        if row is None:
            gap = True
            continue
        below = not record.flaw and is_footer(record.cells, len(columns), after_gap=gap or bool(footer))
        gap = False
        if below and len(footer) < _MAX_BELOW:
            footer.append(row)
            continue
        yield from footer
        footer.clear()
        people = True
        yield row
    if people:
        return len(footer)
    yield from footer
    return 0


def _row(record: SheetRecord, columns: Sequence[str], *, separated: bool) -> FileRow | None:
    if record.flaw:
        return FileRow(record.number, {columns[0]: record.cells[0]}, record.flaw)
    return row_of(record.number, columns, record.cells, separated=separated)


# Longer than any column's name.
_MAX_NAME: Final = 60
# Narrower tables have rows with a single cell.
_WIDE: Final = 3
# What programs write below a table.
_FOOTER: Final = re.compile(
    r"(grand |sub)?totals?\b|sum(me|ma)?\b|count\b|gesamt|insgesamt|anzahl\b|generated|exported|created (by|on)|printed"
    r"|copyright|\(c\)|©|confidential|report\b|as of\b|page \d|end of|source:|filter|(number of )?(rows|records)\b"
    r"|\d+ (rows|records|contacts|results|entries|people)\b|erstellt|exportiert|stand:|quelle:|seite \d"
    r"|g[ée]n[ée]r[ée]|export[ée]|razem|suma\b|totaal|totale\b|somma\b|vertraulich|confidenti[eë]l|confidencial",
    re.IGNORECASE,
)


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


def is_footer(cells: Sequence[Cell], columns: int, *, after_gap: bool) -> bool:
    """Whether a row is a report's footer (a total, a note, a copyright) and no person."""
    if any("@" in str(cell) for cell in cells if is_filled(cell)):
        return False
    first = str(next(filter(is_filled, cells), "")).strip()
    if _FOOTER.match(first):
        return True
    return columns >= _WIDE and width(cells) == 1 and is_filled(cells[0]) and (after_gap or len(cells) == 1)


def width(cells: Sequence[Cell]) -> int:
    return sum(map(is_filled, cells))


def has_address(cells: Sequence[Cell]) -> bool:
    return any(isinstance(cell, str) and addresses(cell) for cell in cells)


def named_fields(cells: Sequence[Cell]) -> set[str]:
    """The lead fields that cells name."""
    meanings = [meaning(cell) for cell in cells[:MAX_COLUMNS] if isinstance(cell, str) and len(cell) <= _MAX_NAME]
    return {m.field for m in meanings if m and m.rank < MENTION}
