"""Leads: make a lead of a submission by the source's rules."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from leads.fields.address import NotAnAddress
from leads.fields.answers import Value
from leads.fields.names import by_spelling, canonical
from leads.fields.submission import Submission
from leads.fields.vocabulary import NO, YES
from leads.lead.person import Person
from leads.lead.rules import SourceRules
from leads.lead.values import LeftOut
from leads.model import Lead

# Rules compare choices. A longer text is none.
_MAX_CHOICE: Final = 10_000


class Problem(NamedTuple):
    """Why no lead can be made. `field` is the lead's field, or the submission's if that is at fault."""

    field: str
    message: str


class NoLead(Exception):
    """No lead can be made of a submission."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(", ".join(problem.field for problem in problems))
        self.problems = problems


class MadeLead(NamedTuple):
    """A lead, the name of its campaign, and the submission's other fields with the reason why they are left out."""

    lead: Lead
    campaign: str
    left_out: Mapping[str, LeftOut]


def unmet_requirement(submission: Submission, rules: SourceRules) -> str | None:
    """The first name in `require` that neither the submission nor the event around it meets."""
    find, required = rules.layout(submission).find, rules.source.require.items()
    return next((name for name, allowed in required if not _meets(find(submission, name), allowed)), None)


def honeypot_filled(submission: Submission, rules: SourceRules) -> bool:
    """Whether the honeypot was filled in. A script sends `false` for a box that is not ticked."""
    honeypot = rules.source.honeypot
    filled = rules.layout(submission).spelling(honeypot) if honeypot else None
    return filled is not None and submission.fields[filled] is not False


def is_true(value: Value) -> bool:
    """Whether a value is a plain yes. Rails and ASP.NET send a hidden no beside it: `0, 1` and `true, false`."""
    words = {word.strip() for word in str(value)[:_MAX_CHOICE].lower().split(",")}
    return not words.isdisjoint(YES) and words <= YES | NO


def make_lead(submission: Submission, rules: SourceRules) -> MadeLead:
    """Make a lead of a submission.

    Raises:
        NoLead: with all reasons.
    """
    person = Person(submission, rules)
    problems: list[Problem] = []
    lead: Lead = {}
    try:
        lead["email"] = person.address()
    except NotAnAddress as error:
        problems.append(Problem("email", str(error)))
    campaign = _campaign(submission, rules)
    if campaign is None:
        choices = ", ".join(rules.source.campaigns)
        problems.append(Problem(str(rules.source.campaign_field), f"names no campaign; known are: {choices}"))
    if problems or campaign is None:
        raise NoLead(problems)
    lead.update(person.names())
    if custom := person.custom_fields(lead):
        lead["customFields"] = custom
    return MadeLead(lead, campaign, person.left_out())


def _meets(value: Value | None, allowed: tuple[Value, ...]) -> bool:
    """Whether a value is one of those allowed. An absent field meets `false` and nothing else."""
    if value is None:
        return any(one is False for one in allowed)
    text = str(value)[:_MAX_CHOICE].lower()
    # Several choices are one text: `news, offers` meets `news`. CRMs separate them by semicolons.
    choices = {text, *(part.strip() for part in text.replace(";", ",").split(","))}
    return any(_is(value, choices, one) for one in allowed)


def _is(value: Value, choices: set[str], required: Value) -> bool:
    if isinstance(required, bool):
        return is_true(value) if required else str(value)[:_MAX_CHOICE].strip().lower() in {*NO, ""}
    if isinstance(value, bool):
        return str(required).lower() in (YES if value else NO)
    return value == required or str(required).strip().lower() in choices


def _campaign(submission: Submission, rules: SourceRules) -> str | None:
    source = rules.source
    if source.campaign_field is None:
        return source.campaign
    found = rules.layout(submission).find(submission, source.campaign_field)
    value = "" if found is None else str(found)
    listed = by_spelling(tuple(source.campaigns))
    name = listed.get(value) or listed.get(canonical(value))
    return source.campaigns[name] if name else source.campaign
