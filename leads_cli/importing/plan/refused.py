"""The refused rows as a file of their own, to be corrected in a spreadsheet and imported again."""

import csv
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from leads_cli.importing.plan.worklist import RowRefusal, Worklist
from leads_cli.importing.read.reading import REASON_COLUMNS
from leads_cli.importing.read.table import Cell, FileRow, Table
from leads_cli.private_files import escape_formula, open_private


def refused_path(beside: Path) -> Path:
    """A new file next to the imported one. An earlier one may be in use."""
    return next(path for number in count(1) if not (path := _numbered(beside, number)).exists())


def _numbered(beside: Path, number: int) -> Path:
    return beside.with_name(f"{beside.name}.refused{'' if number == 1 else f'-{number}'}.csv")


def write_refused(path: Path, table: Table, worklist: Worklist) -> None:
    """Write the refused rows of a table with their reasons in front."""
    columns = list(table.columns)
    for row, _ in _refused(table, worklist):
        columns += [name for name in row.cells if name not in columns]
    # With its mark, without which Excel takes UTF-8 for something else.
    with open_private(path, "utf-8-sig") as file:
        written = csv.writer(file)
        written.writerow(map(_escaped, [*REASON_COLUMNS, *columns]))
        for row, refusal in _refused(table, worklist):
            written.writerow(map(_escaped, [*refusal, *(row.cells.get(name) for name in columns)]))


def _escaped(cell: Cell) -> Cell:
    return escape_formula(cell) if isinstance(cell, str) else cell


def _refused(table: Table, worklist: Worklist) -> Iterator[tuple[FileRow, RowRefusal]]:
    rows = table.rows()
    for refusal in worklist.refusals():
        yield next(row for row in rows if row.number == refusal[0]), refusal
