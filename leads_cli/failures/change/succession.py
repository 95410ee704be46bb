"""Successors: the message that replaces a dead letter, its queue, and how it is counted."""

from dataclasses import dataclass
from typing import Any, Final

from leads.io.queues import Entry
from leads.json import dumps
from leads.message.dead_letter import attributes
from leads.message.message import DIRECT
from leads_cli.failures.read.letter import EXHAUSTED, Letter
from leads_cli.failures.read.queue_scan import DEAD_LETTERS

# Leadterra's word for a field may be anything.
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Successor:
    """A message to send to a queue, by the queue's name in the template."""

    queue: str
    entry: Entry
    replays: bool = False


def fixed(letter: Letter) -> Successor:
    """An edited letter for the dead-letter queue."""
    named = letter.received.attributes
    if letter.reason != EXHAUSTED:
        named = attributes(letter.reason, letter.source, letter.campaign)
    return Successor(DEAD_LETTERS, Entry(letter.received.body, named))


def replayed(letter: Letter) -> Successor:
    """A letter for the queue that it came from: its body without the failure, with its history.

    The same letter always makes the same message: should it be sent twice, that is recognised.
    """
    if not letter.is_lead and not letter.is_envelope:
        # A provider's own event: its ids tell whether it was taken before.
        return Successor(letter.queue, Entry(letter.received.body, letter.received.attributes), replays=True)
    kept = {key: value for key, value in letter.content.items() if key != "failure"}
    own_id = {"id": letter.content.get("id") or letter.id} if letter.is_lead else {}
    return Successor(letter.queue, Entry(dumps({**kept, **own_id, "replay": _history(letter)})), replays=True)


def _history(letter: Letter) -> dict[str, Any]:
    """`of`: SQS's id of the letter; `count`: with this one; the last failure, and the time of the first."""
    before = letter.content.get("replay")
    failed_at = letter.failure.get("failedAt")
    first = before.get("first") if isinstance(before, dict) else None
    return {
        "of": letter.message_id,
        "count": letter.replays + 1,
        "reason": letter.reason,
        "field": letter.field[:_LONGEST] or None,
        "status": letter.status,
        "failedAt": failed_at,
        "first": first or failed_at,
    }


def counts_again(letter: Letter) -> bool:
    """Whether a replay is one more lead to account for.

    Intake counts events by itself, and enroll a direct lead as soon as it can be read; what SQS moved has had no
    outcome yet, so that its first one is still awaited.
    """
    unread = letter.reason == "malformed" and letter.source == DIRECT
    return letter.is_lead and letter.reason != EXHAUSTED and not unread


def counts_as_erased(letter: Letter) -> bool:
    """Whether deleting it leaves an accepted lead without an outcome. A refused lead has one."""
    return letter.is_lead and letter.reason == EXHAUSTED and letter.unreadable() is None
