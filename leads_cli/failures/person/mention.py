"""Whether a message is about a person, or only mentions them: for a request to be forgotten."""

import re
from collections.abc import Iterator
from enum import Enum
from html import unescape
from typing import Any, Final
from urllib.parse import unquote_plus

from leads.errors import Malformed
from leads.json import loads
from leads_cli.failures.change.cleaning import normalise
from leads_cli.failures.read.letter import Letter

# Parts of texts, of pages' addresses and of forms as they are sent. One with an at sign inside is an address. A pattern
# for whole addresses would read a long part again from each of its characters.
_PART: Final = re.compile(r"[^\s<>\"'(),;:\[\]{}=&?/\\|]+")


_AT_SIGNS: Final = {0xFF20: "@", 0xFE6B: "@"}
# Python reads no number of more than 4,300 digits, and a character's has at most seven.
_NUMBERED: Final = re.compile(r"&#0*([0-9]+)")
_MOST_DIGITS: Final = 7
_ESCAPED: Final = re.compile(r"\\+u([0-9a-fA-F]{4})")
# A form in a form in a queue's envelope. No sender encodes more often.
_MOST_LAYERS: Final = 4


class Mention(Enum):
    """How a message relates to a person."""

    NONE = "none"
    ABOUT = "about"
    """It is about this person."""
    BESIDE = "beside"
    """It mentions this person, and is about another person or several."""


def key(address: str) -> str:
    """An address in its normal form, for comparing."""
    return normalise("email", address)


def mentions_address(letter: Letter, person: str) -> Mention:
    """How a message, dead or on its way, relates to the person of this key.

    A lead's message is about the person of its address. An event, which may hold several people, is about
    a person if it has no other address.
    """
    owner = letter.content.get("lead")
    owner = owner.get("email") if isinstance(owner, dict) else letter.email if letter.is_suppression else None
    if isinstance(owner, str) and key(owner) == person:
        return Mention.ABOUT
    content = {name: value for name, value in letter.content.items() if name != "failure"}
    found = set(addresses(content or letter.received.body))
    if person not in found:
        return Mention.BESIDE if person in addresses(letter.failure) else Mention.NONE
    return Mention.BESIDE if isinstance(owner, str) or len(found) > 1 else Mention.ABOUT


def addresses(content: Any) -> Iterator[str]:
    """The keys of all addresses in a value: in texts of any depth, in JSON within texts, in forms as they are sent."""
    left = [content]
    while left:
        value = left.pop()
        if isinstance(value, dict):
            left += [*value.keys(), *value.values()]
        elif isinstance(value, list):
            left += value
        elif isinstance(value, str):
            if (inner := _inside(value)) is not None:
                left.append(inner)
            else:
                parts = (part.strip("@") for text in _readings(value) if "@" in text for part in _PART.findall(text))
                yield from (key(part) for part in parts if "@" in part)


def _readings(text: str) -> Iterator[str]:
    """A text, and the text without its escapes (of forms, HTML and broken JSON), decoded several times."""
    for _ in range(_MOST_LAYERS):
        plain = text.translate(_AT_SIGNS)
        yield plain
        text = _NUMBERED.sub(lambda found: f"&#{found[1]}" if len(found[1]) <= _MOST_DIGITS else " ", plain)
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), unescape(text))
        text = unquote_plus(text) if "%" in text else text
        if text == plain:
            return


def _inside(text: str) -> Any:
    """The object or list that a text holds as JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        found = loads(text)
    except Malformed:
        return None
    return found if isinstance(found, dict | list) else None
