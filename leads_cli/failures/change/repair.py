"""Repairs: what a letter comes to when it is edited. It stays a dead letter, with its failure, until it is replayed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.json import dumps
from leads.message.message import MAX_BYTES, VERSION
from leads_cli.failures.change.edits import ABSENT, Change, Edit, InapplicableError, apply_edits
from leads_cli.failures.read.letter import Letter

# Names of fields that the history keeps.
_MOST_FIELDS: Final = 20


@dataclass(frozen=True, slots=True)
class RequestedEdits:
    """Edits of the lead or the event, and another campaign or source for it."""

    edits: Sequence[Edit] = ()
    campaign: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of one letter.

    Attributes:
        letter: as it is to be, or as it was if nothing has changed.
        problem: why the edits make no sense for it.
    """

    letter: Letter
    changes: Sequence[Change] = ()
    problem: str | None = None


def repair(letter: Letter, wanted: RequestedEdits) -> Repair:
    """Edit a letter; whatever is wrong with that is a problem of this letter alone."""
    try:
        content, changes = _edited(letter, wanted)
    except InapplicableError as error:
        return Repair(letter, problem=str(error))
    if not changes:
        return Repair(letter)
    body = dumps({**content, "fixed": _history(letter, changes)})
    if len(body) > MAX_BYTES:
        return Repair(letter, problem=f"it would have {len(body):,} bytes, and a queue message holds {MAX_BYTES:,}")
    return Repair(_rewritten(letter, body, wanted), changes)


def _edited(letter: Letter, wanted: RequestedEdits) -> tuple[dict[str, Any], list[Change]]:
    if letter.is_suppression and wanted.campaign is not None:
        raise InapplicableError("a suppression has no campaign: it concerns all of them")
    if letter.is_lead:
        lead, changes = apply_edits(dict(letter.lead), wanted.edits, is_lead=True)
        # Known by the same id from now on, although SQS will give another.
        content = {**letter.content, "id": letter.content.get("id") or letter.id}
        if letter.is_suppression and lead.keys() != {"email"}:
            raise InapplicableError("a suppression has an e-mail address and nothing else")
        if changes:
            content |= {"email": lead.get("email")} if letter.is_suppression else {"lead": lead}
    else:
        content, changes = _edited_event(letter, wanted)
    for key, value in (("campaign", wanted.campaign), ("source", wanted.source)):
        before = content.get(key, ABSENT)
        if value is not None and value != before:
            content[key] = value
            changes.append(Change(key, before, value))
    return content, changes


def _edited_event(letter: Letter, wanted: RequestedEdits) -> tuple[dict[str, Any], list[Change]]:
    if wanted.campaign is not None:
        raise InapplicableError("an event has no campaign: its source's rules decide")
    event = letter.event
    if wanted.edits and not isinstance(event, dict | list):
        raise InapplicableError("its event is a text, not JSON: no field of it can be named")
    event, changes = apply_edits(event, wanted.edits, is_lead=False)
    envelope = letter.content if letter.is_envelope else {"version": VERSION, "source": letter.source}
    return {**envelope, "event": event}, changes


def _history(letter: Letter, changes: Sequence[Change]) -> dict[str, Any]:
    before = letter.content.get("fixed")
    before = before if isinstance(before, dict) else {}
    count = before.get("count")
    fields = before.get("fields")
    named = [*(fields if isinstance(fields, list) else []), *(change.path for change in changes)]
    named = list(dict.fromkeys(named))[-_MOST_FIELDS:]
    return {"of": letter.id, "count": (count if isinstance(count, int) else 0) + 1, "fields": named}


def _rewritten(letter: Letter, body: str, wanted: RequestedEdits) -> Letter:
    told = {"campaign": wanted.campaign, "source": wanted.source}
    attributes = {**letter.received.attributes, **{name: value for name, value in told.items() if value}}
    return letter.rewritten(body, attributes)
