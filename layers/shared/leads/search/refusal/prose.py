"""Prose: which rows a text of an error body speaks of, by number, by address or by a value, clause by clause."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import unquote

from leads.search.refusal.echoes import Sent
from leads.search.refusal.labels import THING, squashed
from leads.search.refusal.numerals import numerals
from leads.search.refusal.paths import BARE_IN_TEXT, IN_TEXT

MAX_PROSE: Final = 50_000
"""How much of it is worth reading in one refusal."""
MAX_CLAUSES: Final = 5_000

_URL: Final = re.compile(r"https?://[^\s\"'<>]+", re.IGNORECASE)
_TAG: Final = re.compile(
    r"</?(?:a|b|br|code|em|i|li|p|small|span|strong|td|tr|tt|u)(?:\s[^<>]{0,256})?/?>", re.IGNORECASE
)
_ESCAPE: Final = re.compile(r"\\u([0-9a-f]{4})", re.IGNORECASE)
# Java says how it got there: `Request["leads"]->java.util.ArrayList[3]`.
_CHAIN: Final = re.compile(r"->[\w.$]{0,128}\[")
_DASHES: Final = {0x2013: "-", 0x2014: "-", 0x2026: "..."}
_CLAUSE: Final = re.compile(r"[\r\n]+|(?<!\d);|;(?!\s?\d)|(?<=[.!?])\s+(?=[^\W\d])")
_NUMBER: Final = re.compile(r"\d|first|second|third|th\b", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s+")
# A value in quotes; or what is said before it: that it would be right, until it is said what was there instead.
_QUOTED: Final = re.compile(
    r"""(?<!\w)'(?P<single>.{1,256}?)'(?!\w)|["“„](?P<double>[^"“”]{1,256})["“”]|`(?P<code>[^`]{1,256})`"""
    r"|\b(?:(?P<right>one of|allowed|expect(?:s|ed)|must|should|supported|permitted|options|choices|accepted|format)"
    r"|got|received|given|found|actual|provided|but)\b",
    re.IGNORECASE,
)
# A value without quotes stands between these.
_EDGE: Final = re.compile(r"[:()=\[\]]|\s-\s")
_MIN_UNQUOTED: Final = 3
# What stands for something that was read already, and is no part of a sentence about rows.
_READ: Final = "~"
# What follows is another row, or an example.
_ANOTHER: Final = re.compile(
    rf"\b(?:did you mean|duplicates? of|duplicates (?=(?:{THING}|line)\b)|same (?:\w+ )?as|identical to|conflicts? with"
    r"|copy of|already (?:\w+ )?(?:by|in|at|as|on)|e\.g\.|for example|such as)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(
    r"\b(?:total|counts?|number of|valid(?=:|\s[a-z]+s\b)|succeeded|successful|processed|created|updated|enrolled"
    r"|imported|limit|max(?:imum)?|min(?:imum)?|at (?:most|least)|up to|sent|submitted)\b",
    re.IGNORECASE,
)
# Addresses that are nobody's stand in such a sentence.
_HELP: Final = re.compile(r"\b(?:contact|support|help|write|reach)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    """What a clause says.

    Attributes:
        numbers: those of rows, as written.
        rows: whose address is in it.
        holders: who has a value that is in it.
        stranger: an address in it is nobody's.
    """

    numbers: frozenset[int]
    rows: frozenset[int]
    holders: frozenset[int]
    stranger: bool


def clauses(text: str, sent: Sent, *, listed: bool = False) -> Iterator[Clause]:
    """The clauses of a text that speak of rows; `listed` if it is one of several."""
    text = _readable(text)
    counted = _COUNTED.search(text.replace("_", " ")) is not None
    found = [clause for clause in islice(_CLAUSE.split(text), MAX_CLAUSES) if clause.strip()]
    for clause in found:
        words = _ANOTHER.split(_SPACE.sub(" ", clause).strip(), maxsplit=1)[0]
        addresses = list(sent.addresses_in(words))
        words = _without(words, [(start, end) for start, end, _ in addresses])
        rows = frozenset(row for _, _, row in addresses if row is not None)
        stranger = len(rows) < len(addresses) and not rows and _HELP.search(words) is None
        values = list(_values(words, sent))
        holders = frozenset(row for _, _, having in values for row in having) or frozenset(_unquoted(words, sent))
        words = _without(words, [(start, end) for start, end, _ in values])
        numbers = _numbers(words, sent, listed=listed or len(found) > 1, counted=counted)
        if numbers or rows or holders:
            yield Clause(numbers, rows, frozenset() if rows else holders, stranger)


def _readable(text: str) -> str:
    """The text without what encodes it, and without where to read more."""
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\\/", "/").replace('\\"', '"')
    text = unquote(unescape(text)).translate(_DASHES)
    return _CHAIN.sub("[", _TAG.sub(" ", _URL.sub(" ", text)))


def _values(words: str, sent: Sent) -> Iterator[tuple[int, int, Sequence[int]]]:
    """Where values of leads are quoted, each with the rows that have it, unless it would be right."""
    right = False
    for match in _QUOTED.finditer(words):
        value = match["single"] or match["double"] or match["code"]
        if not value:
            right = match["right"] is not None
        elif sent.knows(value):
            yield match.start(), match.end(), () if right else sent.holders(value)


def _unquoted(words: str, sent: Sent) -> Iterator[int]:
    """The rows with a value that stands by itself: `Unknown company: Acme`."""
    pieces = _EDGE.split(words)
    if len(pieces) > 1 and not any(match["right"] for match in _QUOTED.finditer(words)):
        for piece in pieces:
            if len(value := piece.strip(" .,!?")) >= _MIN_UNQUOTED:
                yield from sent.holders(value)


def _without(words: str, spans: Sequence[tuple[int, int]]) -> str:
    """The words with a mark in the place of what was read already."""
    kept, at = list[str](), 0
    for start, end in spans:
        kept.append(words[at:start])
        at = end
    return _READ.join([*kept, words[at:]])


def _numbers(words: str, sent: Sent, *, listed: bool, counted: bool) -> frozenset[int]:
    """The numbers in paths, or else those that stand by a word for rows."""
    if not _NUMBER.search(words):
        return frozenset()
    found = {int(match["number"]) for match in IN_TEXT.finditer(words)} or {
        int(match["number"]) for match in BARE_IN_TEXT.finditer(words) if squashed(match["field"]) in sent.fields
    }
    if not found:
        found = sent.within(numerals(words, listed=listed, counted=counted))
    return frozenset(found.intersection(sent.numbers))
