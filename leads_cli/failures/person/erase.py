"""Forgetting a person: every message about an address leaves the queues.

The queues are read in the order in which a lead goes through them, so that one that moves on meanwhile is met later.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import batched
from typing import Final

from leads_cli.failures.change.handover import IN_HAND, Handover, HandoverResult
from leads_cli.failures.person.mention import Mention, mentions_address
from leads_cli.failures.read.letter import EVENTS, LEADS, Letter
from leads_cli.failures.read.queue_scan import DEAD_LETTERS, QueueScan
from leads_cli.stacks.running import Running

QUEUES: Final = (EVENTS, LEADS, DEAD_LETTERS)


@dataclass(slots=True)
class PersonMessages:
    """What one queue has of a person.

    Attributes:
        about: messages that are theirs.
        beside: messages about other people, or several people, that mention them; `ids` are the first few.
        elsewhere: messages that could not be looked at: a function has them, or they wait for their next attempt.
        whole: the end of the queue was reached.
        tally: what was erased.
    """

    queue: str
    about: int = 0
    beside: int = 0
    ids: list[str] = field(default_factory=list)
    elsewhere: int = 0
    whole: bool = False
    tally: HandoverResult = field(default_factory=HandoverResult)

    @property
    def complete(self) -> bool:
        """Nothing was left unseen or undone."""
        return self.whole and not self.elsewhere and not self.tally.failed


# Messages that only mention the person: enough ids to look at some.
_MOST_IDS: Final = 10


def scan(
    running: Running, person: str, *, lease: int, erase: bool = False, mentions: bool = False
) -> list[PersonMessages]:
    """What each queue has of the person with this key; `erase` deletes it, `mentions` also what mentions them."""
    return [_scan_queue(running, queue, person, lease, erase=erase, mentions=mentions) for queue in QUEUES]


def _scan_queue(
    running: Running, queue: str, person: str, lease: int, *, erase: bool, mentions: bool
) -> PersonMessages:
    found = PersonMessages(queue)

    def going(reading: QueueScan) -> Iterator[Letter]:
        for letter in reading:
            how = mentions_address(letter, person)
            if how is not Mention.NONE:
                _note(found, letter, how)
                if erase and (mentions or how is Mention.ABOUT):
                    yield letter

    with QueueScan(running, queue, lease=lease) as reading:
        handover = Handover(running, reading, found.tally)
        for hand in batched(going(reading), IN_HAND, strict=False):
            handover.discard(hand)
    found.elsewhere, found.whole = reading.elsewhere, reading.whole
    return found


def _note(found: PersonMessages, letter: Letter, how: Mention) -> None:
    if how is Mention.ABOUT:
        found.about += 1
        return
    found.beside += 1
    if len(found.ids) < _MOST_IDS:
        found.ids.append(letter.id)
