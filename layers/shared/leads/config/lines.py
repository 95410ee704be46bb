"""The line at which something stands in a TOML file. `tomllib` gives lines for mistakes in the syntax alone."""

import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any


def line_of(path: Sequence[str], text: str) -> int:
    """Where a key begins in a valid file; where it is missing, the table around it."""
    lines = text.split("\n")
    depth = _depth(path, tomllib.loads(text))
    ends = bisect_left(range(len(lines)), depth, key=lambda count: _depth(path, _beginning(lines, count)[1]))
    return _beginning(lines, ends - 1)[0] + 1


def unfinished_line(text: str) -> int:
    """Where the statement begins that the end of the file cuts off."""
    lines = text.split("\n")
    return _beginning(lines, len(lines))[0] + 1


def _beginning(lines: Sequence[str], count: int) -> tuple[int, dict[str, Any]]:
    """The first `count` lines, less a statement that goes on after them: how many they are, and their content."""
    while True:
        try:
            return count, tomllib.loads("".join(f"{line}\n" for line in lines[:count]))
        except tomllib.TOMLDecodeError:
            count -= 1


def _depth(path: Sequence[str], data: Any) -> int:
    """How many parts of a path exist."""
    if not path or not isinstance(data, Mapping) or path[0] not in data:
        return 0
    return 1 + _depth(path[1:], data[path[0]])
