"""Handover: a letter is deleted once its successor is durable, never before.

The order is: send, count, delete. A kill between any two of these loses nothing: the ten letters in hand may be sent
twice, and carry the same ids.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from leads.io.queues import Entry, Queues
from leads.json import dumps
from leads.message.dead_letter import attributes
from leads.message.message import DIRECT, id_for_log
from leads_cli.failures.read.letter import EXHAUSTED, Letter
from leads_cli.failures.read.queue_scan import DEAD_LETTERS, QueueScan
from leads_cli.stacks.running import NotReachableError, Running

# Leadterra's word for a field may be anything.
_LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class Successor:
    """A message to send to a queue, by the queue's name in the template."""

    queue: str
    entry: Entry
    replays: bool = False


def fixed(letter: Letter) -> Successor:
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


IN_HAND: Final = 10

type Replacement = tuple[Letter, Successor]


@dataclass(slots=True)
class HandoverResult:
    """What a command has done so far, also when it is interrupted.

    Attributes:
        done: letters that are gone, or have their edited successor in their place.
        failed: letters that are still there, because a queue did not take their successor or give them up.
        uncounted: letters of which CloudWatch took no note.
        replayed: what was sent again, by the ids that it has in the log.
    """

    done: int = 0
    failed: int = 0
    uncounted: int = 0
    replayed: list[str] = field(default_factory=list)

    @property
    def handled(self) -> int:
        return self.done + self.failed


def pick(reading: QueueScan, wanted: Collection[str]) -> Iterator[Letter]:
    """The letters with these SQS ids, in the order of reading. Ends when all were found."""
    missing = set(wanted)
    for letter in reading:
        if letter.message_id in missing:
            missing.remove(letter.message_id)
            yield letter
        if not missing:
            return


class Handover:
    """One command's pass through the dead-letter queue."""

    def __init__(self, running: Running, reading: QueueScan, tally: HandoverResult) -> None:
        self._running = running
        self._reading = reading
        self._tally = tally
        self._sqs = running.client("sqs")

    def pass_on(self, pairs: Sequence[Replacement]) -> None:
        """Send the successors of received letters, and delete the letters.

        Raises:
            NotReachableError: AWS refuses; the letters in hand that were sent may still be there.
        """
        fresh = [pair for pair in pairs if self._reading.holds(pair[0].message_id)]
        sent = self._send(fresh)
        replayed = [letter for letter, successor in sent if successor.replays]
        self._count("Replayed", filter(counts_again, replayed))
        self._tally.replayed += [id_for_log(each.lead_id if each.is_lead else each.message_id) for each in replayed]
        self._delete([letter for letter, _ in pairs], [letter for letter, _ in sent])
        if fresh and not sent:
            raise NotReachableError(
                f"{fresh[0][1].queue} took none of {len(fresh)} messages: may your credentials send to it "
                "(sqs:SendMessage)? Then run this again"
            )

    def discard(self, letters: Sequence[Letter]) -> None:
        self._count("Erased", filter(counts_as_erased, self._delete(letters, letters)))

    def _send(self, pairs: Sequence[Replacement]) -> list[Replacement]:
        """Send successors. Returns those that are durable now."""
        sent: list[Replacement] = []
        for queue, group in groupby(sorted(pairs, key=_queue_of), key=_queue_of):
            same = list(group)
            with _no_log():
                entries = [successor.entry for _, successor in same]
                missing = Queues(self._sqs).send(self._running.outputs[f"{queue}Url"], entries)
            sent += [pair for index, pair in enumerate(same) if index not in missing]
        return sent

    def _delete(self, letters: Sequence[Letter], going: Sequence[Letter]) -> list[Letter]:
        """Delete those of the received letters that may go. Returns those that are deleted."""
        kept = self._reading.delete(letter.message_id for letter in going)
        gone = [letter for letter in going if letter.message_id not in kept]
        self._tally.done += len(gone)
        self._tally.failed += len(letters) - len(gone)
        return gone

    def _count(self, metric: str, letters: Iterable[Letter]) -> None:
        """Count letters. A failure does not stop the work, but is reported."""
        for source, number in Counter(letter.source for letter in letters).items():
            try:
                self._running.count(source, {metric: number})
            except NotReachableError:
                self._tally.uncounted += number


@contextmanager
def _no_log() -> Iterator[None]:
    """The functions log a failed call; a command reports it in its own words."""
    logging.disable()
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)


def _queue_of(pair: Replacement) -> str:
    return pair[1].queue
