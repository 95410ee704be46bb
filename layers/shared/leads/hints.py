"""Hints: which leads of a refused request its error body seems to mean.

Nobody documents the shape of Leadterra's `errors`, so every one is read: an index, a path, a key, a place in a list,
an address or a value, in JSON, XML or words. A hint is only a suspicion: nobody is condemned on it alone.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from leads.refusal.document import bounded
from leads.refusal.echoes import Sent
from leads.refusal.fault import Fault
from leads.refusal.faults import faults
from leads.refusal.prose import MAX_PROSE, Clause, clauses


@dataclass(frozen=True, slots=True)
class Hints:
    """What a refusal says of the rows of its request.

    Attributes:
        named: the rows of which it shows something that is theirs alone: whichever way the server counts.
        indexed: the numbers that it gives to rows, as written: who counts from 1 means the row before, and row n last.
            Without those that what is echoed beside them contradicts.
        pairs: the number and the row of each error that tells both: how this server counts.
    """

    named: frozenset[int]
    indexed: frozenset[int]
    pairs: frozenset[tuple[int, int]]


def hints(content: Any, leads: Sequence[Mapping[str, Any]]) -> Hints:
    """Read a refusal of these leads, in the order in which they were sent; what is said of all of them is no hint."""
    sent = Sent(leads)
    verdict = _Verdict(sent)
    for fault in faults(bounded(content, leave_out=list(leads)), sent):
        verdict.hear(fault)
    everybody = len(leads)
    return Hints(
        named=frozenset(verdict.named) if len(verdict.named) < everybody else frozenset(),
        indexed=frozenset(verdict.indexed) if len(verdict.indexed) < everybody else frozenset(),
        pairs=frozenset(verdict.pairs),
    )


def suspects(content: Any, leads: Sequence[Mapping[str, Any]]) -> set[int]:
    """The rows that a refusal seems to mean, if the server counts from 0."""
    found = hints(content, leads)
    elsewhere = {number for number, row in found.pairs if number != row}
    return {row for row in found.named | (found.indexed - elsewhere) if row < len(leads)}


@dataclass(slots=True)
class _Verdict:
    """What the faults come to, one after the other."""

    sent: Sent
    named: set[int] = field(default_factory=set)
    indexed: set[int] = field(default_factory=set)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    heard: dict[tuple[str, bool], list[Clause]] = field(default_factory=dict)
    unheard: int = MAX_PROSE

    def hear(self, fault: Fault) -> None:
        numbers = fault.numbers.intersection(self.sent.numbers)
        if fault.rows:
            self._name(fault.rows, numbers or _agreeing(fault.places, fault.rows))
        elif fault.stranger:
            return
        elif numbers:
            self._index(numbers, fault.values, self._clauses(fault))
        elif said := self._clauses(fault):
            for clause in said:
                self._hear_clause(clause, fault)
        elif fault.places:
            self._index(fault.places, fault.values, ())
        else:
            self.named |= self.sent.holders_of(fault.values)

    def _clauses(self, fault: Fault) -> list[Clause]:
        """What its words say; the same words are often said of many."""
        for said in fault.texts:
            if said not in self.heard:
                text, listed = said
                self.heard[said] = list(clauses(text[: self.unheard], self.sent, listed=listed))
                self.unheard = max(0, self.unheard - len(text))
        return [clause for said in fault.texts for clause in self.heard[said]]

    def _hear_clause(self, clause: Clause, fault: Fault) -> None:
        numbers = clause.numbers or fault.places
        if clause.rows:
            self._name(clause.rows, clause.numbers or _agreeing(fault.places, clause.rows))
        elif numbers and not clause.stranger:
            self._index(numbers, fault.values, [clause])
        elif not numbers:
            self.named |= clause.holders

    def _name(self, rows: AbstractSet[int], numbers: AbstractSet[int]) -> None:
        """It shows whose it is: of as many numbers, each has to be such a row's."""
        self.named |= rows
        self.indexed |= numbers if len(numbers) > len(rows) else _agreeing(numbers, rows)
        if len(rows) == len(numbers) == 1:
            self.pairs |= {(number, row) for number in numbers for row in rows}

    def _index(self, numbers: AbstractSet[int], values: Sequence[Any], said: Sequence[Clause]) -> None:
        """It gives a number, and the values beside it have to be that row's; its words may be about others as well."""
        for number in numbers:
            rows = {row for row in (number, number - 1) if all(self.sent.has(row, value) for value in values)}
            if rows:
                self.indexed.add(number)
            rows &= {row for value in values if len(holders := self.sent.holders(value)) == 1 for row in holders}.union(
                *(clause.rows | clause.holders for clause in said)
            )
            if len(rows) == 1:
                self.named |= rows
                self.pairs |= {(number, row) for row in rows if len(numbers) == 1}


def _agreeing(numbers: AbstractSet[int], rows: AbstractSet[int]) -> set[int]:
    """The numbers that one of these rows has, whether one counts from 0 or from 1."""
    return {number for number in numbers if not rows.isdisjoint({number, number - 1})}
