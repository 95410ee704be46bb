"""The refused rows as a file of their own, to be mended in a spreadsheet and imported again."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Final

from leads_cli.importing.table import REASON_COLUMNS, Cell, Row, Table
from leads_cli.importing.worklist import Refusal, Worklist

# To a spreadsheet a cell that begins so is a formula, whoever wrote it; with an apostrophe in front it is a text.
_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")


def place(beside: Path) -> Path:
    """A new file next to the one that is imported: somebody may be working on an earlier one."""
    return next(path for number in count(1) if not (path := _numbered(beside, number)).exists())


def _numbered(beside: Path, number: int) -> Path:
    return beside.with_name(f"{beside.name}.refused{'' if number == 1 else f'-{number}'}.csv")


def write(path: Path, table: Table, worklist: Worklist) -> None:
    """Write the refused rows of a table with their reasons in front; the file is there as a whole or not at all."""
    columns = [name for name in table.columns if name not in REASON_COLUMNS]
    for row, _ in _refused(table, worklist):
        columns += [name for name in row.cells if name not in columns and name not in REASON_COLUMNS]
    unfinished = path.with_name(f"{path.name}.part")
    # With its mark, without which Excel takes UTF-8 for something else.
    with unfinished.open("w", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file)
        written.writerow([*REASON_COLUMNS, *map(harmless, columns)])
        for row, (number, field, reason) in _refused(table, worklist):
            cells: Sequence[Cell] = [row.cells.get(name) for name in columns]
            written.writerow([number, harmless(field), harmless(reason), *map(harmless, cells)])
    unfinished.replace(path)


def _refused(table: Table, worklist: Worklist) -> Iterator[tuple[Row, Refusal]]:
    rows = table.rows()
    for refusal in worklist.refusals():
        yield next(row for row in rows if row.number == refusal[0]), refusal


def harmless(cell: Cell) -> Cell:
    """A cell that no spreadsheet runs."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def as_it_was(cell: Cell) -> Cell:
    """A cell before it was made harmless."""
    return cell[1:] if isinstance(cell, str) and cell.startswith("'") and _FORMULA.match(cell) else cell
