"""The search for the bad leads of a refused request: which rows to send next, given all answers so far.

If a refusal has hints, the first row that they name is sent by itself. If it is refused as well, the hints are useful
and the other named rows follow. If it is accepted, the hints are read in another way, or not at all. Without hints,
`leads.search.group_testing` says which part of the refused group to send.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, NamedTuple

from leads.search.group_testing import Prevalence
from leads.search.hints import BASES, Basis, Hints

NO_HINTS: Final[Hints] = {}


class Question(NamedTuple):
    """Rows to send, and why these.

    `unknown`: all unknown rows, or as many as group testing advises. `part`: a part of a refused group of `among` rows.
    `named`: the first row that hints name. `suspect`: another one. `alone`: a row that was asked for by itself.
    """

    role: Literal["unknown", "part", "named", "suspect", "alone"]
    indexes: Sequence[int]
    among: int | None = None


class _Claim(NamedTuple):
    """A refused group whose hints, on one basis, name some rows. The first of these shows whether they are right."""

    group: Sequence[int]
    hints: Hints
    basis: Basis
    named: Sequence[int]


@dataclass
class Search:
    """What is known of `size` rows, by their indexes.

    Attributes:
        bases: the readings of hints that were not seen to be wrong, the likeliest first.
        settled: rows that were accepted, or refused by themselves.
        begun: whether a request was refused.
        trusting: whether the last hints were right, so that rows that they do not name are probably good.
    """

    size: int
    bases: list[Basis] = field(default_factory=lambda: list(BASES))
    settled: set[int] = field(default_factory=set)
    begun: bool = False
    trusting: bool = False
    # A group with at least one bad row.
    _refused: Sequence[int] = ()
    _claim: _Claim | None = None
    # Rows that were named by hints of which the first was right.
    _suspects: dict[int, Basis] = field(default_factory=dict)
    _alone: Sequence[int] = ()
    # Rows from which on a request of its own begins, because of its size.
    _cuts: set[int] = field(default_factory=set)

    def left(self, indexes: Iterable[int] | None = None) -> list[int]:
        """Those of the rows that are not settled."""
        return [index for index in (range(self.size) if indexes is None else indexes) if index not in self.settled]

    def ask_alone(self, indexes: Sequence[int]) -> None:
        """Ask next about these rows, one by one. Once one is accepted, the rest is unknown."""
        self.settled.difference_update(indexes)
        self._alone = [*indexes, *self._alone]

    def settle(self, indexes: Iterable[int]) -> None:
        """Send these rows no more, and discard what is known about groups."""
        self.settled.update(indexes)
        self._refused, self._claim, self._suspects = (), None, {}

    def next(self) -> Question | None:
        """The rows to send; None if every row is settled."""
        if alone := self.left(self._alone):
            return Question("alone", alone[:1])
        if self._claim:
            return Question("named", self._claim.named[:1])
        if refused := self.left(self._refused):
            size = self._prevalence.group(len(refused), len(refused))
            return Question("part", refused[:size], len(refused))
        if unknown := [index for index in self.left() if index not in self._suspects]:
            end = min((cut for cut in self._cuts if cut > unknown[0]), default=self.size)
            unknown = [index for index in unknown if index < end]
            if self.begun and not self.trusting:
                unknown = unknown[: self._prevalence.group(len(unknown))]
            return Question("unknown", unknown)
        suspects = self.left(self._suspects)
        return Question("suspect", suspects[:1]) if suspects else None

    def accepted(self, question: Question) -> None:
        """None of the rows is bad."""
        self.settled.update(question.indexes)
        self._learn(question, clean=True)
        if question.role == "alone":
            self._alone = ()
        elif question.role == "suspect":
            self._distrust(self._suspects[question.indexes[0]])
        elif claim := self._take_claim(question):
            # A good row was named: on this basis the hints are wrong.
            self._distrust(claim.basis)
            self._look_into(claim.group, claim.hints)

    def refused(self, question: Question, hints: Hints = NO_HINTS) -> None:
        """At least one of the rows is bad; a single one is settled by that."""
        self.begun = True
        if question.role == "part":
            # The group was refused because of this part: nothing is known of the rest.
            self._refused = ()
        if len(question.indexes) > 1:
            self._learn(question, clean=False)
            self._look_into(question.indexes, hints)
            return
        self.settled.update(question.indexes)
        self._learn(question, clean=False)
        if claim := self._take_claim(question):
            # The first row that was named is bad.
            self.trusting = True
            self.bases.sort(key=lambda basis: basis != claim.basis)
            self._suspects |= dict.fromkeys(claim.named[1:], claim.basis)

    def too_large(self, question: Question) -> None:
        """The request was too large: its halves stay apart. A single row is settled by that."""
        self._refused, self._claim = (), None
        if len(question.indexes) == 1:
            self.settled.update(question.indexes)
        else:
            self._cuts |= {question.indexes[len(question.indexes) // 2], question.indexes[-1] + 1}

    def _learn(self, question: Question, *, clean: bool) -> None:
        """Update the estimated share of bad rows, unless hints chose the rows, or no question is left."""
        by_chance = question.role == "part" or (question.role == "unknown" and not self.trusting)
        if by_chance and len(self.settled) < self.size:
            self._prevalence.learn(len(question.indexes), clean=clean, among=question.among)

    @cached_property
    def _prevalence(self) -> Prevalence:
        return Prevalence(self.size)

    def _look_into(self, group: Sequence[int], hints: Hints) -> None:
        """Test the rows of a refused group that its hints name on the likeliest basis, or else part by part."""
        left = self.left(group)
        for basis in sorted(hints, key=lambda each: self.trusting and each != self.bases[0]) if self.bases else ():
            # The last first: numbers that are not of rows are usually small.
            named = self.left(group[place] for place in reversed(hints[basis]))
            # All of them is no hint.
            if basis in self.bases and 0 < len(named) < len(left):
                self._claim = _Claim(group, hints, basis, named)
                return
        self.trusting = False
        self._refused = left

    def _take_claim(self, question: Question) -> _Claim | None:
        """The claim that the question was about."""
        claim = self._claim if question.role == "named" else None
        if claim:
            self._claim = None
        return claim

    def _distrust(self, basis: Basis) -> None:
        self.trusting = False
        self.bases.remove(basis)
        self._suspects = {index: by for index, by in self._suspects.items() if by != basis}
