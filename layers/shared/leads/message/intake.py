"""Intake: read an event into messages, or the reasons why there are none."""

from collections.abc import Callable, Mapping, Sequence
from copy import replace
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
from leads.message.message import SUPPRESS, AnyMessage, Message, Suppression, encode


class Unmappable(NamedTuple):
    """A submission that no lead can be made of; `place` is its index in the event."""

    place: int
    document: Any
    problems: Sequence[Problem]


class Reading(NamedTuple):
    """The result of reading one event.

    Attributes:
        event_id: by which a redelivery is recognised; None where the sender gives none, or where nothing was taken:
            a provider's kinds of events may share an id, and a wrong rule may be fixed later.
        bodies: the messages and the suppressions as the queue takes them.
        ignored: submissions that the source's rules leave out, or that a program filled in.
        opt_outs: for each submission whose person opted out, what says so. None of them is enrolled.
        listed: the event was a list, so that an index says which submission is meant.
        reasons: for each submission that is ignored or opted out, by which rule or field.
        left_out: for each message, the submission's fields that are not in it, and why.
        suppressions: the addresses of the persons who opted out, if the source has them suppressed.
        captcha_token: what the source's captcha gave the person's browser; "" if it sent none.
    """

    event_id: str | None
    messages: Sequence[Message]
    bodies: Sequence[str]
    unmappable: Sequence[Unmappable]
    ignored: int
    listed: bool
    opt_outs: Mapping[int, OptOut] = {}
    reasons: Mapping[int, str] = {}
    left_out: Sequence[Mapping[str, LeftOut]] = ()
    suppressions: Sequence[Suppression] = ()
    captcha_token: str = ""

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
        return Reading(found.event_id, [], [], [Unmappable(0, event.raw()["event"], [problem])], 0, listed=False)
    found, captcha_token = _without_captcha(found) if source.captcha else (found, "")
    rules = SourceRules(source, EventValues(event, listed=found.listed))
    suppresses = source.opt_outs == "suppress"
    made: list[AnyMessage] = []
    left_out: list[Mapping[str, LeftOut]] = []
    bodies: list[str] = []
    unmappable: list[Unmappable] = []
    opt_outs: dict[int, OptOut] = {}
    reasons: dict[int, str] = {}
    for_all = opt_out(found.beside, rules) if found.beside else None
    for index, submission in enumerate(found.submissions):
        if found_opt_out := for_all or opt_out(submission, rules):
            opt_outs[index] = found_opt_out[0]
        if reason := found_opt_out[1] if found_opt_out else _why_ignored(submission, rules):
            reasons[index] = reason
            if not (suppresses and opt_outs.get(index) is OptOut.PROVIDER):
                continue
        message_id = _message_id(found, index, new_id)
        make = _suppression if found_opt_out else _message
        try:
            message, others = make(submission, event, rules, message_id)
            bodies.append(encode(message))
            made.append(message)
            left_out += others
        except NoLead as error:
            # A replay needs the envelope, which a rule may name.
            unmappable.append(Unmappable(index, found.bus or submission.document, error.problems))
        except TooLarge as error:
            if not found.listed:
                raise
            unmappable.append(Unmappable(index, submission.document, [Problem("body", str(error))]))
    if unmappable and not made and not is_open and all(map(is_connection_test, found.submissions)):
        reasons = dict.fromkeys(range(len(found.submissions)), "a connection test: it has no answers") | reasons
        unmappable = []
    return Reading(
        event_id=found.event_id if made or unmappable else None,
        messages=_of_kind(Message, made),
        bodies=bodies,
        unmappable=unmappable,
        ignored=len(reasons) - len(opt_outs),
        listed=found.listed,
        opt_outs=opt_outs,
        reasons=reasons,
        left_out=left_out,
        suppressions=_of_kind(Suppression, made),
        captcha_token=captcha_token,
    )


def _without_captcha(found: Submissions) -> tuple[Submissions, str]:
    """The only submission of an open source without its captcha, and the captcha's token."""
    (submission,) = found.submissions
    submission, token = without_captcha(submission)
    return replace(found, submissions=[submission]), token


def _of_kind[M: AnyMessage](kind: type[M], made: Sequence[AnyMessage]) -> list[M]:
    return [message for message in made if isinstance(message, kind)]


def _why_ignored(submission: Submission, rules: SourceRules) -> str:
    if submission.flaw:
        return ""
    if submission.left_alone:
        return f"an event of {rules.preset.title} that is no signup"
    if honeypot_filled(submission, rules):
        return f"the honeypot {rules.source.honeypot} is filled in"
    unmet = unmet_requirement(submission, rules)
    return f"require.{unmet} is not met" if unmet else ""


def _message(
    submission: Submission, event: Event, rules: SourceRules, message_id: str
) -> tuple[Message, Sequence[Mapping[str, LeftOut]]]:
    if submission.flaw:
        raise NoLead([Problem("body", submission.flaw)])
    lead, campaign, left_out = make_lead(submission, rules)
    message = Message(
        id=message_id,
        source=event.source,
        campaign=campaign,
        received_at=event.received_at,
        lead=lead,
        extra=event.lineage,
    )
    return message, [left_out]


def _suppression(
    submission: Submission, event: Event, rules: SourceRules, message_id: str
) -> tuple[Suppression, Sequence[Mapping[str, LeftOut]]]:
    if submission.flaw:
        raise NoLead([Problem("body", submission.flaw)])
    try:
        address = Person(with_answers(submission, rules.preset), rules).address()
    except NotAnAddress as error:
        raise NoLead([Problem("email", f"an opt-out that cannot be suppressed: {error}")]) from error
    suppression = Suppression(
        action=SUPPRESS,
        id=message_id,
        source=event.source,
        received_at=event.received_at,
        email=address,
        extra=event.lineage,
    )
    return suppression, ()


def _message_id(found: Submissions, index: int, new_id: Callable[[], str]) -> str:
    """The message's id. An event that is delivered twice makes messages with the same ids."""
    if found.event_id is None:
        return new_id()
    return f"{found.event_id}:{index}" if found.listed else found.event_id
