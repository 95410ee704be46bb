"""Opt-outs: the columns in which exports say that a person must not be contacted, and what they say there.

Lists are read more strictly than submissions: an explicit no under "Marketing consent" counts, and so does an address
that bounced or was suppressed. An empty cell never does.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import Final, Literal

from leads.fields.names import MENTION, canonical, is_other_persons, meaning, words_of
from leads.lead.consent import is_opted_out

type ColumnKind = Literal["flag", "consent", "status", "any"]
"""How a column says it: a flag by anything but no, a consent by no, a status by a word, any other by an opt-out."""

# Matched in names and values without spaces, signs and accents.
_OPT_OUT: Final = re.compile(
    r"(?<!not)(?<!never)(?<!no)(?<!non)(?:opt(?:ed|s)?out|unsub|do(?:not|esnot|esnt|nt)(?:bulk)?(?:allow|e?mail|contact|send|market)"
    r"|blacklist|blocklist|denylist|suppress|complained|(?:reported|marked|flagged)(?:email)?as?spam|spam(?:report|complaint)"
    r"|nocontact$|nomarketing|nomailing|emaildisabled|emailsuspended|marketingsuspended"
    r"|abgemeldet|abbestellt|ausgetragen|werbesperre|kontaktsperre|mailsperre|werbewiderspruch|keinewerbung"
    r"|keinemails|nichtkontaktieren|nichtanschreiben|desabonn|desinscri|nepascontacter|nepluscontacter|dadodebaja"
    r"|desuscri|cancelosuscripcion|nocontactar|noenviar|disiscri|noncontattare|descadastr|cancelouinscri|naocontat"
    r"|afgemeld|uitgeschreven|nietcontacteren|nietmailen|wypisan|niekontaktowac|avregistrer|avprenumerer|afmeldt"
    r"|avmeldt|odhlas|leiratkoz|dezabon|abonelikten|отписа|配信停止)"
)
_BOUNCED: Final = re.compile(
    r"(?:is|has)?(?:email|mail)?(?:hard)?(?:bounced?|cleaned|deleted|clean(?=time|campaign))(?:email|mail)?"
    r"(?:at|on|date|time|reason|campaigntitle|campaignid)?|emailhardbouncereason"
)
_CONSENT: Final = re.compile(
    r"consent|optin|optedin|acceptse?mail|acceptsmarketing|acceptemail|acceptmarketing|subscribed|subscribe$|subscriber$|permission"
    r"|newsletter|mailinglist|emailmarketing|marketingemail|marketingallowed|emailallowed|allowe?mail|allowmarketing"
    r"|allowse?mail|(?:can|may)(?:we)?(?:e?mail|contact)|contactable|mailable|receivesmarketing|receivee?mail"
    r"|receivesemail|einwillig|einverst|zustimm|werbeerlaub|werbung(?:erlaubt)?$|mailerlaub|kontakterlaub"
    r"|abonniert|consentement|consentimiento|inscrit$|iscritt[oa]$|suscrit[oa]$|consenso|consentimento"
    r"|toestemming|zgoda|samtyck|samtykk|souhlas"
)
# Words that the name of an opt-out of e-mail does not have.
_OTHER_CHANNELS: Final = frozenset(
    {"sms", "mms", "phone", "call", "calls", "telephone", "mobile", "whatsapp", "push", "fax", "faxes", "postal",
     "telegram", "voice", "telefon", "post", "paper", "sale", "sharing", "ccpa", "photo"}
)  # fmt: skip
_OF_EMAIL: Final = frozenset({"email", "emails", "mail", "mails", "newsletter", "all", "everything"})
_PAST: Final = frozenset({"previous", "former", "old"})
_NOT_FLAGS: Final = frozenset({"url", "link", "token", "hash", "key", "page", "campaign", "source", "count"})
# A consent that may be withdrawn: "I agree. I can unsubscribe at any time."
_REASSURES: Final = frozenset(
    {"can", "may", "any", "anytime", "agree", "jederzeit", "moment", "momento", "altijd", "puedo", "peux", "puoi"}
)
_NOT_CONSENTS: Final = _NOT_FLAGS | frozenset(
    {"cookie", "cookies", "terms", "tos", "parental", "photo", "media", "track", "tracking", "profiling", "analytics",
     "double", "date", "time", "timestamp", "ip", "method", "version", "level", "at", "on"}
)  # fmt: skip
_OF_STATUS: Final = frozenset(
    {"status", "state", "statut", "estado", "stato", "stan", "tila", "subscription", "subscriber", "subscribers",
     "deliverability", "newsletter"}
)  # fmt: skip
_OF_THINGS: Final = frozenset(
    {"order", "payment", "invoice", "deal", "ticket", "application", "shipping", "shipment", "delivery", "task",
     "fulfillment", "cheque", "check", "project", "opportunity"}
)  # fmt: skip
_BAD_STATES: Final = frozenset(
    {"cleaned", "bounced", "bounce", "hardbounce", "hardbounced", "complained", "complaint", "spam", "junk", "abuse",
     "suppressed", "suppression", "blocked", "held", "gesperrt", "blockiert", "rebotado", "bloqueado", "bloccato"}
)  # fmt: skip
# Kit calls those who unsubscribed cancelled. Elsewhere an order or a plan is.
_CANCELLED: Final = frozenset({"cancelled", "canceled"})
_OF_SUBSCRIBERS: Final = re.compile("subscriber|mail|newsletter")
_NOT: Final = frozenset({"not", "never", "no", "non", "soft"})
_NO: Final = frozenset(
    {"false", "f", "no", "n", "off", "nein", "non", "nee", "nej", "nei", "ei", "nie", "ne", "nao", "net", "hayir",
     "falsch", "faux", "falso", "нет", "いいえ", "否", "아니요"}
)  # fmt: skip
_REFUSED: Final = _NO | frozenset(
    {"denied", "declined", "refused", "revoked", "withdrawn", "rejected", "noconsent", "widerrufen", "abgelehnt",
     "refuse", "rechazado", "rifiutato", "recusado", "geweigerd"}
)  # fmt: skip
_NOTHING: Final = _NO | frozenset(
    {"", "none", "null", "na", "nil", "undefined", "nan", "never", "unknown", "subscribed", "optedin", "optin",
     "active", "allow", "allowed", "send", "confirmed", "implied", "express"}
)  # fmt: skip
# Spreadsheets have them for a yes. Other signs may stand for nothing.
_TICKS: Final = frozenset("\u2713\u2714\u2611\u2705")
_BEGINS_NO: Final = ("not", "never", "nooptout")
_SIGNS: Final = re.compile(r"[\W_]+")
_PARTS: Final = re.compile(r"[,;|/]")
# A longer text is no state but a note.
_MAX_STATE: Final = 60
_MAX_WORDS: Final = 5


def kind_of(name: str) -> ColumnKind | None:
    """How a column says that a person opted out, by its name; None if it is about something else."""
    # "Opted out of email: Phone support news" is about e-mail.
    about = name.partition(":")[0]
    plain, words = canonical(about), frozenset(words_of(about))
    named = meaning(name)
    if (named and named.rank < MENTION) or is_other_persons(about) or not _PAST.isdisjoint(words):
        return None
    if not _OTHER_CHANNELS.isdisjoint(words) and _OF_EMAIL.isdisjoint(words):
        return None
    if "?" not in name and is_opted_out(words_of(about)):
        return "flag"
    if (_OPT_OUT.search(plain) and _REASSURES.isdisjoint(words)) or _BOUNCED.fullmatch(plain):
        return "flag" if "?" not in name and _NOT_FLAGS.isdisjoint(words) else None
    if _CONSENT.search(plain):
        return "consent" if _NOT_CONSENTS.isdisjoint(words) else None
    return "status" if not _OF_STATUS.isdisjoint(words) and _OF_THINGS.isdisjoint(words) else "any"


def is_about_consent(kind: ColumnKind, name: str) -> bool:
    """Whether a column holds nothing else, by its name. A `state` may be a country's."""
    return kind in {"flag", "consent"} or (kind == "status" and "status" in words_of(name))


# A column has few different answers.
@lru_cache(maxsize=4_096)
def says_opted_out(kind: ColumnKind, name: str, value: str) -> bool:
    """Whether a cell of a column says that the person opted out."""
    if "@" in value or "://" in value:
        return False
    parts = _PARTS.split(value) if len(value) <= _MAX_STATE else []
    if kind == "any":
        return any(_is_opt_out(part) for part in parts)
    plain = canonical(value)
    if kind == "flag":
        said = plain not in _NOTHING and plain.strip("0") != "" and not plain.startswith(_BEGINS_NO)
        return said or not _TICKS.isdisjoint(value)
    refused = kind == "consent" and (plain in _REFUSED or (plain != "" and plain.strip("0") == ""))
    return refused or any(_is_bad_state(name, part) for part in parts)


def _is_opt_out(text: str) -> bool:
    """Whether a text in a column of any name is an opt-out of e-mail and nothing else."""
    is_short = len(text.split()) <= _MAX_WORDS and _OTHER_CHANNELS.isdisjoint(words_of(text))
    return is_short and _OPT_OUT.match(_SIGNS.sub("", text).casefold()) is not None


def _is_bad_state(name: str, text: str) -> bool:
    words = words_of(text)
    plain = "".join(words)
    if is_opted_out(words) or (_OPT_OUT.search(plain) and _REASSURES.isdisjoint(words)):
        return True
    bad = _BAD_STATES | (_CANCELLED if _OF_SUBSCRIBERS.search(canonical(name)) else frozenset())
    return _NOT.isdisjoint(words) and not bad.isdisjoint({*words, *map("".join, pairwise(words))})
