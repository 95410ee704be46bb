"""Flat answers: whatever a sender nested, each answer under one name, its steps joined by dots.

Many senders write a form's questions out, `{"label": "Your name", "value": "Ava"}`, in a list or by key; such an
answer is known by its question, not by its number.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from leads.errors import Malformed, Unreadable
from leads.fields.address import address_like
from leads.fields.names import meaning
from leads.json import dumps, loads

# Deeper or wider than anything a form tool nests.
_MAX_DEPTH: Final = 16
_MAX_FIELDS: Final = 2_000

# What a question says of itself: what people saw of it comes before what a program calls it.
_CALLED: Final = (
    "label", "title", "question", "name", "field_label", "fieldLabel", "field_name", "fieldName", "column_name", "key",
    "field", "slug", "ref", "column_id", "id",
)  # fmt: skip
_ANSWERED: Final = ("value", "answer", "values", "answers", "response", "responses", "string_value", "field_value")
# These may hold objects: a name in two boxes, a file. Under the others that would be something else than an answer.
_COMPOSITE: Final = frozenset({"value", "answer"})
_OF_A_QUESTION: Final = frozenset(
    {
        *_CALLED, *_ANSWERED, "type", "kind", "field_type", "fieldType", "question_type", "uid", "uuid", "required",
        "is_required", "options", "choices", "position", "order", "index", "page", "placeholder", "hint", "raw",
        "raw_value", "value_raw", "rawValue", "versions",
    }
)  # fmt: skip
# An uploaded file is where it can be fetched.
_OF_A_FILE: Final = frozenset({"mimeType", "mimetype", "mime_type", "contentType", "content_type", "filename"})

type Value = str | int | float | bool


def flat(document: dict[str, Any]) -> dict[str, Value]:
    """What was answered, by name.

    Raises:
        Unreadable: it is deeper or wider than anything a form tool sends.
    """
    fields: dict[str, Value] = {}
    for name, value in _walk(document, "", 0):
        fields[name] = value
        if len(fields) > _MAX_FIELDS:
            msg = f"more than {_MAX_FIELDS} fields"
            raise Unreadable(msg)
    return fields


def are_questions(items: Iterable[Any]) -> bool:
    """Whether a list is one person's answers, each with its question, and not a list of people."""
    listed = list(items)
    return bool(listed) and all(_is_question(item) and _called(item) for item in listed)


def _walk(value: Any, name: str, depth: int) -> Iterator[tuple[str, Value]]:
    if depth > _MAX_DEPTH:
        msg = f"nested more than {_MAX_DEPTH} levels deep"
        raise Unreadable(msg)
    match value:
        case dict():
            yield from _walk_object(value, name, depth)
        case list():
            yield from _walk_list(value, name, depth)
        case str():
            if text := value.strip():
                yield name, ", ".join(_choices(text))
        case bool() | int() | float():
            yield name, value


def _walk_object(members: Mapping[str, Any], name: str, depth: int) -> Iterator[tuple[str, Value]]:
    if (url := members.get("url")) and isinstance(url, str) and not _OF_A_FILE.isdisjoint(members):
        yield name, url
    elif members and all(map(_is_question, members.values())):
        yield from _walk_questions(members, name, depth)
    else:
        for key, item in members.items():
            yield from _walk(item, _joined(name, key), depth + 1)


def _walk_list(items: list[Any], name: str, depth: int) -> Iterator[tuple[str, Value]]:
    """Several choices are one answer, as people write a list; a list of objects is numbered."""
    items = [item.strip() if isinstance(item, str) else item for item in items]
    answered = [item for item in items if item not in (None, "")]
    if are_questions(answered):
        yield from _walk_questions(dict(enumerate(answered)), name, depth)
    elif len(answered) == 1:
        yield from _walk(answered[0], name, depth + 1)
    elif any(isinstance(item, dict | list) for item in answered):
        for number, item in enumerate(items):
            yield from _walk(item, f"{name}.{number}", depth + 1)
    elif answered:
        yield name, ", ".join(item if isinstance(item, str) else dumps(item) for item in answered)


def _walk_questions(questions: Mapping[Any, Mapping[str, Any]], name: str, depth: int) -> Iterator[tuple[str, Value]]:
    """Each answer by its question; of two that are called the same the second keeps its key."""
    names: set[str] = set()
    for key, question in questions.items():
        called = _joined(name, _called(question) or str(key))
        if called in names:
            called = _joined(name, f"{key}.{_called(question) or key}")
        names.add(called)
        answer = next(question[part] for part in _ANSWERED if part in question)
        yield from _walk(answer, called, depth + 1)
        for part, more in question.items():
            if part not in _OF_A_QUESTION:
                yield from _walk(more, _joined(called, part), depth + 1)


def _is_question(item: Any) -> bool:
    """Whether it is an object with an answer in it. One with an address elsewhere is a person's."""
    part = next((part for part in _ANSWERED if part in item), "") if isinstance(item, dict) else ""
    if not part or (part not in _COMPOSITE and _is_composite(item[part])):
        return False
    return not any(_has_address(value) for part, value in item.items() if part not in _ANSWERED)


def _has_address(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and address_like(text) for text in inner)


def _is_composite(answer: Any) -> bool:
    return isinstance(answer, dict) or (isinstance(answer, list) and any(isinstance(i, dict | list) for i in answer))


def _called(question: Mapping[str, Any]) -> str:
    """What a question is called: by a name that is understood, if it has one."""
    names = [name for part in _CALLED if isinstance(name := question.get(part), str) and name.strip()]
    return next(filter(meaning, names), names[0] if names else "")


def _choices(text: str) -> list[str]:
    """Several choices, which some form tools keep as JSON; or the text."""
    try:
        found = loads(text) if text.startswith('["') else text
    except Malformed:
        found = text
    return found if isinstance(found, list) and all(isinstance(choice, str) for choice in found) else [text]


def _joined(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
