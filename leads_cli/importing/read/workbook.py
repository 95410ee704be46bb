"""Workbooks of Excel (.xlsx, .xls) and OpenDocument (.ods): one sheet, read row by row."""

from collections.abc import Iterator
from datetime import date, datetime, time
from functools import partial
from typing import TYPE_CHECKING, Final

from leads_cli.importing.import_errors import UnusableError
from leads_cli.importing.read.sheet import Sheet, SheetRecord
from leads_cli.importing.read.table import Cell

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from leads_cli.importing.read.document import ImportFile

_DAMAGED: Final = "a damaged or protected workbook ({}); open it, save it without a password, and try again"


def open_workbook(document: "ImportFile", name: str) -> Sheet:
    """The named sheet of a workbook, or the first visible one.

    Raises:
        UnusableError: there is none, it has no header, or the file is damaged.
    """
    from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

    try:
        with document.path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
        sheet = _choose(book, name)
    except CalamineError as error:
        raise UnusableError(_DAMAGED.format(error)) from error
    unread = ", ".join(other for other in book.sheet_names if other != sheet.name)
    about = f"workbook, sheet {sheet.name}" + (f" (not read: {unread}; --sheet names another)" if unread else "")
    return Sheet(partial(_records, sheet), about)


def _records(sheet: "CalamineSheet") -> Iterator[SheetRecord]:
    for number, values in enumerate(sheet.iter_rows(), start=1):
        yield SheetRecord(number, [_cell(value) for value in values])


def _choose(book: "CalamineWorkbook", name: str) -> "CalamineSheet":
    from python_calamine import SheetVisibleEnum  # noqa: PLC0415

    titles = [
        each.name for each in book.sheets_metadata if each.visible == SheetVisibleEnum.Visible or each.name == name
    ]
    found = name or next(iter(titles), "")
    if found not in titles:
        known = ", ".join(titles) or "none"
        raise UnusableError(
            f"--sheet {name}: there is no such sheet; there are: {known}" if name else "it has no sheet"
        )
    return book.get_sheet_by_name(found)


def _cell(value: object) -> Cell:
    """A cell as intake would be sent it: dates as ISO 8601 has them, whole numbers as such."""
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
