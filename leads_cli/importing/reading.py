"""Reading a file: which kind of table it is, and how the user wants it read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from leads_cli.importing.delimited import SEPARATORS, Delimited
from leads_cli.importing.document import Document
from leads_cli.importing.errors import UnusableError
from leads_cli.importing.table import Table

_NAMED: Final = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "bar": "|", "pipe": "|"}


@dataclass(frozen=True, slots=True)
class Reading:
    """What the user says about the file, where it is not to be found out; "" for what is."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""

    def as_json(self) -> Mapping[str, str]:
        """As an import is known by."""
        return {"encoding": self.encoding, "delimiter": self.delimiter, "sheet": self.sheet}


def table(document: Document, reading: Reading) -> Table:
    """The table in a file.

    Raises:
        UnusableError: there is none, or it is not the kind that the user speaks of.
    """
    delimiter = _NAMED.get(reading.delimiter, reading.delimiter)
    if len(delimiter) > 1:
        msg = f"--delimiter {delimiter}: one character, or tab; usual are {', '.join(SEPARATORS.values())}"
        raise UnusableError(msg)
    return Delimited(document, delimiter or None)
