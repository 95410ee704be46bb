"""Groups of dead letters that have the same thing wrong with them: one cause, one remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from leads_cli.failures.read.letter import Letter


@dataclass(slots=True)
class Group:
    """Letters alike in reason, field, source and campaign; `says` and `example` are of the newest."""

    reason: str
    field: str
    source: str
    campaign: str
    count: int
    oldest: datetime
    newest: datetime
    says: str
    example: str

    def as_json(self) -> dict[str, object]:
        """As `leads failures list --json` has it."""
        return {
            "reason": self.reason,
            "field": self.field or None,
            "source": self.source or None,
            "campaign": self.campaign or None,
            "count": self.count,
            "oldest": self.oldest.isoformat(),
            "newest": self.newest.isoformat(),
            "says": self.says,
            "example": self.example,
        }


class Groups:
    """Takes letters one by one and keeps none of them."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str, str, str], Group] = {}

    def add(self, letter: Letter) -> None:
        """Count a letter with its like."""
        key = (letter.reason, letter.field, letter.source, letter.campaign)
        when = letter.failed_at
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = Group(*key, 1, when, when, letter.says, letter.id)
            return
        group.count += 1
        group.oldest = min(group.oldest, when)
        if when >= group.newest:
            group.newest, group.says, group.example = when, letter.says, letter.id

    @property
    def total(self) -> int:
        return sum(group.count for group in self._groups.values())

    def sorted(self) -> list[Group]:
        """The largest first, and of two of a size the one with the newest letter."""
        return sorted(self._groups.values(), key=lambda group: (-group.count, -group.newest.timestamp()))


def group_letters(letters: Iterable[Letter]) -> list[Group]:
    """The groups of some letters, the largest first."""
    groups = Groups()
    for letter in letters:
        groups.add(letter)
    return groups.sorted()
