"""Decoding: read a message of intake or of another producer from a queue body.

Missing keys of another producer's message get defaults, except the address and the campaign.
"""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

from pydantic import Field, TypeAdapter, ValidationError

from leads.errors import Malformed, NewerVersion
from leads.json import loads
from leads.message.message import (
    DIRECT,
    EARLIEST,
    LATEST,
    SUPPRESS,
    SUPPRESSION_VERSION,
    VERSION,
    AnyMessage,
    Message,
    Suppression,
)
from leads.model import LEAD_FIELDS

# The validator itself saves a tenth of the time against `Message.model_validate_json`.
_MESSAGE: Final = TypeAdapter(Annotated[Message | Suppression, Field(discriminator="version")]).validator
# Real leads are not nested deeper, and the encoder fails at about a thousand levels.
_DEEPEST: Final = 64
_MISTAKES: Final = {
    "campaign": "missing: a campaign's name or id, as a string",
    "lead": "missing: an object with at least `email`",
    "email": "missing: an address, as a string",
    "customFields": "not an object",
}


def decode(body: str, *, message_id: str, sent_at: float) -> AnyMessage:
    """Read a queue body; `message_id` and `sent_at` are SQS's own and stand in for what a producer left out.

    `sent_at` is in seconds since 1970.

    Raises:
        Malformed: neither a lead for a campaign nor an address to suppress can be read from it.
        NewerVersion: a newer release wrote it.
    """
    try:
        message: AnyMessage = _MESSAGE.validate_json(body, strict=True)
        if message.id and message.source and not message.extra:
            return message
    except ValidationError:
        pass  # also half of an emoji or a nested value, which only the standard library reads exactly
    data = _object(body)
    try:
        message = _MESSAGE.validate_python(_completed(data, message_id, sent_at))
    except ValidationError as error:
        raise _malformed(error) from None
    return message


def _object(body: str) -> dict[str, Any]:
    data = loads(body.removeprefix("\ufeff"))  # Windows writes a mark before the first character
    if not isinstance(data, dict):
        raise Malformed("body", "not a JSON object")
    if body.count("{") + body.count("[") > _DEEPEST and _is_deeper(data, _DEEPEST):
        raise Malformed("body", f"nested more than {_DEEPEST} levels deep")
    newest = SUPPRESSION_VERSION if data.get("action") == SUPPRESS else VERSION
    if isinstance(version := data.get("version"), int) and version > newest:
        msg = f"a message of version {version}; this release reads {newest}"
        raise NewerVersion(msg)
    return data


def _is_deeper(value: object, levels: int) -> bool:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(each, levels - 1) for each in inside)


def _completed(data: dict[str, Any], message_id: str, sent_at: float) -> dict[str, Any]:
    is_suppression = data.get("version") == SUPPRESSION_VERSION
    own = ("action", "email") if is_suppression else ("campaign", "lead")
    known = {
        **{key: data[key] for key in own if key in data},
        "version": SUPPRESSION_VERSION if is_suppression else VERSION,
        "id": str(data.get("id") or message_id),
        "source": str(data.get("source") or DIRECT),
        "receivedAt": _moment(data.get("receivedAt"), sent_at),
    }
    if "lead" in known:
        known["lead"] = _completed_lead(known["lead"])
    # The failure is of an earlier attempt.
    extra = {key: value for key, value in data.items() if key not in known and key != "failure"}
    return {**known, "extra": extra}


def _moment(value: object, sent_at: float) -> datetime:
    # It only orders messages about one person: an unknown time format must not lose a lead.
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else EARLIEST
    except ValueError:
        moment = EARLIEST
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment if EARLIEST < moment < LATEST else datetime.fromtimestamp(sent_at, UTC)


def _completed_lead(lead: object) -> object:
    if not isinstance(lead, dict):
        return lead
    fields = {key: value for key, value in lead.items() if value is not None}
    custom = fields.pop("customFields", {})
    own = {key: fields.pop(key) for key in LEAD_FIELDS if key in fields}
    if isinstance(custom, dict):
        # The reference documents custom fields as further keys of the lead: a producer may follow it.
        custom = fields | custom
    return own if custom == {} else {**own, "customFields": custom}


def _malformed(error: ValidationError) -> Malformed:
    """What is wrong, without the content."""
    place = error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"]
    field = str(place[-1])
    return Malformed(field, _MISTAKES.get(field, "not a text"))
