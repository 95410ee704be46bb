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
from typing import Final

from leads.io.queues import Queues
from leads.message.message import id_for_log
from leads_cli.failures.change.succession import Successor, counts_again, counts_as_erased
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.running import NotReachableError, Running

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


def chunks_of_ten(reading: QueueScan, wanted: Collection[str]) -> Iterator[list[Letter]]:
    """The letters with these SQS ids, ten at a time, in the order of reading. Ends when all were found."""
    missing = set(wanted)
    hand: list[Letter] = []
    for letter in reading:
        if letter.message_id in missing:
            missing.remove(letter.message_id)
            hand.append(letter)
        if len(hand) == IN_HAND:
            yield hand
            hand = []
        if not missing:
            break
    if hand:
        yield hand


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
        """Delete received letters for good."""
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
