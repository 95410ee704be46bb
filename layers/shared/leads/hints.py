"""Hints: which leads of a refused request its error body seems to mean.

Nobody documents the shape of Leadterra's `errors`, so every obvious one is read: an index, a path (as a list, a
pointer, dotted or bracketed), a list with a place for each lead, a map by index, path or address, an address in
the text. A hint is only a suspicion: nobody is condemned on it alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# An error body is the service's own; these only bound what a broken one can cost.
_MAX_NODES: Final = 20_000
_MAX_DEPTH: Final = 12
_MAX_TEXT: Final = 100_000
_MAX_PATH: Final = 200

_INDEX_KEYS: Final = ("index", "idx", "row", "rowIndex", "row_index", "lead", "leadIndex", "lead_index", "position")
_INDEXES_KEYS: Final = ("indices", "indexes", "rows", "error_indices", "errorIndices")
PATH_KEYS: Final = ("loc", "path", "pointer", "field", "instancePath", "property", "param", "key", "target")
ECHO_KEYS: Final = ("email", "email_address", "emailAddress", "value", "input", "lead")
_PATHS: Final = frozenset(PATH_KEYS)
_OWN: Final = frozenset({*PATH_KEYS, *ECHO_KEYS})
_ECHOES: Final = frozenset({"value", "input", "lead"})
_LEADS: Final = frozenset({"lead", "leads"})

# Six digits: a request has a thousand rows, and Python refuses to read numbers of thousands of digits.
_NUMBER: Final = re.compile(r"\d{1,6}", re.ASCII)
_STEP: Final = re.compile(r"[^\s./\[\]#$'\"]+")
_PATH: Final = re.compile(r"[\w\-./\[\]#$'\"]+")
PATH_IN_TEXT: Final = re.compile(r"(?<!\w)leads?[\[./](\d{1,6})(?!\d)(?:\]?[./](\w+))?", re.IGNORECASE | re.ASCII)
_WORD: Final = re.compile(r"[^\s\"'<>(),;:\[\]{}`]+")

type Route = tuple[str | int, ...]
"""The keys and places that lead to a value."""


def nodes(content: Any) -> Iterator[tuple[Route, Any]]:
    """All values in the order of the document, and how one gets to each; no more than is sensible."""
    stack: list[tuple[Route, Any]] = [((), content)]
    for seen in range(_MAX_NODES):
        if not stack:
            break
        route, node = stack.pop()
        yield route, node
        if len(route) < _MAX_DEPTH and isinstance(node, dict | list):
            children = list(node.items() if isinstance(node, dict) else enumerate(node))[: _MAX_NODES - seen]
            stack += [((*route, key), child) for key, child in reversed(children)]


@dataclass(frozen=True, slots=True)
class Hints:
    """What a refusal says of the rows of its request.

    Attributes:
        named: the rows of which it shows something that is theirs alone: whichever way the server counts.
        indexed: the numbers that it gives to rows, as written: who counts from 1 means the row before, and row n last.
            Without those that what is echoed beside them contradicts.
        pairs: the number and the row of each error that tells both: how this server counts.
    """

    named: frozenset[int]
    indexed: frozenset[int]
    pairs: frozenset[tuple[int, int]]


def hints(content: Any, leads: Sequence[Mapping[str, Any]]) -> Hints:
    """Read a refusal of these leads, in the order in which they were sent."""
    places = {_plain(lead.get("email")): index for index, lead in enumerate(leads)}
    named, indexed, pairs = set[int](), set[int](), set[tuple[int, int]]()
    for route, node in nodes(content):
        if not _ECHOES.isdisjoint(route[:-1]):
            continue  # an echoed lead may well mention another
        match node:
            case str() if not _is_own(route):
                named |= _addresses_in(node[:_MAX_TEXT], places)
                indexed |= _numbers_in(node[:_MAX_TEXT])
            case list():
                named |= _by_position(node, len(leads))
            case dict():
                named |= _by_address(node, places)
                indexed |= _by_number(node)
                rows, numbers = _in_entry(node, leads, places)
                named |= rows
                pairs |= {(number, row) for number in _indexes(node) for row in rows if number <= len(leads)}
                indexed |= numbers
    return Hints(frozenset(named), frozenset(n for n in indexed if n <= len(leads)), frozenset(pairs))


def suspects(content: Any, leads: Sequence[Mapping[str, Any]]) -> set[int]:
    """The rows that a refusal seems to mean, if the server counts from 0."""
    found = hints(content, leads)
    elsewhere = {number for number, row in found.pairs if number != row}
    return {row for row in found.named | (found.indexed - elsewhere) if row < len(leads)}


def _is_own(route: Route) -> bool:
    """Whether a text is an entry's own path or echo: those are read together, as one contradicts the other."""
    return bool(_OWN.intersection(route[-1:])) or bool(_PATHS.intersection(route[-2:-1]))


def _addresses_in(text: str, places: Mapping[str, int]) -> set[int]:
    words = (word.lower().rstrip(".") for word in _WORD.findall(text))
    return {places[word] for word in words if word in places}


def _numbers_in(text: str) -> set[int]:
    return {int(m[1]) for m in PATH_IN_TEXT.finditer(text)}


def _by_position(items: Sequence[Any], size: int) -> set[int]:
    """A list with a place for each lead, empty for the good ones."""
    if len(items) != size or not all(item is None or isinstance(item, dict | list | str) for item in items):
        return set()
    said = {index for index, item in enumerate(items) if item}
    return said if len(said) < size else set()


def _by_address(node: Mapping[str, Any], places: Mapping[str, int]) -> set[int]:
    return {place for key in list(node)[:_MAX_NODES] if (place := places.get(_plain(key))) is not None}


def _by_number(node: Mapping[str, Any]) -> set[int]:
    """A map by index or path."""
    return {index for key in list(node)[:_MAX_NODES] if (index := _index_of(key)) is not None}


def _in_entry(
    node: Mapping[str, Any], leads: Sequence[Mapping[str, Any]], places: Mapping[str, int]
) -> tuple[set[int], set[int]]:
    """The rows that one error echoes, and its numbers unless what is echoed is not that row's, however one counts."""
    echoes = [echo for key in ECHO_KEYS if isinstance(echo := node.get(key), str | dict) and echo]
    rows = {place for echo in echoes if (place := places.get(_address(echo))) is not None}
    numbers = {number for number in _indexes(node) if number <= len(leads)}
    return rows, {
        number
        for number in numbers
        if any(all(_is_of(lead, echo) for echo in echoes) for lead in leads[max(0, number - 1) : number + 1])
    }


def _indexes(node: Mapping[str, Any]) -> Iterator[int]:
    numbers = [node.get(key) for key in _INDEX_KEYS]
    for key in _INDEXES_KEYS:
        if isinstance(listed := node.get(key), list):
            numbers += listed[:_MAX_NODES]
    yield from (number for value in numbers if (number := _number(value)) is not None)
    for key in PATH_KEYS:
        path = node.get(key)
        index = _index_in(path[:_MAX_DEPTH]) if isinstance(path, list) else _index_of(path)
        if index is not None:
            yield index


def _number(value: object) -> int | None:
    if isinstance(value, str):
        return int(value) if _NUMBER.fullmatch(value) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _index_of(path: object) -> int | None:
    """The index in a path, or a map's key, that is written as text."""
    return _index_in(steps) if isinstance(path, str) and (steps := steps_of(path)) else None


def steps_of(path: str) -> list[str]:
    """A pointer, a dotted or a bracketed path as its steps; none where the text is no path."""
    return _STEP.findall(path) if len(path) <= _MAX_PATH and _PATH.fullmatch(path) else []


def _index_in(steps: Sequence[object]) -> int | None:
    """The number behind `leads`, or the first one where that word is not in the path."""
    after = next((i + 1 for i, step in enumerate(steps) if isinstance(step, str) and step.lower() in _LEADS), None)
    # JSON:API has `leads/data/0`.
    candidates = steps if after is None else steps[after : after + 2]
    return next((number for step in candidates if (number := _number(step)) is not None), None)


def _address(echo: Any) -> str:
    return _plain(echo.get("email") if isinstance(echo, dict) else echo)


def _is_of(lead: Mapping[str, Any], echo: Any) -> bool:
    """Whether an echoed value, or an echoed lead, is this lead's."""
    if isinstance(echo, dict):
        return all(_plain(lead.get(key)) == _plain(value) for key, value in echo.items())
    return _plain(echo) in values(lead)


def values(lead: Mapping[str, Any]) -> set[str]:
    """A lead's values, custom ones included, in the form in which they are compared."""
    custom = lead.get("customFields")
    return {_plain(value) for value in (*lead.values(), *(custom.values() if isinstance(custom, dict) else ()))}


def _plain(value: object) -> str:
    return str(value).strip().lower()
