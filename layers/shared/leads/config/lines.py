"""Line numbers of keys in a TOML file. `tomllib` gives lines only for syntax mistakes."""

import tomllib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any


def line_of(path: Sequence[str], text: str) -> int:
    """The line of a key in a valid file, or of its table if the key is missing."""
    lines = text.split("\n")
    depth = _depth(path, tomllib.loads(text))
    ends = bisect_left(range(len(lines)), depth, key=lambda count: _depth(path, _beginning(lines, count)[1]))
    return _beginning(lines, ends - 1)[0] + 1


def unfinished_line(text: str) -> int:
    """The first line of the statement that is unfinished at the end of the file."""
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
