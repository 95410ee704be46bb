"""Complaints: what a refusal of a single lead says of it, for a person to read."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.hints import ECHO_KEYS, PATH_IN_TEXT, PATH_KEYS, Route, nodes, steps_of, values
from leads.message import Failure

_MAX_MESSAGE: Final = 300

# The most telling first.
_MESSAGE_KEYS: Final = (
    "message", "msg", "field_message", "detail", "reason", "description", "error_description", "title", "error",
)  # fmt: skip
# Names on the way to a field that are none themselves.
_CONTAINERS: Final = frozenset(
    {
        *_MESSAGE_KEYS, *PATH_KEYS, "messages", "errors", "details", "issues", "violations", "lead", "leads", "body",
        "data", "fieldErrors", "formErrors", "non_field_errors",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"[^\s\"'<>(),;\[\]{}`]+")
_DIGIT: Final = re.compile(r"\d")
_NAME: Final = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Complaint:
    """The field that is refused, if any is named, and the words."""

    field: str | None
    message: str


def complaint(content: Any, lead: Mapping[str, Any]) -> Complaint:
    """Read the refusal of a request that had this lead alone."""
    texts = [(route, text) for route, node in nodes(content) if isinstance(node, str) and (text := node.strip())]
    said = sorted((item for item in texts if _is_said(item[0])), key=lambda item: _rank(item[0]))[:1]
    own = values(lead)
    names = (name for name in _names(content, said, own) if name.lower() not in own)
    return Complaint(
        field=next((name for name in names if name not in _CONTAINERS and _NAME.fullmatch(name)), None),
        message=said[0][1][:_MAX_MESSAGE] if said else "refused without a reason",
    )


def _is_said(route: Route) -> bool:
    """Whether a text says what is wrong: by its key, in a list, or in a map of errors."""
    key = _last_key(route)
    if key in _MESSAGE_KEYS or not route:
        return True
    in_list = isinstance(route[-1], int)
    if key in PATH_KEYS or (key in ECHO_KEYS and not in_list and route[-2:-1] != ("errors",)):
        return False
    return in_list or "errors" in route


def _rank(route: Route) -> tuple[bool, int]:
    """How telling a text is, the lowest first: an error's own words, then a list's; a headline last."""
    key = _last_key(route)
    return len(route) == 1, _MESSAGE_KEYS.index(key) if key in _MESSAGE_KEYS else len(_MESSAGE_KEYS)


def _last_key(route: Route) -> str:
    return next((step for step in reversed(route) if isinstance(step, str)), "")


def _names(content: Any, said: list[tuple[Route, str]], own: set[str]) -> Iterator[str]:
    """What may be the field's, the surest first: the ends of paths, of the message's key, of a path in the message."""
    for route, node in nodes(content):
        if route and route[-1] in PATH_KEYS:
            path = node if isinstance(node, list) else steps_of(node) if isinstance(node, str) else ()
            yield from (str(step) for step in path[-1:])
    for route, text in said:
        key = _last_key(route)
        # `{"email": ["..."]}` or `{"errors": {"email": "..."}}`: elsewhere a key is an attribute of the error.
        of_field = not any(isinstance(step, int) for step in route[:-1]) or isinstance(route[-1], int)
        # Where a map is by address, or by whatever was wrong, its key names no field.
        if of_field and key.lower() not in own:
            yield from steps_of(key)[-1:]
        yield from (match[2] for match in PATH_IN_TEXT.finditer(text) if match[2])


def alike(refusals: Sequence[tuple[Failure, Mapping[str, Any]]]) -> int:
    """How many of these refusals have the commonest reason, leaving out numbers, ids and what is some lead's own."""
    own = {word for _, lead in refusals for value in values(lead) for word in _words(value)}
    reasons = Counter(
        (failure.status, failure.field, *(w for w in _words(failure.message) if w not in own and not _DIGIT.search(w)))
        for failure, _ in refusals
    )
    return max(reasons.values(), default=0)


def _words(text: str) -> list[str]:
    return [word.strip(".:") for word in _WORD.findall(text.lower())]
