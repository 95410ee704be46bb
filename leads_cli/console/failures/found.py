"""What a reading of the dead-letter queue has found: groups of all letters, and the newest of them whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from heapq import nlargest
from typing import Final

from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.grouping import Group, group_letters
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import Listing
from leads_cli.failures.read.queue_scan import QueueScan
from leads_cli.failures.read.survey import letters

# As many as a person looks through. A body may have a megabyte, most have one or two thousand bytes.
MOST: Final = 1_000


@dataclass(frozen=True, slots=True)
class ShownLetters:
    """A page shows this until it is read again.

    Attributes:
        groups: of all letters, the largest first.
        letters: the newest, newest first.
        total: how many letters there were.
        elsewhere: about how many more somebody else had in their hands.
        whole: the end of the queue was reached.
        expires: when SQS will forget the first of them.
        at: when it was read.
    """

    groups: Sequence[Group]
    letters: Sequence[Letter]
    total: int
    elsewhere: int
    whole: bool
    expires: datetime | None
    at: datetime

    def letter(self, letter_id: str) -> Letter | None:
        """The newest letter with an id, whichever of its ids that is."""
        return next((letter for letter in self.letters if letter_id in letter.names), None)

    def matching(self, criteria: Criteria) -> "ShownLetters":
        """The same, of the letters that meet the criteria; texts are looked for in the newest letters only."""
        newest = [letter for letter in self.letters if criteria.accept(letter)]
        if replace(criteria, contains=None) == criteria:
            groups: Sequence[Group] = [group for group in self.groups if _meets(group, criteria)]
        else:
            groups = group_letters(newest)
        return replace(self, groups=groups, letters=newest, total=sum(group.count for group in groups))


def _meets(group: Group, criteria: Criteria) -> bool:
    told = (
        (criteria.reason, group.reason),
        (criteria.field, group.field),
        (criteria.source, group.source),
        (criteria.campaign, group.campaign),
    )
    return all(wanted is None or wanted == found for wanted, found in told)


def read_shown(reading: QueueScan) -> ShownLetters:
    """Everything of a reading, which may be over then.

    Raises:
        NotReachableError: AWS refuses.
    """
    listing = Listing()

    def listed() -> Iterator[Letter]:
        for letter in letters(reading):
            listing.add(letter)
            yield letter

    return ShownLetters(
        letters=nlargest(MOST, listed(), key=lambda letter: letter.failed_at),
        groups=listing.groups,
        total=listing.total,
        elsewhere=reading.elsewhere,
        whole=reading.whole,
        expires=listing.expires(reading.retention),
        at=datetime.now(UTC),
    )
