"""Opt-outs: reasons not to enroll a person.

These are the provider's own flag, the kind of an event, and a plain yes in an answer. Only the provider's flag and
event may also suppress the person, because suppression cannot be undone.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.event_values import EventValues
from leads.fields.names import canonical, is_other_persons, parts, words_of
from leads.fields.submission import Submission
from leads.json import at
from leads.lead.lead import is_true
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


# Where an event's kind is, as `names.canonical` writes it.
_KINDS: Final = word_set("""type event eventtype eventname topic metric action trigger triggertype triggerevent
    subscriptiontype notificationtype webhookevent webhooktype detailtype""")
_KIND_HEADERS: Final = word_set("xshopifytopic xwcwebhooktopic xeventtype xwebhookevent xwebhooktopic")
_MAX_KIND: Final = 100
_UNSUBSCRIBED: Final = word_set("""unsubscribe unsubscribed unsubscribes unsubscription optout optedout optsout
    complaint complained complaints spamreport spamreported spamcomplaint markedasspam""")
_DELETED: Final = word_set("delete deleted deletion deletes destroyed removed redact redacted erased erasure")
_PERSONS: Final = word_set("""user contact customer person people lead member membership subscriber subscription profile
    account identity visitor privacy gdpr prospect""")
# Words of a kind that say nothing: `mautic.lead_post_delete`, `com.auth0.user.deleted`.
_AROUND: Final = word_set("post pre on after before was has been is event webhook")
# An opt-out of another channel does not affect e-mail.
_OTHER_CHANNELS: Final = word_set("sms mms text phone call calls whatsapp push fax postal telegram voice")
_FLAGS: Final = word_set("unsubscribe unsubscribed optout optedout donotemail donotcontact")
_STATUSES: Final = word_set("status state consent")
_STATES: Final = word_set("unsubscribed optedout optout")
# Words of a flag that name e-mail, everything, or the person: `contact.has_opted_out_of_email`.
_GENERAL: Final = word_set("""email emails mail mails mailing mailings marketing newsletter newsletters list lists all
    global globally is has from of me user contact customer person subscriber member lead""")


def opt_out(submission: Submission, source: Source, event: EventValues | None = None) -> tuple[OptOut, str] | None:
    """The reason not to enroll the person, and its place, kind or field; None if there is none.

    A `require` that names a kind of deletion admits that kind: `type = "customer.subscription.deleted"`.
    """
    preset = source.preset
    for rules, says_so in ((preset.opt_outs, OptOut.PROVIDER), (preset.no_consent, OptOut.ANSWER)):
        if place := _flag(submission.document, rules):
            return says_so, place
    for kind in _kinds(submission.document, event):
        words = words_of(kind)
        if says_unsubscribed(words):
            return OptOut.PROVIDER if _OTHER_CHANNELS.isdisjoint(words) else OptOut.ANSWER, kind
        if _says_deleted(words) and not any(kind in allowed for allowed in source.require.values()):
            return OptOut.DELETION, kind
    answers = submission.fields
    addresses = {value for value in answers.values() if isinstance(value, str) and address_like(value)}
    return next(((OptOut.ANSWER, name) for name in answers if _is_opt_out(name, answers[name], addresses)), None)


def says_unsubscribed(words: tuple[str, ...]) -> bool:
    """Whether the words of an event's kind say that a person unsubscribed, complained or opted out."""
    joined = {"".join(words[start : start + length]) for length in (1, 2, 3) for start in range(len(words))}
    return not _UNSUBSCRIBED.isdisjoint(joined)


def _says_deleted(words: tuple[str, ...]) -> bool:
    """Whether they say that a person was deleted. `customer.source.deleted` is about a card."""
    told = [word for word in words if word not in _AROUND]
    for place, word in enumerate(told):
        if word in _DELETED:
            things = told[place - 1 : place] or told[place + 1 : place + 2]
            return not things or any(thing in _PERSONS or thing.removesuffix("s") in _PERSONS for thing in things)
    return False


def _kinds(document: Any, event: EventValues | None) -> Iterator[str]:
    """The event's kind: beside the answers, around them, or in a header."""
    own = document.items() if isinstance(document, dict) else ()
    found: list[Any] = [value for name, value in own if len(name) <= _MAX_KIND and canonical(name) in _KINDS]
    if event:
        found += [value for name, value in event.outermost.items() if name in _KINDS or name in _KIND_HEADERS]
    yield from (value for value in found if isinstance(value, str) and len(value) <= _MAX_KIND)


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


def _is_opt_out(name: str, value: Value, addresses: AbstractSet[str]) -> bool:
    """Whether an answer is an opt-out of e-mail or of everything, and neither a question's nor another person's.

    The only one of a submission's `addresses` may say so too, as `unsubscribe_email`.
    """
    if "?" in name or is_other_persons(name):
        return False
    steps = [words_of(step) for step in parts(name)]
    if not steps or any(not _OTHER_CHANNELS.isdisjoint(words) for words in steps):
        return False
    if steps[-1][-1] in _STATUSES and canonical(str(value)[:_MAX_KIND]) in _STATES:
        return True
    rest = "".join(word for word in steps[-1] if word not in _GENERAL)
    return (is_true(value) or {value} == addresses) and (rest in _FLAGS or "".join(steps[-1]) in _FLAGS)
