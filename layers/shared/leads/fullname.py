"""Whole names: a first and a last name out of one field."""

from typing import Final

from leads.vocabulary import LEGAL_FORMS, TITLES

# What stands behind a name and a comma: `Ada King, PhD`.
_SUFFIXES: Final = frozenset({"phd", "md", "mba", "jr", "sr", "ii", "iii", "iv", "esq", "cpa", "msc", "bsc"})


def complete_name(whole: str, first: str, last: str) -> tuple[str, str]:
    """First and last name, where a whole name stands beside at most one of them."""
    if first:
        rest = whole[len(first) :]
        return first, rest.strip() if whole.lower().startswith(first.lower()) and rest[:1] == " " else ""
    if last:
        rest = whole[: -len(last)]
        named = rest.strip() if whole.lower().endswith(last.lower()) and rest[-1:] in {" ", ""} else whole
        return _untitled(named), last
    return split_name(whole)


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: `Ada King` and `King, Ada` alike; everything behind the first word is the last name."""
    before, *behind = [part.strip() for part in whole.split(",") if part.strip()] or [whole]
    if behind and behind[0].replace(".", "").lower() not in _SUFFIXES:
        return _untitled(behind[0]), before
    words = _untitled(before).split()
    if len(words) == 1 and words[0] != before:
        # "Mrs King" has told the last name only.
        return "", words[0]
    return words[0], " ".join(words[1:])


def is_firm(whole: str, company: str) -> bool:
    """Whether a name is a firm's: by its legal form, or because the firm is called that and a person has two names."""
    words = whole.replace(".", "").lower().split()
    return not LEGAL_FORMS.isdisjoint(words[-1:]) or (len(words) == 1 and whole.lower() == company.lower())


def _untitled(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0].rstrip(".").lower() in TITLES:
        words = words[1:]
    return " ".join(words)
