"""JSON lines: one object on each, whose nested names are those that intake gives them."""

from collections.abc import Iterator

from leads.errors import Malformed, Unreadable
from leads.fields.answers import Value, read_answers
from leads.json import loads
from leads_cli.errors import UsageError
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.table import MAX_COLUMNS, FileRow, Table


def open_jsonlines(document: ImportFile) -> Table:
    """A table with a column for each name in any object."""
    names: dict[str, None] = {}
    for _, found in _lines(document):
        if isinstance(found, dict):
            names.update(dict.fromkeys(found))
        if len(names) > MAX_COLUMNS:
            raise UsageError(f"more than {MAX_COLUMNS:,} different names in its objects; are some of them values?")
    if not names:
        raise UsageError("no line of it is an object with something in it")
    first = next(iter(names))

    def rows() -> Iterator[FileRow]:
        """All lines except empty ones."""
        for number, found in _lines(document):
            if isinstance(found, dict):
                yield FileRow(number, found)
            else:
                line, flaw = found
                yield FileRow(number, {first: line}, flaw)

    return Table(list(names), f"JSON lines in {document.encoding.removesuffix('-sig').upper()}", rows)


def _lines(document: ImportFile) -> Iterator[tuple[int, dict[str, Value] | tuple[str, str]]]:
    """Each line's fields by its number; where there are none, the line and why."""
    with document.text() as text:
        for number, line in enumerate(text, start=1):
            if bare := line.strip():
                yield number, _fields(bare)


def _fields(line: str) -> dict[str, Value] | tuple[str, str]:
    try:
        found = loads(line)
        return read_answers(found).fields if isinstance(found, dict) else (line, "no JSON object")
    except Malformed:
        return line, "not JSON"
    except Unreadable as error:
        return line, str(error)
