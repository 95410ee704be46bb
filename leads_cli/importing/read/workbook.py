"""Workbooks of Excel (.xlsx, .xls) and OpenDocument (.ods): one sheet, read row by row."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Final

from leads_cli.importing.import_errors import UnusableError
from leads_cli.importing.read.table import Cell, FileRow, column_names, row_of

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from leads_cli.importing.read.document import ImportFile

_DAMAGED: Final = "a damaged or protected workbook ({}); open it, save it without a password, and try again"


class Workbook:
    """A sheet of a workbook: the named one, or the first visible one.

    Raises:
        UnusableError: there is none, its first row is no header, or the file is damaged.
    """

    def __init__(self, document: "ImportFile", sheet: str) -> None:
        from python_calamine import CalamineError, CalamineWorkbook  # noqa: PLC0415

        try:
            with document.path.open("rb") as file:
                book = CalamineWorkbook.from_filelike(file)
            self._sheet = _choose(book, sheet)
        except CalamineError as error:
            raise UnusableError(_DAMAGED.format(error)) from error
        self._others = [name for name in book.sheet_names if name != self._sheet.name]
        header = next((cells for _, cells in self._records() if any(cells)), None)
        if header is None:
            raise UnusableError(f"there is no row in its sheet {self._sheet.name!r}")
        self.columns: Sequence[str] = column_names(header)

    @property
    def about(self) -> str:
        """How it was read."""
        others = f" (not read: {', '.join(self._others)}; --sheet names another)" if self._others else ""
        return f"workbook, sheet {self._sheet.name}{others}"

    def rows(self) -> Iterator[FileRow]:
        """All rows but empty ones."""
        headed = False
        for number, cells in self._records():
            if not headed:
                headed = any(cells)
            elif row := row_of(number, self.columns, cells):
                yield row

    def _records(self) -> Iterator[tuple[int, list[Cell]]]:
        for number, values in enumerate(self._sheet.iter_rows(), start=1):
            yield number, [_cell(value) for value in values]


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
