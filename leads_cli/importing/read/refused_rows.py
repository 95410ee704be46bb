"""A file of refused rows, as an earlier import wrote it: the table that it was made of."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leads_cli.importing.read.table import Cell, FileRow, Table
from leads_cli.private_files import unescape_formula

# In front of the table's own columns.
REASON_COLUMNS: Final = ("refused_row", "refused_field", "refused_reason")


@dataclass(frozen=True, slots=True)
class RefusedRowsTable:
    """A file of refused rows after its correction: the table that it was made of."""

    found: Table

    @staticmethod
    def fits(table: Table) -> bool:
        return set(REASON_COLUMNS) <= set(table.columns)

    @property
    def columns(self) -> Sequence[str]:
        return [unescape_formula(name) for name in self.found.columns if name not in REASON_COLUMNS]

    @property
    def about(self) -> str:
        return f"{self.found.about}; rows that were refused before"

    @property
    def notes(self) -> Sequence[str]:
        return self.found.notes

    def rows(self) -> Iterator[FileRow]:
        for row in self.found.rows():
            cells = {unescape_formula(n): _unescaped(cell) for n, cell in row.cells.items() if n not in REASON_COLUMNS}
            yield replace(row, cells=cells)


def _unescaped(cell: Cell) -> Cell:
    return unescape_formula(cell) if isinstance(cell, str) else cell
