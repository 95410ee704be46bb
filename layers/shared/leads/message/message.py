"""Messages: the JSON that travels through LeadsQueue, version 1. One message is one lead."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal, Required, TypedDict

from pydantic import (
    AwareDatetime,
    BaseModel,
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
# The source of a message whose producer names none. Intake always names one.
DIRECT: Final = "direct"
# SQS takes 1 MiB, message attributes included; `MAX_BYTES` leaves room for those.
MAX_BYTES: Final = 1_048_576 - 2_048
# What intake accepts must still fit when a failure is written beside it.
MAX_MESSAGE_BYTES: Final = MAX_BYTES - 16_384
# Times outside of these cannot be converted between zones.
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)

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


@with_config(ConfigDict(extra="forbid"))
class _Lead(TypedDict, total=False):
    """The names are those of `LEAD_FIELDS`."""

    email: Required[_Name]
    firstName: _Text
    lastName: _Text
    company: _Text
    jobTitle: _Text
    customFields: Annotated[dict[str, _Value], Field(min_length=1)]


class Message(BaseModel):
    """One lead on its way to a campaign. The names of its arguments are those of the JSON.

    `campaign` is a name from the configuration or a literal campaign id. `received_at` orders messages about the same
    person. Keys that this version does not know are kept as `extra`, so that they survive a dead letter and its replay.
    """

    model_config = ConfigDict(extra="allow", frozen=True)
    __pydantic_extra__: dict[str, _Value] = Field(init=False)

    version: Literal[1] = VERSION
    id: str
    source: str
    campaign: _Name
    received_at: Annotated[AwareDatetime, Field(ge=EARLIEST, lt=LATEST)] = Field(alias="receivedAt")
    # Checked as a `_Lead`, kept as the plain dictionary that the rest of the flow works with.
    lead: Annotated[Lead, GetPydanticSchema(lambda _, schema_of: schema_of(_Lead))]
    # Of an earlier attempt. Read, so that it is not among `extra`, and not passed on.
    failure: _Value = None

    @property
    def extra(self) -> Mapping[str, Any]:
        """Keys of the body that this version does not know."""
        return self.__pydantic_extra__


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC with milliseconds: `2026-11-22T02:00:00.000Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def encode(message: Message) -> str:
    """The queue body of a message.

    Raises:
        TooLarge: it would not fit into a queue message.
    """
    body = dumps(as_json(message))
    if len(body) > MAX_MESSAGE_BYTES:
        msg = f"a lead of {len(body)} bytes; a queue message holds {MAX_MESSAGE_BYTES}"
        raise TooLarge(msg)
    return body


def as_json(message: Message) -> dict[str, Any]:
    """The body of a message."""
    return {
        **message.extra,
        "version": VERSION,
        "id": message.id,
        "source": message.source,
        "campaign": message.campaign,
        "receivedAt": timestamp(message.received_at),
        "lead": message.lead,
    }
