"""CSV, TSV and their kin: the separator is found out, and a broken row spoils no other."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from typing import Final

from leads.fields.names import MENTION, meaning
from leads.message.message import MAX_BYTES
from leads_cli.importing.import_errors import UnusableError
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.encoding import FALLBACK
from leads_cli.importing.read.table import FileRow, column_names, row_of

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Excel's own first line, which names the separator.
_TOLD: Final = re.compile(r'"?sep=(.)"?\s*')


class Delimited:
    """A table of separated cells.

    Raises:
        UnusableError: its first row is no header.
    """

    def __init__(self, document: ImportFile, separator: str | None = None) -> None:
        self._document = document
        sample = document.sample()
        self._told = _TOLD.fullmatch(sample.partition("\n")[0])
        self._separator = separator or (self._told[1] if self._told else detect_separator(sample))
        self.columns: Sequence[str] = column_names(self._header())

    @property
    def about(self) -> str:
        """How it was read."""
        encoding = self._document.encoding.removesuffix("-sig").upper()
        guessed = " (it is no UTF-8: if names look wrong, name its --encoding)" if encoding == FALLBACK.upper() else ""
        named = SEPARATORS.get(self._separator, repr(self._separator))
        return f"text in {encoding}{guessed}, columns separated by {named}"

    def _header(self) -> list[str]:
        for _, cells, flaw in self._records():
            if flaw:
                msg = f"the header cannot be read: {flaw}"
                raise UnusableError(msg)
            if any(map(str.strip, cells)):
                return cells
        msg = "there is no row in it"
        raise UnusableError(msg)

    def rows(self) -> Iterator[FileRow]:
        """All rows but empty ones."""
        headed = False
        for number, cells, flaw in self._records():
            if not headed:
                headed = any(map(str.strip, cells))
            elif flaw:
                yield FileRow(number, {self.columns[0]: cells[0]}, flaw)
            elif row := row_of(number, self.columns, cells):
                yield row

    def _records(self) -> Iterator[tuple[int, list[str], str | None]]:
        """Each record with its number, counted as a spreadsheet does; a flawed one has its text as the only cell."""
        csv.field_size_limit(MAX_BYTES)
        with closing(self._document.text()) as text:
            lines = _Lines(text)
            if self._told:
                next(lines)
            reader = csv.reader(lines, delimiter=self._separator, skipinitialspace=True, strict=True)
            number = 0
            while True:
                number += 1
                lines.taken.clear()
                try:
                    yield number, next(reader), None
                except StopIteration:
                    return
                except csv.Error as error:
                    yield number, [lines.give_back()], f"its quotation marks do not match ({error})"


class _Lines:
    """A text's lines, which can be taken back: a mark that nobody closed must not swallow the rows behind it."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        return line

    def give_back(self) -> str:
        """Take back all lines of this record but the first, which is returned."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first.rstrip("\r\n")


def detect_separator(sample: str) -> str:
    """The separator with which a column is named like an address, and rows are as long as the header."""
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator))


def _fit(sample: str, separator: str) -> tuple[bool, bool, float, int]:
    try:
        records = [cells for cells in csv.reader(sample.splitlines(keepends=True), delimiter=separator) if cells]
    except csv.Error:
        records = []
    header, *rest = records or [[]]
    named = any((m := meaning(name)) and m.field == "email" and m.rank < MENTION for name in header)
    alike = sum(len(cells) == len(header) for cells in rest)
    return named, len(header) > 1, alike / len(rest) if rest else 1.0, len(header)
