"""Isolation: which leads of a refused request are bad, with a proof for each and no good one condemned.

Pure, and driven from outside: `isolate` says what to send next, is given the answer, and ends with an outcome
for every row. A lead is rejected only when a request of its own was refused, for the reason of that refusal.
"""

from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from leads.batch import Row
from leads.complaint import alike, complaint
from leads.hints import suspects
from leads.message import Failure
from leads.outcome import ACCEPTED, Counts, Held, Outcome, Rejected, tally
from leads.reply import BadKey, Refused, Reply, TooBig, judge

# With fewer rows than this, all of them being bad is a plain coincidence.
GUARD_ROWS: Final = 10
# Leads refused alike before anything got through: enough to ask whether all would be.
_ALIKE: Final = 3
# ... and this many more, spread over the batch, to answer it: a schema change refuses every one of them.
_PROBES: Final = 7
# ... three in four of them alike, as some may be bad for a reason of their own. After so many it is no use asking.
_SHARE: Final = 0.75
_SAMPLE: Final = 40


@dataclass(frozen=True, slots=True)
class Ask:
    """Send these rows now; `fresh_key` asks for the API key to be read again first."""

    rows: Sequence[Row]
    fresh_key: bool = False


@dataclass(slots=True)
class Settled:
    """What became of a batch.

    Attributes:
        outcomes: one for each row, in order.
        metrics: `Enrolled`, `Updated`, `Skipped`, `Unaccounted` in rows, and `Requests`.
        closed: the destination takes nothing at present: whatever else there is should be held as well.
    """

    outcomes: list[Outcome]
    metrics: Counter[str]
    closed: Held | None = None


type Isolation = Generator[Ask, tuple[Reply, datetime] | None, Settled]
"""Yields what to send; is sent the reply and when it came, or None where no time is left."""


def isolate(rows: Sequence[Row]) -> Isolation:
    """Deliver a batch, finding out which leads are bad if it is refused."""
    return (yield from _Search(rows).run())


@dataclass(frozen=True, slots=True)
class _Group:
    """Rows that are sent together.

    Attributes:
        bad: it is known that one of them at least is bad.
        first_half: the group next on the stack is the other half of a refused one.
    """

    indexes: Sequence[int]
    bad: bool = False
    first_half: bool = False


@dataclass(slots=True)
class _Search:
    rows: Sequence[Row]
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    proofs: dict[int, Rejected] = field(default_factory=dict)
    metrics: Counter[str] = field(default_factory=Counter)
    todo: list[_Group] = field(default_factory=list)
    named: set[int] = field(default_factory=set)
    got_through: bool = False
    hints_hold: bool = True
    probed: bool = False
    key_refused: bool = False

    def run(self) -> Isolation:
        self.todo.append(_Group(range(len(self.rows))))
        while self.todo:
            group = self.todo.pop()
            if group.bad and len(group.indexes) > 1:
                # Its other half was fine, so that this one cannot be: asking would tell nothing new.
                self._halve(group)
                continue
            answer = yield Ask([self.rows[i] for i in group.indexes], fresh_key=self.key_refused)
            if answer is None:
                return self._stop(Held("deadline"))
            self.metrics["Requests"] += 1
            if stopped := self._learn(group, *answer):
                return self._stop(stopped)
            if self._systemic():
                return self._hold_all(Held("systemic"))
        return self._finish()

    def _learn(self, group: _Group, reply: Reply, now: datetime) -> Held | None:
        """Take in one answer; what is returned ends the search."""
        verdict = judge(reply, now)
        if not isinstance(verdict, BadKey):
            self.key_refused = False
        match verdict:
            case Counts():
                self._accept(group, verdict)
            case Refused():
                self._refuse(group, verdict, reply)
            case TooBig() if len(group.indexes) > 1:
                middle = len(group.indexes) // 2
                self.todo += [_Group(group.indexes[middle:]), _Group(group.indexes[:middle])]
            case TooBig():
                self._prove(group, _failure(413, "larger than Leadterra takes", reply))
            case BadKey():
                if self.key_refused:
                    return Held("unauthorized")
                self.key_refused = True
                self.todo.append(group)
            case _:
                return verdict
        return None

    def _accept(self, group: _Group, counts: Counts) -> None:
        self.got_through = True
        self.metrics.update(tally(counts, len(group.indexes)))
        self.outcomes.update(dict.fromkeys(group.indexes, ACCEPTED))
        if group.first_half:
            self.todo[-1] = replace(self.todo[-1], bad=True)
        if self.hints_hold and self.named.intersection(group.indexes):
            # The server named a lead that it takes: its hints are about other rows.
            self.hints_hold = False
            self.todo = list(self._merged_suspects())

    def _merged_suspects(self) -> Iterable[_Group]:
        """What is left to do, with those that wrong hints singled out put together again."""
        singled = [i for group in self.todo for i in group.indexes if i in self.named]
        rest = [_Group([i for i in group.indexes if i not in self.named]) for group in self.todo]
        yield from (group for group in rest if group.indexes)
        if singled:
            yield _Group(singled)

    def _refuse(self, group: _Group, refused: Refused, reply: Reply) -> None:
        if len(group.indexes) == 1:
            said = complaint(refused.content, self.rows[group.indexes[0]].lead)
            self._prove(group, _failure(refused.status, said.message, reply, said.field, refused.content))
            return
        meant = self._meant(group, refused)
        if not meant:
            self._halve(group)
            return
        self.named.update(meant)
        # One suspect shows what the hints are worth; then the others, who should not wait for the rest of them.
        first, *rest = sorted(meant)
        others = [i for i in group.indexes if i not in meant]
        self.todo += [*(_Group([i]) for i in reversed(rest)), _Group(others), _Group([first])]

    def _meant(self, group: _Group, refused: Refused) -> set[int]:
        """The rows that a refusal names, where its hints are worth anything: all rows are no hint."""
        if not self.hints_hold:
            return set()
        meant = {group.indexes[i] for i in suspects(refused.content, [self.rows[i].lead for i in group.indexes])}
        return meant if len(meant) < len(group.indexes) else set()

    def _halve(self, group: _Group) -> None:
        middle = len(group.indexes) // 2
        self.todo += [_Group(group.indexes[middle:]), _Group(group.indexes[:middle], first_half=True)]

    def _prove(self, group: _Group, failure: Failure) -> None:
        self.proofs[group.indexes[0]] = Rejected(failure)

    def _systemic(self) -> bool:
        """Whether what is refused is everything: then the schema changed, not the leads."""
        if self.got_through or len(self.rows) < GUARD_ROWS or not _ALIKE <= len(self.proofs) <= _SAMPLE:
            return False
        if self.probed:
            return len(self.proofs) >= _ALIKE + _PROBES and self._mostly_alike()
        if self._alike() >= _ALIKE:
            self.probed = True
            self._probe()
        return False

    def _probe(self) -> None:
        """Ask next about single leads from all over the batch."""
        left = [i for group in self.todo for i in group.indexes]
        left.sort()
        step = max(1, len(left) // _PROBES)
        chosen = left[step // 2 :: step][:_PROBES]
        rest = [_Group([i for i in group.indexes if i not in chosen]) for group in self.todo]
        self.todo = [*(group for group in rest if group.indexes), *(_Group([i]) for i in chosen)]

    def _alike(self) -> int:
        """How many of the refused leads share the commonest reason."""
        return alike([(proof.failure, self.rows[i].lead) for i, proof in self.proofs.items()])

    def _mostly_alike(self) -> bool:
        return self._alike() >= _SHARE * len(self.proofs)

    def _finish(self) -> Settled:
        if len(self.rows) >= GUARD_ROWS and not self.got_through and self._mostly_alike():
            return self._hold_all(Held("systemic"))
        return self._settle(None)

    def _stop(self, held: Held) -> Settled:
        """Hold what is not settled; what was proved stays proved unless all might have been refused alike."""
        if not self.got_through and len(self.rows) >= GUARD_ROWS:
            self.proofs.clear()
        return self._settle(held)

    def _hold_all(self, held: Held) -> Settled:
        self.proofs.clear()
        return self._settle(held)

    def _settle(self, held: Held | None) -> Settled:
        known: dict[int, Outcome] = {**self.proofs, **self.outcomes}
        # Whoever the search might forget comes back as well.
        outcomes = [known.get(i) or held or Held("internal") for i in range(len(self.rows))]
        return Settled(outcomes, self.metrics, held)


def _failure(status: int, message: str, reply: Reply, field: str | None = None, detail: Any = None) -> Failure:
    return Failure("rejected", message, status, field, detail, reply.request_id)
