"""The search for the bad leads of a refused request: which rows to send next, given what every answer told.

A refused group is looked at in one of two ways. If its refusal names rows, the first of them is sent by itself: refused
as well, the hints are worth something and the others follow; accepted, they were about something else, and are read in
another way or not at all. If nothing is named, `leads.search.group_testing` says which part of the group to send.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from leads.search.group_testing import Prevalence
from leads.search.hints import Hints
from leads.search.reading import READINGS, Reading

NO_HINTS: Final = Hints(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Question:
    """Rows to send, and why these.

    `rest`: all that nothing is known of. `some`: as many of those as group testing advises. `part`: of a refused
    group. `claimed`: the first that a refusal names. `suspect`: another that it names. `alone`: asked for by name.
    """

    role: Literal["rest", "some", "part", "claimed", "suspect", "alone"]
    indexes: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A refused group of which hints, in one reading, name some; the first one shows what they are worth."""

    group: Sequence[int]
    told: Hints
    reading: Reading
    named: Sequence[int]


@dataclass(slots=True)
class Search:
    """What is known of `size` rows, by their indexes.

    Attributes:
        readings: the ways to take hints that were not seen to be wrong, the likeliest first; `misread` are the others.
        settled: rows that were accepted, or refused by themselves.
        begun: something was refused.
        trusting: hints were right of late, so that whoever they do not name is probably good.
    """

    size: int
    readings: list[Reading] = field(default_factory=lambda: list(READINGS))
    misread: list[Reading] = field(default_factory=list)
    settled: set[int] = field(default_factory=set)
    begun: bool = False
    trusting: bool = False
    # Rows that nothing is known of, the first row of the last block next; a limit of size may divide them.
    _blocks: list[list[int]] = field(default_factory=list)
    # A group of which one at least is bad; or such a group with hints that are yet to be tried.
    _refused: list[int] = field(default_factory=list)
    _claim: _Claim | None = None
    # Named by hints of which the first was right.
    _suspects: list[tuple[int, Reading]] = field(default_factory=list)
    _alone: list[int] = field(default_factory=list)
    _prevalence: Prevalence = field(init=False)

    def __post_init__(self) -> None:
        self._blocks.append(list(range(self.size)))
        self._prevalence = Prevalence(self.size)

    def left(self) -> list[int]:
        """The rows that are not settled."""
        return [index for index in range(self.size) if index not in self.settled]

    def ask_alone(self, indexes: Sequence[int]) -> None:
        """Ask next about these, one by one; what else was known may look otherwise after their answers."""
        self._blocks = [[index for index in self.left() if index not in indexes]]
        self._refused, self._claim, self._suspects = [], None, []
        self._alone = list(indexes)

    def ask_again(self, indexes: Sequence[int]) -> None:
        """Ask next about these, which were settled by their refusal; if one is accepted, about all others at once."""
        self.settled.difference_update(indexes)
        self._alone = [*indexes, *self._alone]

    def next(self) -> Question | None:
        """What to send; None: every row is settled."""
        if self._alone:
            return Question("alone", self._alone[:1])
        if self._claim:
            return Question("claimed", self._claim.named[:1])
        if self._refused:
            return Question("part", self._refused[: self._prevalence.part(len(self._refused))])
        return self._next_unknown() or (Question("suspect", [self._suspects[0][0]]) if self._suspects else None)

    def _next_unknown(self) -> Question | None:
        while self._blocks and not self._blocks[-1]:
            self._blocks.pop()
        if not self._blocks:
            return None
        unknown = self._blocks[-1]
        if self.begun and not self.trusting:
            return Question("some", unknown[: self._prevalence.some(len(unknown))])
        return Question("rest", unknown)

    # --- What an answer tells ----------------------------------------------------------------------

    def accepted(self, question: Question) -> None:
        """None of them is bad."""
        self.settled.update(question.indexes)
        self._learn(question, clean=True)
        match question.role:
            case "part":
                # The bad one is in the rest.
                self._refused = self._refused[len(question.indexes) :]
            case "claimed":
                # A row was named that is fine: the hints are about others.
                claim = self._claimed()
                self._distrust(claim.reading)
                self._look_into(claim.group, claim.told)
            case "suspect":
                self._distrust(self._suspects.pop(0)[1])
            case "alone":
                self._forget(self._alone[1:])
                self._alone = []
            case _:
                self._withdraw(question)

    def refused(self, question: Question, told: Hints = NO_HINTS) -> None:
        """One at least of them is bad; a single one is settled by that."""
        self._learn(question, clean=False)
        self.begun = True
        if len(question.indexes) > 1:
            self._withdraw(question)
            self._look_into(question.indexes, told)
            return
        self.settled.update(question.indexes)
        if question.role == "claimed":
            self._believe(self._claimed())
        else:
            self._withdraw(question)

    def too_large(self, question: Question) -> None:
        """The request was larger than its receiver takes: its halves stay apart. A single row is settled by that."""
        self._withdraw(question)
        if len(question.indexes) == 1:
            self.settled.update(question.indexes)
            return
        middle = len(question.indexes) // 2
        self._blocks += [list(question.indexes[middle:]), list(question.indexes[:middle])]

    def _learn(self, question: Question, *, clean: bool) -> None:
        """Take an answer into what is believed of the share of bad rows, unless hints chose whom to ask."""
        if question.role == "part":
            self._prevalence.learn(len(question.indexes), clean=clean, among=len(self._refused))
        elif question.role in {"rest", "some"} and not self.trusting:
            self._prevalence.learn(len(question.indexes), clean=clean)

    def _withdraw(self, question: Question) -> None:
        """Take rows out of where they were."""
        match question.role:
            case "rest" | "some":
                self._blocks[-1] = self._blocks[-1][len(question.indexes) :]
            case "part":
                # The group was refused because of this part: of the rest nothing is known any more.
                self._forget(self._refused[len(question.indexes) :])
                self._refused = []
            case "claimed":
                asked = {*self.settled, *question.indexes}
                self._forget(index for index in self._claimed().group if index not in asked)
            case "suspect":
                self._suspects.pop(0)
            case _:
                self._alone.pop(0)

    def _forget(self, indexes: Iterable[int]) -> None:
        """Put rows to those that nothing is known of, in front."""
        if not self._blocks:
            self._blocks.append([])
        self._blocks[-1] = [*indexes, *self._blocks[-1]]

    # --- What hints are worth ----------------------------------------------------------------------

    def _look_into(self, group: Sequence[int], told: Hints) -> None:
        """A group was refused: try what its hints name by the first reading that fits, or else part by part."""
        left = [index for index in group if index not in self.settled]
        for reading in self.readings:
            named = [group[place] for place in reading.places(told, len(group)) if group[place] not in self.settled]
            # All of them is no hint.
            if 0 < len(named) < len(left):
                self._claim = _Claim(group, told, reading, named)
                return
        self.trusting = False
        self._refused = left

    def _claimed(self) -> _Claim:
        claim, self._claim = self._claim, None
        assert claim is not None  # noqa: S101 - the question was about it
        return claim

    def _believe(self, claim: _Claim) -> None:
        """The first that was named is bad indeed."""
        self.trusting = True
        self.readings.sort(key=lambda reading: reading is not claim.reading)
        self._suspects += [(index, claim.reading) for index in claim.named[1:]]
        self._forget(index for index in claim.group if index not in self.settled and index not in claim.named)

    def _distrust(self, reading: Reading) -> None:
        self.trusting = False
        self.readings.remove(reading)
        self.misread.append(reading)
        self._forget(index for index, by in self._suspects if by is reading)
        self._suspects = [(index, by) for index, by in self._suspects if by is not reading]
