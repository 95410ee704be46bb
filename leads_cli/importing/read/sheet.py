"""A table of records of cells: its header is found, and a report's lines above and below the rows are passed over."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Final, NamedTuple

from leads_cli.errors import UsageError
from leads_cli.importing.read.header import find_header, is_footer
from leads_cli.importing.read.table import Cell, FileRow, column_names, is_filled, row_of

# A report has no more lines above its header, or below its rows.
_MAX_ABOVE: Final = 100
_MAX_BELOW: Final = 20


class SheetRecord(NamedTuple):
    """A record's number, counted as a spreadsheet does. One with a flaw has its text as the only cell."""

    number: int
    cells: Sequence[Cell]
    flaw: str | None = None


class Sheet:
    """A table of records. Raises UsageError if it has no header, or one that cannot be read."""

    def __init__(self, records: Callable[[], Iterator[SheetRecord]], about: str) -> None:
        self.about = about
        self._records = records
        first = list(islice(records(), _MAX_ABOVE))
        place = find_header([record.cells for record in first])
        if place is None:
            raise UsageError(f"there is no row in it ({about})")
        self._header = first[place]
        if self._header.flaw:
            raise UsageError(f"the header cannot be read: {self._header.flaw}")
        self.columns: Sequence[str] = column_names(self._header.cells)
        self._above = place if any(any(map(is_filled, record.cells)) for record in first[:place]) else 0
        self._below = 0

    @property
    def notes(self) -> list[str]:
        places = ((self._above, "before the header"), (self._below, "after the last row"))
        return [
            f"{count} {'line' if count == 1 else 'lines'} {place} {'is' if count == 1 else 'are'} passed over"
            for count, place in places
            if count
        ]

    def rows(self) -> Iterator[FileRow]:
        """All rows but empty ones, and but a footer."""
        footer: list[FileRow] = []
        gap = people = False
        for record in self._records():
            if record.number <= self._header.number:
                continue
            row = self._row(record)
            if row is None:
                gap = True
                continue
            below = not record.flaw and is_footer(record.cells, len(self.columns), after_gap=gap or bool(footer))
            gap = False
            if below and len(footer) < _MAX_BELOW:
                footer.append(row)
                continue
            yield from footer
            footer.clear()
            people = True
            yield row
        if not people:
            yield from footer
        self._below = len(footer) if people else 0

    def _row(self, record: SheetRecord) -> FileRow | None:
        if record.flaw:
            return FileRow(record.number, {self.columns[0]: record.cells[0]}, record.flaw)
        return row_of(record.number, self.columns, record.cells)
