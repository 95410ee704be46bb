"""Hints: which leads of a refused request its error body seems to mean, and what it says of them.

Nobody documents the shape of Leadterra's `errors`, so every obvious one is read: an index, a path (as a list, a
pointer, dotted or bracketed), a list with a place for each lead, a map by index or address, an address in the
text. A hint is only a suspicion: nobody is condemned on it alone.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeIs

# An error body is the service's own; these only bound what a broken one can cost.
_MAX_NODES: Final = 50_000
_MAX_DEPTH: Final = 12
_MAX_TEXT: Final = 300

_INDEX_KEYS: Final = ("index", "row", "rowIndex", "row_index", "lead_index", "leadIndex", "position", "idx")
_PATH_KEYS: Final = ("loc", "path", "pointer", "field", "instancePath", "property", "param", "key", "target")
_ECHO_KEYS: Final = ("email", "email_address", "emailAddress", "value", "input", "lead")
_MESSAGE_KEYS: Final = (
    "message", "msg", "detail", "reason", "description", "error_description", "title", "error", "errors",
)  # fmt: skip
_PATH: Final = re.compile(r"(?:^|[\s/\"'`])(?:\w+[/.])*leads?[\[./](\d+)\b", re.IGNORECASE)
_ROOTED: Final = re.compile(r"^[/.\[]?(\d+)[\]/.]")
_ADDRESS: Final = re.compile(r"[^\s\"'<>(),;:\[\]{}]+@[^\s\"'<>(),;:\[\]{}]+")
_LAST_NAME: Final = re.compile(r"([A-Za-z_][\w-]*)\W*$")


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a refusal says, for a person to read."""

    field: str | None
    message: str


def suspects(content: Any, addresses: Sequence[str]) -> set[int]:
    """The indexes of the leads that a refusal seems to mean; `addresses` are the request's, in order."""
    places = {address.lower(): index for index, address in enumerate(addresses)}
    found = set[int]()
    for visited, node in enumerate(_nodes(content, 0)):
        if visited > _MAX_NODES:
            break
        found |= _named_by(node, places, len(addresses))
    return found


def _nodes(node: Any, depth: int) -> Iterator[Any]:
    yield node
    if depth < _MAX_DEPTH and isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _nodes(child, depth + 1)


def _named_by(node: Any, places: Mapping[str, int], size: int) -> set[int]:
    match node:
        case str():
            return _in_text(node, places, size)
        case list():
            return _by_position(node, size)
        case dict():
            return _in_object(node, places, size)
        case _:
            return set()


def _in_text(text: str, places: Mapping[str, int], size: int) -> set[int]:
    indexes = {int(number) for number in _PATH.findall(text)}
    addresses = {places[a] for match in _ADDRESS.findall(text) if (a := match.lower().rstrip(".")) in places}
    return {index for index in indexes if index < size} | addresses


def _by_position(items: list[Any], size: int) -> set[int]:
    """A list with a place for each lead, empty for the good ones."""
    if len(items) != size or not any(not item for item in items):
        return set()
    return {index for index, item in enumerate(items) if item}


def _in_object(node: dict[str, Any], places: Mapping[str, int], size: int) -> set[int]:
    keys = {int(key) for key in node if key.isdecimal() and int(key) < size}
    keys |= {index for key in node if (index := places.get(key.lower())) is not None}
    for key in node:
        keys |= _in_text(key, places, size)
    indexes = {index for index in _indexes(node) if index < size}
    echoed = {index for echo in _echoes(node) if (index := places.get(echo)) is not None}
    # An echoed address that is another lead's contradicts the index: then the address is believed.
    return keys | (echoed or indexes)


def _indexes(node: dict[str, Any]) -> Iterator[int]:
    for key in _INDEX_KEYS:
        value = node.get(key)
        if _is_index(value):
            yield value
    for key in _PATH_KEYS:
        match node.get(key):
            case [*parts]:
                yield from [part for part in parts if _is_index(part)][:1]
            case str(text) if found := _ROOTED.match(text):
                yield int(found[1])


def _is_index(value: object) -> TypeIs[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _echoes(node: dict[str, Any]) -> Iterator[str]:
    for key in _ECHO_KEYS:
        value = node.get(key)
        value = value.get("email") if isinstance(value, dict) else value
        if isinstance(value, str):
            yield value.strip().lower()


def complaint(content: Any) -> Complaint:
    """What a refusal of a single lead says: its field, and its words."""
    message = next((text for node in _nodes(content, 0) if (text := _says(node))), "")
    field = next((name for node in _nodes(content, 0) if (name := _field(node))), None)
    return Complaint(field, (message or "refused without a reason")[:_MAX_TEXT])


def _says(node: Any) -> str:
    if isinstance(node, str):
        return node.strip()
    if isinstance(node, dict):
        return next((v.strip() for key in _MESSAGE_KEYS if isinstance(v := node.get(key), str) and v.strip()), "")
    return ""


def _field(node: Any) -> str | None:
    if not isinstance(node, dict):
        return None
    for key in ("field", *_PATH_KEYS):
        match node.get(key):
            case [*_, str(name)]:
                return name
            case str(text) if found := _LAST_NAME.search(text):
                return found[1]
    return None
