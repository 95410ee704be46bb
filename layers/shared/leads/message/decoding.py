"""Decoding: a queue's body becomes a message, whoever has written it.

Producers may write messages themselves, so reading is lenient about everything that has a sensible default and strict
about what has none: the address and the campaign.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from leads.errors import Malformed, NewerVersion
from leads.json import loads
from leads.message.message import DIRECT, VERSION, Message
from leads.model import LEAD_FIELDS, Lead

# Nothing that describes a person nests deeper; the encoder gives up at about a thousand levels.
_DEEPEST: Final = 64

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
