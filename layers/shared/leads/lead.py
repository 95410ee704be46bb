"""Leads: a submission read by a source's rules, or the reasons why none can be made of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from leads.address import NotAnAddress, address_like, normalise_address
from leads.config import Source
from leads.fullname import complete_name
from leads.message import LEAD_FIELDS, Lead
from leads.names import ABOUT, Meaning, canonical, core, meaning, parts, somebody_else
from leads.submission import Submission, Value
from leads.vocabulary import FULL_NAME, SALUTATIONS, SURNAME_BESIDE

_CONTROL: Final = dict.fromkeys([*range(32), 127], " ")
_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "checked"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", ""})
# Answers to "Are you a business?", not the name of one.
_NO_NAMES: Final = frozenset({"true", "yes", "on", "false", "no", "off"})
_LETTER: Final = re.compile(r"[^\W\d_]")


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
    except NotAnAddress as error:
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


@dataclass(frozen=True, slots=True)
class Role:
    """What a submission's field may become: a lead's field, or a custom one; `choice` 0 is asked first."""

    field: str
    choice: int = 0


def roles(names: Iterable[str], source: Source) -> dict[str, Role]:
    """What the fields of such names would become, whatever is in them; those that are left out are not listed."""
    # Each field's value is its name, by which it is known again among the custom ones.
    return _Reader(Submission({name: name for name in names}, None), source).roles()


def _spelling(submission: Submission, name: str) -> str | None:
    """The submission's own spelling of a field that a user named: as sent, or as good as."""
    fields = submission.fields
    if name in fields:
        return name
    if (known := submission.aliases.get(name)) in fields:
        return known
    plain = canonical(name)
    whole = (given for given in fields if canonical(given) == plain)
    inner = (given for given in fields if canonical(core(given)) == plain)
    return next(chain(whole, inner), None) if plain else None


def _find(submission: Submission, name: str) -> Value | None:
    spelling = _spelling(submission, name)
    return None if spelling is None else submission.fields[spelling]


def _meets(value: Value | None, allowed: tuple[Value, ...]) -> bool:
    return any(_is(value, one) for one in allowed)


def _is(value: Value | None, required: Value) -> bool:
    if value is None:
        return required is False
    if isinstance(required, bool):
        return str(value).strip().lower() in (_TRUE if required else _FALSE)
    if isinstance(value, bool):
        return str(required).lower() in (_TRUE if value else _FALSE)
    # A choice of several is one text: `news, offers` meets `news`.
    given = {str(value).lower(), *(part.strip().lower() for part in str(value).split(","))}
    return value == required or str(required).strip().lower() in given


def _campaign(submission: Submission, source: Source) -> str | None:
    if source.campaign_field is None:
        return source.campaign
    found = _find(submission, source.campaign_field)
    value = "" if found is None else str(found)
    names = {canonical(key): campaign for key, campaign in source.campaigns.items()}
    return source.campaigns.get(value) or names.get(canonical(value)) or source.campaign


class _Reader:
    """Reads one submission and remembers which of its fields are spoken for."""

    def __init__(self, submission: Submission, source: Source) -> None:
        self._fields = submission.fields
        self._kinds = submission.kinds
        self._others = {name: alias for alias, name in submission.aliases.items()}
        self._source = source
        self._used: set[str] = set()
        self._explicit = {lead: _spelling(submission, name) for lead, name in source.fields.items()}
        self._by_meaning = self._automatic()

    def _automatic(self) -> dict[str, list[tuple[Meaning, str]]]:
        """For each lead field the names that could be it, the surest first."""
        claimed = set(self._explicit.values())
        found = [(m, name) for name in self._fields if (m := self._meaning(name))]
        surnames = {SURNAME_BESIDE.get(m.word) for m, _ in found}
        ordered: dict[str, list[tuple[Meaning, str]]] = {}
        for m, name in sorted(found, key=lambda pair: pair[0].rank):
            if name in claimed:
                continue
            field = "lastName" if m.field == FULL_NAME and m.word in surnames else m.field
            ordered.setdefault(field, []).append((m, name))
        return ordered

    def _meaning(self, name: str) -> Meaning | None:
        """What a field is: by its name, or, where that is vague, by what the provider says it holds."""
        told = meaning(self._kinds.get(name, ""))
        named = meaning(name) or meaning(self._others.get(name, ""))
        if told and told.field == "email" and (named is None or named.rank >= ABOUT):
            return Meaning("email", "", ABOUT - 1)
        return named

    def _candidates(self, field: str) -> Iterator[str]:
        if explicit := self._explicit.get(field):
            yield explicit
            return
        yield from (name for _, name in self._by_meaning.get(field, ()))

    def address(self) -> str:
        """The first candidate that is an address; failing those, the only address in the submission."""
        refusal = ""
        about = {name for m, name in self._by_meaning.get("email", ()) if m.rank >= ABOUT}
        for name in self._candidates("email"):
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
        self._prefer_beside(name)
        return address

    def _prefer_beside(self, name: str) -> None:
        """Of two names that stand next to an address and elsewhere, the person's is the one next to it."""
        place = parts(name)[:-1]
        for candidates in self._by_meaning.values():
            if len(candidates) > 1:
                candidates.sort(key=lambda pair: parts(pair[1])[:-1] != place)

    def _only_address(self) -> str | None:
        found: dict[str, str] = {}
        for name, value in self._fields.items():
            if isinstance(value, str) and address_like(value) and not somebody_else(name):
                try:
                    found.setdefault(normalise_address(value), name)
                except NotAnAddress:
                    continue
        return next(iter(found.values())) if len(found) == 1 else None

    def person(self) -> dict[str, str]:
        """`firstName`, `lastName`, `company`, `jobTitle`, as far as they were answered."""
        found = {field: self._text(field) for field in LEAD_FIELDS[1:]}
        if not (found["firstName"] and found["lastName"]) and (whole := self._text(FULL_NAME)):
            found["firstName"], found["lastName"] = complete_name(whole, found["firstName"], found["lastName"])
        return {field: text for field, text in found.items() if text}

    def _text(self, field: str) -> str:
        for name in self._candidates(field):
            value = self._fields[name]
            if isinstance(value, bool):
                continue
            text = " ".join(str(value).translate(_CONTROL).split())
            if text and (field in self._explicit or _could_be(field, text)):
                self._used.add(name)
                return text
        return ""

    def roles(self) -> dict[str, Role]:
        """What each field may become, judged by the names alone; the values are the names."""
        fields = (*LEAD_FIELDS, FULL_NAME)
        found = {name: Role(field, n) for field in fields for n, name in enumerate(self._candidates(field))}
        self._used.update(name for name, role in found.items() if role.choice == 0)
        return {name: Role(key) for key, name in self.custom_fields().items()} | found

    def custom_fields(self) -> dict[str, Any]:
        """What the allow list lets through, types kept, under the names that the allow list gives."""
        custom: dict[str, Any] = {
            field: self._fields[name]
            for field, name in self._explicit.items()
            if field not in {*LEAD_FIELDS, FULL_NAME} and name is not None
        }
        everything = "*" in self._source.custom_fields
        for name, value in self._fields.items():
            if name not in self._used and (key := self._allowed(name)):
                # Two objects may have a field of the same name: the second keeps its own in full.
                key = name if everything and key in custom else key
                # A lead's own field is never a custom one: Leadterra takes both side by side.
                if key not in LEAD_FIELDS:
                    custom.setdefault(key, value)
        return custom

    def _allowed(self, name: str) -> str | None:
        plain = {canonical(name), canonical(core(name))}
        for allowed in self._source.custom_fields:
            if allowed == "*":
                if not self._is_noise(name):
                    return core(name)
            elif canonical(allowed) in plain:
                return allowed
            elif name.startswith((f"{allowed}.", f"{allowed}[", f"{allowed}__")):
                return name
        return None

    def _is_noise(self, name: str) -> bool:
        noise = self._source.preset.noise
        # What is under a name of the tool's own is the tool's own as well: `attachments.0.url`.
        plain = name.lower()
        return name in self._explicit.values() or plain in noise or plain.partition(".")[0] in noise


def _could_be(field: str, text: str) -> bool:
    """Whether a text may be what its name promises: `Title` may ask for "Mr", `position` for a number."""
    if field == "jobTitle" and text.rstrip(".").lower() in SALUTATIONS:
        return False
    if field in {"company", "jobTitle"} and text.lower() in _NO_NAMES:
        return False
    return field == "company" or _LETTER.search(text) is not None
