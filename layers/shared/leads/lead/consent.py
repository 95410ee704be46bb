"""Opt-outs: reasons not to enroll a person.

These are the provider's own flag, the kind of an event, and a plain yes in an answer. Only the provider's flag and
event may also suppress the person, because suppression cannot be undone.
"""

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from enum import StrEnum
from itertools import chain
from typing import Any, Final

from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.event_values import MAX_KIND, kinds_in
from leads.fields.names import inner_name, is_other_persons, parts, words_of
from leads.fields.submission import Submission
from leads.fields.vocabulary import OBJECTS_OF_OTHERS, PEOPLE
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
    complaint complained complaints spamreport spamreported reportedspam spamcomplaint markedspam markedasspam
    flaggedasspam abusereport donotcontact consentwithdrawn consentrevoked withdrawconsent revokeconsent""")
# A mail that did not arrive, or an address that gets none. The address must not be suppressed: it may be a program's
# that a form tool takes for spam.
_UNDELIVERED: Final = word_set("""bounce bounced bounces hardbounce softbounce dropped blocked blacklist blacklisted
    blocklist blocklisted suppressed suppression spam abuse reject""")
_OF_MAIL: Final = word_set("email emails mail message address list delivery hard soft permanent temporary transient")
_DELETED: Final = word_set("""delete deleted deletion deletes destroy destroyed remove removed redact redacted erase
    erased erasure anonymized anonymised archived trash trashed forget forgotten cancel canceled cancelled cancellation
    deactivate deactivated suspended banned""")
_PERSONS: Final = PEOPLE | word_set("""user people membership subscription profile account identity privacy gdpr entry
    record row submission registration booking appointment reservation rsvp data list""")
# Words of a kind that say nothing: `mautic.lead_post_delete`, `user.lifecycle.delete.initiated`.
_AROUND: Final = word_set("""post pre on after before was has been is event webhook lifecycle request requested from
    created""")
# An opt-out of another channel does not affect e-mail.
_OTHER_CHANNELS: Final = word_set("sms mms text phone call calls whatsapp push fax postal telegram voice")
_CHANNEL_NAMES: Final = word_set("channel type medium kind")
# What says so in a name, beside a yes, and in a value.
_FLAGS: Final = (_UNSUBSCRIBED - {"complaint", "complaints"}) | word_set("""donot dont donotsend dontsend donotemail
    donotbulkemail donotsendmm noemail noemails nomarketing nocontact marketingsuspended emaildisabled emailsdisabled
    suppressed blacklisted blocklisted suppression optouts dnd remove erase forget deletedata erasedata deleteaccount
    gdprerasure righttobeforgotten abmelden abmeldung abgemeldet abbestellen abbestellt austragen keinewerbung
    keinemails desabonner desabonnement desabonne desinscrire desinscription desinscrit darsedebaja dadodebaja
    cancelarsuscripcion cancelarinscricao descadastrar descadastrado disiscrivimi disiscrizione disiscritto
    cancellaiscrizione uitschrijven uitgeschreven afmelden afgemeld avregistrera avregistrerad avprenumerera
    avmeld avmeldt afmeld afmeldt wypisz wypisac wypisany wypisana odhlasit odhlasen odhlaseny leiratkozas
    leiratkozott dezabonare dezabonat отписаться отписка отписан відписатися 配信停止 退订 取消订阅 구독취소 수신거부
    aboneligiiptalet aboneliktencik الغاءالاشتراك huydangky removed delete deleted deletion erasure
    deletepersonaldata widerspruch werbewiderspruch widerruf kontaktsperre baja darmebaja darbaja cancellami
    annullaiscrizione""")
# A box with a negation: what says no, what it is about, and what else may stand in the sentence. By language, as "no"
# is no negation in Portuguese.
_REFUSALS: Final = tuple(
    tuple(map(word_set, row.split("|")))
    for row in (
        """no not dont don never | receive get hear contact send add consent agree subscribe | i d t do would wish want
        like rather prefer to from you us any more me my your our the by of if please tick check here this box
        communications""",
        """kein keine keinen nicht | erhalten bekommen werbung kontaktieren kontaktiert infos | ich mochte will wunsche
        bitte mehr werden mich sie von ihnen euch per""",
        """ne pas | recevoir contacter contactez infolettre publicite courriel courriels | je souhaite veux plus me
        merci de d des la les l vos par""",
        """no | recibir contactar contacten publicidad comunicaciones boletin correo correos | deseo quiero me mas por
        la el de""",
        "non | ricevere contattare contattatemi pubblicita comunicazioni | desidero voglio piu la di via per",
        "geen niet | ontvangen contacteren nieuwsbrief nieuwsbrieven | ik wil wens meer de per via",
        "nao | receber contactar contatar comunicacoes | desejo quero mais de por",
        "nie | otrzymywac kontaktowac wiadomosci | chce prosze",
        "nechci | dostavat zasilat novinky emaily |",
        "inte ikke | nyhetsbrev nyhedsbrev motta modtage | jag jeg vill vil ha fa onskar onsker",
        "не | получать письма рассылку | хочу",
    )
)
_MAILS: Final = word_set("email emails mail mails mailing mailings newsletter newsletters marketing list lists")
_STATUSES: Final = word_set("""status state statut estado stato consent consents optin subscription subscriptions
    subscribe subscribed newsletter newsletters marketing list permission preference preferences contact request
    reason subject stage lifecycle communication communications tag tags""")
_SEVERAL: Final = word_set("tag tags")
# States of nothing else: elsewhere an order or a plan is cancelled, an application withdrawn.
_STATES: Final = {
    "subscriber": word_set("cancelled canceled bounced"),
    "email": word_set("bounced hardbounced complaint redacted"),
    "consent": word_set("withdrawn revoked"),
    "consents": word_set("withdrawn revoked"),
}
# Beside a flag: when the person did so. `unsubscribed_at` has no date of those who did not.
_WHEN: Final = word_set("at on date time timestamp datetime")
_TICKS: Final = word_set("x email emails e-mail all")
_MAX_TAGS: Final = 1_000
_DATE: Final = re.compile(r"(?=.*[1-9])(?:\D*\d){5}")
# A flag itself may have the date. Other digits may be an id.
_DAY: Final = re.compile(r"[12]\d{3}-\d\d-\d\d")
# Words beside it that name e-mail, everything, the person or a wish: `contact.has_opted_out_of_email`, "Please do not
# send me marketing emails".
_GENERAL: Final = _WHEN | word_set("""email emails mail mails mailing mailings marketing newsletter newsletters list
    lists all global globally is has from of me user contact customer person subscriber member lead hs status state flag
    yes please i my the any would like want wants wish to by receive hear you label name value ich mochte erhalten vom
    mich se mnie mig de la your channel channels nyhetsbrev voor nieuwsbrief odber от рассылки""")


def opt_out(submission: Submission, rules: SourceRules) -> tuple[OptOut, str] | None:
    """The reason not to enroll the person, and its place, kind or field; None if there is none.

    A `require` that names a kind of deletion admits that kind: `type = "customer.subscription.deleted"`.
    """
    preset, admitted = rules.preset, rules.source.require.values()
    for flags, opt_out_kind in ((preset.opt_outs, OptOut.PROVIDER), (preset.no_consent, OptOut.ANSWER)):
        if place := _flag(submission.document, flags):
            return opt_out_kind, place
    for kind in (*kinds_in(submission.document), *(rules.event.kinds if rules.event else ())):
        found = _of_kind(words_of(kind))
        if found and not (found is OptOut.DELETION and any(kind in allowed for allowed in admitted)):
            return found, kind
    return _answered(submission, rules)


def _of_kind(words: tuple[str, ...]) -> OptOut | None:
    """What the words of an event's kind say."""
    if says_unsubscribed(words):
        return OptOut.PROVIDER if _OTHER_CHANNELS.isdisjoint(words) else OptOut.ANSWER
    if _says_undelivered(words):
        return OptOut.ANSWER
    return OptOut.DELETION if _says_deleted(words) else None


def _answered(submission: Submission, rules: SourceRules) -> tuple[OptOut, str] | None:
    """The first answer that is an opt-out."""
    if not (names := rules.layout(submission).once(_flags_and_statuses)):
        return None
    answers = submission.fields
    texts = {name: answer for name, answer in answers.items() if isinstance(answer, str)}
    addresses = {text for text in texts.values() if address_like(text)}
    # The objects about another channel: `{"channel": "sms", "opt_out": true}`.
    others = {name.rpartition(".") for name, text in texts.items() if text.lower() in _OTHER_CHANNELS}
    objects = {place for place, dot, name in others if dot and name.lower() in _CHANNEL_NAMES}
    about_email = (name for name in names if name.rpartition(".")[0] not in objects)
    return next(((OptOut.ANSWER, name) for name in about_email if _is_opt_out(name, answers[name], addresses)), None)


def says_unsubscribed(words: tuple[str, ...]) -> bool:
    """Whether the words of an event's kind say that a person unsubscribed, complained or opted out."""
    joined = {"".join(words[start : start + length]) for length in (1, 2, 3) for start in range(len(words))}
    return not _UNSUBSCRIBED.isdisjoint(joined)


def _says_undelivered(words: tuple[str, ...]) -> bool:
    """Whether they say that a mail did not arrive, and nothing else: `Bounce house` is a party's."""
    significant = {*words} - _AROUND - _OF_MAIL - _PERSONS
    return bool(significant) and significant <= _UNDELIVERED


def _says_deleted(words: tuple[str, ...]) -> bool:
    """Whether they say that a person was deleted or left. `customer.source.deleted` is about a card."""
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
    """The names that may say so."""
    named = ((name, _about(name)) for name in layout.names)
    return [name for name, about in named if not _STATUSES.isdisjoint(about) or is_opted_out(about)]


def _about(name: str) -> tuple[str, ...]:
    """The words of a name's last step, and of the one before if that is general: `opt_out.email`.

    Empty if it is a question, another person's, a previous value, or about another channel.
    """
    steps = [] if "?" in name or is_other_persons(name) else [words_of(step) for step in parts(inner_name(name))]
    words = {*chain.from_iterable(steps)}
    if not words.isdisjoint(_OTHER_CHANNELS | OBJECTS_OF_OTHERS):
        return ()
    is_general = _GENERAL.issuperset(chain.from_iterable(steps[-1:]))
    return tuple(chain.from_iterable(steps[-2 if is_general else -1 :]))


def is_opted_out(words: Iterable[str]) -> bool:
    """Whether words say that a person opted out of e-mail or everything, and nothing else."""
    flags = {"".join(words), "".join(word for word in words if word not in _GENERAL)}
    return not _FLAGS.isdisjoint(flags) or _is_refusal({*words})


def _is_refusal(words: AbstractSet[str]) -> bool:
    """Whether words of one language say no to e-mail, and nothing else: `I do not want to miss any news` does not."""
    return any(
        words & no and words & (about | _MAILS) and words <= no | about | _MAILS | others
        for no, about, others in _REFUSALS
    )


def _is_opt_out(name: str, value: Value, addresses: AbstractSet[str]) -> bool:
    """Whether an answer to such a field is one. The only address among the answers may say so, `unsubscribe_email`."""
    about = _about(name)
    texts = str(value)[:_MAX_TAGS].split(",") if not _SEVERAL.isdisjoint(about) else [str(value)]
    states = {*chain.from_iterable(states for of, states in _STATES.items() if of in words_of(name))}
    # A box's value may be its label: `unsubscribe: "Unsubscribe me"`.
    if any(is_opted_out(said) or "".join(said) in states for said in (words_of(text[:MAX_KIND]) for text in texts)):
        return True
    if not is_opted_out(about):
        return False
    if not _WHEN.isdisjoint(about):
        return _DATE.match(str(value)) is not None
    # Spreadsheets have an x for a tick, and `optOuts: ["sms", "email"]` names channels.
    said_so = is_true(value) or not _TICKS.isdisjoint(part.strip().lower() for part in str(value)[:MAX_KIND].split(","))
    return said_so or {value} == addresses or _DAY.match(str(value)) is not None
