"""Intake: read an event into messages, or the reasons why there are none."""

from collections.abc import Callable, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from leads.config.schema import Source
from leads.errors import TooLarge
from leads.event.event import Event
from leads.fields.address import NotAnAddress
from leads.fields.event_values import EventValues
from leads.fields.submission import (
    Submission,
    Submissions,
    is_connection_test,
    submissions,
    with_answers,
    without_captcha,
)
from leads.lead.consent import OptOut, opt_out
from leads.lead.lead import NoLead, Problem, honeypot_filled, make_lead, unmet_requirement
from leads.lead.person import Person
from leads.lead.rules import SourceRules
from leads.lead.values import LeftOut
from leads.message.message import SUPPRESS, Message, Suppression, encode


class Unmappable(NamedTuple):
    """A submission that no lead can be made of; `place` is its index in the event."""

    place: int
    document: Any
    problems: Sequence[Problem]


@dataclass(slots=True)
class Reading:
    """The result of reading one event.

    Attributes:
        event_id: by which a redelivery is recognised; None where the sender gives none, or where nothing was taken:
            a provider's kinds of events may share an id, and a wrong rule may be fixed later.
        listed: the event was a list, so that an index says which submission is meant.
        left_out: for each message, the submission's fields that are not in it, and why.
        suppressions: the addresses of the persons who opted out, if the source has them suppressed.
        bodies: the messages and the suppressions as the queue takes them.
        opt_outs: for each submission whose person opted out, what says so. None of them is enrolled.
        reasons: for each submission that is ignored or opted out, by which rule or field.
        captcha_token: what the source's captcha gave the person's browser; "" if it sent none.
    """

    event_id: str | None
    listed: bool
    messages: list[Message] = field(default_factory=list)
    left_out: list[Mapping[str, LeftOut]] = field(default_factory=list)
    suppressions: list[Suppression] = field(default_factory=list)
    bodies: list[str] = field(default_factory=list)
    unmappable: list[Unmappable] = field(default_factory=list)
    opt_outs: dict[int, OptOut] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    captcha_token: str = ""

    @property
    def ignored(self) -> int:
        """How many submissions the source's rules leave out, or a program filled in."""
        return len(self.reasons) - len(self.opt_outs)

    def problems(self) -> list[dict[str, Any]]:
        """Mistakes that the sender can correct, by field and, in a list, by index."""
        return [
            {**({"index": bad.place} if self.listed else {}), **problem._asdict()}
            for bad in self.unmappable
            for problem in bad.problems
        ]


def read(event: Event, source: Source, new_id: Callable[[], str]) -> Reading:
    """Read an event by its source's rules; it is trusted by now.

    Raises:
        Unreadable: the body is not what its content type says.
        TooLarge: it holds one lead, and that does not fit into a queue message; or too many leads.
    """
    found = submissions(event, source.preset)
    is_open = source.authentication == "none"
    if found.listed and is_open:
        problem = Problem("body", "a list: this source takes one person at a time")
        return Reading(found.event_id, listed=False, unmappable=[Unmappable(0, event.raw()["event"], [problem])])
    reading = Reading(found.event_id, found.listed)
    if source.captcha:
        found, reading.captcha_token = _without_captcha(found)
    rules = SourceRules(source, EventValues(found.layers, event.headers, listed=found.listed))
    for_all = opt_out(found.beside, rules) if found.beside else None
    for index, submission in enumerate(found.submissions):
        if not _makes_message(reading, index, submission, rules, for_all):
            continue
        try:
            message_id = _message_id(found, index, new_id)
            _add_message(reading, submission, event, rules, message_id, is_opt_out=index in reading.opt_outs)
        except NoLead as error:
            # A replay needs the envelope, which a rule may name.
            reading.unmappable.append(Unmappable(index, found.bus or submission.document, error.problems))
        except TooLarge as error:
            if not found.listed:
                raise
            reading.unmappable.append(Unmappable(index, submission.document, [Problem("body", str(error))]))
    is_refused = reading.unmappable and not reading.bodies and not is_open
    if is_refused and all(map(is_connection_test, found.submissions)):
        tests = dict.fromkeys((bad.place for bad in reading.unmappable), "a connection test: it has no answers")
        reading.reasons, reading.unmappable = tests | reading.reasons, []
    if not (reading.bodies or reading.unmappable):
        reading.event_id = None
    return reading


def _without_captcha(found: Submissions) -> tuple[Submissions, str]:
    """The only submission of an open source without its captcha, and the captcha's token."""
    (submission,) = found.submissions
    submission, token = without_captcha(submission)
    return replace(found, submissions=[submission]), token


def _makes_message(
    reading: Reading, index: int, submission: Submission, rules: SourceRules, for_all: tuple[OptOut, str] | None
) -> bool:
    """Whether a submission is enrolled, or its person suppressed. Notes the reason if it is not enrolled."""
    if opted_out := for_all or opt_out(submission, rules):
        reading.opt_outs[index], reading.reasons[index] = opted_out
        return rules.source.opt_outs == "suppress" and opted_out[0] is OptOut.PROVIDER
    if reason := _why_ignored(submission, rules):
        reading.reasons[index] = reason
    return not reason


def _why_ignored(submission: Submission, rules: SourceRules) -> str:
    if submission.flaw:
        return ""
    if submission.left_alone:
        return f"an event of {rules.preset.title} that is no signup"
    if honeypot_filled(submission, rules):
        return f"the honeypot {rules.source.honeypot} is filled in"
    unmet = unmet_requirement(submission, rules)
    return f"require.{unmet} is not met" if unmet else ""


def _add_message(
    reading: Reading, submission: Submission, event: Event, rules: SourceRules, message_id: str, *, is_opt_out: bool
) -> None:
    """Add the message of a submission: a lead or, of a person who opted out, an address to suppress.

    Raises:
        NoLead: none can be made of it.
        TooLarge: it does not fit into a queue message.
    """
    if submission.flaw:
        raise NoLead([Problem("body", submission.flaw)])
    common: dict[str, Any] = {
        "id": message_id,
        "source": event.source,
        "received_at": event.received_at,
        "extra": event.lineage,
    }
    if is_opt_out:
        try:
            address = Person(with_answers(submission, rules.preset), rules).address()
        except NotAnAddress as error:
            raise NoLead([Problem("email", f"an opt-out that cannot be suppressed: {error}")]) from error
        suppression = Suppression(action=SUPPRESS, email=address, **common)
        reading.bodies.append(encode(suppression))
        reading.suppressions.append(suppression)
    else:
        lead, campaign, left_out = make_lead(submission, rules)
        message = Message(campaign=campaign, lead=lead, **common)
        reading.bodies.append(encode(message))
        reading.messages.append(message)
        reading.left_out.append(left_out)


def _message_id(found: Submissions, index: int, new_id: Callable[[], str]) -> str:
    """The message's id. An event that is delivered twice makes messages with the same ids."""
    if found.event_id is None:
        return new_id()
    return f"{found.event_id}:{index}" if found.listed else found.event_id
