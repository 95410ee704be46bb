"""The refused rows as a file of their own, to be mended in a spreadsheet and imported again."""

import csv
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

from leads_cli.importing.plan.worklist import RowRefusal, Worklist
from leads_cli.importing.read.refused_rows import REASON_COLUMNS, escape_formula
from leads_cli.importing.read.table import Cell, FileRow, Table


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
        written.writerow([*REASON_COLUMNS, *map(escape_formula, columns)])
        for row, (number, field, reason) in _refused(table, worklist):
            cells: Sequence[Cell] = [row.cells.get(name) for name in columns]
            written.writerow([number, escape_formula(field), escape_formula(reason), *map(escape_formula, cells)])
    unfinished.replace(path)


def _refused(table: Table, worklist: Worklist) -> Iterator[tuple[FileRow, RowRefusal]]:
    rows = table.rows()
    for refusal in worklist.refusals():
        yield next(row for row in rows if row.number == refusal[0]), refusal
