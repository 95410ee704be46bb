"""Tables: rows of cells under a heading, as separated values or in a page, as the records that JSON would have been."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from leads.search.refusal.labels import label

MAX_LINES: Final = 2_000

_SEPARATORS: Final = ",;\t|"


def separated(text: str) -> list[dict[str, str]] | None:
    """The records of separated values whose heading has a name for rows or addresses; None where a text is none."""
    heading, _, rest = text.partition("\n")
    separator = max(_SEPARATORS, key=heading.count)
    if separator not in heading or not rest or not _tells(heading.split(separator)):
        return None
    try:
        return records(list(islice(csv.reader(text.splitlines(), delimiter=separator), MAX_LINES)))
    except csv.Error:
        return None


def records(rows: Sequence[Sequence[str]]) -> list[dict[str, str]] | None:
    """The cells by their heading."""
    heading, *others = rows or [[]]
    if not others or not _tells(heading) or any(len(cells) != len(heading) for cells in others if cells):
        return None
    return [dict(zip(heading, cells, strict=True)) for cells in others if cells]


def of_page(table: Mapping[str, Any]) -> list[dict[str, str]] | None:
    """The same of a page's table, in which rows may stand in a head and a body."""
    parts = [part for part in (table.get("thead"), table, table.get("tbody")) if isinstance(part, dict)]
    return records([_cells(row) for part in parts for row in _several(part.get("tr")) if isinstance(row, dict)])


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [str(cell) for name in ("th", "td") for cell in _several(row.get(name))]


def _several(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _tells(heading: Iterable[str]) -> bool:
    names = [name.strip().strip('"') for name in heading]
    return len(names) > 1 and any(label(name).row or label(name).email for name in names)
