"""Who a submission is about: the lead's own fields by their names, and the custom fields.

A wrong value is worse than none: a text that cannot be what its field's name says is left out.
"""

import re
from functools import lru_cache
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.address import NotAnAddress, address_like, normalise_address
from leads.fields.names import (
    MENTION,
    Meaning,
    by_spelling,
    canonical,
    inner_name,
    is_other_persons,
    is_secret,
    meaning,
    parts,
)
from leads.fields.submission import Submission
from leads.fields.vocabulary import ACCOUNT_ROLES, FULL_NAME, INFIX, NO_ANSWERS, NULL_WORDS, SALUTATIONS, SURNAME_BESIDE
from leads.lead.fullname import complete_name, is_firm, split_name
from leads.model import LEAD_FIELDS, Lead

# Longer names, companies and job titles are no such thing.
_MAX_TEXT: Final = 200
_MAX_RAW: Final = 2_000
_NO_JOBS: Final = NO_ANSWERS | SALUTATIONS
_CONTROL: Final = dict.fromkeys([*range(32), 127], " ")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")
# How lists of addresses mark the one that counts.
_PRIMARY: Final = ("primary", "isPrimary", "is_primary", "default")


class Person:
    """Reads one submission and remembers which of its fields the lead has used."""

    def __init__(self, submission: Submission, source: Source) -> None:
        self._fields = submission.fields
        self._source = source
        self._used: set[str] = set()
        self._explicit = {field: submission.spelling(name) for field, name in source.fields.items()}
        other_names = {name: alias for alias, name in submission.aliases.items()}
        found = {n: _meaning(n, other_names.get(n, ""), submission.kinds.get(n, "")) for n in self._fields}
        self._meanings = {name: m for name, m in found.items() if m}
        self._by_field = self._candidates_by_field()

    def _candidates_by_field(self) -> dict[str, list[str]]:
        """For each lead field the names that may hold it, the surest first."""
        claimed = set(self._explicit.values())
        surnames = {SURNAME_BESIDE.get(m.word) for m in self._meanings.values()}
        plain_names = {canonical(name) for name in self._fields}
        ordered: dict[str, list[str]] = {}
        for name in sorted(self._meanings, key=self._surest):
            m = self._meanings[name]
            if name in claimed or (m.field == FULL_NAME and _is_login_client(canonical(name), plain_names)):
                continue
            field = "lastName" if m.field == FULL_NAME and m.word in surnames else m.field
            ordered.setdefault(field, []).append(name)
        return ordered

    def _surest(self, name: str) -> tuple[int, bool]:
        place = name.rpartition(".")[0]
        marks = (f"{at}.{mark}" for at in (name, place) for mark in _PRIMARY) if place else ()
        return self._meanings[name].rank, not any(self._fields.get(mark) in {True, "true"} for mark in marks)

    def candidates(self, field: str) -> list[str]:
        """The names that may hold a lead's field: the one that the source names, or all that mean it."""
        explicit = self._explicit.get(field)
        return [explicit] if explicit else self._by_field.get(field, [])

    def address(self) -> str:
        """The first candidate that is an address, or else the only address in the submission.

        Raises:
            NotAnAddress: with what is wrong about the first candidate.
        """
        refusal = ""
        for name in self.candidates("email"):
            try:
                return self._take_address(name)
            except NotAnAddress as error:
                # `email_opt_in` need not hold an address.
                if self._explicit.get("email") or self._meanings[name].rank < MENTION:
                    refusal = refusal or f"not an e-mail address: {error}"
        if not refusal and (only := self._only_address()) is not None:
            return self._take_address(only)
        raise NotAnAddress(refusal or "missing: no field of the submission holds an e-mail address")

    def _take_address(self, name: str) -> str:
        address = normalise_address(str(self._fields[name]))
        self._used.add(name)
        # Of two names, the person's is the one that stands next to the address.
        self._prefer_beside(name, *self._by_field)
        return address

    def _prefer_beside(self, name: str, *fields: str) -> None:
        place = parts(name)[:-1]
        for field in fields:
            self._by_field.get(field, []).sort(key=lambda other: parts(other)[:-1] != place)

    def _only_address(self) -> str | None:
        found: dict[str, str] = {}
        for name, value in self._fields.items():
            if isinstance(value, str) and address_like(value) and not is_other_persons(name):
                try:
                    found.setdefault(normalise_address(value), name)
                except NotAnAddress:
                    continue
        return next(iter(found.values())) if len(found) == 1 else None

    def names(self) -> dict[str, str]:
        """`firstName`, `lastName`, `company` and `jobTitle`, as far as they were answered."""
        found = {field: self._text(field) for field in LEAD_FIELDS[1:]}
        infix = self._text(INFIX)
        if found["lastName"] and not found["lastName"].lower().startswith(infix.lower()):
            found["lastName"] = f"{infix} {found['lastName']}"
        if not (found["firstName"] and found["lastName"]) and (whole := self._text(FULL_NAME, found["company"])):
            found["firstName"], found["lastName"] = complete_name(whole, found["firstName"], found["lastName"])
        return {field: text for field, text in found.items() if text}

    def _text(self, field: str, company: str = "") -> str:
        for name in self.candidates(field):
            value = self._fields[name]
            text = "" if isinstance(value, bool) else str(value)[:_MAX_RAW]
            text = " ".join(text.translate(_CONTROL).split())
            if 0 < len(text) <= _MAX_TEXT and (
                field in self._explicit or _could_be(field, text, self._meanings[name].word, company)
            ):
                self._used.add(name)
                if field == "firstName":
                    self._prefer_beside(name, "lastName")
                return text
        return ""

    def custom_fields(self, lead: Lead) -> dict[str, Any]:
        """What the allow list lets through, types kept, under the names that the allow list gives."""
        custom: dict[str, Any] = {
            field: self._fields[name]
            for field, name in self._explicit.items()
            if field not in {*LEAD_FIELDS, FULL_NAME} and name is not None
        }
        everything = "*" in self._source.custom_fields
        for name, value in self._fields.items():
            key = None if name in self._used else self._custom_name(name, lead)
            # Two objects may have a field of the same name: the second keeps its own in full.
            key = name if everything and key in custom else key
            # A lead's own field is never a custom one: Leadterra takes both side by side.
            if key and key not in LEAD_FIELDS:
                custom.setdefault(key, value)
        return custom

    def _custom_name(self, name: str, lead: Lead) -> str | None:
        inner = inner_name(name)
        listed, prefixes, everything = _allow_list(self._source.custom_fields)
        if found := listed.get(name) or listed.get(canonical(name)) or listed.get(canonical(inner)):
            return found
        if name.startswith(prefixes):
            return name
        left_out = not everything or self._is_noise(name, inner) or is_secret(name) or self._restates(name, lead)
        return None if left_out else inner

    def _is_noise(self, name: str, inner: str) -> bool:
        preset = self._source.preset
        plain, inner = name.lower(), inner.lower()
        # What is under a name of the tool's own is the tool's own as well: `attachments.0.url`.
        own = not preset.noise.isdisjoint({plain, inner, plain.partition(".")[0], inner.partition(".")[0]})
        return own or inner.startswith(preset.noise_prefixes) or name in self._explicit.values()

    def _restates(self, name: str, lead: Lead) -> bool:
        """Whether a field only repeats the lead's own fields: its whole name, the address once more."""
        text = str(self._fields[name]).strip()
        if text.lower() == lead["email"]:
            return True
        m = self._meanings.get(name)
        if m and m.field == FULL_NAME:
            first, last = lead.get("firstName", ""), lead.get("lastName", "")
            return text in {first, lead.get("company")} or split_name(text) == (first, last)
        return m is not None and text == lead.get(m.field)


def _meaning(name: str, other_name: str, kind: str) -> Meaning | None:
    """What a field is: by its name, or, where that is vague, by what the provider says it holds."""
    named, held = meaning(name) or meaning(other_name), meaning(kind)
    if held and held.field == "email" and (named is None or named.rank >= MENTION):
        return Meaning("email", "", MENTION - 1)
    return named


def _is_login_client(name: str, names: set[str]) -> bool:
    """Whether a client is a program that people log in with, which has an id, and not a person."""
    return name.endswith("clientname") and f"{name.removesuffix('name')}id" in names


# Made once per source, not once per field.
@lru_cache(maxsize=256)
def _allow_list(allowed: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...], bool]:
    """The names by their spellings, the beginnings of names inside them, and whether everything else is allowed too."""
    named = tuple(name for name in allowed if name != "*")
    prefixes = tuple(name + step for name in named for step in (".", "[", "__"))
    return by_spelling(named), prefixes, len(named) < len(allowed)


def _could_be(field: str, text: str, word: str, company: str) -> bool:
    """Whether a text may be what its name says: `Title` may ask for "Mr", `position` for a number."""
    plain = text.rstrip(".").lower()
    if text in NULL_WORDS or address_like(text):
        return False
    match field:
        case "company":
            return plain not in NO_ANSWERS and _LETTER_OR_DIGIT.search(text) is not None
        case "jobTitle" if plain in _NO_JOBS or (word == "role" and text in ACCOUNT_ROLES):
            return False
        case _ if field == FULL_NAME and is_firm(text, company):
            return False
        case _:
            return _LETTER.search(text) is not None
