"""The file to import: its kind by its bytes, not by its name, and its digest."""

import hashlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, Literal

from leads_cli.errors import UsageError
from leads_cli.importing.read.encoding import detect_encoding
from leads_cli.project import shown

type Kind = Literal["delimited", "jsonl", "workbook"]

STDIN: Final = "-"
_PIECE: Final = 1 << 20
# Enough lines to see what they have in common.
_SAMPLE: Final = 1 << 16
# A zip archive (.xlsx, .ods), and the container of .xls.
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_OTHERS: Final = (
    (b"\x1f\x8b", "compressed; unpack it first: gunzip -c FILE | leads import -"),
    (b"%PDF", "a PDF; give a table instead: CSV, TSV, JSON lines or a workbook"),
)
# Many programs save a page as `.xls`. Spreadsheet programs open it.
_MARKUP: Final = re.compile(
    rb"[\xef\xbb\xbf\xff\xfe\s]*<(?:!--|(?:!doctype|\?xml|html|head|meta|style|body|div|table)\b)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class ImportFile:
    """A file as it was found.

    Attributes:
        path: where its bytes are, now.
        beside: what is kept of the import is written next to this path.
        digest: of all its bytes.
        encoding: of a text; "" for a workbook.
        lines: of a text; about as many rows are in it.
    """

    path: Path
    beside: Path
    digest: str
    kind: Kind
    encoding: str
    lines: int | None

    @property
    def name(self) -> str:
        return shown(self.beside)

    def text(self) -> io.TextIOWrapper:
        """Its text, with the line ends as they are."""
        return self.path.open(encoding=self.encoding, newline="")

    def sample(self) -> str:
        """The beginning of its text, up to the end of a line unless that is very long."""
        with self.text() as text:
            begin = text.read(_SAMPLE)
            return begin + text.readline(_PIECE)


@contextmanager
def open_file(name: str, encoding: str | None = None) -> Iterator[ImportFile]:
    """The named file; `-` is stdin. A pipe is copied first, because the file is read more than once."""
    path = Path(name)
    try:
        if name == STDIN:
            with _copied(sys.stdin.buffer) as copy:
                yield _piped(copy, "stdin", encoding)
        elif path.is_file():
            yield _examined(path, shown(path), path, encoding)
        elif path.exists() and not path.is_dir():
            with path.open("rb") as pipe, _copied(pipe) as copy:
                yield _piped(copy, path.name, encoding)
        else:
            raise UsageError(
                f"{name}: there is no such file" if not path.exists() else f"{name}: a folder; name a file in it"
            )
    except PermissionError as error:
        raise UsageError(f"{name}: {error.strerror}; you may not read it") from error


@contextmanager
def _copied(pipe: BinaryIO) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="leads-import-") as folder:
        copy = Path(folder) / "copy"
        with copy.open("wb") as file:
            shutil.copyfileobj(pipe, file, _PIECE)
        yield copy


def _piped(copy: Path, name: str, encoding: str | None) -> ImportFile:
    """The file that came through a pipe. Its state goes to the current folder."""
    found = _examined(copy, name, copy, encoding)
    return replace(found, beside=Path(f"{name}-{found.digest[:8]}"))


def _examined(path: Path, name: str, beside: Path, encoding: str | None) -> ImportFile:
    """A file's bytes: how many, which, and what they are. Raises UsageError if no table can be in them."""
    with path.open("rb") as file:
        begin = file.read(_SAMPLE)
        file.seek(0)
        digest, lines = _digest(file)
    if not begin.strip():
        raise UsageError(f"{name}: it is empty")
    if other := next((what for magic, what in _OTHERS if begin.startswith(magic)), None):
        raise UsageError(f"{name}: {other}")
    # In UTF-16 every other byte is zero.
    if _MARKUP.match(begin.replace(b"\0", b"")):
        raise UsageError(f"{name}: HTML or XML; open it in a spreadsheet program and save it as .xlsx or CSV")
    if begin.startswith(_WORKBOOKS):
        return ImportFile(path, beside, digest, "workbook", "", None)
    found = detect_encoding(path, name, begin, encoding)
    document = ImportFile(path, beside, digest, "delimited", found, lines)
    return replace(document, kind="jsonl") if _is_jsonl(document, name) else document


def _digest(file: BinaryIO) -> tuple[str, int]:
    digest = hashlib.sha256()
    lines = 0
    while piece := file.read(_PIECE):
        digest.update(piece)
        lines += piece.count(b"\n")
    return digest.hexdigest(), lines


def _is_jsonl(document: ImportFile, name: str) -> bool:
    first = next((line for line in document.sample().splitlines() if line.strip()), "")
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, list) or first.strip() in {"[", "{"} or first.lstrip().startswith(("[{", "[[")):
        raise UsageError(
            f"{name}: JSON, but not one object on each line; make it so: jq -c '.[]' FILE | leads import -"
        )
    return isinstance(found, dict)
