"""Excel workbooks, read row by row: one sheet of them."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from leads_cli.importing.import_errors import UnusableError
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.table import Cell, FileRow, column_names, row_of

_BROKEN: Final = (BadZipFile, ParseError, KeyError, ValueError, TypeError, OSError)


class Workbook:
    """A sheet of a workbook: the named one, or the first that can be seen.

    Raises:
        UnusableError: there is none, its first row is no header, or the file is broken.
    """

    def __init__(self, document: ImportFile, sheet: str) -> None:
        from openpyxl import load_workbook  # noqa: PLC0415 - a fifth of a second

        # What it cannot show (rules, colours) is nothing to us.
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        # By its path it would be judged by its name.
        self._file = document.path.open("rb")
        try:
            with _readable():
                self._book = load_workbook(self._file, read_only=True, data_only=True)
            self._sheet = self._chosen(sheet)
            # Programs that do not know the size of what they write say "A1".
            self._sheet.reset_dimensions()
            header = next((cells for _, cells in self._records() if any(cells)), None)
            if header is None:
                msg = f"there is no row in its sheet {self._sheet.title!r}"
                raise UnusableError(msg)
            self.columns: Sequence[str] = column_names(header)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._book.close()
        self._file.close()

    def _chosen(self, name: str) -> Any:
        sheets: list[Any] = [
            each for each in self._book.worksheets if each.sheet_state == "visible" or each.title == name
        ]
        found = next((each for each in sheets if not name or each.title == name), None)
        if found is None:
            titles = ", ".join(each.title for each in sheets) or "none"
            msg = f"--sheet {name}: there is no such sheet; there are: {titles}" if name else "there is no sheet in it"
            raise UnusableError(msg)
        return found

    @property
    def about(self) -> str:
        """How it was read."""
        others = [each.title for each in self._book.worksheets if each.title != self._sheet.title]
        beside = f" (not read: {', '.join(others)}; --sheet names another)" if others else ""
        return f"Excel workbook, sheet {self._sheet.title}{beside}"

    def rows(self) -> Iterator[FileRow]:
        """All rows but empty ones."""
        headed = False
        for number, cells in self._records():
            if not headed:
                headed = any(cells)
            elif row := row_of(number, self.columns, cells):
                yield row

    def _records(self) -> Iterator[tuple[int, list[Cell]]]:
        with _readable():
            for number, values in enumerate(self._sheet.iter_rows(values_only=True), start=1):
                yield number, [_cell(value) for value in values]


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        msg = f"a damaged workbook ({type(error).__name__}: {error}); open it in Excel and save it again"
        raise UnusableError(msg) from error


def _cell(value: object) -> Cell:
    """A cell as intake would be sent it: dates as ISO 8601 has them, whole numbers as such."""
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return int(value) if value.is_integer() else value
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return str(value)
        case _:
            return str(value)
