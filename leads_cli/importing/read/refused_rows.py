"""A file of refused rows, as an earlier import wrote it: the table that it was made of."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leads_cli.importing.read.table import Cell, FileRow, Table

# In front of the table's own columns.
REASON_COLUMNS: Final = ("refused_row", "refused_field", "refused_reason")
# To a spreadsheet a cell that begins so is a formula; with an apostrophe in front it is a text.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True, slots=True)
class RefusedRowsTable:
    """A file of refused rows after somebody mended it: the table that it was made of."""

    found: Table

    @staticmethod
    def fits(table: Table) -> bool:
        """Whether it is one."""
        return set(REASON_COLUMNS) <= set(table.columns)

    @property
    def columns(self) -> Sequence[str]:
        """Those of the first table."""
        return [str(unescape_formula(name)) for name in self.found.columns if name not in REASON_COLUMNS]

    @property
    def about(self) -> str:
        """How it was read."""
        return f"{self.found.about}; rows that were refused before"

    def rows(self) -> Iterator[FileRow]:
        """All rows, numbered as they are in this file."""
        for row in self.found.rows():
            cells = {str(unescape_formula(name)): unescape_formula(cell) for name, cell in row.cells.items()}
            yield replace(row, cells={name: cell for name, cell in cells.items() if name not in REASON_COLUMNS})


def escape_formula(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def unescape_formula(cell: Cell) -> Cell:
    """A cell before it was made harmless."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _FORMULA.match(cell) else cell
