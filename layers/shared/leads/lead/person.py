"""Who a submission is about: the lead's own fields by their names, and the custom fields.

A wrong value is worse than none: a text that cannot be what its field's name says is left out.
"""

import re
from functools import lru_cache
from itertools import chain
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.address import NotAnAddress, address_like, normalise_address
from leads.fields.event_values import EventValues
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
    words_of,
)
from leads.fields.submission import Submission
from leads.fields.vocabulary import (
    ACCOUNT_ROLES,
    COUNTS_BESIDE,
    FAMILY_FIRST,
    FULL_NAME,
    INFIX,
    NO_ANSWERS,
    PERSONS,
    SALUTATIONS,
    SURNAME_BESIDE,
)
from leads.lead.fullname import complete_name, is_firm, split_name
from leads.lead.values import MAX_TEXT, LeftOut, clean_address, clean_custom, clean_name, clean_text, without_nulls
from leads.model import LEAD_FIELDS, Lead

_NAMES: Final = frozenset({"firstName", "lastName", FULL_NAME, INFIX})
_NO_JOBS: Final = NO_ANSWERS | SALUTATIONS
_LETTER: Final = re.compile(r"[^\W\d_]")
_LETTER_OR_DIGIT: Final = re.compile(r"[^\W_]")
# Things have these as well.
_BARE: Final = frozenset({"name", "title", "role"})
# Objects with only the ways to reach a person, whose name stands around them, and what else has a name there.
_WAYS_TO_REACH: Final = frozenset(
    {"contact", "contacts", "contactinfo", "contactinformation", "contactdetails", "contactdata", "details", "info"}
)
_THINGS: Final = frozenset(
    {
        "form", "forms", "booking", "order", "event", "appointment", "meeting", "survey", "quiz", "product", "price",
        "campaign", "list", "workflow", "page", "site", "type", "start", "starts", "end", "total", "status",
    }
)  # fmt: skip
# How lists of addresses mark the one that counts.
_PRIMARY: Final = ("primary", "isPrimary", "is_primary", "default")


class Person:
    """Reads one submission and remembers which of its fields the lead has used, and why not the others."""

    def __init__(self, submission: Submission, source: Source, event: EventValues | None = None) -> None:
        self._explicit = {field: submission.spelling(name) for field, name in source.fields.items()}
        # What a source names may also stand outside the answers.
        unanswered = [field for field, name in self._explicit.items() if name is None]
        named = {field: source.fields[field] for field in unanswered}
        outside = {name: value for name in named.values() if (value := submission.find(name, event)) is not None}
        self._explicit |= {field: name for field, name in named.items() if name in outside}
        self._fields = outside | dict(submission.fields)
        self._source = source
        self._used: set[str] = set()
        self._left_out: dict[str, LeftOut] = {}
        self._plain_names = {canonical(name) for name in self._fields}
        other_names = {name: alias for alias, name in submission.aliases.items()}
        self._kinds = submission.kinds
        found = {n: _meaning(n, other_names.get(n, ""), self._kinds.get(n, "")) for n in self._fields}
        self._meanings = self._without_titles_of_things({name: m for name, m in found.items() if m})
        self._by_field = self._candidates_by_field()

    def _without_titles_of_things(self, found: dict[str, Meaning]) -> dict[str, Meaning]:
        """What the names mean, without a `name`, `title` or `role` that is a form's, a booking's or an order's."""
        bare = {name for name, m in found.items() if m.word in _BARE and canonical(parts(name)[-1]) == m.word}
        persons = {_place(name) for name, m in found.items() if name not in bare and self._names_a_person(name, m)}
        things = {name for name in bare if not _is_beside(_place(name), persons)}
        if len(persons) == 1 and not any(m.field in _NAMES for name, m in found.items() if name not in bare):
            things = {name for name in things if found[name].word != "name" or not self._is_around(name, *persons)}
        return {name: m for name, m in found.items() if name not in things or not persons}

    def _is_around(self, name: str, person: tuple[str, ...]) -> bool:
        """Whether a name is a lone person's, and the object inside has only the ways to reach them."""
        if not person or _place(name) != person[:-1] or canonical(person[-1]) not in _WAYS_TO_REACH:
            return False
        outside = [words_of(other) for other in self._fields if _place(other)[: len(person)] != person]
        return _THINGS.isdisjoint(chain.from_iterable(outside))

    def _names_a_person(self, name: str, m: Meaning) -> bool:
        return m.field in {"firstName", "lastName", FULL_NAME} or (
            m.field == "email" and address_like(str(self._fields[name]).split(",")[0])
        )

    def _candidates_by_field(self) -> dict[str, list[str]]:
        """For each lead field the names that may hold it, the surest first."""
        claimed = set(self._explicit.values())
        words = {m.word for m in self._meanings.values()}
        surnames = {SURNAME_BESIDE.get(word) for word in words}
        ordered: dict[str, list[str]] = {}
        for name in sorted(self._meanings, key=self._surest):
            m = self._meanings[name]
            if name in claimed or (m.field == FULL_NAME and _is_login_client(canonical(name), self._plain_names)):
                continue
            if m.word in COUNTS_BESIDE and words.isdisjoint(COUNTS_BESIDE[m.word]):
                continue
            field = "lastName" if m.field == FULL_NAME and m.word in surnames else m.field
            ordered.setdefault(field, []).append(name)
        return ordered

    def _surest(self, name: str) -> tuple[bool, int, bool]:
        place = name.rpartition(".")[0]
        marks = (f"{at}.{mark}" for at in (name, place) for mark in _PRIMARY) if place else ()
        # A campaign's link fills hidden fields. People fill the others.
        hidden = canonical(self._kinds.get(name, "")).startswith("hidden")
        return hidden, self._meanings[name].rank, not any(self._fields.get(mark) in {True, "true"} for mark in marks)

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
        address = normalise_address(clean_address(self._fields[name]))
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
        for field in ("firstName", "lastName"):
            found[field] = without_nulls(found[field])
        return {field: text for field, text in found.items() if 0 < len(text) <= MAX_TEXT}

    def _text(self, field: str, company: str = "") -> str:
        clean = clean_name if field in _NAMES else clean_text
        for name in self.candidates(field):
            text = clean(self._fields[name], self._plain_names)
            if text and (field in self._explicit or _could_be(field, text, self._meanings[name].word, company)):
                self._used.add(name)
                if field == "firstName":
                    self._prefer_beside(name, "lastName")
                return text
            self._left_out[name] = LeftOut.UNLIKELY if text else LeftOut.for_value(self._fields[name])
        return ""

    def custom_fields(self, lead: Lead) -> dict[str, Any]:
        """What the allow list lets through, types kept, under the names that the allow list gives."""
        everything = "*" in self._source.custom_fields
        named = [
            (field, name) for field, name in self._explicit.items() if field not in {*LEAD_FIELDS, FULL_NAME} and name
        ]
        others = [(self._custom_name(name, lead), name) for name in self._fields if name not in self._used]
        custom: dict[str, Any] = {}
        for key, name in [*named, *others]:
            if isinstance(key, LeftOut):
                self._left_out.setdefault(name, key)
            elif (value := clean_custom(self._fields[name], self._plain_names)) is None:
                self._left_out[name] = LeftOut.for_value(self._fields[name], custom=True)
            elif key in LEAD_FIELDS:
                # A lead's own field is never a custom one: Leadterra takes both side by side.
                self._left_out.setdefault(name, LeftOut.LEAD_FIELD)
            # Two objects may have a field of the same name: the second keeps its own in full.
            elif (key := name if everything and key in custom else key) in custom:
                self._left_out[name] = LeftOut.SAME_NAME
            else:
                self._used.add(name)
                custom[key] = value
        return custom

    def left_out(self) -> dict[str, LeftOut]:
        """The fields that are not part of the lead, once all methods above were called, and why."""
        return {name: why for name, why in self._left_out.items() if name not in self._used}

    def _custom_name(self, name: str, lead: Lead) -> str | LeftOut:
        inner = inner_name(name)
        listed, prefixes, everything = _allow_list(self._source.custom_fields)
        if found := listed.get(name) or listed.get(canonical(name)) or listed.get(canonical(inner)):
            return found
        if is_secret(name, self._fields[name]):
            return LeftOut.SECRET
        if name.startswith(prefixes):
            return name
        return (self._why_not_forwarded(name, inner, lead) if everything else LeftOut.NOT_LISTED) or inner

    def _why_not_forwarded(self, name: str, inner: str, lead: Lead) -> LeftOut | None:
        if self._is_noise(name, inner):
            return LeftOut.TOOLS_OWN
        if self._adds_nothing(name, lead):
            return LeftOut.REPEATS
        return LeftOut.OTHER_ADDRESS if self._is_other_address(name) else None

    def _is_other_address(self, name: str) -> bool:
        """Whether a field holds addresses that may be another person's."""
        m = self._meanings.get(name)
        is_own = m is not None and m.field == "email" and _place(name) in map(_place, self._used)
        return not is_own and all(map(address_like, str(self._fields[name]).split(", ")))

    def _is_noise(self, name: str, inner: str) -> bool:
        preset = self._source.preset
        plain, inner = name.lower(), inner.lower()
        # What is under a name of the tool's own is the tool's own as well: `attachments.0.url`.
        own = not preset.noise.isdisjoint({plain, inner, plain.partition(".")[0], inner.partition(".")[0]})
        return own or inner.startswith(preset.noise_prefixes) or name in self._explicit.values()

    def _adds_nothing(self, name: str, lead: Lead) -> bool:
        """Whether a field only repeats the lead's own fields, or was left out of them: a name with a URL in it."""
        value, m = self._fields[name], self._meanings.get(name)
        if str(value).strip().lower() == lead["email"]:
            return True
        if m is None or m.field == "email" or not isinstance(value, str):
            return False
        text = (clean_name if m.field in _NAMES else clean_text)(value, self._plain_names)
        if m.field == FULL_NAME and text:
            first, last = lead.get("firstName", ""), lead.get("lastName", "")
            return text in {first, lead.get("company")} or split_name(text) == (first, last)
        return text in {"", lead.get(m.field)}


def _meaning(name: str, other_name: str, kind: str) -> Meaning | None:
    """What a field is: by its name, or, where that is vague, by what the provider says it holds."""
    named, held = meaning(name) or meaning(other_name), meaning(kind)
    if held and held.field == "email" and (named is None or named.rank >= MENTION):
        return Meaning("email", "", MENTION - 1)
    return named


def _place(name: str) -> tuple[str, ...]:
    """The object that a field is in; the addresses of a person may be in a list of their own."""
    place = parts(name)[:-1]
    while place and (place[-1].isdecimal() or ((m := meaning(place[-1])) and m.field == "email")):
        place = place[:-1]
    return tuple(place)


def _is_beside(place: tuple[str, ...], persons: set[tuple[str, ...]]) -> bool:
    """Whether an object is a person's: it holds an address or a name, is inside of such an object, or is named so."""
    steps = range(len(place) + 1)
    return any(place[:step] in persons or canonical("".join(place[step - 1 : step])) in PERSONS for step in steps)


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
    if address_like(text):
        return False
    match field:
        case "company":
            return plain not in NO_ANSWERS and _LETTER_OR_DIGIT.search(text) is not None
        case "jobTitle" if plain in _NO_JOBS or (word == "role" and text in ACCOUNT_ROLES):
            return False
        case _ if field == FULL_NAME and not _can_be_split(text, word, company):
            return False
        case _:
            return _LETTER.search(text) is not None


def _can_be_split(name: str, word: str, company: str) -> bool:
    """Whether a whole name is a person's, with the first name first. What people log in with has no space."""
    one_word = " " not in name
    if one_word or word in FAMILY_FIRST:
        return one_word and word != "username" and not is_firm(name, company)
    return not is_firm(name, company)
