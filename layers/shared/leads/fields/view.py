"""Views: where in a provider's event a person's answers are, as data.

A form tool sends a list of questions, a CRM an object of objects, a program plain fields. Each is a view; without
any, every field of the event is an answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

# An object of this many questions is no form.
_MAX_MEMBERS: Final = 2_000
_MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Titles:
    """Where a form's questions are written out, apart from the answers: by `key` in a list at `path`.

    A question may have questions of its own, at `within`, and those as well: a block in a group.
    """

    path: str
    key: str
    title: str
    reference: str
    within: str


@dataclass(frozen=True, slots=True)
class Boxes:
    """A question asked in several boxes, keys `<number>.<box>`: what the boxes are, where there is no box `unless`."""

    names: Mapping[str, str]
    unless: str


@dataclass(frozen=True, slots=True)
class View:
    """A part of an event whose members are answers. All paths are dotted; several are tried in order.

    Attributes:
        path: where the object or the list is; empty for the event itself.
        value: where in a member its answer is, `@type` being the member that `type` names; empty: the member itself.
        name: where in a member its name is; empty: its key in the object.
        alias: where in a member another name of it is, which a configuration may use as well.
        kind: where in a member its type is: `email` tells an address whose name does not.
        options: where in a member its choices are written out, each with `id` and `text`: of a grid in several places.
        titles: where the names are, if not in the members.
        pick: only these members.
        drop: not these.
        strip: an expression that a member's key must match; its last group is the name.
        boxes: how keys in numbers are to be read.
        split: what separates several answers in one text.
        first: where the name of the member that counts is; failing that the first one counts. It needs `named`.
        named: what the one that counts is called; the others are left out.
    """

    path: str = ""
    value: tuple[str, ...] = ()
    name: tuple[str, ...] = ()
    alias: str = ""
    kind: str = ""
    options: tuple[str, ...] = ()
    titles: Titles | None = None
    pick: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    strip: str = ""
    boxes: Boxes | None = None
    split: str = ""
    first: str = ""
    named: str = ""


@dataclass(slots=True)
class Answers:
    """Named answers as sent, with other names and types of them where the provider tells."""

    values: dict[str, Any] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)


type Views = tuple[tuple[View, ...], ...]
"""Alternatives, since providers change their shapes: the first of which any part is there is read."""


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
