"""Opt-outs: reasons not to enroll a person.

These are the provider's own flag, the kind of an event, and a plain yes in an answer. Only the provider's flag and
event may also suppress the person, because suppression cannot be undone.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.event_values import MAX_KIND, kinds_in
from leads.fields.names import canonical, is_other_persons, parts, words_of
from leads.fields.submission import Submission
from leads.fields.vocabulary import PEOPLE
from leads.json import at
from leads.lead.lead import is_true
from leads.lead.rules import Layout, SourceRules
from leads.presets.provider import Rules
from leads.words import word_set


class OptOut(StrEnum):
    """A reason not to enroll a person."""

    PROVIDER = "provider"
    """The provider's own flag, or its unsubscribe or complaint event."""
    DELETION = "deletion"
    """An event about the deletion of a person."""
    ANSWER = "answer"
    """A field of the submission, or a provider's flag that is no opt-out of all e-mail."""


_UNSUBSCRIBED: Final = word_set("""unsubscribe unsubscribed unsubscribes unsubscription unsub optout optedout optsout
    complaint complained complaints spamreport spamreported spamcomplaint markedasspam""")
# A complaint, or what a form tool says of a program's submission, whose address must not be suppressed.
_SPAM: Final = ("spam",)
_DELETED: Final = word_set("delete deleted deletion deletes destroyed remove removed redact redacted erased erasure")
_PERSONS: Final = PEOPLE | word_set("""user people membership subscription profile account identity privacy gdpr entry
    record row submission registration""")
# Words of a kind that say nothing: `mautic.lead_post_delete`, `com.auth0.user.deleted`.
_AROUND: Final = word_set("post pre on after before was has been is event webhook")
# An opt-out of another channel does not affect e-mail.
_OTHER_CHANNELS: Final = word_set("sms mms text phone call calls whatsapp push fax postal telegram voice")
_FLAGS: Final = word_set("""unsubscribe unsubscribed optout optedout donotemail donotbulkemail donotcontact
    blacklisted blocklisted suppressed abgemeldet abbestellt desabonne desinscrit dadodebaja disiscritto descadastrado
    afgemeld uitgeschreven avregistrerad avmeldt afmeldt wypisany wypisana odhlasen odhlaseny""")
_STATUSES: Final = word_set("status state consent subscription subscriptions newsletter newsletters marketing")
_STATES: Final = word_set("unsubscribed optedout optout complained")
# Of a subscriber (Kit). Elsewhere an order or a plan is cancelled.
_CANCELLED: Final = word_set("cancelled canceled")
# Behind a flag: when the person did so. `unsubscribed_at` has no date of those who did not.
_WHEN: Final = word_set("at on date time timestamp")
_DATE: Final = re.compile(r"(?=.*[1-9])(?:\D*\d){5}")
# Words of a flag that name e-mail, everything, or the person: `contact.has_opted_out_of_email`.
_GENERAL: Final = word_set("""email emails mail mails mailing mailings marketing newsletter newsletters list lists all
    global globally is has from of me user contact customer person subscriber member lead""")


def opt_out(submission: Submission, rules: SourceRules) -> tuple[OptOut, str] | None:
    """The reason not to enroll the person, and its place, kind or field; None if there is none.

    A `require` that names a kind of deletion admits that kind: `type = "customer.subscription.deleted"`.
    """
    preset, admitted = rules.preset, rules.source.require.values()
    for flags, opt_out_kind in ((preset.opt_outs, OptOut.PROVIDER), (preset.no_consent, OptOut.ANSWER)):
        if place := _flag(submission.document, flags):
            return opt_out_kind, place
    for kind in (*kinds_in(submission.document), *(rules.event.kinds if rules.event else ())):
        words = words_of(kind)
        if words == _SPAM:
            return OptOut.ANSWER, kind
        if says_unsubscribed(words):
            return OptOut.PROVIDER if _OTHER_CHANNELS.isdisjoint(words) else OptOut.ANSWER, kind
        if _says_deleted(words) and not any(kind in allowed for allowed in admitted):
            return OptOut.DELETION, kind
    names = rules.layout(submission).once(_flags_and_statuses)
    return next(((OptOut.ANSWER, name) for name in names if _is_opt_out(name, submission.fields)), None)


def says_unsubscribed(words: tuple[str, ...]) -> bool:
    """Whether the words of an event's kind say that a person unsubscribed, complained or opted out."""
    joined = {"".join(words[start : start + length]) for length in (1, 2, 3) for start in range(len(words))}
    return not _UNSUBSCRIBED.isdisjoint(joined)


def _says_deleted(words: tuple[str, ...]) -> bool:
    """Whether they say that a person was deleted. `customer.source.deleted` is about a card."""
    significant = [word for word in words if word not in _AROUND]
    for place, word in enumerate(significant):
        if word in _DELETED:
            things = significant[place - 1 : place] or significant[place + 1 : place + 2]
            return not things or any(thing in _PERSONS or thing.removesuffix("s") in _PERSONS for thing in things)
    return False


def _flag(document: Any, rules: Rules) -> str:
    """The place of a provider's flag that has one of its values; empty if none has."""
    for place, values in ((place, values) for places, values in rules.items() for place in places.split("|")):
        for value in _members(document, place):
            if str(value.get("value") if isinstance(value, dict) else value).lower() in values:
                return place
    return ""


def _members(document: Any, place: str) -> list[Any]:
    """What is at a dotted path; with a `*` at its end, all members whose names begin so."""
    if not place.endswith("*"):
        return [at(document, place)]
    path, _, beginning = place[:-1].rpartition(".")
    parent = at(document, path)
    return [v for k, v in parent.items() if k.startswith(beginning)] if isinstance(parent, dict) else []


def _flags_and_statuses(layout: Layout) -> list[str]:
    """The names that may say so, of e-mail or of everything, and neither as a question nor for another person."""
    return [name for name in layout.names if _is_status(name) or _is_flag(name)]


def _last_words(name: str) -> tuple[str, ...]:
    """The words of a name's last step; none if it is a question, another person's or about another channel."""
    steps = [] if "?" in name or is_other_persons(name) else [words_of(step) for step in parts(name)]
    return steps[-1] if steps and _OTHER_CHANNELS.isdisjoint(chain.from_iterable(steps)) else ()


def _is_status(name: str) -> bool:
    return not _STATUSES.isdisjoint(_last_words(name)[-1:])


def _is_flag(name: str) -> bool:
    words = _last_words(name)
    words = words[:-1] if _WHEN.intersection(words[-1:]) else words
    return not _FLAGS.isdisjoint({"".join(words), "".join(word for word in words if word not in _GENERAL)})


def _is_opt_out(name: str, answers: Mapping[str, Value]) -> bool:
    """Whether an answer to such a field is one. The only address among the answers may say so, `unsubscribe_email`."""
    value = answers[name]
    states = _STATES | _CANCELLED if "subscriber" in words_of(name) else _STATES
    if _is_status(name) and canonical(str(value)[:MAX_KIND]) in states:
        return True
    addresses = {each for each in answers.values() if isinstance(each, str) and address_like(each)}
    says_when = not _WHEN.isdisjoint(words_of(name)[-1:])
    return _is_flag(name) and (
        _DATE.match(str(value)) is not None if says_when else is_true(value) or {value} == addresses
    )
