"""Whole names in one field, split into a first and a last name. Linear in the length of the name."""

import re
from typing import Final

from leads.fields.vocabulary import LEGAL_FORMS, TITLES
from leads.words import word_set

_DEGREES: Final = frozenset({"phd", "mba", "msc", "bsc", "cpa", "esq"})
# What stands behind a comma: `Ada King, PhD`. Without the comma, only degrees: no surname looks like one.
_SUFFIXES: Final = _DEGREES | {"md", "jr", "sr", "ii", "iii", "iv"}
# `Ada King (she/her)`, `Ada King <ada@example.com>`
_ASIDE: Final = re.compile(r"\([^()]*\)|<[^<>]*>")
# `De la Cruz, Maria`. Few are first names as well.
_PARTICLES: Final = word_set("van von de der den del della di da la le du dos das el st st. zu zur ter ten")
_BETWEEN_TITLES: Final = frozenset({"&", "and", "und", "et"})
_FIRST_AND_LAST: Final = 2


def complete_name(whole: str, first: str, last: str, *, family_first: bool = False) -> tuple[str, str]:
    """First and last name from a whole name and the one of the two that was also given, if any.

    With `family_first` a comma certainly stands behind the last name.
    """
    bare = _without_titles(_without_asides(whole))
    if first:
        rest = bare[len(first) :]
        if bare.lower().startswith(first.lower()) and rest[:1] in {" ", ""}:
            return first, rest.strip()
        given, family = split_name(whole, family_first=family_first)
        return first, family if given.lower() == first.lower() else ""
    if last:
        rest = bare[: -len(last)]
        return rest.strip() if bare.lower().endswith(last.lower()) and rest[-1:] in {" ", ""} else bare, last
    return split_name(whole, family_first=family_first)


def split_name(whole: str, *, family_first: bool = False) -> tuple[str, str]:
    """First and last name of `Ada King` or `King, Ada`. Everything behind the first word is the last name."""
    bare = _without_asides(whole)
    before, *behind = [part.strip() for part in bare.split(",") if part.strip()] or [bare]
    if behind and _plain(behind[0]) not in _SUFFIXES:
        surname = before if behind[0].isupper() else _without_titles(before)
        # `GARCÍA LÓPEZ, Ana`
        if family_first or _is_surname(surname) or (surname.isupper() and not behind[0].isupper()):
            return _without_titles(behind[0]), surname
    words = _without_titles(before).split()
    if len(words) == 1 and before[0].isalpha() and before.endswith(f" {words[0]}"):
        # "Mrs King" gives the last name only.
        return "", words[0]
    while len(words) > _FIRST_AND_LAST and _plain(words[-1]) in _DEGREES:
        words.pop()
    return words[0], " ".join(words[1:])


def _is_surname(words: str) -> bool:
    """One word, or several that begin with a particle: `De Souza Lima, Ana`.

    Behind a whole name follows a title, a town or a role.
    """
    first, *others = words.split()
    return not others or first[:1].islower() or first.lower() in _PARTICLES


def is_firm(whole: str, company: str) -> bool:
    """Whether a name is a company's: by its legal form, or because it is one word and the company has the same."""
    words = whole.replace(".", "").lower().split()
    return not LEGAL_FORMS.isdisjoint(words[-1:]) or (len(words) == 1 and whole.lower() == company.lower())


def _without_titles(name: str) -> str:
    """The name without titles and signs before it, and without what follows a sign: `Ada King | Acme`."""
    words = name.split()
    start, last = 0, len(words) - 1
    while start < last and (
        _plain(words[start]) in TITLES or words[start].lower() in TITLES or not any(map(str.isalpha, words[start]))
    ):
        start += 2 if start + 1 < last and words[start + 1] in _BETWEEN_TITLES else 1
    kept = words[start:]
    end = next((place for place, word in enumerate(kept) if place and not any(map(str.isalnum, word))), len(kept))
    return " ".join(kept[:end])


def _plain(word: str) -> str:
    return word.replace(".", "").lower()


def _without_asides(name: str) -> str:
    return " ".join(_ASIDE.sub(" ", name).split()) or name
