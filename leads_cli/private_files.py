"""Files with people's data: only their owner may read them, and no spreadsheet runs their cells."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TextIO

OWNER_ONLY: Final = 0o600
# A spreadsheet runs a cell that begins so; in Japan also in full width. Where the list separator is a semicolon, a
# semicolon or a line break inside a cell begins another cell.
_FORMULA: Final = re.compile(r"((?:^|[;\t\r\n])[ \xa0\"]*)('*)(?=[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20])")


@contextmanager
def open_private(path: Path, encoding: str = "utf-8") -> Iterator[TextIO]:
    """Write a file that only its owner may read. It appears whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with os.fdopen(os.open(part, flags, OWNER_ONLY), "w", encoding=encoding, newline="") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def escape_formula(text: str) -> str:
    """A text that no spreadsheet runs: an apostrophe stands before each formula."""
    return _FORMULA.sub(r"\1'\2", text)


def unescape_formula(text: str) -> str:
    """A text before `escape_formula`."""
    return _FORMULA.sub(lambda found: found[1] + found[2][1:], text)
