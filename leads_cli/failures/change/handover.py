"""Handing over: a letter goes when its successor is durable, never before.

The order is: look into the ledger, send, write into the ledger, delete, count. A kill between any two of these loses
nothing. At the most the ten letters in hand are sent twice, by a kill before the ledger has them, and carry the same
ids; or are missing from the counts, by a kill after they were deleted.
"""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

from leads.io.queues import Queues
from leads_cli.failures.change.handover_ledger import HandledAs, HandoverLedger
from leads_cli.failures.change.succession import Successor, counts_again, counts_as_erased
from leads_cli.failures.read.letter import Letter, read_letter
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.stacks.running import NotReachableError, Running

IN_HAND: Final = 10

type Replacement = tuple[Letter, Successor]


@dataclass(slots=True)
class HandoverResult:
    """What a command has done so far, also when it is interrupted.

    Attributes:
        done: letters that are gone, or have their edited successor in their place.
        finished: letters whose successor a command that was killed had sent: they only had to go.
        failed: letters that are where they were, because a queue did not take their successor or give them up.
        uncounted: letters that are gone without CloudWatch taking note.
        replayed: the ids of leads that were sent again.
    """

    done: int = 0
    finished: int = 0
    failed: int = 0
    uncounted: int = 0
    replayed: list[str] = field(default_factory=list)

    @property
    def handled(self) -> int:
        return self.done + self.finished + self.failed


def chunks_of_ten(reading: QueueScan, wanted: Collection[str]) -> Iterator[list[Letter]]:
    """The letters with some of SQS's ids, ten at a time, as they are met; it ends when all were."""
    missing = set(wanted)
    hand: list[Letter] = []
    for received in reading:
        if received.message_id in missing:
            missing.remove(received.message_id)
            hand.append(read_letter(received))
        if len(hand) == IN_HAND:
            yield hand
            hand = []
        if not missing:
            break
    if hand:
        yield hand


class Handover:
    """One command's passage through the dead-letter queue."""

    def __init__(self, running: Running, reading: QueueScan, tally: HandoverResult) -> None:
        self._running = running
        self._reading = reading
        self._tally = tally
        self._ledger = HandoverLedger(running)
        self._sqs = running.client("sqs")

    def pass_on(self, pairs: Sequence[Replacement]) -> None:
        """Send the successors of letters in hand, and let go of the letters.

        Raises:
            NotReachableError: AWS refuses; whatever was sent is in the ledger or gone.
        """
        letters = [letter for letter, _ in pairs]
        known = self._ledger.settled(letter.message_id for letter in letters)
        fresh = [pair for pair in pairs if pair[0].message_id not in known and self._reading.holds(pair[0].message_id)]
        sent = self._send(fresh)
        gone = self._let_go(letters, known, sent)
        deeds = {**known, **sent}
        self._tally.replayed += [each.lead_id for each in gone if each.is_lead and deeds[each.message_id] == "replayed"]
        self._count("Replayed", (each for each in gone if deeds[each.message_id] == "replayed" and counts_again(each)))
        if fresh and not sent:
            msg = (
                f"{fresh[0][1].queue} took none of {len(fresh)} messages, which are still dead letters; "
                "may your credentials send to it (sqs:SendMessage)? Then run this again"
            )
            raise NotReachableError(msg)

    def discard(self, letters: Sequence[Letter]) -> None:
        """Let go of letters in hand for good.

        Raises:
            NotReachableError: AWS refuses.
        """
        known = self._ledger.settled(letter.message_id for letter in letters)
        gone = self._let_go(letters, known, {letter.message_id for letter in letters} - known.keys())
        self._count("Erased", (each for each in gone if each.message_id not in known and counts_as_erased(each)))

    def _send(self, pairs: Sequence[Replacement]) -> dict[str, HandledAs]:
        """Send successors; what was done with the letters whose successor is durable now."""
        sent: dict[str, HandledAs] = {}
        by_queue = sorted(pairs, key=_queue_of)
        for queue, group in groupby(by_queue, key=_queue_of):
            same = list(group)
            with _no_log():
                entries = [successor.entry for _, successor in same]
                missing = Queues(self._sqs).send(self._running.outputs[f"{queue}Url"], entries)
            sent |= {
                letter.message_id: successor.deed
                for index, (letter, successor) in enumerate(same)
                if index not in missing
            }
        for deed in set(sent.values()):
            # Without it the letters may be sent again, should this be killed before they are deleted.
            with suppress(NotReachableError):
                self._ledger.record([each for each, done in sent.items() if done == deed], deed)
        return sent

    def _let_go(self, letters: Sequence[Letter], known: Collection[str], others: Collection[str]) -> list[Letter]:
        """Delete the letters that may go; those that are gone."""
        going = [letter for letter in letters if letter.message_id in known or letter.message_id in others]
        kept = self._reading.delete(letter.message_id for letter in going)
        gone = [letter for letter in going if letter.message_id not in kept]
        finished = sum(1 for letter in gone if letter.message_id in known)
        self._tally.finished += finished
        self._tally.done += len(gone) - finished
        self._tally.failed += len(letters) - len(gone)
        return gone

    def _count(self, metric: str, letters: Iterable[Letter]) -> None:
        """Enter letters into the books; that this fails is no reason to stop, but one to tell."""
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
