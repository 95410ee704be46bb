"""Messages and dead letters: the JSON that travels through the queues, version 1.

One message is one lead. Producers may write messages themselves, so reading is lenient about everything
that has a sensible default and strict about what has none: the address and the campaign.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final, Literal, NamedTuple, NoReturn
from urllib.parse import quote

import orjson

from leads.errors import Malformed, NewerVersion, TooLarge

VERSION: Final = 1
# The source of a message whose producer names none: intake always does.
DIRECT: Final = "direct"
LEAD_FIELDS: Final = ("email", "firstName", "lastName", "company", "jobTitle")

# SQS takes 1 MiB, message attributes included; `MAX_BYTES` leaves room for those.
MAX_BYTES: Final = 1_048_576 - 2_048
# What intake takes must still fit when a failure is written beside it.
MAX_MESSAGE_BYTES: Final = MAX_BYTES - 16_384
# A failure's detail is Leadterra's own words: more than this of them explains nothing.
MAX_DETAIL_BYTES: Final = 8_192
MAX_FAILURE_TEXT: Final = 500

# What an operator's commands write beside a lead or an event that failed. It survives the next failure, so that a
# dead letter tells its history; `replay.of` is SQS's id of the dead letter that was sent again.
LINEAGE: Final = ("replay", "fixed")

# Nothing that describes a person nests deeper; the encoder gives up at about a thousand levels.
_DEEPEST: Final = 64

type Lead = dict[str, Any]
"""`email`, optional `firstName`, `lastName`, `company`, `jobTitle` (strings) and `customFields` (an object)."""

type Reason = Literal["rejected", "missing_token", "unmappable", "malformed"]


# A named tuple, as `Parcel` and `Row` are, since a thousand of them are made at once: three times as fast.
class Message(NamedTuple):
    """One lead on its way to a campaign.

    `campaign` is a name from the configuration or a literal campaign id. `received_at` orders messages about
    the same person. `extra` keeps the keys of the body that this version does not know, so that they survive
    a dead letter and its replay.
    """

    id: str
    source: str
    campaign: str
    received_at: datetime
    lead: Lead
    extra: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a lead was refused, as the operator will read it."""

    reason: Reason
    message: str
    status: int | None = None
    field: str | None = None
    detail: object = None
    request_id: str | None = None


# What SQS refuses of what JSON leaves unescaped.
_ILLEGAL: Final = re.compile("[\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufddf\ufffe\uffff]")


def dumps(value: object) -> str:
    """JSON in ASCII: SQS refuses characters outside XML 1.0, escapes are always inside."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def loads(body: str) -> Any:
    """JSON as the standard has it: `NaN` and infinity, also as `1e999`, which Leadterra could not read, are refused.

    Raises:
        Malformed: it is something else.
    """
    try:
        # The scanner by itself takes a fifth less time; what it does not read to the end is for the decoder.
        content, end = _SCAN(body, 0)
        return content if end == len(body) else _DECODER.decode(body)
    except StopIteration:
        return loads(stripped) if (stripped := body.strip(_WHITE)) != body else _not_json()
    except (ValueError, RecursionError) as error:
        raise Malformed("body", "not JSON") from error


def _not_json() -> NoReturn:
    raise Malformed("body", "not JSON")


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


# Made once: `json.loads` with any option makes one for every call.
_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
_SCAN: Final = _DECODER.scan_once  # type: ignore[attr-defined] # which typeshed does not list
# JSON's own white space.
_WHITE: Final = " \t\n\r"


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-22T02:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(message: Message) -> str:
    """The queue body of a message.

    Raises:
        TooLarge: it would not fit into a queue message.
    """
    body = dumps(_as_json(message))
    if len(body) > MAX_MESSAGE_BYTES:
        msg = f"a lead of {len(body)} bytes; a queue message holds {MAX_MESSAGE_BYTES}"
        raise TooLarge(msg)
    return body


def _as_json(message: Message) -> dict[str, Any]:
    return {
        **message.extra,
        "version": VERSION,
        "id": message.id,
        "source": message.source,
        "campaign": message.campaign,
        "receivedAt": timestamp(message.received_at),
        "lead": message.lead,
    }


_ENCODED: Final = ("version", "id", "source", "campaign", "receivedAt", "lead")
_KNOWN: Final = frozenset({*_ENCODED, "failure"})


def decode(body: str, *, message_id: str, sent_at: float) -> Message:
    """Read a queue body; `message_id` and `sent_at` are SQS's own and stand in for what a producer left out.

    `sent_at` is in seconds since 1970.

    Raises:
        Malformed: no lead for a campaign can be read from it.
        NewerVersion: a later release wrote it; this one is about to be replaced by that.
    """
    return _as_encoded(body) or _as_produced(body, message_id, sent_at)


def _as_encoded(body: str) -> Message | None:
    """A body as `encode` writes it, of texts alone, in half the time; None: it wants a closer look.

    orjson makes floats of integers beyond 64 bits, which must not happen to anything that is passed on.
    """
    try:
        data = orjson.loads(body)
        if not isinstance(data, dict) or tuple(data) != _ENCODED:
            return None
        version, id_, source, campaign, received_at, lead = data.values()
        if not (id_.__class__ is source.__class__ is campaign.__class__ is received_at.__class__ is str):
            return None
        moment = datetime.fromisoformat(received_at)
    except ValueError:
        return None
    plain = version == VERSION and id_ and source and campaign.strip() == campaign and moment.tzinfo is UTC
    return Message(id_, source, campaign, moment, lead, _NOTHING) if plain and campaign and _is_plain(lead) else None


def _is_plain(lead: object) -> bool:
    """Whether a lead needs no reading: texts, of which the address is one, and custom fields that are texts."""
    if not isinstance(lead, dict):
        return False
    for key, value in lead.items():
        if key in _LEAD_FIELDS:
            if value.__class__ is not str:
                return False
        elif key != "customFields" or value.__class__ is not dict or not value:
            return False
        else:
            for each in value.values():
                if each.__class__ is not str:
                    return False
    email: str = lead.get("email", "")
    return email != "" and email == email.strip()


def _as_produced(body: str, message_id: str, sent_at: float) -> Message:
    """A body as any producer may write it."""
    data = loads(body)
    if not isinstance(data, dict):
        raise Malformed("body", "not a JSON object")
    if body.count("{") + body.count("[") > _DEEPEST and _is_deeper(data, _DEEPEST):
        raise Malformed("body", f"nested more than {_DEEPEST} levels deep")
    if isinstance(version := data.get("version"), int) and version > VERSION:
        msg = f"a message of version {version}; this release reads {VERSION}"
        raise NewerVersion(msg)
    campaign = data.get("campaign")
    if not isinstance(campaign, str) or not campaign.strip():
        raise Malformed("campaign", "missing: a campaign's name or id, as a string")
    return Message(
        id=str(data.get("id") or message_id),
        source=str(data.get("source") or DIRECT),
        campaign=campaign.strip(),
        received_at=_moment(data.get("receivedAt"), sent_at),
        lead=_lead(data.get("lead")),
        extra=_NOTHING if data.keys() <= _KNOWN else {key: data[key] for key in data.keys() - _KNOWN},
    )


_NOTHING: Final[Mapping[str, Any]] = {}


def _is_deeper(value: object, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(each, levels - 1) for each in inside)


def _moment(value: object, otherwise: float) -> datetime:
    # It only orders messages about one person: a producer's odd clock format is no reason to lose a lead.
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(otherwise, UTC)
        if moment.tzinfo is UTC:
            return moment
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return datetime.fromtimestamp(otherwise, UTC)


def _lead(value: object) -> Lead:
    if not isinstance(value, dict):
        raise Malformed("lead", "missing: an object with at least `email`")
    email = value.get("email")
    if not isinstance(email, str) or not (email := email.strip()):
        raise Malformed("email", "missing: every lead needs an address, as a string")
    lead: Lead = {"email": email}
    for key in _TEXTS:
        if (item := value.get(key)) is not None:
            lead[key] = item if isinstance(item, str) else _text(key, item)
    custom = _custom_fields(value.get("customFields"))
    if not value.keys() <= _LEAD_KEYS:
        # The reference documents custom fields as further keys of the lead: a producer may follow it.
        custom = {key: value[key] for key in value if key not in _LEAD_KEYS and value[key] is not None} | custom
    if custom:
        lead["customFields"] = custom
    return lead


_TEXTS: Final = LEAD_FIELDS[1:]
_LEAD_FIELDS: Final = frozenset(LEAD_FIELDS)
_LEAD_KEYS: Final = frozenset({*LEAD_FIELDS, "customFields"})


def _custom_fields(value: object) -> dict[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Malformed("customFields", "not an object")
    return value


def _text(field: str, value: object) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    raise Malformed(field, "not a text")


def dead_letter(body: Mapping[str, Any], failure: Failure, *, attempts: int, failed_at: datetime) -> str:
    """The dead-letter queue's body: the message (or the raw event) as it was, plus `failure`.

    Replaying is sending `body` again without `failure`.

    Raises:
        TooLarge: the body fills a queue message to the brim, so that no reason fits beside it.
    """
    detail = {} if failure.detail is None else failure.detail
    letter = {
        **body,
        "failure": {
            "reason": failure.reason,
            "status": failure.status,
            "field": failure.field,
            "message": failure.message[:MAX_FAILURE_TEXT],
            "detail": detail if len(dumps(detail)) <= MAX_DETAIL_BYTES else {"truncated": True},
            "attempts": attempts,
            "failedAt": timestamp(failed_at),
            "requestId": failure.request_id,
        },
    }
    written = dumps(letter)
    if len(written) > MAX_BYTES:
        # Escapes take six bytes for a letter that took two: what came in fits as it came.
        written = _ILLEGAL.sub(
            lambda m: f"\\u{ord(m[0]):04x}", json.dumps(letter, ensure_ascii=False, separators=(",", ":"))
        )
    if len(written.encode()) > MAX_BYTES:
        msg = f"a dead letter of {len(written)} bytes; a queue message holds {MAX_BYTES}"
        raise TooLarge(msg)
    return written


# Shorter ones would tear holes into words, and are none.
_MIN_SECRET: Final = 8


def without(written: str, secrets: Iterable[str]) -> str:
    """A body with secrets blotted out: providers send our own address, or our key, back in theirs."""
    for secret in secrets:
        if len(secret) >= _MIN_SECRET:
            # As it is, within an address, and as PHP writes it into JSON.
            for spelt in {secret, quote(secret, safe=""), secret.replace("/", "\\/")}:
                written = written.replace(dumps(spelt)[1:-1], "***")
    return written


def refused(message: Message, failure: Failure, *, attempts: int, failed_at: datetime) -> str:
    """The dead letter of a message that Leadterra, or the campaign's own rules, refused."""
    return dead_letter(_as_json(message), failure, attempts=attempts, failed_at=failed_at)


def attributes(reason: str, source: str, campaign: str | None) -> dict[str, str]:
    """The message attributes of a dead letter; SQS takes neither empty values nor control characters."""
    values = {"reason": reason, "source": source, "campaign": campaign or ""}
    clean = {key: "".join(c for c in value if c.isprintable())[:256] for key, value in values.items()}
    return {key: value for key, value in clean.items() if value}
