"""The refused rows as a file of their own, to be mended in a spreadsheet and imported again."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Final

from leads_cli.importing.plan.worklist import RowRefusal, Worklist
from leads_cli.importing.read.table import Cell, FileRow, Table

# In front of the table's own columns.
_REASON_COLUMNS: Final = ("refused_row", "refused_field", "refused_reason")
# To a spreadsheet a cell that begins so is a formula, whoever wrote it; with an apostrophe in front it is a text.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def refused_path(beside: Path) -> Path:
    """A new file next to the one that is imported: somebody may be working on an earlier one."""
    return next(path for number in count(1) if not (path := _numbered(beside, number)).exists())


def _numbered(beside: Path, number: int) -> Path:
    return beside.with_name(f"{beside.name}.refused{'' if number == 1 else f'-{number}'}.csv")


def write_refused(path: Path, table: Table, worklist: Worklist) -> None:
    """Write the refused rows of a table with their reasons in front; the file is there as a whole or not at all."""
    columns = list(table.columns)
    for row, _ in _refused(table, worklist):
        columns += [name for name in row.cells if name not in columns]
    unfinished = path.with_name(f"{path.name}.part")
    # With its mark, without which Excel takes UTF-8 for something else.
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file)
        written.writerow([*_REASON_COLUMNS, *map(escape_formula, columns)])
        for row, (number, field, reason) in _refused(table, worklist):
            cells: Sequence[Cell] = [row.cells.get(name) for name in columns]
            written.writerow([number, escape_formula(field), escape_formula(reason), *map(escape_formula, cells)])
    unfinished.replace(path)


def _refused(table: Table, worklist: Worklist) -> Iterator[tuple[FileRow, RowRefusal]]:
    rows = table.rows()
    for refusal in worklist.refusals():
        yield next(row for row in rows if row.number == refusal[0]), refusal


@dataclass(frozen=True, slots=True)
class RefusedRowsTable:
    """A file of refused rows after somebody mended it: the table that it was made of."""

    found: Table

    @staticmethod
    def fits(table: Table) -> bool:
        """Whether it is one."""
        return set(_REASON_COLUMNS) <= set(table.columns)

    @property
    def columns(self) -> Sequence[str]:
        """Those of the first table."""
        return [str(unescape_formula(name)) for name in self.found.columns if name not in _REASON_COLUMNS]

    @property
    def about(self) -> str:
        """How it was read."""
        return f"{self.found.about}; rows that were refused before"

    def rows(self) -> Iterator[FileRow]:
        """All rows, numbered as they are in this file."""
        for row in self.found.rows():
            cells = {str(unescape_formula(name)): unescape_formula(cell) for name, cell in row.cells.items()}
            yield replace(row, cells={name: cell for name, cell in cells.items() if name not in _REASON_COLUMNS})


def escape_formula(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def unescape_formula(cell: Cell) -> Cell:
    """A cell before it was made harmless."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _FORMULA.match(cell) else cell
