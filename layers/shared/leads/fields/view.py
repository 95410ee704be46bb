"""Views: where in a provider's event a person's answers are, as data.

A form tool sends a list of questions, a CRM an object of objects, a program plain fields. Each is a view; without
any, every field of the event is an answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from leads.presets.provider import Boxes, Titles, View, Views

# An object of this many questions is no form.
_MAX_MEMBERS: Final = 2_000
_MISSING: Final = object()


@dataclass(slots=True)
class Answers:
    """Named answers as sent, with other names and types of them where the provider tells."""

    values: dict[str, Any] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


def answers(document: Mapping[str, Any], views: Views) -> Answers:
    """The answers that the first fitting alternative finds; the whole document where none fits."""
    for alternative in views:
        if _fits(document, alternative):
            found = Answers()
            for view in alternative:
                _read(document, view, found)
            return found
    return Answers(dict(document))


def _fits(document: Mapping[str, Any], alternative: tuple[View, ...]) -> bool:
    """Whether a part is there, answered or not: who left it blank is not to be found elsewhere in the event.

    The event itself is always there; a few members picked from it only add to another part.
    """
    return any(isinstance(at(document, view.path), dict | list) if view.path else not view.pick for view in alternative)


def at(value: Any, path: str) -> Any:
    """What is at a dotted path, numbers being places in lists; None where nothing is. A key may contain dots."""
    found = _at(value, path)
    return None if found is _MISSING else found


def _at(value: Any, path: str) -> Any:
    if not path:
        return value
    # Asking for a Mapping takes ten times as long, and parsed content holds no other than these.
    if isinstance(value, dict) and path in value:
        return value[path]
    head, _, rest = path.partition(".")
    match value:
        case dict() if head in value:
            return _at(value[head], rest)
        case list() if head.isdecimal() and int(head) < len(value):
            return _at(value[int(head)], rest)
        case _:
            return _MISSING


def _read(document: Mapping[str, Any], view: View, found: Answers) -> None:
    titles = _titles(document, view.titles)
    part = at(document, view.path)
    for key, member in _members(part):
        name = _boxed(key, part, view.boxes) or _name(key, member, view, titles)
        value = _value(member, view)
        if not name or key in view.drop or (view.pick and key not in view.pick) or value in (None, "", [], {}):
            continue
        if view.named:
            if name == at(document, view.first):
                found.values[view.named] = value
            name = view.named
        alias, kind = (at(member, place) if place else None for place in (view.alias, view.kind))
        alias = alias if isinstance(alias, str) else key
        if name in found.values:
            # Two questions of one title: the second goes by its other name.
            name = alias if view.alias or view.strip or view.boxes else name
        if name not in found.values:
            found.values[name] = value
            found.aliases.setdefault(alias, name)
            if isinstance(kind, str):
                found.kinds[name] = kind


def _members(part: Any) -> Iterator[tuple[str, Any]]:
    pairs = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for count, (key, member) in enumerate(pairs):
        if count == _MAX_MEMBERS:
            return
        yield str(key), member


def _titles(document: Mapping[str, Any], titles: Titles | None) -> dict[str, str]:
    if titles is None:
        return {}
    found: dict[str, str] = {}
    questions = [question for _, question in _members(at(document, titles.path))]
    while questions and len(found) < _MAX_MEMBERS:
        question = questions.pop()
        key, title = at(question, titles.key), at(question, titles.title)
        if isinstance(key, str) and isinstance(title, str):
            found[key] = title
        questions += [inner for _, inner in _members(at(question, titles.within))]
    return found


def _boxed(key: str, part: Any, boxes: Boxes | None) -> str:
    number, _, box = key.partition(".")
    if boxes is None or not number.isdecimal() or f"{number}.{boxes.unless}" in part:
        return ""
    return boxes.names.get(box, "")


def _name(key: str, member: Any, view: View, titles: Mapping[str, str]) -> str:
    if view.titles and (title := titles.get(str(at(member, view.titles.reference)))):
        return title
    if view.strip:
        matched = _compiled(view.strip).fullmatch(key)
        return str(matched[matched.re.groups]) if matched else ""
    if not view.name:
        return key
    names = (at(member, place) for place in view.name)
    return next((name for name in names if isinstance(name, str) and name.strip()), "")


@lru_cache(maxsize=64)
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _value(member: Any, view: View) -> Any:
    if not view.value:
        return member.split(view.split) if view.split and isinstance(member, str) else member
    if not isinstance(member, dict):
        # Newer versions of a provider's API often drop the object around a value.
        return None if view.name else member
    for place in view.value:
        path = str(member.get("type", "")) if place == "@type" else place
        value = at(member, path) if path else None
        if value is not None:
            return _spelled(value, _texts(member, view.options)) if view.options else _chosen(value)
    return None


def _texts(member: Any, places: tuple[str, ...]) -> dict[str, Any]:
    """The texts of options by their ids."""
    options = [option for place in places for _, option in _members(at(member, place))]
    return {key: at(option, "text") for option in options if isinstance(key := at(option, "id"), str)}


def _spelled(value: Any, texts: Mapping[str, Any]) -> Any:
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
        case {"label": str(label)}:
            return label
        case {"other": str(other)}:
            return other
        case _:
            return value
