"""The lead's own fields and custom fields of a submission, by their names.

A wrong value is worse than none: a text that does not fit the field's name is left out.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from leads.fields.address import NotAnAddress, address_like, normalise_address
from leads.fields.names import MENTION, canonical, is_other_persons, is_secret, parts, words_of
from leads.fields.submission import Submission
from leads.fields.vocabulary import (
    ACCOUNT_ROLES,
    FAMILY_FIRST,
    FULL_NAME,
    INFIX,
    NO_ANSWERS,
    NOT_TOLD,
    SALUTATIONS,
    SPOKEN,
)
from leads.lead.candidates import NAMES, place_of
from leads.lead.fullname import complete_name, is_firm, split_name
from leads.lead.rules import SourceRules
from leads.lead.values import (
    LETTER_OR_DIGIT,
    MAX_TEXT,
    LeftOut,
    clean_address,
    clean_custom,
    clean_field_name,
    clean_name,
    clean_text,
    without_nulls,
)
from leads.model import LEAD_FIELDS, Lead

_NO_JOBS: Final = NO_ANSWERS | SALUTATIONS
_LETTER: Final = re.compile(r"[^\W\d_]")


class Person:
    """Reads one submission and remembers which of its fields the lead has used, and why not the others."""

    def __init__(self, submission: Submission, rules: SourceRules) -> None:
        layout = rules.layout(submission)
        # What a source names may also stand outside the answers.
        outside = layout.outside(submission)
        self._layout = rules.layout(submission, tuple(outside)) if outside else layout
        self._fields = {**outside, **submission.fields}
        self._explicit = self._layout.explicit
        found = self._layout.candidates(self._fields)
        self._meanings, self._by_field = found.meanings, dict(found.by_field)
        self._everything = "*" in rules.source.custom_fields
        self._used: set[str] = set()
        # The object that the address is in, and the address's part before the sign.
        self._place: tuple[str, ...] = ()
        self._mailbox = ""
        self._left_out: dict[str, LeftOut] = {}

    def candidates(self, field: str) -> Sequence[str]:
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
        if not refusal and (only := self._only_address()):
            return self._take_address(only)
        raise NotAnAddress(refusal or "missing: no field of the submission holds an e-mail address")

    def _take_address(self, name: str) -> str:
        address = normalise_address(clean_address(self._fields[name]))
        self._used.add(name)
        self._place = place_of(name)
        self._mailbox = canonical(address.partition("@")[0])
        # Of two names, the person's is the one that stands next to the address.
        self._prefer_beside(name, *self._by_field)
        return address

    def _prefer_beside(self, name: str, *fields: str) -> None:
        """Prefer names in the same object, and of those the ones that begin alike: `parent_email`, `parent_name`."""
        place, word = _beginning(name)

        def distance(other: str) -> tuple[bool, bool]:
            other_place, other_word = _beginning(other)
            return other_place != place, not word or other_word != word

        for field in fields:
            if len(names := self._by_field.get(field, ())) > 1:
                self._by_field[field] = sorted(names, key=distance)

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
        first, last = found["firstName"], found["lastName"]
        infix = self._text(INFIX)
        if last and not last.lower().startswith(infix.lower()):
            last = f"{infix} {last}"
        if not (first and last) and (whole := self._text(FULL_NAME, found["company"])):
            first, last = complete_name(whole, first, last, family_first=self._is_family_first(whole))
        found |= {"firstName": without_nulls(first), "lastName": without_nulls(last)}
        return {field: text for field, text in found.items() if 0 < len(text) <= MAX_TEXT}

    def _is_family_first(self, name: str) -> bool:
        """Whether a comma stands behind the last name: by the field's label, or by the address, `ana.lopez@…`."""
        labels = (m.word for field, m in self._meanings.items() if m.field == FULL_NAME and field in self._used)
        given = canonical(name.partition(",")[2].strip().partition(" ")[0])
        return not FAMILY_FIRST.isdisjoint(labels) or (len(given) > 1 and self._mailbox.startswith(given))

    def _text(self, field: str, company: str = "") -> str:
        for name in self.candidates(field):
            text = self._clean(field, name)
            if text and (field in self._explicit or _could_be(field, text, self._meanings[name].word, company)):
                self._used.add(name)
                if field == "firstName":
                    self._prefer_beside(name, "lastName")
                return text
            self._left_out[name] = LeftOut.UNLIKELY if text else LeftOut.for_value(self._fields[name])
        return ""

    def _clean(self, field: str, name: str) -> str:
        return (clean_name if field in NAMES else clean_text)(self._fields[name], self._layout.plain_names)

    def custom_fields(self, lead: Lead) -> dict[str, Any]:
        """The fields that the allow list names, with their types, under its names."""
        own = {*LEAD_FIELDS, FULL_NAME}
        named = [(field, name) for field, name in self._explicit.items() if field not in own and name]
        others = [(self._custom_name(name, lead), name) for name in self._fields if name not in self._used]
        custom: dict[str, Any] = {}
        for key, name in [*named, *others]:
            if isinstance(key, LeftOut):
                self._left_out.setdefault(name, key)
            elif not key or (value := clean_custom(self._fields[name], self._layout.plain_names)) is None:
                self._left_out[name] = LeftOut.for_value(self._fields[name], custom=True)
            elif key in LEAD_FIELDS:
                # A lead's own field is never a custom field: Leadterra has both on one level.
                self._left_out.setdefault(name, LeftOut.LEAD_FIELD)
            # Two objects may have a field of the same name: the second keeps its own in full.
            elif (key := clean_field_name(name) if self._everything and key in custom else key) in custom:
                self._left_out[name] = LeftOut.SAME_NAME
            else:
                self._used.add(name)
                custom[key] = value
        return custom

    def left_out(self) -> dict[str, LeftOut]:
        """The fields that are not part of the lead, once all methods above were called, and why."""
        return {name: why for name, why in self._left_out.items() if name not in self._used}

    def _custom_name(self, name: str, lead: Lead) -> str | LeftOut:
        """The name of a custom field, or why it is not forwarded."""
        found = self._layout.custom_name(name, self._place)
        if found.is_listed:
            return found.key
        if is_secret(name, self._fields[name]):
            return LeftOut.SECRET
        if found.is_extra and self._adds_nothing(name, lead):
            return LeftOut.REPEATS
        return LeftOut.OTHER_ADDRESS if found.is_extra and self._is_other_address(name) else found.key

    def _adds_nothing(self, name: str, lead: Lead) -> bool:
        """Whether a field only repeats the lead's own fields, or was left out of them: a name with a URL in it."""
        value, m = self._fields[name], self._meanings.get(name)
        if str(value).strip().lower() == lead["email"]:
            return True
        if m is None or m.field == "email" or not isinstance(value, str):
            return False
        text = self._clean(m.field, name)
        if m.field == FULL_NAME and text:
            first, last = lead.get("firstName", ""), lead.get("lastName", "")
            family_first = self._is_family_first(text)
            return text in {first, lead.get("company")} or split_name(text, family_first=family_first) == (first, last)
        return text in {"", lead.get(m.field)}

    def _is_other_address(self, name: str) -> bool:
        """Whether a field holds addresses that may be another person's."""
        m, text = self._meanings.get(name), str(self._fields[name])
        if "@" not in text or (m is not None and m.field == "email" and place_of(name) in map(place_of, self._used)):
            return False
        return all(map(address_like, text.split(", ")))


def _beginning(name: str) -> tuple[tuple[str, ...], str]:
    """The object that a field is in, and the first word of the field's own name, if that is no spoken question."""
    *place, own = parts(name) or ("",)
    words = words_of(own)
    return tuple(place), "".join(words[:1] if SPOKEN.isdisjoint(words) else ())


def _could_be(field: str, text: str, word: str, company: str) -> bool:
    """Whether a text fits its field's name: `Title` may be "Mr", `position` a number."""
    plain = text.rstrip(".").lower()
    if address_like(text) or canonical(text) in NOT_TOLD:
        return False
    if field == "company":
        return plain not in NO_ANSWERS and LETTER_OR_DIGIT.search(text) is not None
    if field == "jobTitle" and (plain in _NO_JOBS or (word == "role" and text in ACCOUNT_ROLES)):
        return False
    if field == FULL_NAME and not _can_be_split(text, word, company):
        return False
    return _LETTER.search(text) is not None


def _can_be_split(name: str, word: str, company: str) -> bool:
    """Whether a whole name is a person's, in a known order. What people log in with has no space."""
    one_word = " " not in name
    is_ordered = word != "username" if one_word else word not in FAMILY_FIRST or "," in name
    return is_ordered and not is_firm(name, company)
