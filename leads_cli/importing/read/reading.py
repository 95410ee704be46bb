"""Reading a file: which kind of table it is, and how the user wants it read."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from leads_cli.errors import UsageError
from leads_cli.importing.read.delimited import open_delimited
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.jsonlines import open_jsonlines
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
    return _corrected(found) if set(REASON_COLUMNS) <= set(found.columns) else found


def _found(document: ImportFile, reading: FileFormat) -> Table:
    match document.kind:
        case "workbook":
            _refuse("a workbook", delimiter=reading.delimiter, encoding=reading.encoding)
            return open_workbook(document, reading.sheet)
        case "jsonl":
            _refuse("JSON lines", delimiter=reading.delimiter, sheet=reading.sheet)
            return open_jsonlines(document)
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


def _corrected(found: Table) -> Table:
    """The table that a file of refused rows was made of."""

    def rows() -> Iterator[FileRow]:
        for row in found.rows():
            cells = {unescape_formula(n): _unescaped(cell) for n, cell in row.cells.items() if n not in REASON_COLUMNS}
            yield replace(row, cells=cells)

    columns = [unescape_formula(name) for name in found.columns if name not in REASON_COLUMNS]
    return Table(columns, f"{found.about}; rows that were refused before", rows, found.notes)


def _unescaped(cell: Cell) -> Cell:
    return unescape_formula(cell) if isinstance(cell, str) else cell
