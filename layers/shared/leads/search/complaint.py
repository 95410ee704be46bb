"""Complaints: what a refusal of a single lead says of it, for a person to read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.model import LEAD_FIELDS
from leads.search.error_body import bounded, is_page, is_silent, is_value, name_words, path_number, plain, values

_MAX_MESSAGE: Final = 300
# The most telling first; the last ones are headlines.
_MESSAGES: Final = ("message", "msg", "detail", "details", "reason", "description", "error")
_LAST: Final = ("title", "name", "code", "type")
_FIELD_NAMES: Final = frozenset(
    (word,) for word in ("field", "param", "path", "loc", "pointer", "property", "attribute", "key")
)
_CONTAINERS: Final = frozenset({*_MESSAGES, *_LAST, "errors", "leads", "issues", "violations", "body", "data"})
_STEPS: Final = re.compile(r"[.\[\]/'\"]+")
_NAME: Final = re.compile(r"[^\W\d]\w*")
_TAG: Final = re.compile(r"<[^>]*>")
_WORD: Final = re.compile(r"[^\s\"'<>(),;\[\]{}`]+")
_DIGIT: Final = re.compile(r"\d")

type _Route = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Complaint:
    """The field that is refused, if any is named, and the words."""

    field: str | None
    message: str


def complaint(content: Any, lead: Mapping[str, Any]) -> Complaint:
    """Read the refusal of a request that had this lead alone."""
    own = values(lead)
    leaves = [(route, text) for route, text in _leaves(bounded(content)) if plain(text) not in own]
    said = [(rank, route, text) for route, text in leaves if (rank := _rank(route, text)) is not None]
    _, route, text = min(said, key=lambda each: each[0], default=(0, (), ""))
    # An error is an item of the innermost list around its words.
    error = route[: max((place + 1 for place, step in enumerate(route[:-1]) if isinstance(step, int)), default=0)]
    paths = [name for near, path in reversed(leaves) if near[: len(error)] == error for name in _path(near, path)]
    keys = [
        name for step in reversed(route) if isinstance(step, str) and plain(step) not in own for name in _steps(step)
    ]
    known = {_squashed(name): name for name in (*lead, *lead.get("customFields", ()), *LEAD_FIELDS)}
    named = [
        *(known.get(_squashed(name)) for name in paths),
        *(name for name in paths if _is_field(name)),
        *(known.get(_squashed(name)) for name in (*keys, *_NAME.findall(text[:_MAX_MESSAGE]))),
        *(name for name in keys if _is_field(name)),
    ]
    return Complaint(next(filter(None, named), None), text[:_MAX_MESSAGE] or "refused without a reason")


def _leaves(node: Any, route: _Route = ()) -> Iterator[tuple[_Route, str]]:
    """All texts of a body and the keys and places that lead to them; a sentence may be a key."""
    if isinstance(node, str):
        text = " ".join(_TAG.sub(" ", node[: 8 * _MAX_MESSAGE]).split())
        if text:
            yield route, text
    elif isinstance(node, dict | list):
        for key, child in node.items() if isinstance(node, dict) else enumerate(node):
            yield from _leaves(child, (*route, key))
            if isinstance(key, str) and " " in key:
                yield route, key


def _rank(route: _Route, text: str) -> int | None:
    """How telling a text is, the lowest first: an error's own words before a headline; None where it says nothing."""
    keys = [step for step in route if isinstance(step, str)]
    last = (name_words(keys[-1]) or ("",))[-1] if keys else ""
    silent = any(is_silent(key) for key in (keys[:-1] if last in _LAST else keys))
    if silent or any(map(is_value, keys)) or is_page(text) or not _NAME.search(text) or path_number(text) is not None:
        return None
    headline = 10 * (len(route) == 1)
    if last in _MESSAGES:
        return headline + _MESSAGES.index(last)
    if last in _LAST:
        return headline + len(_MESSAGES) + 2 + _LAST.index(last)
    if " " in text or not keys:
        return headline + len(_MESSAGES)
    return None if (last,) in _FIELD_NAMES or len(route) == 1 else len(_MESSAGES) + 1


def _path(route: _Route, text: str) -> list[str]:
    """The names in a path to a field, the innermost first."""
    keys = {name_words(step)[-1:] for step in route[-2:] if isinstance(step, str)}
    return [] if keys.isdisjoint(_FIELD_NAMES) or is_page(text) else _steps(text)


def _steps(path: str) -> list[str]:
    """The names in a path; a text with spaces or an address is none."""
    is_path = " " not in path and "@" not in path
    return [step for step in reversed(_STEPS.split(path)) if _NAME.match(step)] if is_path else []


def _is_field(name: str) -> bool:
    words = name_words(name)[-1:]
    return _squashed(name) not in _CONTAINERS and words not in _FIELD_NAMES and not set(words) & _CONTAINERS


def _squashed(name: str) -> str:
    return re.sub(r"[\W_]", "", name).lower()


def alike(refusals: Sequence[tuple[Failure, Mapping[str, Any]]]) -> int:
    """How many refusals have the commonest reason, leaving out numbers, ids and values of leads."""
    own = {word for _, lead in refusals for value in values(lead) for word in _words(value)}
    reasons = Counter(
        (failure.status, failure.field, *(w for w in _words(failure.message) if w not in own and not _DIGIT.search(w)))
        for failure, _ in refusals
    )
    return max(reasons.values(), default=0)


def _words(text: str) -> list[str]:
    return [word.strip(".:") for word in _WORD.findall(text.lower())]
