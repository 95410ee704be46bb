"""Suspicion: whom the errors of a refusal mean, where they show it, and which numbers they give, where they do not."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any, Self

from leads.search.hints import Hints
from leads.search.refusal.document import bounded
from leads.search.refusal.echoes import Sent
from leads.search.refusal.fault import Fault
from leads.search.refusal.faults import faults
from leads.search.refusal.prose import MAX_PROSE, Clause, clauses


@dataclass(slots=True)
class Suspicion:
    """Who is suspected, error by error.

    Attributes:
        heard: what each text says.
        unheard: how much more may be read.
    """

    sent: Sent
    named: set[int] = field(default_factory=set)
    indexed: set[int] = field(default_factory=set)
    pairs: set[tuple[int, int]] = field(default_factory=set)
    heard: dict[tuple[str, bool], list[Clause]] = field(default_factory=dict)
    unheard: int = MAX_PROSE

    @classmethod
    def of(cls, content: Any, leads: Sequence[Mapping[str, Any]]) -> Self:
        """What a refusal of these leads comes to."""
        suspicion = cls(Sent(leads))
        for fault in faults(bounded(content, leave_out=list(leads)), suspicion.sent):
            suspicion.hear(fault)
        return suspicion

    def hints(self) -> Hints:
        everybody = len(self.sent.leads)
        return Hints(
            named=frozenset(self.named if len(self.named) < everybody else ()),
            indexed=frozenset(self.indexed if len(self.indexed) < everybody else ()),
            pairs=frozenset(self.pairs),
        )

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
