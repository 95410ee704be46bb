"""Which lead field a submission's field is, judged by its name alone: `Work E-Mail *` is an address.

The words are data. Languages other than English are the handful whose form tools ship translated labels.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from unicodedata import combining, normalize

from leads.fields.vocabulary import (
    ALIASES,
    AMBIGUOUS,
    FILLER,
    FILLER_BEFORE,
    FILLER_BEHIND,
    FULL_NAME,
    NOT_THEIRS,
    OTHERS,
    PREFIXES,
    SECRETS,
    SPOKEN,
    WRAPPERS,
)

_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD: Final = re.compile(r"[^\W_]+")
_NUMBERED: Final = re.compile(r"(?:q|input|field|item|question)?\d+")
_SEGMENT: Final = re.compile(r"\.|__|\[|\]|/|->|[:$](?=\w)")
# Answers that a question repeats, and markup: `Hi {{field:name}}, your <b>e-mail</b>?`
_ASIDE: Final = re.compile(r"\{\{.*?\}\}|<[^<>]*>")
_CLAUSE: Final = re.compile(r"[.,:;!?\u2026\u2013\u2014](?:\s|$)|[\u2190-\u2bff\U0001f000-\U0001faff]")
# One word, however it is written.
_EMAIL: Final = re.compile(r"\be[\W_]+(?=mail|post)")
# Letters that no decomposition takes apart.
_LETTERS: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "\u0131": "i", "ß": "ss", "æ": "ae", "œ": "oe"})

_RANKS: Final = {alias: (field, rank) for field, names in ALIASES.items() for rank, alias in enumerate(names)}
# Longer names are no names; and what is remembered of them stays small.
MAX_NAME: Final = 256
# Every rank of a whole name is better than any of a nested or a padded one: more than a list has words.
_WORSE: Final = 1_000
MENTION: Final = 4 * _WORSE


type Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for.

    Attributes:
        field: the lead's field, or `FULL_NAME`.
        word: the known word that says so.
        rank: the lower, the surer; from `MENTION` the name speaks of an address without promising one.
    """

    field: str
    word: str
    rank: int


def canonical(name: str) -> str:
    """A name without what tools and languages vary: case, accents, punctuation, `camelCase`."""
    return "".join(_words(name[:MAX_NAME]))


# The same few names come with every submission of a source, so a warm container has them all.
@lru_cache(maxsize=4_096)
def _words(name: str) -> tuple[str, ...]:
    plain = normalize("NFKD", _CAMEL.sub(" ", name)).lower().translate(_LETTERS)
    bare = normalize("NFC", "".join(c for c in plain if not combining(c)))
    return tuple(_WORD.findall(_EMAIL.sub("e", bare)))


def parts(name: str) -> list[str]:
    """The steps of a nested name, however it is written: `contact.plan`, `contact[plan]`, `contact__plan`."""
    return [part for part in _SEGMENT.split(name[:MAX_NAME]) if _words(part)]


def inner_name(name: str) -> str:
    """A nested name without the objects around it that only wrap: `data.plan` and `fields[plan][value]` are `plan`.

    What stands in a list keeps its whole name, the number included.
    """
    whole = parts(name)
    words = [_words(part) for part in whole]
    inner = _unwrapped(whole, words)
    return name if len(inner) == len(whole) or any(map(_is_number, words)) else ".".join(inner)


def _unwrapped[T](whole: list[T], words: list[Words]) -> list[T]:
    start, end = 0, len(whole)
    while end - start > 1 and ("".join(words[start]) in WRAPPERS or _is_number(words[start])):
        start += 1
    while end - start > 1 and ("".join(words[end - 1]) in WRAPPERS or _is_number(words[end - 1])):
        end -= 1
    return whole[start:end]


def is_other_persons(name: str) -> bool:
    """Whether a name says that its field is about another person: `friend_email`, `referred_by`."""
    return _others(_words(name[:MAX_NAME]))


def _others(words: Words) -> bool:
    return any(word in OTHERS or word.removesuffix("s") in OTHERS for word in words)


def is_secret(name: str) -> bool:
    """Whether a name says that its field is nobody's business: a password, a token, a card's number."""
    words = _words(name[:MAX_NAME])
    return not SECRETS.isdisjoint((*words, "".join(words))) or any(word.endswith("nonce") for word in words)


def meaning(name: str) -> Meaning | None:
    """What a submission's field is, or None where its name does not tell."""
    return _meaning(name[:MAX_NAME])


@lru_cache(maxsize=4_096)
def _meaning(name: str) -> Meaning | None:
    name = _ASIDE.sub(" ", name)
    segments = [_words(part) for part in parts(name)]
    words = tuple(word for segment in segments for word in segment)
    alias = "".join(words)
    if found := _RANKS.get(alias):
        return Meaning(found[0], alias, found[1])
    if not segments or _others(words):
        return None
    filler = SPOKEN if " " in name.strip() else FILLER
    return _nested(segments, filler) or _asked(name) or _address(words)


def _nested(segments: list[Words], filler: frozenset[str]) -> Meaning | None:
    """A name inside an object (`contact.first_name`) or among filler (`your-name`, `q3_email`)."""
    rest = _unwrapped(segments, segments)
    flat = tuple(word for segment in rest for word in segment)
    for worse, words in enumerate((flat, _essential(flat, filler), _essential(rest[-1], filler)), start=1):
        alias = "".join(words)
        found = _RANKS.get(alias)
        sure = len(rest) == 1 or words == flat or alias not in AMBIGUOUS
        if found and sure:
            return Meaning(found[0], alias, found[1] + worse * _WORSE)
    return (
        _part_of_name(rest) or _twice(rest, filler) or _at_work(_essential(flat, filler)) or _prefixed(rest[-1], flat)
    )


def _part_of_name(segments: list[Words]) -> Meaning | None:
    """A name asked for in two boxes: `studentsName.first`."""
    *_, asked, part = ((), *segments)
    field = {"first": "firstName", "last": "lastName"}.get("".join(part))
    whole, _ = _RANKS.get("".join(asked), ("", 0))
    if field and asked and (whole == FULL_NAME or asked[-1].endswith("name")):
        return Meaning(field, "", 3 * _WORSE)
    return None


def _prefixed(words: Words, flat: Words) -> Meaning | None:
    """A name with something before it: `reg_company`, `txtCompany`; before a first or last name whatever it is."""
    tails = ("".join(words[-count:]) for count in (2, 1))
    named = NOT_THEIRS.isdisjoint(flat) and next((tail for tail in tails if _is_part_of_name(tail)), "")
    plain = words[next((place for place, word in enumerate(words) if word not in PREFIXES), 0) :]
    alias = named or "".join(plain)
    found = _RANKS.get(alias)
    if found and alias not in AMBIGUOUS:
        return Meaning(found[0], alias, found[1] + 3 * _WORSE)
    return None


def _is_part_of_name(alias: str) -> bool:
    field, _ = _RANKS.get(alias, ("", 0))
    return field in {"firstName", "lastName"} and alias not in AMBIGUOUS


def _twice(segments: list[Words], filler: frozenset[str]) -> Meaning | None:
    """The same thing said in two words or languages: `Title / Role`, `Name / Nom`."""
    found = [_RANKS.get("".join(_essential(words, filler))) for words in segments]
    first = found[0]
    if first and all(other and other[0] == first[0] for other in found):
        return Meaning(first[0], "", first[1] + 3 * _WORSE)
    return None


def _at_work(words: Words) -> Meaning | None:
    """A job, and where: `Position in the company`, `Cargo en la empresa`."""
    for end in range(1, len(words)):
        job, place = (_RANKS.get("".join(_essential(part)), ("", 0)) for part in (words[:end], words[end:]))
        if (job[0], place[0]) == ("jobTitle", "company"):
            return Meaning("jobTitle", "", job[1] + 3 * _WORSE)
    return None


def _asked(name: str) -> Meaning | None:
    """The clause of several that asks, the last first: `Hello! And what is your name?`."""
    clauses = [words for clause in _CLAUSE.split(name) if (words := _words(clause))]
    for words in reversed(clauses) if len(clauses) > 1 else ():
        essential = _essential(words, SPOKEN)
        found = _RANKS.get("".join(words)) or _RANKS.get("".join(essential))
        if found and (len(words) > len(essential) or name.rstrip().endswith("?")):
            return Meaning(found[0], "".join(essential), found[1] + 3 * _WORSE)
    return None


def _essential(words: Words, filler: frozenset[str] = FILLER) -> Words:
    kept = tuple(word for word in words if word not in filler and not _NUMBERED.fullmatch(word))
    while kept and kept[0] in FILLER_BEFORE:
        kept = kept[1:]
    while kept and kept[-1] in FILLER_BEHIND:
        kept = kept[:-1]
    return kept


def _is_number(words: Words) -> bool:
    return len(words) == 1 and _NUMBERED.fullmatch(words[0]) is not None


def _address(words: Words) -> Meaning | None:
    """Any other name that speaks of an e-mail address: the value has the last word on whether it is one."""
    if any("mail" in word for word in words):
        confirmation = {"confirm", "confirmation", "repeat", "verify", "again", "retype"} & set(words)
        return Meaning("email", "", MENTION + (_WORSE if confirmation else 0))
    return None
