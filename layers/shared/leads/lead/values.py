"""Clean values: remove control characters, placeholders and null words."""

import re
from collections.abc import Collection, Mapping
from enum import Enum
from html import entities, unescape
from typing import Final
from urllib.parse import unquote

from leads.fields.answers import Value
from leads.fields.names import MENTION, canonical, meaning
from leads.fields.vocabulary import NULL_WORDS

MAX_TEXT: Final = 200
"""Longer names, companies and job titles are left out."""
_MAX_CUSTOM: Final = 10_000
# A text with entities and spaces in it that might still come to `MAX_TEXT`.
_MAX_RAW: Final = 2_000

# C0 controls are removed. Browsers and programs mean windows-1252 where they send C1 controls.
_CONTROLS: Final[dict[int, str]] = dict.fromkeys([*range(32), 127], "") | {
    code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
}
_SPACES: Final = tuple(map(ord, "\t\n\r"))
_IN_CUSTOM_FIELDS: Final = {code: text for code, text in _CONTROLS.items() if code not in _SPACES}
# Copied text brings invisible marks, of direction among them.
_INVISIBLE: Final = (
    *map(ord, "\xad\u200b\u2060\ufeff"),
    *range(0x200E, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
)
_IN_LEAD_FIELDS: Final = _CONTROLS | dict.fromkeys(_SPACES, " ") | dict.fromkeys(_INVISIBLE, "")

_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,30});")
# A name that a link carries, and a quote that PHP escaped: `Ada%20King`, `O\'Hara`.
_IN_LINKS: Final = re.compile(r"%20|%C3%[89AB][\dA-F]", re.IGNORECASE)
_ESCAPED: Final = re.compile(r"\\(?=['\"])")
# What a mail tool or a template leaves if nothing replaced it. A field's name in brackets is judged by the name.
_TEMPLATE: Final = r"\*\|[\w:.\- ]+\|\*|\{\{\{?\s*[\w$.:\-]+\s*(?:\|[^{}]*)?\}\}\}?|\$\{\s*[\w$.\-]+\s*\}"
_IN_TEXT: Final = re.compile(_TEMPLATE)
_PLACEHOLDER: Final = re.compile(
    rf"{_TEMPLATE}|\[object Object\]|%%?[A-Za-z_][\w.\-]*%%?|[#@]?[\[{{<]{{1,2}}!?(?P<name>\w[\w .\-]*)[\]}}>]{{1,2}}"
)
# How a placeholder begins, and how a value does that is nothing but placeholders and null words.
_OPENING: Final = re.compile(r"[*{$\[%<#@]")
_MAY_BE_NOTHING: Final = re.compile(rf"[\s,;]*(?:{_OPENING.pattern}|null|undefined|$)")
_NULL: Final = "null"
_NULLS: Final = frozenset({_NULL, "undefined"})
_SEPARATOR: Final = re.compile(r"[\s,;]+")
_URL: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)
# It starts where a word does, so that a long word is read once.
_ADDRESS: Final = re.compile(r"(?<!\S)[^\s@]+@\S+")
LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")


class LeftOut(Enum):
    """Why a field of a submission is not part of the lead."""

    NOT_LISTED = "not in custom_fields"
    TOOLS_OWN = "the tool's own field, or named under `fields`"
    SECRET = "a secret"  # noqa: S105 - the word, not a secret
    REPEATS = "repeats one of the lead's fields, or has one's name without an answer for it"
    OTHER_ADDRESS = "an address that may be another person's"
    SAME_NAME = "another field has this name"
    LEAD_FIELD = "has the name of a lead field and is none: map it under `fields`"
    UNUSABLE = "a placeholder, a null word or a web address"
    TOO_LONG = "too long"
    UNLIKELY = "not what the field's name says"

    @classmethod
    def for_value(cls, value: Value, *, custom: bool = False) -> "LeftOut":
        """Why a cleaner below returned nothing."""
        return cls.TOO_LONG if len(str(value)) > (_MAX_CUSTOM if custom else MAX_TEXT) else cls.UNUSABLE


def clean_text(value: Value, field_names: Collection[str]) -> str:
    """A company or a job title; empty if it is no answer, too long, or has an unreplaced placeholder in it."""
    text = _lead_text(value)
    nothing = text in NULL_WORDS or _IN_TEXT.search(text) or _stands_for_nothing(text, field_names)
    return "" if nothing or len(text) > MAX_TEXT else text


def clean_name(value: Value, field_names: Collection[str]) -> str:
    """A person's name with `null` in place of placeholders; empty if it is no answer, too long, or has a URL in it.

    Addresses are removed. A whole name is split before its null words are removed: "null King" is a last name.
    """
    text = " ".join(_mark_placeholders(_ADDRESS.sub(" ", _lead_text(value)), field_names).split())
    nothing = text in NULL_WORDS or not LETTER_OR_DIGIT.search(without_nulls(text)) or _URL.search(text)
    return "" if nothing or len(text) > MAX_TEXT else text


def without_nulls(name: str) -> str:
    """A person's name without null words, in exact spelling: Jennifer Null keeps hers."""
    return " ".join(word for word in name.split() if word not in _NULLS)


def clean_address(value: Value) -> str:
    """A text for an address, without controls."""
    return _without_controls(str(value)[:_MAX_RAW], _IN_LEAD_FIELDS)


def clean_custom(value: Value, field_names: Collection[str]) -> Value | None:
    """A custom field's value without controls; None if it is empty, too long, or stands for no answer."""
    if not isinstance(value, str):
        return value
    if len(value) > _MAX_CUSTOM:
        return None
    text = _without_controls(value, _IN_CUSTOM_FIELDS)
    return None if not text.strip() or _stands_for_nothing(text, field_names) else text


def clean_field_name(name: str) -> str:
    """A custom field's name without controls: many databases store no NUL."""
    return _without_controls(name, _IN_LEAD_FIELDS)


def _without_controls(text: str, replaced: Mapping[int, str]) -> str:
    # `translate` takes ten times as long to find that there are none.
    return text if text.isprintable() else text.translate(replaced)


def _lead_text(value: Value) -> str:
    """A text without controls and with single spaces, its entities decoded once."""
    text = "" if isinstance(value, bool) else str(value)
    if len(text) > _MAX_RAW:
        return ""
    text = _ESCAPED.sub("", unquote(text) if _IN_LINKS.search(text) else text)
    return " ".join(_without_controls(_ENTITY.sub(_decoded, text), _IN_LEAD_FIELDS).split())


def _stands_for_nothing(text: str, field_names: Collection[str]) -> bool:
    """Whether a whole value is placeholders or null words: `{{company}}`, `null, null`, `[object Object]`."""
    if not _MAY_BE_NOTHING.match(text):
        return False
    marked = _mark_placeholders(text, field_names) if len(text) <= MAX_TEXT else text
    return all(word in _NULLS for word in _SEPARATOR.split(marked) if word)


def _mark_placeholders(text: str, field_names: Collection[str]) -> str:
    """The text with `null` in place of each placeholder."""

    def marked(match: re.Match[str]) -> str:
        name = match["name"]
        return f" {_NULL} " if name is None or _is_field(name, field_names) else match[0]

    return _PLACEHOLDER.sub(marked, text) if _OPENING.search(text) else text


def _is_field(name: str, field_names: Collection[str]) -> bool:
    found = meaning(name)
    return (found is not None and found.rank < MENTION) or canonical(name) in field_names


def _decoded(match: re.Match[str]) -> str:
    """An entity's character; `<` and `>` stay escaped, and so does what is no entity."""
    entity = match[0]
    known = entity[1] == "#" or entity[1:] in entities.html5
    text = unescape(entity) if known else entity
    return entity if text in {"<", ">"} else text
