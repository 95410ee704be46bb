"""Batches: messages become rows, one for each address of a campaign, and rows become requests of bounded size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import batched
from typing import Any, Final, NamedTuple

from pydantic_core import PydanticSerializationError, to_json

from leads.config.schema import Campaign, CustomFields, Enrollment
from leads.json import dumps
from leads.message.dead_letter import Failure
from leads.message.message import AnyMessage, Message, Suppression
from leads.model import LEAD_FIELDS, Lead
from leads.request.outcome import Rejected

# nginx refuses more than 1 MB unless told otherwise, and it is in front of most APIs.
MAX_REQUEST_BYTES: Final = 1_000_000


# Named tuples: a thousand of each are made at once, three times as fast as dataclasses.
class ReceivedMessage[M: AnyMessage = Message](NamedTuple):
    """A message and the places of its records in the invocation: SQS may deliver the same one twice."""

    message: M
    records: list[int]
    # How often SQS delivered it, this time included.
    receives: int = 1


type AnyReceived = ReceivedMessage[Message] | ReceivedMessage[Suppression]


class Row(NamedTuple):
    """One lead of a request, or one address to suppress: what all messages about one address come to."""

    lead: Mapping[str, Any]
    messages: Sequence[AnyReceived]


@dataclass(frozen=True, slots=True)
class Batch:
    """One request's rows; their addresses are distinct. `body` is the request that has all of them.

    Without a campaign they are addresses to suppress.
    """

    campaign_id: str | None
    rows: Sequence[Row]
    body: bytes


def body(rows: Iterable[Row]) -> bytes:
    """The bulk request's body, the same for a thousand leads and for one."""
    content = {"leads": [row.lead for row in rows]}
    try:
        return to_json(content)
    except PydanticSerializationError:
        # Half of an emoji cannot be written as UTF-8, only as an escape.
        return dumps(content).encode()


def suppression_body(rows: Iterable[Row]) -> bytes:
    """The suppression request's body, the same for a thousand addresses and for one."""
    return dumps({"emails": [row.lead["email"] for row in rows]}).encode()


def batches(campaign_id: str | None, rows: Iterable[Row], size: int) -> Iterator[Batch]:
    """Requests of at most `size` rows and 1 MB; a row that is larger by itself travels alone."""
    for chunk in batched(rows, size, strict=False):
        yield from _fitting(campaign_id, chunk)


def _fitting(campaign_id: str | None, rows: Sequence[Row]) -> Iterator[Batch]:
    written = suppression_body(rows) if campaign_id is None else body(rows)
    if len(written) <= MAX_REQUEST_BYTES or len(rows) == 1:
        yield Batch(campaign_id, rows, written)
    else:
        half = len(rows) // 2
        yield from _fitting(campaign_id, rows[:half])
        yield from _fitting(campaign_id, rows[half:])


type KeptOut = tuple[ReceivedMessage, Rejected]


def rows(
    messages: Iterable[ReceivedMessage], config: Enrollment
) -> tuple[dict[str, list[Row]], dict[str, list[KeptOut]]]:
    """By campaign id the rows, and the messages that the campaign's own rules keep out."""
    rules_of = cache(config.rules)
    people: dict[str, dict[str, list[ReceivedMessage]]] = {}
    for received in messages:
        message = received.message
        by_address = people.setdefault(rules_of(message.campaign).id, {})
        by_address.setdefault(message.lead["email"].lower(), []).append(received)
    kept: dict[str, list[Row]] = {}
    kept_out: dict[str, list[KeptOut]] = {}
    for campaign_id, by_address in people.items():
        for same in by_address.values():
            lead = _merge(same) if len(same) > 1 else same[0].message.lead
            rules = rules_of(same[-1].message.campaign)
            if rules.defaults:
                lead = with_defaults(lead, rules)
            if rules.on_missing_token == "dead_letter" and (token := missing_token(lead, rules)):  # noqa: S105 - no password
                kept_out.setdefault(campaign_id, []).extend((each, Rejected(_missing(token))) for each in same)
            else:
                row = Row(_wire(lead, config.leadterra.custom_fields), same)
                kept.setdefault(campaign_id, []).append(row)
    return kept, kept_out


def _merge(same: list[ReceivedMessage]) -> Lead:
    """The lead of all messages about a person, which are put in the order of their times."""
    same.sort(key=lambda received: received.message.received_at)
    return merged([received.message for received in same])


def merged(messages: Iterable[Message]) -> Lead:
    """One lead of all messages about an address, oldest first: later values win, field by field, as far as sent."""
    lead: Lead = {}
    custom: dict[str, Any] = {}
    for message in messages:
        lead |= message.lead
        custom |= message.lead.get("customFields", {})
    return {**lead, "customFields": custom} if custom else lead


def with_defaults(lead: Lead, rules: Campaign) -> Lead:
    """The lead, with the campaign's defaults for the fields that are missing or blank."""
    custom = lead.get("customFields", {})
    missing = {
        name: value
        for name, value in rules.defaults.items()
        if _is_blank((lead if name in LEAD_FIELDS else custom).get(name))
    }
    if not missing:
        return lead
    own: Lead = {name: missing.pop(name) for name in LEAD_FIELDS if name in missing}
    return {**lead, **own, **({"customFields": custom | missing} if missing else {})}


def missing_token(lead: Lead, rules: Campaign) -> str | None:
    """A token of the campaign's copy that would render as nothing for this lead."""
    custom = lead.get("customFields", {})
    return next((token for token in rules.tokens if _is_blank(lead.get(token)) and _is_blank(custom.get(token))), None)


def _missing(token: str) -> Failure:
    return Failure(
        reason="missing_token",
        field=token,
        message=f"the campaign's copy uses {{{{{token}}}}} and the lead has no such field",
    )


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _wire(lead: Lead, style: CustomFields) -> Mapping[str, Any]:
    """The lead as Leadterra takes it: custom fields beside the others or in an object of their own."""
    if style == "nested" or "customFields" not in lead:
        return lead
    # A custom field with a lead field's name never replaces the lead's own value.
    flat = dict(lead)
    return {**flat.pop("customFields"), **flat}
