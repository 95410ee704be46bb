"""Persons: who a submission is about, by what its fields are called, and what else was answered.

A wrong value is worse than none: what a field's name promises and its text cannot be is left.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.address import NotAnAddress, address_like, normalise_address
from leads.fields.names import MENTION, Meaning, canonical, inner_name, is_other_persons, is_secret, meaning, parts
from leads.fields.submission import Submission
from leads.fields.vocabulary import ACCOUNT_ROLES, FULL_NAME, INFIX, NO_ANSWERS, NULL_WORDS, SALUTATIONS, SURNAME_BESIDE
from leads.lead.fullname import complete_name, is_firm, split_name
from leads.model import LEAD_FIELDS, Lead

_NO_JOBS: Final = NO_ANSWERS | SALUTATIONS
_CONTROL: Final = dict.fromkeys([*range(32), 127], " ")
_LETTER: Final = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")
# How lists of addresses mark the one that counts.
_PRIMARY: Final = ("primary", "isPrimary", "is_primary", "default")


class Person:
    """Reads one submission and remembers which of its fields are spoken for."""

    def __init__(self, submission: Submission, source: Source) -> None:
        self._fields = submission.fields
        self._kinds = submission.kinds
        self._others = {name: alias for alias, name in submission.aliases.items()}
        self._source = source
        self._used: set[str] = set()
        self._explicit = {lead: submission.spelling(name) for lead, name in source.fields.items()}
        self._by_meaning = self._automatic()

    def _automatic(self) -> dict[str, list[tuple[Meaning, str]]]:
        """For each lead field the names that could be it, the surest first."""
        claimed = set(self._explicit.values())
        found = [(m, name) for name in self._fields if (m := self._meaning(name))]
        surnames = {SURNAME_BESIDE.get(m.word) for m, _ in found}
        ordered: dict[str, list[tuple[Meaning, str]]] = {}
        for m, name in sorted(found, key=self._surest):
            if name in claimed or (m.field == FULL_NAME and self._is_a_programs(name)):
                continue
            field = "lastName" if m.field == FULL_NAME and m.word in surnames else m.field
            ordered.setdefault(field, []).append((m, name))
        return ordered

    def _meaning(self, name: str) -> Meaning | None:
        """What a field is: by its name, or, where that is vague, by what the provider says it holds."""
        told = meaning(self._kinds.get(name, ""))
        named = meaning(name) or meaning(self._others.get(name, ""))
        if told and told.field == "email" and (named is None or named.rank >= MENTION):
            return Meaning("email", "", MENTION - 1)
        return named

    def _surest(self, candidate: tuple[Meaning, str]) -> tuple[int, bool]:
        m, name = candidate
        place = name.rpartition(".")[0]
        marks = (f"{at}.{mark}" for at in (name, place) for mark in _PRIMARY) if place else ()
        return m.rank, not any(self._fields.get(mark) in {True, "true"} for mark in marks)

    def _is_a_programs(self, name: str) -> bool:
        """The client of a login is a program, and has an id beside its name; a person who is a client has none."""
        plain = canonical(name)
        identifier = f"{plain.removesuffix('name')}id"
        return plain.endswith("clientname") and any(canonical(other) == identifier for other in self._fields)

    def candidates(self, field: str) -> Iterator[tuple[str, str]]:
        """The names that may hold a lead's field, each with the known word that says so."""
        if explicit := self._explicit.get(field):
            yield explicit, ""
            return
        yield from ((name, m.word) for m, name in self._by_meaning.get(field, ()))

    def address(self) -> str:
        """The first candidate that is an address; failing those, the only address in the submission.

        Raises:
            NotAnAddress: with what is wrong about the first one that should be.
        """
        refusal = ""
        about = {name for m, name in self._by_meaning.get("email", ()) if m.rank >= MENTION}
        for name, _ in self.candidates("email"):
            try:
                return self._take_address(name)
            except NotAnAddress as error:
                # `email_opt_in` is not expected to hold an address.
                if name not in about:
                    refusal = refusal or f"not an e-mail address: {error}"
        if not refusal and (only := self._only_address()) is not None:
            return self._take_address(only)
        raise NotAnAddress(refusal or "missing: no field of the submission holds an e-mail address")

    def _take_address(self, name: str) -> str:
        address = normalise_address(str(self._fields[name]))
        self._used.add(name)
        # Of two names that stand next to an address and elsewhere, the person's is the one next to it.
        self._prefer_beside(name, *self._by_meaning)
        return address

    def _prefer_beside(self, name: str, *fields: str) -> None:
        place = parts(name)[:-1]
        for candidates in (self._by_meaning.get(field, []) for field in fields):
            if len(candidates) > 1:
                candidates.sort(key=lambda pair: parts(pair[1])[:-1] != place)

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
        """`firstName`, `lastName`, `company`, `jobTitle`, as far as they were answered."""
        found = {field: self._text(field) for field in LEAD_FIELDS[1:]}
        infix = self._text(INFIX)
        if found["lastName"] and not found["lastName"].lower().startswith(infix.lower()):
            found["lastName"] = f"{infix} {found['lastName']}"
        if not (found["firstName"] and found["lastName"]) and (whole := self._text(FULL_NAME, found["company"])):
            found["firstName"], found["lastName"] = complete_name(whole, found["firstName"], found["lastName"])
        return {field: text for field, text in found.items() if text}

    def _text(self, field: str, company: str = "") -> str:
        for name, word in self.candidates(field):
            value = self._fields[name]
            if isinstance(value, bool):
                continue
            text = " ".join(str(value).translate(_CONTROL).split())
            if text and (field in self._explicit or _could_be(field, text, word, company)):
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
            if name not in self._used and (key := self._allowed(name, lead)):
                # Two objects may have a field of the same name: the second keeps its own in full.
                key = name if everything and key in custom else key
                # A lead's own field is never a custom one: Leadterra takes both side by side.
                if key not in LEAD_FIELDS:
                    custom.setdefault(key, value)
        return custom

    def _allowed(self, name: str, lead: Lead) -> str | None:
        plain = {canonical(name), canonical(inner_name(name))}
        for allowed in self._source.custom_fields:
            if allowed == "*":
                if not (self._is_noise(name) or is_secret(name) or self._restates(name, lead)):
                    return inner_name(name)
            elif canonical(allowed) in plain:
                return allowed
            elif name.startswith((f"{allowed}.", f"{allowed}[", f"{allowed}__")):
                return name
        return None

    def _is_noise(self, name: str) -> bool:
        preset = self._source.preset
        plain = name.lower()
        inner = inner_name(plain)
        # What is under a name of the tool's own is the tool's own as well: `attachments.0.url`.
        own = not preset.noise.isdisjoint({plain, inner, plain.partition(".")[0], inner.partition(".")[0]})
        return own or inner.startswith(preset.noise_prefixes) or name in self._explicit.values()

    def _restates(self, name: str, lead: Lead) -> bool:
        """Whether a field only says again what the lead's own fields say: its whole name, the address once more."""
        text = str(self._fields[name]).strip()
        if text.lower() == lead["email"]:
            return True
        m = self._meaning(name)
        if m and m.field == FULL_NAME:
            first, last = lead.get("firstName", ""), lead.get("lastName", "")
            return text in {first, lead.get("company")} or split_name(text) == (first, last)
        return m is not None and text == lead.get(m.field)


def _could_be(field: str, text: str, word: str, company: str) -> bool:
    """Whether a text may be what its name promises: `Title` may ask for "Mr", `position` for a number."""
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
