"""Files to import, as text or bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leads_cli.importing.read.document import ImportFile, open_file
from leads_cli.importing.read.reading import FileFormat, open_table
from leads_cli.importing.read.table import Cell, Table


@contextmanager
def reading(folder: Path, content: str | bytes, form: FileFormat | None = None) -> Iterator[Table]:
    """The table in a file of this content."""
    path = folder / "list"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    form = form or FileFormat()
    with open_file(str(path), form.encoding or None) as document:
        yield open_table(document, form)


def rows(folder: Path, content: str | bytes, form: FileFormat | None = None) -> list[tuple[int, list[Cell]]]:
    """Each row's number and cells."""
    with reading(folder, content, form) as found:
        return [(row.number, list(row.cells.values())) for row in found.rows()]


def document(folder: Path, content: bytes) -> ImportFile:
    """The document that these bytes are read as."""
    path = folder / "list"
    path.write_bytes(content)
    with open_file(str(path)) as found:
        return found
