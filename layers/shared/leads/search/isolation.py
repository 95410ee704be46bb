"""Isolation: which leads of a refused request are bad, with a proof for each and no good one condemned.

Pure, and driven from outside: `isolate` says what to send next, is given the answer, and ends with an outcome
for every row. A lead is rejected only when a request of its own was refused, for the reason of that refusal.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Accepted, Counts, Held, Outcome, Rejected, tally
from leads.request.reply import BadKey, Refused, Reply, TooBig, judge
from leads.search import guard
from leads.search.complaint import alike, complaint
from leads.search.hints import hints
from leads.search.reading import READINGS, Reading
from leads.search.search import NO_HINTS, Question, Search


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
        metrics: `Enrolled`, `Updated`, `Skipped`, `Unaccounted` in rows; `Requests`, and of these `IsolationRequests`,
            which came after a refusal.
        closed: the destination takes nothing at present: whatever else there is should be held as well.
        readings: the ways to take this server's hints, by what they were worth: the order for its next refusal.
        unconfirmed: those of the rejected after whom nobody got through, so that everybody might be refused by now.
    """

    outcomes: list[Outcome]
    metrics: Counter[str]
    closed: Held | None = None
    readings: Sequence[Reading] = READINGS
    unconfirmed: AbstractSet[int] = frozenset()


# It is about everybody.
SYSTEMIC: Final = Held("systemic")

type _Answer = tuple[Reply, datetime] | None
type Isolation = Generator[Ask, _Answer, Settled]
"""Yields what to send; is sent the reply and when it came, or None where no time is left."""


def isolate(rows: Sequence[Row], readings: Sequence[Reading] = READINGS) -> Isolation:
    """Deliver a batch, finding out which leads are bad if it is refused.

    `readings` are the ways to take hints, the likeliest first.
    """
    return (yield from _Isolation(rows, Search(len(rows), list(readings))).run())


@dataclass(slots=True)
class _Isolation:
    rows: Sequence[Row]
    search: Search
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    proofs: dict[int, Failure] = field(default_factory=dict)
    unconfirmed: set[int] = field(default_factory=set)
    metrics: Counter[str] = field(default_factory=Counter)
    got_through: bool = False
    probed: bool = False
    # Refused when nobody got through yet; the last of them is asked again as soon as somebody does.
    doubted: dict[int, Failure] = field(default_factory=dict)

    def run(self) -> Isolation:
        while question := self.search.next():
            doubting = bool(self.doubted)
            verdict, reply = yield from self._ask(question)
            match verdict:
                case Counts():
                    self._accept(question, verdict)
                case Refused():
                    self._refuse(question, verdict, reply)
                case TooBig():
                    self._divide(question, reply)
                case _:
                    return self._stop(verdict)
            if doubting:
                self._believe(*question.indexes)
            if self._systemic():
                return self._hold_all()
        return self._finish()

    def _ask(self, question: Question) -> Generator[Ask, _Answer, tuple[Counts | Refused | TooBig | Held, Reply]]:
        """One answer; a refused key is read afresh once."""
        rows = [self.rows[index] for index in question.indexes]
        for fresh_key in (False, True):
            answer = yield Ask(rows, fresh_key=fresh_key)
            if answer is None:
                return Held("deadline"), Reply(None)
            self.metrics["Requests"] += 1
            if self.search.begun:
                self.metrics["IsolationRequests"] += 1
            verdict = judge(*answer)
            if not isinstance(verdict, BadKey):
                return verdict, answer[0]
        return Held("unauthorized"), Reply(None)

    def _accept(self, question: Question, counts: Counts) -> None:
        self.metrics.update(tally(counts, len(question.indexes)))
        self.outcomes.update(dict.fromkeys(question.indexes, ACCEPTED))
        self.unconfirmed.clear()
        hasty = not self.got_through and self._hasty()
        self.got_through = True
        self.search.accepted(question)
        if hasty:
            self._doubt()

    def _refuse(self, question: Question, refused: Refused, reply: Reply) -> None:
        leads = [self.rows[index].lead for index in question.indexes]
        if len(leads) == 1:
            said = complaint(refused.content, leads[0])
            self._prove(question, _failure(refused.status, said.message, reply, said.field, refused.content))
            self.unconfirmed.update(question.indexes)
        # Hints that nobody would believe are not looked for.
        told = hints(refused.content, leads) if len(leads) > 1 and self.search.readings else NO_HINTS
        self.search.refused(question, told)

    def _divide(self, question: Question, reply: Reply) -> None:
        if len(question.indexes) == 1:
            self._prove(question, _failure(413, "larger than Leadterra takes", reply))
        self.search.too_large(question)

    def _prove(self, question: Question, failure: Failure) -> None:
        self.proofs[question.indexes[0]] = failure

    # --- A service that recovers in the middle -----------------------------------------------------

    def _hasty(self) -> bool:
        """Whether leads were refused that no hint had named which proved to be right."""
        return bool(self.proofs) and (self.probed or not self.search.trusting)

    def _doubt(self) -> None:
        """Somebody gets through, for the first time: was it the leads before, or the service?"""
        self.doubted = dict(self.proofs)
        self.search.ask_again([next(reversed(self.doubted))])

    def _believe(self, index: int) -> None:
        """The one that was asked again had its answer: refused for the same reason as before it stands for all."""
        before, lead = self.doubted.pop(index), self.rows[index].lead
        others, self.doubted = list(self.doubted), {}
        if index in self.outcomes:
            del self.proofs[index]
        elif alike([(before, lead), (self.proofs[index], lead)]) > 1:
            return
        for each in others:
            del self.proofs[each]
        self.search.ask_again(others)

    # --- Whether it is the leads at all ------------------------------------------------------------

    def _guarded(self) -> bool:
        return not self.got_through and len(self.rows) >= guard.GUARD_ROWS

    def _refusals(self) -> list[guard.Refusal]:
        return [(failure, self.rows[index].lead) for index, failure in self.proofs.items()]

    def _systemic(self) -> bool:
        """Whether what is refused is everything: then the schema changed, not the leads."""
        if not self._guarded():
            return False
        refusals = self._refusals()
        if not self.probed and guard.suspicious(refusals):
            self.probed = True
            self.search.ask_alone(guard.probes(self.search.left()))
        return guard.systemic(refusals)

    # --- The end -----------------------------------------------------------------------------------

    def _finish(self) -> Settled:
        if self._guarded() and guard.mostly_alike(self._refusals()):
            return self._hold_all()
        return self._settle(None)

    def _stop(self, held: Held) -> Settled:
        """Hold what is not settled; what was proved stays proved unless all might have been refused alike."""
        if self._guarded():
            self.proofs.clear()
        return self._settle(held)

    def _hold_all(self) -> Settled:
        self.proofs.clear()
        return self._settle(SYSTEMIC)

    def _settle(self, held: Held | None) -> Settled:
        rejected = {index: Rejected(failure) for index, failure in self.proofs.items()}
        known: dict[int, Outcome] = {**rejected, **self.outcomes}
        # Whoever the search might forget comes back as well.
        outcomes = [known.get(index) or held or Held("internal") for index in range(len(self.rows))]
        readings = (*self.search.readings, *self.search.misread)
        return Settled(outcomes, self.metrics, held, readings, self.unconfirmed & rejected.keys())


type Part = tuple[Sequence[Row], Settled]
"""A batch and what became of it."""


def judged(parts: Sequence[Part]) -> list[Settled]:
    """What became of the batches of one campaign: the guard judges them as one, however small they were."""
    if not _is_systemic(parts, finished=True):
        return [settled for _, settled in parts]
    return [
        replace(
            settled,
            outcomes=[SYSTEMIC if isinstance(outcome, Rejected) else outcome for outcome in settled.outcomes],
            closed=settled.closed or SYSTEMIC,
        )
        for _, settled in parts
    ]


def hopeless(parts: Sequence[Part]) -> bool:
    """Whether so much was refused, and nothing accepted, that a further batch of the campaign need not be tried."""
    return _is_systemic(parts, finished=False)


def _is_systemic(parts: Sequence[Part], *, finished: bool) -> bool:
    if any(isinstance(outcome, Accepted) for _, settled in parts for outcome in settled.outcomes):
        return False
    pairs = [pair for rows, settled in parts for pair in zip(rows, settled.outcomes, strict=True)]
    if len(pairs) < guard.GUARD_ROWS:
        return False
    refusals = [(outcome.failure, row.lead) for row, outcome in pairs if isinstance(outcome, Rejected)]
    return bool(refusals) and (guard.mostly_alike(refusals) if finished else len(refusals) >= guard.ENOUGH)


def _failure(status: int, message: str, reply: Reply, field: str | None = None, detail: Any = None) -> Failure:
    return Failure("rejected", message, status, field, detail, reply.request_id)
