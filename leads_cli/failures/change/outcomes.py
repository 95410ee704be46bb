"""What became of leads that were replayed, as enroll's log says it."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leads.message.message import id_for_log
from leads_cli.logs.observed import hold_text, objects, texts
from leads_cli.words import number

if TYPE_CHECKING:
    from leads_cli.logs.line import Line
    from leads_cli.logs.reading import Reader


class ReplayOutcomes:
    """The outcomes of leads by id, as far as they are known."""

    def __init__(self, ids: Iterable[str]) -> None:
        self._open = {id_for_log(each) for each in ids}
        self._held: dict[str, str] = {}
        self.enrolled = 0
        self.refused = Counter[str]()

    def add(self, line: "Line") -> None:
        """Take in a line of the log."""
        data = line.data
        for lead in self._known(texts(data.get("held"))):
            self._held[lead] = hold_text(data.get("why"))
        for lead in self._known(texts(data.get("accepted"))):
            self._settle(lead)
            self.enrolled += 1
        for refusal in objects(data.get("rejected")):
            for lead in self._known([str(refusal.get("id"))]):
                self._settle(lead)
                words = (str(refusal[key]) for key in ("reason", "field", "status") if refusal.get(key))
                self.refused[" ".join(words)] += 1

    @property
    def complete(self) -> bool:
        """Whether each lead was accepted, refused or held."""
        return self._open == self._held.keys()

    def sentences(self) -> Iterator[str]:
        """The outcomes in words, a sentence each."""
        again = "; ".join(f"{count:,} refused again: {why}" for why, count in self.refused.most_common())
        if self.enrolled or again:
            yield f"{self.enrolled:,} enrolled{', ' if again else ''}{again}."
        for why, count in Counter(self._held.values()).most_common():
            yield f"{number(count, 'lead')} held, tried again later: {why or 'no reason given'}."
        if unknown := len(self._open - self._held.keys()):
            yield f"{number(unknown, 'lead')} without an outcome yet: ask `leads status` later."

    def as_json(self) -> dict[str, Any]:
        """As `leads failures replay --json` has it."""
        unknown = len(self._open - self._held.keys())
        return {
            "enrolled": self.enrolled,
            "refusedAgain": dict(self.refused),
            "held": len(self._held),
            "unknown": unknown,
        }

    def _known(self, leads: Iterable[str]) -> list[str]:
        return [lead for lead in map(id_for_log, leads) if lead in self._open]

    def _settle(self, lead: str) -> None:
        self._open.remove(lead)
        self._held.pop(lead, None)


def wait_for_outcomes(
    outcomes: ReplayOutcomes,
    read: "Reader",
    since: datetime,
    *,
    seconds: float,
    every: float,
    pause: Callable[[float], object] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Read the log until each lead has an outcome, for so many seconds at most.

    Raises:
        NotReachableError: the log cannot be read.
    """
    until = clock() + seconds
    seen: set[str] = set()
    while not outcomes.complete:
        for line in read(since, "batch settled"):
            if line.id not in seen:
                seen.add(line.id)
                outcomes.add(line)
        if outcomes.complete or clock() >= until:
            return
        pause(every)
