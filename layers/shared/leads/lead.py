"""Leads: a submission read by a source's rules, or the reasons why none can be made of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from email_validator import EmailNotValidError, validate_email

from leads.config import Source
from leads.message import LEAD_FIELDS, Lead
from leads.names import FULL_NAME, SALUTATIONS, canonical, meaning
from leads.submission import Submission, Value

_CONTROL: Final = dict.fromkeys([*range(32), 127], " ")
_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "checked"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", ""})
# Longer than any address may be: not worth a look.
_MAX_ADDRESS: Final = 320
_ADDRESS_LIKE: Final = re.compile(r"[^@\s]+@[^@\s]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why no lead can be made: `field` is the lead's field, or the submission's where it is about that."""

    field: str
    message: str


class NoLead(Exception):
    """No lead can be made of a submission."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.field for problem in problems))
        self.problems = problems


def wanted(submission: Submission, source: Source) -> bool:
    """Whether the submission meets the source's `require`; those that do not are ignored."""
    return all(_meets(_find(submission, name), value) for name, value in source.require.items())


def trapped(submission: Submission, source: Source) -> bool:
    """Whether the field that only a program sees was filled in."""
    return source.honeypot is not None and _find(submission, source.honeypot) is not None


def make_lead(submission: Submission, source: Source) -> tuple[Lead, str]:
    """The lead and the name of its campaign.

    Raises:
        NoLead: with every reason.
    """
    read = _Reader(submission, source)
    problems: list[Problem] = []
    lead: Lead = {}
    try:
        lead["email"] = read.address()
    except _NotAnAddress as error:
        problems.append(Problem("email", str(error)))
    campaign = _campaign(submission, source)
    if campaign is None:
        choices = ", ".join(source.campaigns)
        problems.append(Problem(str(source.campaign_field), f"names no campaign; known are: {choices}"))
    if problems or campaign is None:
        raise NoLead(problems)
    lead.update(read.person())
    if custom := read.custom_fields():
        lead["customFields"] = custom
    return lead, campaign


def normalise_address(text: str) -> str:
    """An address as one person's key: syntax checked, domain in its canonical form, all in lower case.

    The standard lets a mailbox tell `Ava@` from `ava@`; no mail provider does, and phones capitalise.

    Raises:
        EmailNotValidError: it is none.
    """
    bare = text.strip().removeprefix("mailto:")
    return validate_email(bare, check_deliverability=False, allow_display_name=True).normalized.lower()


def _find(submission: Submission, name: str) -> Value | None:
    """A submission's field by the name a user would write: as sent, or as good as."""
    fields = submission.fields
    if name in fields:
        return fields[name]
    key = canonical(name)
    return next((value for given, value in fields.items() if canonical(given) == key), None)


def _meets(value: Value | None, required: object) -> bool:
    if isinstance(required, tuple):
        return any(_meets(value, one) for one in required)
    if value is None:
        return required is False
    if isinstance(required, bool):
        return str(value).strip().lower() in (_TRUE if required else _FALSE)
    # A choice of several is one text: `news, offers` meets `news`.
    given = {str(value).lower(), *(part.strip().lower() for part in str(value).split(","))}
    return str(required).lower() in given or (isinstance(value, bool) and _meets(str(value), required))


def _campaign(submission: Submission, source: Source) -> str | None:
    if source.campaign_field is None:
        return source.campaign
    value = _find(submission, source.campaign_field)
    if value is None:
        return source.campaign
    names = {canonical(key): campaign for key, campaign in source.campaigns.items()}
    return source.campaigns.get(str(value)) or names.get(canonical(str(value))) or source.campaign


class _NotAnAddress(Exception):
    """What the submission holds instead of an address."""


class _Reader:
    """Reads one submission and remembers which of its fields are spoken for."""

    def __init__(self, submission: Submission, source: Source) -> None:
        self._fields = submission.fields
        self._source = source
        self._used: set[str] = set()
        self._explicit = {lead: self._given(name) for lead, name in source.fields.items()}
        self._by_meaning = self._automatic()

    def _given(self, name: str) -> str | None:
        """The submission's own spelling of a field that the user named."""
        if name in self._fields:
            return name
        key = canonical(name)
        return next((given for given in self._fields if canonical(given) == key), None)

    def _automatic(self) -> dict[str, list[str]]:
        """For each lead field the names that could be it, the surest first."""
        found = [(m, name) for name in self._fields if (m := meaning(name))]
        found.sort(key=lambda pair: pair[0].rank)
        ordered: dict[str, list[str]] = {}
        for m, name in found:
            ordered.setdefault(m.field, []).append(name)
        return ordered

    def _candidates(self, field: str) -> Iterator[str]:
        if explicit := self._explicit.get(field):
            yield explicit
            return
        claimed = set(self._explicit.values())
        yield from (name for name in self._by_meaning.get(field, ()) if name not in claimed)

    def address(self) -> str:
        """The first candidate that is an address; failing those, the only address in the submission."""
        refusal = ""
        for name in self._candidates("email"):
            try:
                return self._take_address(name)
            except EmailNotValidError as error:
                refusal = refusal or f"not an e-mail address: {error}"
        if not refusal and (only := self._only_address()) is not None:
            return self._take_address(only)
        raise _NotAnAddress(refusal or "missing: no field of the submission holds an e-mail address")

    def _take_address(self, name: str) -> str:
        text = str(self._fields[name])
        if len(text) > _MAX_ADDRESS:
            msg = "The address is too long."
            raise EmailNotValidError(msg)
        address = normalise_address(text)
        self._used.add(name)
        return address

    def _only_address(self) -> str | None:
        names = []
        for name, value in self._fields.items():
            if isinstance(value, str) and len(value) <= _MAX_ADDRESS and _ADDRESS_LIKE.fullmatch(value):
                try:
                    normalise_address(value)
                except EmailNotValidError:
                    continue
                names.append(name)
        return names[0] if len(names) == 1 else None

    def person(self) -> dict[str, str]:
        """`firstName`, `lastName`, `company`, `jobTitle`, as far as they were answered."""
        found = {field: text for field in LEAD_FIELDS[1:] if (text := self._text(field))}
        if "firstName" not in found and (whole := self._text(FULL_NAME)):
            first, last = split_name(whole)
            found["firstName"] = first
            if last:
                found.setdefault("lastName", last)
        return {field: found[field] for field in LEAD_FIELDS[1:] if field in found}

    def _text(self, field: str) -> str:
        for name in self._candidates(field):
            value = self._fields[name]
            if isinstance(value, bool):
                continue
            text = " ".join(str(value).translate(_CONTROL).split())
            if field == "jobTitle" and text.rstrip(".").lower() in SALUTATIONS:
                continue
            if text:
                self._used.add(name)
                return text
        return ""

    def custom_fields(self) -> dict[str, Any]:
        """What the allow list lets through, types kept, under the names that the allow list gives."""
        custom: dict[str, Any] = {
            field: self._fields[name]
            for field, name in self._explicit.items()
            if field not in LEAD_FIELDS and name is not None
        }
        for name, value in self._fields.items():
            if name not in self._used and (key := self._allowed(name)):
                custom.setdefault(key, value)
        return custom

    def _allowed(self, name: str) -> str | None:
        plain = canonical(name)
        for allowed in self._source.custom_fields:
            if allowed == "*":
                if not self._is_noise(name):
                    return name
            elif canonical(allowed) == plain:
                return allowed
            elif name.startswith((f"{allowed}.", f"{allowed}[", f"{allowed}__")):
                return name
        return None

    def _is_noise(self, name: str) -> bool:
        source = self._source
        claimed = name in self._explicit.values() or name == source.honeypot
        return claimed or name.lower() in source.preset.noise


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: `Ada King` and `King, Ada` alike; everything behind the first word is the last name."""
    last, comma, first = whole.partition(",")
    if comma and first.strip():
        return first.strip(), last.strip()
    words = whole.split()
    if len(words) > 2 and words[0].rstrip(".").lower() in SALUTATIONS:  # noqa: PLR2004 - a title and two names
        words = words[1:]
    return words[0], " ".join(words[1:])
