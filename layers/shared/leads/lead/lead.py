"""Leads: a submission read by a source's rules, or the reasons why none can be made of it."""

from dataclasses import dataclass
from typing import Final

from leads.config.schema import Source
from leads.fields.address import NotAnAddress
from leads.fields.answers import Value
from leads.fields.names import canonical
from leads.fields.submission import Submission
from leads.lead.person import Person
from leads.model import Lead

_TRUE: Final = frozenset({"true", "yes", "on", "1", "y", "checked"})
_FALSE: Final = frozenset({"false", "no", "off", "0", "n", ""})


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


def meets_requirements(submission: Submission, source: Source) -> bool:
    """Whether the submission meets the source's `require`; those that do not are ignored."""
    return all(_meets(_find(submission, name), value) for name, value in source.require.items())


def honeypot_filled(submission: Submission, source: Source) -> bool:
    """Whether the field that only a program sees was filled in."""
    return source.honeypot is not None and _find(submission, source.honeypot) is not None


def make_lead(submission: Submission, source: Source) -> tuple[Lead, str]:
    """The lead and the name of its campaign.

    Raises:
        NoLead: with every reason.
    """
    person = Person(submission, source)
    problems: list[Problem] = []
    lead: Lead = {}
    try:
        lead["email"] = person.address()
    except NotAnAddress as error:
        problems.append(Problem("email", str(error)))
    campaign = _campaign(submission, source)
    if campaign is None:
        choices = ", ".join(source.campaigns)
        problems.append(Problem(str(source.campaign_field), f"names no campaign; known are: {choices}"))
    if problems or campaign is None:
        raise NoLead(problems)
    lead.update(person.names())
    if custom := person.custom_fields(lead):
        lead["customFields"] = custom
    return lead, campaign


def _find(submission: Submission, name: str) -> Value | None:
    spelling = submission.spelling(name)
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
