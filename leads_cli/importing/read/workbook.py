"""Workbooks of Excel (.xlsx, .xls) and OpenDocument (.ods): one sheet, read row by row."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final
from zipfile import ZipFile, is_zipfile

from python_calamine import CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from leads_cli.errors import UsageError
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.sheet import MAX_ABOVE, SheetRecord, find_header, named_fields, open_sheet
from leads_cli.importing.read.table import Cell, Table

# calamine keeps a sheet in memory as a rectangle of 32 bytes a cell, however few of its cells are filled.
_MAX_CELLS: Final = 50_000_000
# All parts of the archive together: a row of ten cells takes about 500 bytes.
_MAX_UNPACKED: Final = 1 << 30
_PIECE: Final = 1 << 20
# Where a row or a cell of .xlsx says that it is: `r="7"`, `r="C7"`.
_PLACE: Final = re.compile(rb"""r(?<=\sr)\s*=\s*["']([A-Z]{0,3})([0-9]{1,7})["']""")
_LONGEST_PLACE: Final = 32
# What only the archives of .xlsx and .ods contain.
_OF_WORKBOOKS: Final = frozenset({"[content_types].xml", "content.xml"})
_DAMAGED: Final = "a damaged or protected workbook ({}); open it, save it without a password, and try again"


def open_workbook(document: ImportFile, name: str) -> Table:
    """The named sheet of a workbook, or the first visible one whose header names a column of addresses.

    If no sheet has such a header, it is the first visible one.
    """
    try:
        _check_size(document.path)
        with document.path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        sheet = _choose(book, name)
    except UsageError:
        raise
    except Exception as error:
        # What unpacks an archive raises errors of many kinds.
        raise UsageError(_DAMAGED.format(error)) from error
    unread = ", ".join(other for other in book.sheet_names if other != sheet.name)
    about = f"workbook, sheet {sheet.name}" + (f" (not read: {unread}; --sheet names another)" if unread else "")
    return open_sheet(partial(_records, sheet), about, separated=False)


def _check_size(path: Path) -> None:
    """Check that a workbook does not fill the memory. `.xls` is small by its format."""
    if not is_zipfile(path):
        return
    with ZipFile(path) as archive:
        if _OF_WORKBOOKS.isdisjoint(map(str.lower, archive.namelist())):
            raise UsageError("an archive of other files; unpack it, and import the list that is in it")
        if sum(part.file_size for part in archive.infolist()) > _MAX_UNPACKED:
            raise UsageError(
                f"a workbook of more than {_MAX_UNPACKED >> 30} GB, unpacked; save the sheet as CSV and import that"
            )
        for part in archive.namelist():
            # Each part is read to its end, where its size is found to be the one that was promised.
            with archive.open(part) as file:
                column, row, rest = b"", 1, b""
                while piece := file.read(_PIECE):
                    places = _PLACE.findall(rest + piece)
                    column = max([column, *{letters for letters, _ in places}], key=_number)
                    row = max([row, *(int(number) for _, number in places)])
                    rest = piece[-_LONGEST_PLACE:]
            if row * _number(column) > _MAX_CELLS:
                raise UsageError(
                    f"a sheet that reaches to cell {column.decode()}{row}, and at most {_MAX_CELLS:,} cells are read; "
                    "delete what is far from the table, or save the sheet as CSV"
                )


def _number(column: bytes) -> int:
    """A column's number: 1 for A, 27 for AA."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number


def _records(sheet: CalamineSheet) -> Iterator[SheetRecord]:
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield SheetRecord(number, [_cell(value) for value in values])


def _choose(book: CalamineWorkbook, name: str) -> CalamineSheet:
    sheets = [each for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
    titles = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible or each.name == name]
    if name and name not in titles:
        raise UsageError(f"--sheet {name}: there is no such sheet; there are: {', '.join(titles) or 'none'}")
    if not titles:
        raise UsageError("it has no sheet")
    if name or len(titles) == 1:
        return book.get_sheet_by_name(name or titles[0])
    found = filter(_names_addresses, map(book.get_sheet_by_name, titles))
    return next(found, None) or book.get_sheet_by_name(titles[0])


def _names_addresses(sheet: CalamineSheet) -> bool:
    first = [record.cells for record in islice(_records(sheet), MAX_ABOVE)]
    place = find_header(first)
    return place is not None and "email" in named_fields(first[place])


def _cell(value: object) -> Cell:
    """A cell as a form would send it: dates in ISO 8601, whole numbers without a point."""
    match value:
        case "":
            return None
        case str() | bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case date() | time():
            return value.isoformat()
        case _:
            return str(value)
