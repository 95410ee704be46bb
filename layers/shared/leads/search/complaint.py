"""Complaints: the field and the reason in the refusal of a single lead."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.model import LEAD_FIELDS
from leads.request.reply import ERRORS
from leads.search.hints import MAX_DEPTH, values

_MAX_MESSAGE: Final = 300
_MAX_LEAVES: Final = 1_000
# What texts under these names say of an error, the most telling first. Sentences under others are in the middle, and
# single words, such as the name of a kind, are the last.
_RANKS: Final = {
    name: rank
    for rank, names in enumerate(
        ("message msg", "detail details", "reason description", "error", "", "title", "code name type status path")
    )
    for name in names.split()
}
_MIDDLE: Final = 4
_LAST: Final = 7
# An error's own text is in a list.
_OUTSIDE_LISTS: Final = 3
# No answer gives this text.
NO_REASON: Final = "refused without a reason"
# How names of paths and of fields end.
_PATHS: Final = (
    "field", "param", "parameter", "path", "loc", "pointer", "property", "key", "attr", "attribute", "target",
)  # fmt: skip
_CONTAINERS: Final = frozenset(
    {"leads", "issues", "violations", "body", "data", "items", "records", "responses", "results", *_RANKS}
)
_NAME: Final = re.compile(r"[^\W\d]\w*")
_TAG: Final = re.compile(r"<[^>]*>")
_WORD: Final = re.compile(r"[^\s\"'<>(),;\[\]{}`]+")

type _Route = tuple[str | int, ...]


def complaint(content: Any, lead: Mapping[str, Any]) -> tuple[str | None, str]:
    """The field that the refusal of this single lead names, if any, and the words."""
    own = {str(value) for value in (*lead.values(), *lead.get("customFields", {}).values())}
    leaves = [leaf for leaf in islice(_leaves(content), _MAX_LEAVES) if leaf[1].strip('"') not in own]
    messages = [leaf for leaf in leaves if not _is_path(leaf)]
    route, message = min(messages, key=lambda leaf: (_rank(leaf), len(leaf[0])), default=((), NO_REASON))
    around = _around(route)
    paths = _names(leaf[1] for leaf in leaves if _is_path(leaf) and leaf[0][: len(around)] == around)
    keys = _names(step for step in route if isinstance(step, str) and step not in own)
    known = {_squashed(name): name for name in (*lead, *lead.get("customFields", ()), *LEAD_FIELDS)}
    fields = (
        *(known.get(_squashed(name)) for name in paths),
        *paths,
        *(known.get(_squashed(name)) for name in (*keys, *_NAME.findall(message))),
        *keys,
    )
    return next(filter(None, fields), None), message


def _around(route: _Route) -> _Route:
    """The way to the object that has this text, or the list of texts with it."""
    while route and isinstance(route[-1], int):
        route = route[:-1]
    return route[:-1]


def _leaves(node: Any, route: _Route = ()) -> Iterator[tuple[_Route, str]]:
    """The texts of a body, and the keys and places that lead to them."""
    if isinstance(node, str):
        if text := " ".join(_TAG.sub(" ", node[: 8 * _MAX_MESSAGE]).split())[:_MAX_MESSAGE]:
            yield route, text
    elif isinstance(node, dict | list) and len(route) < MAX_DEPTH:
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(child, (*route, key))


def _rank(leaf: tuple[_Route, str]) -> tuple[bool, int]:
    """How well a text explains an error, lowest first. An error's own text comes before one about the whole request."""
    route, text = leaf
    key = _key(route)
    rank = _MIDDLE if " " in text else _LAST
    # `defaultMessage`, `field_message`
    rank = _RANKS.get(key, _RANKS["error"] if key.endswith("message") else rank)
    in_list = any(isinstance(step, int) for step in route)
    return len(route) == 1, rank + (0 if in_list else _OUTSIDE_LISTS)


def _is_path(leaf: tuple[_Route, str]) -> bool:
    """Whether a text is a path to a field, or a field's name."""
    return _key(leaf[0]).endswith(_PATHS) and "/campaigns/" not in leaf[1]


def _key(route: _Route) -> str:
    """The innermost key, in lower case."""
    return next((step.lower() for step in reversed(route) if isinstance(step, str)), "")


def _names(paths: Iterable[str]) -> list[str]:
    """The names of fields in these paths, the innermost first."""
    names = [name for path in paths for name in _NAME.findall(path)]
    return [
        name
        for name in reversed(names)
        if name.lower() not in _CONTAINERS and not name.endswith(_PATHS) and not ERRORS.search(name)
    ]


def _squashed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def alike(refusals: Sequence[tuple[Failure, Mapping[str, Any]]]) -> int:
    """How many refusals have the commonest reason, leaving out numbers, ids and values of leads."""
    own = {word for _, lead in refusals for value in values(lead) for word in _words(value)}
    reasons = Counter(
        (failure.status, failure.field, *(word for word in _words(failure.message) if word not in own))
        for failure, _ in refusals
    )
    return max(reasons.values(), default=0)


def reasons(content: Any) -> set[tuple[str, ...]]:
    """The texts of a body as `reason_words`."""
    return {reason_words(text) for _, text in islice(_leaves(content), _MAX_LEAVES)}


def reason_words(message: str) -> tuple[str, ...]:
    """What two answers about one lead have in common if its number in the request differs."""
    return tuple(_words(message))


def _words(text: str) -> list[str]:
    """The words without a digit."""
    return [word.strip(".:") for word in _WORD.findall(text.lower()) if not re.search(r"\d", word)]
