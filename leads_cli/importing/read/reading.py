"""Reading a file: which kind of table it is, and how the user wants it read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leads_cli.errors import UsageError
from leads_cli.importing.read.delimited import open_delimited
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.jsonlines import JsonLines
from leads_cli.importing.read.table import Cell, FileRow, Table
from leads_cli.importing.read.workbook import open_workbook
from leads_cli.private_files import unescape_formula

_NAMED: Final = {"tab": "\t", "comma": ",", "semicolon": ";", "bar": "|"}


@dataclass(frozen=True, slots=True)
class FileFormat:
    """The user's options about the file; "" where it is to be detected."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def open_table(document: ImportFile, reading: FileFormat) -> Table:
    """The table in a file."""
    try:
        found = _found(document, reading)
    except UsageError as error:
        raise UsageError(f"{document.name}: {error}") from error
    return RefusedRowsTable(found) if RefusedRowsTable.fits(found) else found


def _found(document: ImportFile, reading: FileFormat) -> Table:
    match document.kind:
        case "workbook":
            _refuse("a workbook", delimiter=reading.delimiter, encoding=reading.encoding)
            return open_workbook(document, reading.sheet)
        case "jsonl":
            _refuse("JSON lines", delimiter=reading.delimiter, sheet=reading.sheet)
            return JsonLines(document)
        case "delimited":
            _refuse("no workbook", sheet=reading.sheet)
            return open_delimited(document, _separator(reading.delimiter))


def _refuse(what: str, **options: str) -> None:
    for option, value in options.items():
        if value:
            raise UsageError(f"it is {what}: leave out --{option} {value}")


def _separator(delimiter: str) -> str | None:
    found = _NAMED.get(delimiter, delimiter)
    if len(found) > 1:
        raise UsageError(f"--delimiter {delimiter}: one character, or one of: {', '.join(_NAMED)}")
    return found or None


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
