"""The names and texts of error bodies: which mean a row, an address, a value or a success."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from typing import Any, Final

from leads.errors import Malformed
from leads.json import loads

# A request of a thousand leads, repeated, is about half of this.
MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 24
MAX_TEXT: Final = 10_000
# No request has more than a thousand rows.
MAX_DIGITS: Final = 4
_MAX_NAME: Final = 64
_MAX_PATH: Final = 256

_NAME_WORD: Final = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|#")
_INDEX: Final = frozenset(
    {"index", "idx", "i", "row", "line", "position", "pos", "number", "no", "seq", "at", "key", "property", "#"}
    | {"lead", "item", "record", "entry", "contact", "element"}
)
_NO_INDEX: Final = frozenset({"column", "page", "code", "status", "phone", "total"})
_SILENT: Final = frozenset(
    {"type", "instance", "stack", "trace", "url", "uri", "href", "link", "links", "docs", "documentation", "schema"}
    | {"id", "ids", "code", "codes", "status", "timestamp", "time", "date", "request", "warning", "warnings"}
)
_LISTS: Final = frozenset({"indices", "indexes", "rows", "positions", "lines", "leads", "items", "records"})
_SUCCESS: Final = frozenset(
    {"valid", "success", "successful", "succeeded", "created", "accepted", "updated", "enrolled", "ok", "inserted"}
)
_FAILURE: Final = frozenset({"error", "errors", "failed", "failure", "rejected", "invalid", "refused", "skipped"})
_STATUS: Final = frozenset({"status", "state", "result", "outcome"})

_STEPS: Final = re.compile(r"[.\[\]/'\"]+")
_STEP: Final = re.compile(r"[^\W\d]\w*")
_ADDRESS_OF_PAGE: Final = re.compile(r"://|^/?(?:v\d+|api)/")
# `leads[3].email`, `body/leads/3/email`, `[3] ...`: the rest of the path is skipped, as it may have further numbers.
_PATH_IN_TEXT: Final = re.compile(
    r"""(?:(?<!\w)[A-Za-z_$]\w*['"]?\]?|(?<![\w.\])]))[.\[/]{1,2}['"]?(\d{1,4})(?!\w)[\w.\[\]/'"]*"""
)
_ROW_IN_TEXT: Final = re.compile(
    r"(?<!\w)(?:lead|row|item|record|entry|contact|index)(?: at index| number| no\.)?[\s#:(\[_]{1,3}(\d{1,4})(?!\w)",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\s\"<>(),;\[\]{}|`=]+")


def bounded(content: Any) -> Any:
    """A copy of limited size and depth, with the JSON inside texts parsed."""
    return _copy(content, [MAX_NODES], 0)


def _copy(node: Any, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth > MAX_DEPTH:
        return None
    match node:
        case str() if node[:1] in {"[", "{"}:
            return _copy(_parsed(node), left, depth + 1)
        case str():
            return node[:MAX_TEXT]
        case dict():
            return {key[:_MAX_PATH]: _copy(child, left, depth + 1) for key, child in islice(node.items(), left[0])}
        case list():
            return [_copy(child, left, depth + 1) for child in islice(node, left[0])]
        case _:
            return node


def _parsed(text: str) -> Any:
    """The content of a text, such as the message of zod's error, that is JSON."""
    try:
        return loads(text)
    except Malformed:
        # What starts like this and is none starts like a path.
        return f" {text}"


@lru_cache(maxsize=1_024)
def name_words(name: str) -> tuple[str, ...]:
    """`rejectedValue` and `rejected_value` as their words."""
    return tuple(word.lower() for word in _NAME_WORD.findall(name[:_MAX_NAME]))


def _last(name: str) -> str:
    return (name_words(name) or ("",))[-1]


def is_silent(name: str) -> bool:
    """Whether nothing under that name tells a bad row."""
    words = name_words(name)
    return bool(words) and (words[-1] in _SILENT or words[0] == "schema" or not _SUCCESS.isdisjoint(words))


def may_list_rows(name: str) -> bool:
    """Whether numbers in a list of that name may be those of bad rows."""
    return " " in name or not (_LISTS | _INDEX | _FAILURE).isdisjoint(name_words(name))


def is_value(name: str) -> bool:
    return _last(name) in {"value", "input"}


def is_address(name: str) -> bool:
    return not {"email", "emails", "mail", "address", "recipient", "recipients"}.isdisjoint(name_words(name))


def is_echo(name: str) -> bool:
    """Whether an object of that name may be a lead as it was sent."""
    return _last(name) in {"value", "input", "lead", "record", "item", "row", "contact", "data", "target"}


def is_masked(text: str) -> bool:
    return "*" in text or text.endswith(("...", "\u2026"))


def index_number(name: str, value: Any) -> int | None:
    """The number of a row under such a name, if it is one."""
    words = name_words(name)
    if not words or words[-1] not in _INDEX or not _NO_INDEX.isdisjoint(words):
        return None
    if isinstance(value, str):
        digits = value.strip("#[] ")
        return int(digits) if digits.isdecimal() and len(digits) <= MAX_DIGITS else None
    return int(value) if value >= 0 and value == value // 1 else None


def is_page(text: str) -> bool:
    """Whether a text is the address of a page or of the request itself."""
    return _ADDRESS_OF_PAGE.search(text) is not None


def path_number(path: Any) -> int | None:
    """The first number in a path to a row or a field, given as one text or as a list of steps."""
    if isinstance(path, str):
        if len(path) > _MAX_PATH or " " in path or is_page(path):
            return None
        steps: Sequence[Any] = [step for step in _STEPS.split(path.lstrip("#$")) if step]
    else:
        steps = path
    numbers = [step for step in steps if isinstance(step, int) or (isinstance(step, str) and step.isdecimal())]
    names = [step for step in steps if isinstance(step, str) and _STEP.match(step)]
    if not numbers or not names or len(numbers) + len(names) < len(steps) or len(str(numbers[0])) > MAX_DIGITS:
        return None
    return int(numbers[0])


def text_numbers(text: str) -> set[int]:
    """The numbers of rows in a line of text."""
    words = " ".join(word for word in text.split() if "@" not in word and not is_page(word))
    return {int(n) for pattern in (_PATH_IN_TEXT, _ROW_IN_TEXT) for n in pattern.findall(words)}


def tokens(text: str) -> Iterator[str]:
    """What may be an address in a text."""
    return (token.strip(".:!?'") for token in _TOKEN.findall(text))


def succeeded(item: Any) -> bool | None:
    """Whether a row's result is a success; None: it does not say."""
    match item:
        case dict():
            return _status_of(item) if item else True
        case str():
            word = item.strip().lower()
            return False if word in _FAILURE else True if not word or word in _SUCCESS else None
        case bool() | None:
            return item is not False or None
        case int() if item >= HTTPStatus.OK:
            return item < HTTPStatus.BAD_REQUEST
        case _:
            return True if item == [] else None


def _status_of(result: Mapping[str, Any]) -> bool | None:
    """A result's errors or its status: a word, a truth or a status of HTTP."""
    for name, value in result.items():
        last = _last(name)
        if last in _FAILURE and value:
            return False
        if last in _SUCCESS and isinstance(value, bool):
            return value
        if last in _STATUS and (good := succeeded(value)) is not None:
            return good
    return None


def plain(value: object) -> str:
    """A value in the form in which values are compared."""
    return str(value).strip(" \t\r\n\"'<>").lower()


def values(lead: Mapping[str, Any]) -> set[str]:
    """A lead's values, custom ones included, in the form in which they are compared."""
    return {plain(value) for value in {**lead, **lead.get("customFields", {})}.values()}
