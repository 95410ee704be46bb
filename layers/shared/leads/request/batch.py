"""Batches: messages become rows, one for each address of a campaign, and rows become requests of bounded size."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
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

# nginx, which is in front of most APIs, refuses more than 1 MB by default.
MAX_REQUEST_BYTES: Final = 1_000_000
# In logs and metrics, in the place of a campaign. No campaign in the configuration can have this name.
SUPPRESSION_LIST: Final = "suppression list"


# A thousand of each of the next two are made at once. Frozen ones would take three times as long.
@dataclass(slots=True)
class ReceivedMessage[M: AnyMessage = Message]:
    """A message and the places of its records in the invocation: SQS may deliver the same one twice."""

    message: M
    records: list[int]
    # How often SQS delivered it, this time included.
    receives: int = 1


type AnyReceived = ReceivedMessage[Message] | ReceivedMessage[Suppression]
type KeptOut = tuple[ReceivedMessage, Rejected]


@dataclass(slots=True)
class Row:
    """One lead of a request, or one address to suppress, made of all messages about one address."""

    lead: Mapping[str, Any]
    messages: Sequence[AnyReceived]
    # Whether an operator sent this lead again.
    is_replayed: bool = False


class Batch(NamedTuple):
    """One request's rows; their addresses are distinct. `body` is the request that has all of them.

    Without a campaign they are addresses to suppress.
    """

    campaign_id: str | None
    rows: Sequence[Row]
    body: bytes


def body(campaign_id: str | None, rows: Iterable[Row]) -> bytes:
    """The body of a bulk or a suppression request, the same for a thousand leads and for one."""
    if campaign_id is None:
        content: dict[str, Any] = {"emails": [row.lead["email"] for row in rows]}
    else:
        content = {"leads": [row.lead for row in rows]}
    try:
        return to_json(content)
    except PydanticSerializationError:
        # Half of an emoji cannot be written as UTF-8, only as an escape.
        return dumps(content).encode()


def batches(campaign_id: str | None, rows: Iterable[Row], size: int) -> Iterator[Batch]:
    """Requests of at most `size` rows and 1 MB; a row that is larger by itself travels alone."""
    for chunk in batched(rows, size, strict=False):
        yield from _fitting(campaign_id, chunk)


def _fitting(campaign_id: str | None, rows: Sequence[Row]) -> Iterator[Batch]:
    written = body(campaign_id, rows)
    if len(written) <= MAX_REQUEST_BYTES or len(rows) == 1:
        yield Batch(campaign_id, rows, written)
    else:
        half = len(rows) // 2
        yield from _fitting(campaign_id, rows[:half])
        yield from _fitting(campaign_id, rows[half:])


def split(
    messages: Iterable[ReceivedMessage[AnyMessage]],
) -> tuple[list[Row], list[ReceivedMessage], list[ReceivedMessage]]:
    """The addresses to suppress, the leads to send, and those that are not newer than an opt-out of their address."""
    suppressed: dict[str, list[AnyReceived]] = {}
    leads: list[Any] = []
    for received in messages:
        if isinstance(received.message, Suppression):
            suppressed.setdefault(received.message.address.lower(), []).append(received)  # type: ignore[arg-type]
        else:
            leads.append(received)
    if not suppressed:
        return [], leads, []
    until = {address: max(each.message.received_at for each in same) for address, same in suppressed.items()}
    kept = [each for each in leads if not _is_older(each.message, until)]
    dropped = [each for each in leads if _is_older(each.message, until)]
    return [Row({"email": same[0].message.address}, same) for same in suppressed.values()], kept, dropped


def _is_older(message: Message, until: Mapping[str, datetime]) -> bool:
    moment = until.get(message.address.lower())
    return moment is not None and message.received_at <= moment


def rows(
    messages: Iterable[ReceivedMessage], config: Enrollment
) -> tuple[dict[str, list[Row]], dict[str, list[KeptOut]]]:
    """The rows by campaign id, and the messages that the campaign's own rules keep out."""
    rules_of = cache(config.rules)
    people: dict[tuple[str, str], list[ReceivedMessage]] = {}
    for received in messages:
        message = received.message
        people.setdefault((rules_of(message.campaign).id, message.lead["email"].lower()), []).append(received)
    kept: dict[str, list[Row]] = {}
    kept_out: dict[str, list[KeptOut]] = {}
    for (campaign_id, _), same in people.items():
        message = same[0].message
        lead, is_replayed = message.lead, "replay" in message.extra
        if len(same) > 1:
            same.sort(key=lambda received: received.message.received_at)
            message = same[-1].message
            lead = merged(received.message for received in same)
            is_replayed = any("replay" in received.message.extra for received in same)
        rules = rules_of(message.campaign)
        lead = with_defaults(lead, rules)
        if rules.on_missing_token == "dead_letter" and (failure := _missing_token(lead, rules)):  # noqa: S105 - no password
            kept_out.setdefault(campaign_id, []).extend((each, Rejected(failure)) for each in same)
        else:
            row = Row(_wire(lead, config.leadterra.custom_fields), same, is_replayed)
            kept.setdefault(campaign_id, []).append(row)
    return kept, kept_out


def merged(messages: Iterable[Message]) -> Lead:
    """Merge all messages about an address, oldest first, into one lead. Later values win, field by field."""
    lead: Lead = {}
    custom: dict[str, Any] = {}
    for message in messages:
        lead |= message.lead
        custom |= message.lead.get("customFields", {})
    return {**lead, "customFields": custom} if custom else lead


def with_defaults(lead: Lead, rules: Campaign) -> Lead:
    """The lead, with the campaign's defaults for the fields that are missing or blank."""
    missing = {name: rules.defaults[name] for name in rules.defaults if not _has(lead, name)}
    if not missing:
        return lead
    own: Lead = {name: missing.pop(name) for name in LEAD_FIELDS if name in missing}
    return {**lead, **own, **({"customFields": lead.get("customFields", {}) | missing} if missing else {})}


def _missing_token(lead: Lead, rules: Campaign) -> Failure | None:
    """Why the campaign's copy would have a gap for this lead."""
    token = next((token for token in rules.tokens if not _has(lead, token)), None)
    message = f"the campaign's copy uses {{{{{token}}}}} and the lead has no such field"
    return Failure("missing_token", message, field=token) if token else None


def _has(lead: Lead, name: str) -> bool:
    """Whether a field of the lead, its own or a custom one, renders as something."""
    return _is_text(lead.get(name)) or _is_text(lead.get("customFields", {}).get(name))


def _is_text(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


def _wire(lead: Lead, style: CustomFields) -> Mapping[str, Any]:
    """The lead as Leadterra takes it: custom fields beside the others or in an object of their own."""
    if style == "nested" or "customFields" not in lead:
        return lead
    # A custom field with a lead field's name never replaces the lead's own value.
    own = dict(lead)
    return own.pop("customFields") | own  # type: ignore[no-any-return]
