"""Answers: the fields of one person's submission, flattened to one name each.

A provider's views say where its answers are. Without a view every field of the event is an answer. If the event
contains an answer's question, the question is its name.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from leads.errors import Unreadable
from leads.fields.names import MAX_NAME, canonical, meaning
from leads.fields.questions import (
    DEFINITIONS,
    MARKS,
    QUESTION_KEYS,
    TYPES,
    answer_of,
    are_questions,
    chosen,
    is_question,
    is_skipped,
    label_of,
)
from leads.fields.vocabulary import FULL_NAME
from leads.json import at, loads_or_none
from leads.presets.provider import Titles, View, Views
from leads.words import word_set

# Deeper or wider than what any form tool sends.
MAX_DEPTH: Final = 16
MAX_FIELDS: Final = 2_000
_OF_A_FILE: Final = word_set("mimeType mimetype mime_type contentType content_type filename")

type Value = str | int | float | bool


@dataclass(slots=True)
class Answers:
    """Flat answers by name."""

    fields: dict[str, Value] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)  # names of fields by other names of theirs
    kinds: dict[str, str] = field(default_factory=dict)  # what the sender says a field holds
    asked: set[str] = field(default_factory=set)  # names that questions gave: two questions of one name are two answers


def read_answers(document: Mapping[str, Any], views: Views = ()) -> Answers:
    """The answers of the first alternative that fits; every field of the document if none fits.

    Raises:
        Unreadable: it is deeper or wider than anything a form tool sends.
    """
    found = Answers()
    members: Mapping[str, Any] = document
    if alternative := next((each for each in views if _fits(document, each)), None):
        members = {}
        for view in alternative:
            _select(document, view, members, found)
    _add_object(found, "", members, 0)
    return found


def _add(found: Answers, name: str, value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Unreadable(f"nested more than {MAX_DEPTH} levels deep")
    match value:
        case dict():
            _add_object(found, name, value, depth)
        case list():
            _add_list(found, name, value, depth)
        case str():
            if text := value.strip():
                _put(found, name, _choices(text))
        case bool() | int() | float():
            _put(found, name, value)


def _put(found: Answers, name: str, value: Value) -> None:
    found.fields[name] = value
    if len(found.fields) > MAX_FIELDS:
        raise Unreadable(f"more than {MAX_FIELDS} fields")


def _add_object(found: Answers, name: str, members: Mapping[str, Any], depth: int) -> None:
    if (url := members.get("url")) and isinstance(url, str) and not _OF_A_FILE.isdisjoint(members):
        # The value of an uploaded file is its address.
        _put(found, name, url)
        return
    marks = QUESTION_KEYS if _may_define(name) else MARKS
    for key, value in members.items():
        # `"company": {"id": 5, "label": "Acme"}`. In a form's definition the label is a question.
        is_choice = isinstance(value, dict) and marks is MARKS and meaning(key)
        member = chosen(value) if is_choice else value
        # Most members are no objects, and a list of people has many.
        if isinstance(member, dict) and is_question(member, key):
            _add_question(found, name, key, member, depth)
        elif not isinstance(member, dict) or not is_skipped(member, MARKS if key.isalpha() else marks):
            _add(found, _joined(name, key), member, depth + 1)


def _add_list(found: Answers, name: str, items: list[Any], depth: int) -> None:
    """Several choices are one answer, as people write a list; objects that are no questions are numbered."""
    items = [item.strip() if isinstance(item, str) else item for item in items]
    answered = [item for item in items if item not in (None, "")]
    if not any(isinstance(item, dict | list) for item in answered):
        if answered and (len(answered) == 1 or (isinstance(answered[0], str) and len(set(answered)) == 1)):
            # A form on a phone may have each field twice.
            _add(found, name, answered[0], depth + 1)
        elif answered and all(isinstance(item, str) and " " not in item for item in answered) and _is_whole_name(name):
            _put(found, name, " ".join(answered))
        elif answered:
            # As JSON writes them: `true` and `1.5`. There may be half a million.
            _put(found, name, ", ".join(item if isinstance(item, str) else str(item).lower() for item in answered))
        return
    defines = _may_define(name) and all(is_skipped(item, QUESTION_KEYS) for item in answered)
    marks = QUESTION_KEYS if defines or are_questions(answered) else MARKS | TYPES
    for number, item in enumerate(items):
        if is_question(item):
            _add_question(found, name, str(number), item, depth)
        elif not is_skipped(item, marks):
            _add(found, name if len(answered) == 1 else f"{name}.{number}", item, depth + 1)


def _is_whole_name(name: str) -> bool:
    """Whether a list under this name has a person's names: first and last."""
    known = meaning(name)
    return known is not None and known.field == FULL_NAME


def _may_define(name: str) -> bool:
    """Whether a form's definition has its questions under this name."""
    return canonical(name.rpartition(".")[2]) in DEFINITIONS


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
        if part not in QUESTION_KEYS and part != question.get("type"):
            _add(found, _joined(called, part), more, depth + 1)


def _choices(text: str) -> str:
    """Several choices, which some form tools keep as JSON, as people write a list; or the text."""
    found = loads_or_none(text) if text.startswith('["') else None
    return ", ".join(found) if isinstance(found, list) and all(isinstance(choice, str) for choice in found) else text


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
    titles = _titles(document, view.titles) if view.titles else {}
    part = at(document, view.path)
    for key, member in _members(part):
        if key in view.drop or (view.pick and key not in view.pick):
            continue
        name, value = _name(key, member, part, view, titles), _value(member, view)
        if not name or value in (None, "", [], {}):
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


def _titles(document: Mapping[str, Any], titles: Titles) -> dict[str, str]:
    """The titles of a form's questions by their keys, at any depth."""
    found: dict[str, str] = {}
    parts = [at(document, titles.path)]
    for part in parts:
        parts += [member for _, member in _members(part) if isinstance(member, dict | list)]
        key, title = at(part, titles.key), at(part, titles.title)
        if isinstance(key, str | int) and isinstance(title, str):
            found[str(key)] = title
    return found


def _name(key: str, member: Any, part: Any, view: View, titles: Mapping[str, str]) -> str:
    number, _, box = key.partition(".")
    # With a box 1, the street's, the question is an address.
    if box in view.boxes and number.isdecimal() and f"{number}.1" not in part:
        return view.boxes[box]
    if view.titles and (title := titles.get(str(at(member, view.titles.reference)))):
        return title
    if view.strip:
        matched = re.fullmatch(view.strip, key[:MAX_NAME])
        return str(matched[matched.re.groups]) if matched else ""
    names = (at(member, place) for place in view.name)
    return next((name for name in names if isinstance(name, str) and name.strip()), "") if view.name else key


def _value(member: Any, view: View) -> Any:
    if not view.value:
        return member.split(view.split) if view.split and isinstance(member, str) else member
    if not isinstance(member, dict):
        # Newer versions of a provider's API often drop the object around a value.
        return None if view.name else member
    paths = (str(member.get("type", "")) if place == "@type" else place for place in view.value)
    value = next((found for path in paths if path and (found := at(member, path)) is not None), None)
    return _spelled(value, _texts(member, view.options)) if view.options else chosen(value)


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
