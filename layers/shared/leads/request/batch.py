"""Batches: messages become rows, one for each address of a campaign, and rows become requests of bounded size."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any, Final, NamedTuple

import orjson

from leads.config.schema import Campaign, CustomFieldStyle, Enrollment, OnMissingToken
from leads.message.dead_letter import Failure
from leads.message.message import Message
from leads.model import LEAD_FIELDS, Lead
from leads.request.outcome import Rejected

# nginx refuses more than 1 MB unless told otherwise, and it is in front of most APIs.
MAX_REQUEST_BYTES: Final = 1_000_000
_json: Final = json.JSONEncoder(separators=(",", ":"))


class ReceivedMessage(NamedTuple):
    """A message and the places of its records in the invocation: SQS may deliver the same one twice."""

    message: Message
    records: list[int]


class Row(NamedTuple):
    """One lead of a request: what all messages about one address come to."""

    lead: Mapping[str, Any]
    messages: Sequence[ReceivedMessage]


@dataclass(frozen=True, slots=True)
class Batch:
    """One bulk request's rows; their addresses are distinct. `body` is the request that has all of them."""

    campaign_id: str
    rows: Sequence[Row]
    body: bytes


def body(rows: Iterable[Row]) -> bytes:
    """The one envelope that leads travel in, a thousand or a single one."""
    leads = [row.lead for row in rows]
    try:
        return orjson.dumps({"leads": leads})
    except TypeError:
        return b'{"leads":[%s]}' % b",".join(map(_written, leads))


def _written(lead: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(lead)
    except TypeError:
        # What is no Unicode or has more than 64 bits is written as it was read.
        return _json.encode(lead).encode("ascii")


type KeptOut = tuple[ReceivedMessage, Rejected]


def rows(
    messages: Iterable[ReceivedMessage], config: Enrollment
) -> tuple[dict[str, list[Row]], dict[str, list[KeptOut]]]:
    """By campaign id the rows, and the messages that the campaign's own rules keep out."""
    rules_of: dict[str, Campaign] = {}
    people_of: dict[str, dict[str, list[ReceivedMessage]]] = {}
    by_id: dict[str, dict[str, list[ReceivedMessage]]] = {}
    for received in messages:
        message = received.message
        if (people := people_of.get(message.campaign)) is None:
            rules = rules_of[message.campaign] = config.rules(message.campaign)
            people = people_of[message.campaign] = by_id.setdefault(rules.id, {})
        address = message.lead["email"].lower()
        if address in people:
            people[address].append(received)
        else:
            people[address] = [received]
    kept: dict[str, list[Row]] = {}
    refused: dict[str, list[KeptOut]] = {}
    style = config.leadterra.custom_fields
    for campaign_id, people in by_id.items():
        whole: list[Row] = []
        for same in people.values():
            if len(same) > 1:
                same.sort(key=lambda received: received.message.received_at)
            newest = same[-1].message
            rules = rules_of[newest.campaign]
            lead = newest.lead if len(same) == 1 else merged([received.message for received in same])
            if rules.defaults:
                lead = with_defaults(lead, rules)
            if rules.on_missing_token is OnMissingToken.DEAD_LETTER and (token := missing_token(lead, rules)):
                refused.setdefault(campaign_id, []).extend((received, Rejected(_missing(token))) for received in same)
            else:
                whole.append(Row(_wire(lead, style), same))
        if whole:
            kept[campaign_id] = whole
    return kept, refused


def merged(messages: Sequence[Message]) -> Lead:
    """One lead of all messages about an address, oldest first: later values win, field by field, as far as sent."""
    lead: Lead = {}
    custom: dict[str, Any] = {}
    for message in messages:
        custom |= message.lead.get("customFields", {})
        lead |= message.lead
    return {**lead, "customFields": custom} if custom else lead


def with_defaults(lead: Lead, rules: Campaign) -> Lead:
    """The lead, with the campaign's defaults where it says nothing."""
    custom = lead.get("customFields", {})
    missing = {
        name: value
        for name, value in rules.defaults.items()
        if _says_nothing((lead if name in LEAD_FIELDS else custom).get(name))
    }
    if not missing:
        return lead
    whole: Lead = {**lead, **{name: value for name, value in missing.items() if name in LEAD_FIELDS}}
    custom = {**custom, **{name: value for name, value in missing.items() if name not in LEAD_FIELDS}}
    return {**whole, "customFields": custom} if custom else whole


def missing_token(lead: Lead, rules: Campaign) -> str | None:
    """A token of the campaign's copy that would render as nothing for this lead."""
    custom = lead.get("customFields", {})
    return next((t for t in rules.tokens if _says_nothing(lead.get(t)) and _says_nothing(custom.get(t))), None)


def _missing(token: str) -> Failure:
    return Failure(
        reason="missing_token",
        field=token,
        message=f"the campaign's copy uses {{{{{token}}}}} and the lead has no such field",
    )


def _says_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _wire(lead: Lead, style: CustomFieldStyle) -> Mapping[str, Any]:
    """The lead as Leadterra takes it: custom fields beside the others or in an object of their own."""
    if style is CustomFieldStyle.NESTED or "customFields" not in lead:
        return lead
    flat = dict(lead)
    # A custom field of a lead field's name fills it at the most: the lead's own value stays.
    return {**flat.pop("customFields"), **flat}


def batches(campaign_id: str, rows: Iterable[Row], size: int) -> Iterator[Batch]:
    """Requests of at most `size` rows and 1 MB; a row that is larger by itself travels alone."""
    for chunk in batched(rows, size, strict=False):
        written = body(chunk)
        if len(written) <= MAX_REQUEST_BYTES:
            yield Batch(campaign_id, chunk, written)
        else:
            yield from (Batch(campaign_id, part, body(part)) for part in _fitting(chunk))


def _fitting(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Parts of which each fits into a request."""
    part: list[Row] = []
    room = _ROOM
    for row in rows:
        # Each row brings a comma, of which the first one is too many.
        added = len(_written(row.lead)) + 1
        if part and added > room:
            yield part
            part, room = [], _ROOM
        part.append(row)
        room -= added
    yield part


_ROOM: Final = MAX_REQUEST_BYTES - len(body([])) + 1
