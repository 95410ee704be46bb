"""Messages: the JSON that travels through LeadsQueue. One message is one lead, or one address to suppress.

A lead's message has version 1. A suppression has version 2: a release that does not know it holds it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b, sha256
from typing import Annotated, Any, Final, Literal, Required, TypedDict

from pydantic import (
    AwareDatetime,
    ConfigDict,
    Field,
    FiniteFloat,
    GetPydanticSchema,
    StrictBool,
    StrictInt,
    StringConstraints,
    with_config,
)
from pydantic_core import core_schema

from leads.errors import TooLarge
from leads.json import dumps
from leads.model import Lead

VERSION: Final = 1
SUPPRESSION_VERSION: Final = 2
SUPPRESS: Final = "suppress"
# The source of a message whose producer names none. Intake always names one.
DIRECT: Final = "direct"
# SQS takes 1 MiB, message attributes included; `MAX_BYTES` leaves room for those.
MAX_BYTES: Final = 1_048_576 - 2_048
# What intake accepts must still fit when a failure is written beside it.
MAX_MESSAGE_BYTES: Final = MAX_BYTES - 16_384
# Times outside of these cannot be converted between zones.
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)

# Of a hash, in hexadecimal.
_DIGITS: Final = 16
# Our own and SQS's ids, also with the place in a list; and what `id_for_log` made.
_HARMLESS: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?|hash-[0-9a-f]{16}")

_Scalar = Annotated[str | StrictBool | StrictInt | FiniteFloat | None, Field(union_mode="left_to_right")]
# pydantic's JSON parser reads 1e999 as infinity, so of JSON only scalars are accepted here, which are checked. `decode`
# reads anything else with the standard library.
type _Value = Annotated[
    Any,
    GetPydanticSchema(
        lambda _, schema_of: core_schema.json_or_python_schema(schema_of(_Scalar), core_schema.any_schema())
    ),
]
type _Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
type _Text = Annotated[str, Field(coerce_numbers_to_str=True)]


_NOTHING_ELSE: Final = ConfigDict(extra="forbid")


@with_config(_NOTHING_ELSE)
class _Lead(TypedDict, total=False):
    """The names are those of `LEAD_FIELDS`."""

    email: Required[_Name]
    firstName: _Text
    lastName: _Text
    company: _Text
    jobTitle: _Text
    customFields: Annotated[dict[str, _Value], Field(min_length=1)]


# In `decode` pydantic checks and makes these. Dataclasses with slots take two thirds of the time that models take.
# Intake makes its messages itself, so its cold start needs no validator.
@with_config(_NOTHING_ELSE)
@dataclass(frozen=True, slots=True, kw_only=True)
class _Queued:
    """What all messages have. The names are those of the JSON, but for `received_at`.

    `received_at` orders messages about the same person. `extra` has the keys of the body that this version does not
    know, so that they survive a dead letter and its replay.
    """

    id: str
    source: str
    received_at: Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST, alias="receivedAt")]
    extra: Mapping[str, Any] = field(default_factory=dict)


@with_config(_NOTHING_ELSE)
@dataclass(frozen=True, slots=True, kw_only=True)
class Message(_Queued):
    """One lead on its way to a campaign, which is a name from the configuration or a literal campaign id."""

    version: Literal[1] = VERSION
    campaign: _Name
    # Checked as a `_Lead`, kept as the plain dictionary that the rest of the flow works with.
    lead: Annotated[Lead, GetPydanticSchema(lambda _, schema_of: schema_of(_Lead))]

    @property
    def address(self) -> str:
        """The person's address, as it was sent."""
        return self.lead["email"]  # type: ignore[no-any-return]


@with_config(_NOTHING_ELSE)
@dataclass(frozen=True, slots=True, kw_only=True)
class Suppression(_Queued):
    """The address of a person who opted out, on its way to Leadterra's suppression list."""

    version: Literal[2] = SUPPRESSION_VERSION
    action: Literal["suppress"]
    email: _Name

    @property
    def address(self) -> str:
        """The person's address, as it was sent."""
        return self.email

    @property
    def campaign(self) -> None:
        """It concerns all campaigns."""


type AnyMessage = Message | Suppression


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-22T02:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(message: AnyMessage) -> str:
    """The queue body of a message.

    Raises:
        TooLarge: it would not fit into a queue message.
    """
    body = dumps(as_json(message))
    if len(body) > MAX_MESSAGE_BYTES:
        msg = f"a lead of {len(body)} bytes; a queue message holds {MAX_MESSAGE_BYTES}"
        raise TooLarge(msg)
    return body


def as_json(message: AnyMessage) -> dict[str, Any]:
    """The body of a message."""
    is_lead = isinstance(message, Message)
    return {
        **message.extra,
        "version": message.version,
        **({} if is_lead else {"action": SUPPRESS}),
        "id": message.id,
        "source": message.source,
        **({"campaign": message.campaign} if is_lead else {}),
        "receivedAt": timestamp(message.received_at),
        **({"lead": message.lead} if isinstance(message, Message) else {"email": message.email}),
    }


def id_for_log(value: str) -> str:
    """A UUID unchanged, any other id hashed: some senders use an address as event id."""
    if _HARMLESS.fullmatch(value):
        return value
    return f"hash-{sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()[:_DIGITS]}"


def address_for_log(log_key: str, address: str) -> str:
    """An address's keyed hash. Finding a person in the logs needs the secret's `log_key`."""
    key = log_key.encode()[: blake2b.MAX_KEY_SIZE]
    # HMAC takes three times as long, a tenth of enroll's CPU time.
    return blake2b(address.strip().lower().encode(), key=key, digest_size=_DIGITS // 2).hexdigest()
