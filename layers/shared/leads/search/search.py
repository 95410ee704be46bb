"""The search for the bad leads of a refused request: which rows to send next, given all answers so far.

If a refusal has hints, the first row that they name is sent by itself. If it is refused as well, the hints are useful
and the other named rows follow. If it is accepted, the hints are read in another way, or not at all. Without hints,
`leads.search.group_testing` says which part of the refused group to send.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from leads.search.group_testing import Prevalence
from leads.search.hints import BASES, Basis, Hints

NO_HINTS: Final[Hints] = {}


@dataclass(frozen=True, slots=True)
class Question:
    """Rows to send, and why these.

    `rest`: all unknown rows. `some`: as many of them as group testing advises. `part`: a part of a refused group.
    `named`: the first row that hints name. `suspect`: another one. `alone`: a row that was asked for by itself.
    """

    role: Literal["rest", "some", "part", "named", "suspect", "alone"]
    indexes: Sequence[int]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A refused group whose hints, on one basis, name some rows. The first of these shows what the hints are worth."""

    group: Sequence[int]
    hints: Hints
    basis: Basis
    named: Sequence[int]


@dataclass(slots=True)
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
    # Unknown rows; the first row of the last block is next. A limit of size divides blocks.
    _blocks: list[list[int]] = field(default_factory=list)
    # A group with at least one bad row.
    _refused: list[int] = field(default_factory=list)
    _claim: _Claim | None = None
    # Rows that were named by hints of which the first was right.
    _suspects: list[tuple[int, Basis]] = field(default_factory=list)
    _alone: list[int] = field(default_factory=list)
    _prevalence: Prevalence = field(init=False)

    def __post_init__(self) -> None:
        self._blocks.append(list(range(self.size)))
        self._prevalence = Prevalence(self.size)

    def left(self) -> list[int]:
        """The rows that are not settled."""
        return [index for index in range(self.size) if index not in self.settled]

    def ask_alone(self, indexes: Sequence[int]) -> None:
        """Ask next about these rows, which are in no group, one by one. Once one is accepted, the rest is unknown."""
        self.settled.difference_update(indexes)
        self._alone = [*indexes, *self._alone]

    def take_apart(self, indexes: Sequence[int]) -> None:
        """Ask next about these rows, one by one, and forget what is known of groups."""
        self._blocks = [[index for index in self.left() if index not in indexes]]
        self._refused, self._claim, self._suspects = [], None, []
        self._alone = list(indexes)

    def settle(self, indexes: Iterable[int]) -> None:
        """Ask no more about these rows."""
        self.settled.update(indexes)
        self.take_apart([index for index in self._alone if index not in self.settled])

    def next(self) -> Question | None:
        """The rows to send; None if every row is settled."""
        if self._alone:
            return Question("alone", self._alone[:1])
        if self._claim:
            return Question("named", self._claim.named[:1])
        if self._refused:
            return Question("part", self._refused[: self._prevalence.part(len(self._refused))])
        while self._blocks and not self._blocks[-1]:
            self._blocks.pop()
        if self._blocks:
            unknown = self._blocks[-1]
            if self.begun and not self.trusting:
                return Question("some", unknown[: self._prevalence.some(len(unknown))])
            return Question("rest", unknown)
        return Question("suspect", [self._suspects[0][0]]) if self._suspects else None

    # --- Answers -----------------------------------------------------------------------------------

    def accepted(self, question: Question) -> None:
        """None of the rows is bad."""
        self.settled.update(question.indexes)
        self._learn(question, clean=True)
        if question.role == "part":
            # The bad row is in the rest.
            self._refused = self._refused[len(question.indexes) :]
        elif question.role == "named":
            # A good row was named: on this basis the hints are wrong.
            claim = self._take_claim()
            self._distrust(claim.basis)
            self._look_into(claim.group, claim.hints)
        elif question.role == "suspect":
            self._distrust(self._suspects.pop(0)[1])
        elif question.role == "alone":
            self._forget(self._alone[1:])
            self._alone = []
        else:
            self._withdraw(question)

    def refused(self, question: Question, hints: Hints = NO_HINTS) -> None:
        """At least one of the rows is bad; a single one is settled by that."""
        self._learn(question, clean=False)
        self.begun = True
        if len(question.indexes) > 1:
            self._withdraw(question)
            self._look_into(question.indexes, hints)
            return
        self.settled.update(question.indexes)
        if question.role == "named":
            self._trust(self._take_claim())
        else:
            self._withdraw(question)

    def too_large(self, question: Question) -> None:
        """The request was too large: its halves stay apart. A single row is settled by that."""
        self._withdraw(question)
        if len(question.indexes) == 1:
            self.settled.update(question.indexes)
            return
        middle = len(question.indexes) // 2
        self._blocks += [list(question.indexes[middle:]), list(question.indexes[:middle])]

    def _learn(self, question: Question, *, clean: bool) -> None:
        """Update the estimated share of bad rows, unless hints chose the rows."""
        if question.role == "part":
            self._prevalence.learn(len(question.indexes), clean=clean, among=len(self._refused))
        elif question.role in {"rest", "some"} and not self.trusting:
            self._prevalence.learn(len(question.indexes), clean=clean)

    def _withdraw(self, question: Question) -> None:
        """Take rows out of their place."""
        match question.role:
            case "rest" | "some":
                self._blocks[-1] = self._blocks[-1][len(question.indexes) :]
            case "part":
                # The group was refused because of this part: nothing is known of the rest.
                self._forget(self._refused[len(question.indexes) :])
                self._refused = []
            case "named":
                asked = {*self.settled, *question.indexes}
                self._forget(index for index in self._take_claim().group if index not in asked)
            case "suspect":
                self._suspects.pop(0)
            case _:
                self._alone.pop(0)

    def _forget(self, indexes: Iterable[int]) -> None:
        """Put rows in front of the unknown ones."""
        if not self._blocks:
            self._blocks.append([])
        self._blocks[-1] = [*indexes, *self._blocks[-1]]

    # --- Hints -------------------------------------------------------------------------------------

    def _look_into(self, group: Sequence[int], hints: Hints) -> None:
        """Test the rows of a refused group that its hints name on the likeliest basis, or else part by part."""
        left = [index for index in group if index not in self.settled]
        for basis in sorted(hints, key=lambda each: self.trusting and each != self.bases[0]) if self.bases else ():
            named = [group[place] for place in hints[basis] if group[place] not in self.settled]
            # All of them is no hint.
            if basis in self.bases and 0 < len(named) < len(left):
                self._claim = _Claim(group, hints, basis, named)
                return
        self.trusting = False
        self._refused = left

    def _take_claim(self) -> _Claim:
        claim, self._claim = self._claim, None
        assert claim is not None  # noqa: S101 - the question was about it
        return claim

    def _trust(self, claim: _Claim) -> None:
        """The first row that was named is bad."""
        self.trusting = True
        self.bases.sort(key=lambda basis: basis != claim.basis)
        self._suspects += [(index, claim.basis) for index in claim.named[1:]]
        self._forget(index for index in claim.group if index not in self.settled and index not in claim.named)

    def _distrust(self, basis: Basis) -> None:
        self.trusting = False
        self.bases.remove(basis)
        self._forget(index for index, by in self._suspects if by == basis)
        self._suspects = [(index, by) for index, by in self._suspects if by != basis]
