"""Whole names: a first and a last name out of one field."""

import re
from typing import Final

from leads.fields.vocabulary import LEGAL_FORMS, TITLES

# What stands behind a name: `Ada King, PhD`. Without the comma only what is nobody's surname.
_DEGREES: Final = frozenset({"phd", "mba", "msc", "bsc", "cpa", "esq"})
_SUFFIXES: Final = _DEGREES | {"md", "jr", "sr", "ii", "iii", "iv"}
# `Ada King (she/her)`
_ASIDE: Final = re.compile(r"\([^()]*\)")
_BETWEEN_TITLES: Final = frozenset({"&", "and", "und", "et"})


def complete_name(whole: str, first: str, last: str) -> tuple[str, str]:
    """First and last name, where a whole name stands beside at most one of them."""
    bare = _untitled(_without_asides(whole))
    if first:
        rest = bare[len(first) :]
        if bare.lower().startswith(first.lower()) and rest[:1] in {" ", ""}:
            return first, rest.strip()
        given, family = split_name(whole)
        return first, family if given.lower() == first.lower() else ""
    if last:
        rest = bare[: -len(last)]
        return rest.strip() if bare.lower().endswith(last.lower()) and rest[-1:] in {" ", ""} else bare, last
    return split_name(whole)


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: `Ada King` and `King, Ada` alike; everything behind the first word is the last name."""
    bare = _without_asides(whole)
    before, *behind = [part.strip() for part in bare.split(",") if part.strip()] or [bare]
    if behind and _plain(behind[0]) not in _SUFFIXES and _is_surname(before):
        return _untitled(behind[0]), before
    words = _untitled(before).split()
    if len(words) == 1 and words[0] != before:
        # "Mrs King" has told the last name only.
        return "", words[0]
    while len(words) > 2 and _plain(words[-1]) in _DEGREES:  # noqa: PLR2004 - a first and a last name stay
        words.pop()
    return words[0], " ".join(words[1:])


def _is_surname(words: str) -> bool:
    """One word, or one behind particles: `van der Berg, Ada`. What follows a whole name is a title, a town, a role."""
    *particles, _ = words.split()
    return all(word[:1].islower() for word in particles)


def is_firm(whole: str, company: str) -> bool:
    """Whether a name is a firm's: by its legal form, or because the firm is called that and a person has two names."""
    words = whole.replace(".", "").lower().split()
    return not LEGAL_FORMS.isdisjoint(words[-1:]) or (len(words) == 1 and whole.lower() == company.lower())


def _untitled(name: str) -> str:
    words = name.split()
    while len(words) > 1 and _is_title(words[0]):
        words = words[1:]
        if words[0] in _BETWEEN_TITLES:
            words = words[1:] or words
    return " ".join(words)


def _is_title(word: str) -> bool:
    """A word that is a title, or with its full stop the short form of one: "Ing." is, "Ing" is a name."""
    return _plain(word) in TITLES or word.lower() in TITLES


def _plain(word: str) -> str:
    return word.replace(".", "").lower()


def _without_asides(name: str) -> str:
    return " ".join(_ASIDE.sub(" ", name).split()) or name
