"""Paths: where in a request something is, in the notations that services use, and the row's number in it."""

import re
from collections.abc import Collection, Sequence
from typing import Final

from leads.search.refusal.labels import THING, THINGS, label, squashed

MAX_PATH: Final = 256
# A request has a thousand rows, and Python refuses to read numbers of thousands of digits.
NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)

_ARROW: Final = re.compile(r"\s?(?:->|=>|[→»>])\s?")
_STEP: Final = re.compile(r"[^\s./\[\](){}<>#$'\"`,;:|=@\\]+")
# What a form's name or a key makes of two steps: `leads_3_email`, `row-3`, `item3`.
_JOINED: Final = re.compile(r"([a-z]+)[-_]{0,2}(\d{1,6})(?:[-_]{1,2}(\w+))?", re.IGNORECASE | re.ASCII)
# Steps that lead to the rows, or stand between them and their number.
_ROOTS: Final = frozenset(
    {"body", "data", "attributes", "root", "request", "payload", "input", "json", "params", "args"}
)
_BETWEEN: Final = frozenset(
    {"data", "children", "items", "attributes", "member", "members", "elements", "values", "inner"}
)

_AFTER: Final = r"""["'\])]*(?:[./\[]|,\s?)["']?"""
IN_TEXT: Final = re.compile(
    rf"""(?<![^\W_])(?:(?:{THINGS}|{THING})(?:_attributes)?
      (?:["'\]]*[./\[]{{1,2}}["']?(?:(?:{"|".join(_BETWEEN)})["'\]]*[./\[]["']?)?
        |["'],\s?["']?|\((?=\d{{1,6}}\)[./\[])|["']:\s?\{{\s?["']?|["']?\s?=>\s?[\[{{]?["']?|["']?\s?[→»>]\s?|->|__)
      |(?:list|batch|bulk|array|data|body|input|payload)\[)
      (?P<number>\d{{1,6}})(?![\w@%]|\.\d|,\s?\d|-\d|\]?/(?:{THING})\[)(?:{_AFTER}(?P<field>[a-z_][\w-]*))?""",
    re.IGNORECASE | re.ASCII | re.VERBOSE,
)
"""A row's number behind a word for rows, and the name of the field behind it."""
BARE_IN_TEXT: Final = re.compile(
    r"""(?<![\w.])/?\[?(?P<number>\d{1,6})["'\])]*[./\[]["']?(?P<field>[a-z_]\w*)""", re.IGNORECASE | re.ASCII
)
"""The same without such a word: worth something where the field is a lead's."""


def steps_of(path: str) -> list[str]:
    """A pointer, a dotted or a bracketed path as its steps; none where the text is no path."""
    if len(path) > MAX_PATH or "@" in path or "://" in path:
        return []
    path = _ARROW.sub("/", path.strip())
    if len(path.split()) > 1:
        return []
    steps = list[str]()
    for step in _STEP.findall(path):
        joined = _JOINED.fullmatch(step)
        steps += filter(None, joined.groups()) if joined and label(joined[1]).list else [step]
    return steps


def row_in(steps: Sequence[object], fields: Collection[str]) -> int | None:
    """The number of a path's row: behind a word for rows, else at the root, or before one of `fields`."""
    number = row_behind(steps)
    return _row_at_root(steps, fields) if number is None else number


def row_behind(steps: Sequence[object]) -> int | None:
    """The number behind a word for rows."""
    behind = [
        (step, number)
        for i, step in enumerate(steps)
        if isinstance(step, str) and label(step).list and (number := _first(steps[i + 1 : i + 3])) is not None
    ]
    # XPath counts on each level: `/leads[1]/lead[4]`.
    exact = [number for step, number in behind if step.lower() in {"lead", "leads"}]
    return exact[-1] if exact else next((number for _, number in behind), None)


def _row_at_root(steps: Sequence[object], fields: Collection[str]) -> int | None:
    for i, step in enumerate(steps):
        if (number := number_of(step)) is not None:
            at_root = all(isinstance(before, str) and squashed(before) in _ROOTS for before in steps[:i])
            name = next(iter(steps[i + 1 :]), "")
            of_row = number_of(name) is None and (at_root or squashed(str(name)) in fields)
            return number if of_row else None
    return None


def _first(steps: Sequence[object]) -> int | None:
    """The number that a word for rows is followed by; JSON:API has `leads/data/0`."""
    for step in steps:
        if (number := number_of(step)) is not None or squashed(str(step)) not in _BETWEEN:
            return number
    return None


def number_of(value: object) -> int | None:
    """A row's number, also as text."""
    match value:
        case bool():
            return None
        case int():
            return value if value >= 0 else None
        case float():
            return int(value) if value.is_integer() and value >= 0 else None
        case str():
            return int(value) if NUMBER.fullmatch(value) else None
        case _:
            return None
