"""Answers: what one person filled in, each under one flat name, however the sender nested it.

A provider's views say where its answers are. Without a view every field of the event is an answer. Many senders
write a form's questions out, `{"label": "Your name", "value": "Ava"}`, in a list or by key: such an answer is named
by its question. Each item is judged by itself, so a skipped question or a grid changes nothing for the others.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from leads.errors import Unreadable
from leads.fields.address import address_like
from leads.fields.names import MAX_NAME, meaning
from leads.json import at, loads_or_none
from leads.presets.provider import Titles, View, Views

# Deeper or wider than anything a form tool nests.
MAX_DEPTH: Final = 16
MAX_FIELDS: Final = 2_000

# What a question is called: what people saw of it comes before what a program calls it.
_LABELS: Final = (
    "label", "title", "question", "name", "field_label", "fieldLabel", "field_name", "fieldName", "column_name", "key",
    "field", "slug", "ref", "column_id", "id",
)  # fmt: skip
_ANSWERS: Final = ("value", "answer", "values", "answers", "response", "responses", "string_value", "field_value")
# A form or a page of one has these as well: it is no question if there are objects in them.
_CONTAINERS: Final = frozenset({"values", "answers", "response", "responses"})
# Only a question has these.
_MARKS: Final = frozenset(
    {
        "label", "question", "field_label", "fieldLabel", "field_name", "fieldName", "column_name", "field_type",
        "fieldType", "question_type", "required", "is_required", "options", "choices", "placeholder", "raw_value",
        "value_raw", "rawValue",
    }
)  # fmt: skip
_TYPES: Final = frozenset({"type", "kind"})
_OF_A_QUESTION: Final = frozenset(
    {*_LABELS, *_ANSWERS, *_MARKS, *_TYPES, "uid", "uuid", "position", "order", "index", "page", "hint", "raw",
     "versions", "alias", "group", "object", "normalizedValue"}
)  # fmt: skip
_UNANSWERED: Final = _OF_A_QUESTION.difference(_ANSWERS)
_OF_A_FILE: Final = frozenset({"mimeType", "mimetype", "mime_type", "contentType", "content_type", "filename"})

type Value = str | int | float | bool


@dataclass(slots=True)
class Answers:
    """Flat answers by name, with other names and types of them where the sender gives any.

    `asked` holds the names that questions gave: two questions of one name are two answers.
    """

    fields: dict[str, Value] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)


def read_answers(document: Mapping[str, Any], views: Views = ()) -> Answers:
    """The answers that the first fitting alternative finds; every field of the document where none fits.

    Raises:
        Unreadable: it is deeper or wider than anything a form tool sends.
    """
    found = Answers()
    members: Mapping[str, Any] = document
    for alternative in views:
        if _fits(document, alternative):
            members = {}
            for view in alternative:
                _select(document, view, members, found)
            break
    _add_object(found, "", members, 0)
    return found


def are_questions(items: Iterable[Any]) -> bool:
    """Whether a list is one person's answers, each with its question, and not a list of people."""
    return any(_is_question(item) for item in items)


def _add(found: Answers, name: str, value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        msg = f"nested more than {MAX_DEPTH} levels deep"
        raise Unreadable(msg)
    match value:
        case dict():
            _add_object(found, name, value, depth)
        case list():
            _add_list(found, name, value, depth)
        case str():
            if text := value.strip():
                _put(found, name, ", ".join(_choices(text)))
        case bool() | int() | float():
            _put(found, name, value)


def _put(found: Answers, name: str, value: Value) -> None:
    found.fields[name] = value
    if len(found.fields) > MAX_FIELDS:
        msg = f"more than {MAX_FIELDS} fields"
        raise Unreadable(msg)


def _add_object(found: Answers, name: str, members: Mapping[str, Any], depth: int) -> None:
    if (url := members.get("url")) and isinstance(url, str) and not _OF_A_FILE.isdisjoint(members):
        # An uploaded file is where it can be fetched.
        _put(found, name, url)
        return
    for key, member in members.items():
        if _is_question(member, key):
            _add_question(found, name, key, member, depth)
        elif not _is_skipped(member, marks=_MARKS):
            _add(found, _joined(name, key), member, depth + 1)


def _add_list(found: Answers, name: str, items: list[Any], depth: int) -> None:
    """Several choices are one answer, as people write a list; objects that are no questions are numbered."""
    items = [item.strip() if isinstance(item, str) else item for item in items]
    answered = [item for item in items if item not in (None, "")]
    if not any(isinstance(item, dict | list) for item in answered):
        if len(answered) == 1:
            _add(found, name, answered[0], depth + 1)
        elif answered:
            # As JSON writes them: `true` and `1.5`. There may be half a million.
            _put(found, name, ", ".join(item if isinstance(item, str) else str(item).lower() for item in answered))
        return
    marks = _OF_A_QUESTION if are_questions(answered) else _MARKS | _TYPES
    for number, item in enumerate(items):
        if _is_question(item):
            _add_question(found, name, str(number), item, depth)
        elif not _is_skipped(item, marks):
            _add(found, name if len(answered) == 1 else f"{name}.{number}", item, depth + 1)


def _add_question(found: Answers, name: str, key: str, question: Mapping[str, Any], depth: int) -> None:
    """An answer by its question. Of two questions of one name the second keeps its key."""
    label = label_of(question) or key
    called = _joined(name, label)
    if called in found.asked:
        called = _joined(name, f"{key}.{label}")
    found.asked.add(called)
    if question.get("type") == "hidden":
        found.kinds[called] = "hidden"
    _add(found, called, answer_of(question), depth + 1)
    for part, more in question.items():
        if part not in _OF_A_QUESTION:
            _add(found, _joined(called, part), more, depth + 1)


def _is_question(item: Any, key: str | None = None) -> bool:
    """Whether an object, in a list or under a key, is a question with its answer. One with an address is a person."""
    part = _answer_part(item)
    if not part or (part in _CONTAINERS and _holds_objects(answer_of(item))):
        return False
    if any(_has_address(value) for name, value in item.items() if name not in _ANSWERS):
        return False
    label = label_of(item)
    only = item.keys() <= _OF_A_QUESTION
    if not label or key is None:
        return bool(label) or (key is not None and only)
    # A deal has a name and a value as well: under a telling key only an unmistakable question is one.
    marked = not _MARKS.isdisjoint(item) or (only and not _TYPES.isdisjoint(item))
    return marked or not key.isalpha() or meaning(label) is not None


def question_name(item: Mapping[str, Any]) -> str:
    """The first name that a question with an answer may have."""
    names = (item.get(part) for part in _LABELS) if not item.keys().isdisjoint(_ANSWERS) else ()
    return next((name for name in names if isinstance(name, str)), "")


def _answer_part(item: Any) -> str:
    return next((part for part in _ANSWERS if part in item), "") if isinstance(item, dict) else ""


def answer_of(item: Any) -> Any:
    """The answer in a question, of chosen options their labels; None if it is none."""
    answer = item[part] if (part := _answer_part(item)) else None
    if not isinstance(answer, list) or not answer or not all(map(_is_option, answer)):
        return answer
    labels = [option["label"] for option in answer]
    return labels if len(labels) > 1 else labels[0]


def _is_option(item: Any) -> bool:
    return isinstance(item, dict) and item.keys() == {"id", "label"} and isinstance(item["label"], str)


def _is_skipped(item: Any, marks: frozenset[str]) -> bool:
    """Whether it is a question without an answer: skipped, or from the form's definition."""
    return (
        isinstance(item, dict)
        and not marks.isdisjoint(item)
        and item.keys() <= _UNANSWERED
        and not item.keys().isdisjoint(_LABELS)
    )


def _has_address(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(isinstance(text, str) and address_like(text) for text in inner)


def _holds_objects(answer: Any) -> bool:
    return isinstance(answer, dict) or (isinstance(answer, list) and any(isinstance(item, dict) for item in answer))


def label_of(question: Mapping[str, Any]) -> str:
    """What a question is called: by a name that is understood, if it has one."""
    given = (question.get(part) for part in _LABELS)
    texts = (text[0] if isinstance(text, list) and len(text) == 1 else text for text in given)
    names = [text[:MAX_NAME] for text in texts if isinstance(text, str) and text.strip()]
    return next(filter(meaning, names), names[0]) if len(names) > 1 else "".join(names)


def _choices(text: str) -> list[str]:
    """Several choices, which some form tools keep as JSON; or the text."""
    found = loads_or_none(text) if text.startswith('["') else None
    return found if isinstance(found, list) and all(isinstance(choice, str) for choice in found) else [text]


def _joined(name: str, key: str) -> str:
    # A key has its limit here: a long one would be copied into every name below it.
    return f"{name}.{key[:MAX_NAME]}" if name else key[:MAX_NAME]


def _fits(document: Mapping[str, Any], alternative: tuple[View, ...]) -> bool:
    """Whether a part is there, answered or not: blank answers are not looked for elsewhere in the event.

    The event itself is always there. A few members picked from it only add to another part.
    """
    return any(isinstance(at(document, view.path), dict | list) if view.path else not view.pick for view in alternative)


def _select(document: Mapping[str, Any], view: View, members: dict[str, Any], found: Answers) -> None:
    """Add the members of a view to those of earlier views, each under its own name."""
    titles = _titles(document, view.titles)
    part = at(document, view.path)
    for key, member in _members(part):
        name = _boxed(key, part, view.boxes) or _name(key, member, view, titles)
        value = _value(member, view)
        if not name or key in view.drop or (view.pick and key not in view.pick) or value in (None, "", [], {}):
            continue
        if view.named:
            if name == at(document, view.first):
                members[view.named] = value
            name = view.named
        alias = at(member, view.alias) if view.alias else None
        alias = alias if isinstance(alias, str) else key
        kind = "hidden" if view.hidden else at(member, view.kind) if view.kind else None
        if name in members:
            # Two questions of one title: the second goes by its other name.
            name = alias if view.alias or view.strip or view.boxes else name
        if name not in members:
            members[name] = value
            found.aliases.setdefault(alias, name)
            if isinstance(kind, str):
                found.kinds[name] = kind


def _members(part: Any) -> Iterator[tuple[str, Any]]:
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    return ((str(key), member) for key, member in pairs)


def _titles(document: Mapping[str, Any], titles: Titles | None) -> dict[str, str]:
    """The titles of a form's questions by their keys, at any depth."""
    found: dict[str, str] = {}
    parts = [at(document, titles.path)] if titles else []
    for part in parts:
        parts += [member for _, member in _members(part) if isinstance(member, dict | list)]
        key, title = (at(part, titles.key), at(part, titles.title)) if titles else (None, None)
        if isinstance(key, str | int) and isinstance(title, str):
            found[str(key)] = title
    return found


def _boxed(key: str, part: Any, boxes: Mapping[str, str]) -> str:
    """A name's box. With a box 1 it is an address's: the street's."""
    number, _, box = key.partition(".")
    return boxes.get(box, "") if number.isdecimal() and f"{number}.1" not in part else ""


def _name(key: str, member: Any, view: View, titles: Mapping[str, str]) -> str:
    if view.titles and (title := titles.get(str(at(member, view.titles.reference)))):
        return title
    if view.strip:
        matched = re.fullmatch(view.strip, key)
        return str(matched[matched.re.groups]) if matched else ""
    if not view.name:
        return key
    names = (at(member, place) for place in view.name)
    return next((name for name in names if isinstance(name, str) and name.strip()), "")


def _value(member: Any, view: View) -> Any:
    if not view.value:
        return member.split(view.split) if view.split and isinstance(member, str) else member
    if not isinstance(member, dict):
        # Newer versions of a provider's API often drop the object around a value.
        return None if view.name else member
    paths = (str(member.get("type", "")) if place == "@type" else place for place in view.value)
    value = next((found for path in paths if path and (found := at(member, path)) is not None), None)
    return _spelled(value, _texts(member, view.options)) if view.options else _chosen(value)


def _texts(member: Any, places: tuple[str, ...]) -> dict[str, str]:
    """The texts of options by their ids."""
    options = [option for place in places for _, option in _members(at(member, place))]
    pairs = ((at(option, "id"), at(option, "text")) for option in options)
    return {key: text for key, text in pairs if isinstance(key, str) and isinstance(text, str)}


def _spelled(value: Any, texts: Mapping[str, str]) -> Any:
    """The texts of chosen options, where a form tool sends their ids; of a grid the rows' as well."""
    match value:
        case str():
            return texts.get(value, value)
        case list():
            return [texts.get(item, item) if isinstance(item, str) else item for item in value]
        case dict():
            return {texts.get(row, row): _spelled(item, texts) for row, item in value.items()}
        case _:
            return value


def _chosen(value: Any) -> Any:
    """A choice's label, where a form tool sends objects."""
    match value:
        case {"labels": [*labels]}:
            return labels + ([value["other"]] if value.get("other") else [])
        case {"label": str(text)} | {"other": str(text)}:
            return text
        case _:
            return value
