"""CSV, TSV and the like: the separator is detected, and a broken row affects no other."""

import csv
import re
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import closing
from functools import partial
from typing import Final

from leads.message.message import MAX_BYTES
from leads_cli.importing.read.document import ImportFile
from leads_cli.importing.read.sheet import SheetRecord, find_header, has_address, named_fields, open_sheet, width
from leads_cli.importing.read.table import Table

SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
# Excel's own first line, which names the separator.
_NAMED: Final = re.compile(r'"?sep=(.)"?\s*')


def open_delimited(document: ImportFile, separator: str | None = None) -> Table:
    """The table of separated cells in a text. Raises UsageError if it has no header."""
    sample = document.sample()
    named = _NAMED.fullmatch(sample.partition("\n")[0])
    separator = separator or (named[1] if named else detect_separator(sample))
    encoding = document.encoding.removesuffix("-sig").upper()
    about = f"text in {encoding}, columns separated by {SEPARATORS.get(separator, repr(separator))}"
    return open_sheet(partial(_records, document, separator, skipped=1 if named else 0), about)


def _records(document: ImportFile, separator: str, skipped: int) -> Iterator[SheetRecord]:
    csv.field_size_limit(MAX_BYTES)
    with closing(document.text()) as text:
        lines = _Lines(text)
        for _ in range(skipped):
            next(lines)
        reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
        number = 0
        while True:
            number += 1
            lines.taken.clear()
            try:
                yield SheetRecord(number, next(reader))
            except StopIteration:
                return
            except csv.Error as error:
                yield SheetRecord(number, [lines.give_back()], f"its quotation marks do not match ({error})")


class _Lines:
    """A text's lines. They can be given back, so an unpaired quotation mark does not swallow the rows after it."""

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
        """Give back all lines of this record but the first, which is returned."""
        first, *others = self.taken
        self._again.extendleft(reversed(others))
        return first.rstrip("\r\n")


def detect_separator(sample: str) -> str:
    """The separator with which a row names a column of addresses, and rows are as long as that row."""
    return max(SEPARATORS, key=lambda separator: _fit(sample, separator))


def _fit(sample: str, separator: str) -> tuple[bool, bool, float, int]:
    try:
        rows = [cells for cells in csv.reader(sample.splitlines(keepends=True), delimiter=separator) if cells]
    except csv.Error:
        rows = []
    place = find_header(rows) or 0
    header, *rest = rows[place:] or [[]]
    alike = sum(len(cells) == len(header) for cells in rest)
    fits = "email" in named_fields(header) and not has_address(header)
    return fits, len(header) > 1, alike / len(rest) if rest else 1.0, width(header)
