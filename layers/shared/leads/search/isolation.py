"""Isolation: find the bad leads of a refused request, with a proof for each, and condemn no good one.

Pure: `isolate` yields what to send next, is sent the answer, and ends with an outcome for every row. A lead is rejected
only when a request of its own was refused, for the reason of that refusal.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Accepted, Counts, Held, Outcome, Rejected, tally
from leads.request.reply import BadKey, Refused, Reply, TooBig, judge
from leads.search import guard
from leads.search.complaint import alike, complaint
from leads.search.hints import hints
from leads.search.search import NO_HINTS, Question, Search

# The schema changed, or the service refuses all leads for another reason that is not theirs.
SYSTEMIC: Final = Held("systemic")


@dataclass(frozen=True, slots=True)
class Ask:
    """Send these rows now. `fresh_key`: read the API key again first."""

    rows: Sequence[Row]
    fresh_key: bool = False


@dataclass(slots=True)
class Settled:
    """The result of a batch.

    Attributes:
        outcomes: one for each row, in order.
        metrics: `Enrolled`, `Updated`, `Skipped` and `Unaccounted` in rows; `Requests`, and `IsolationRequests` for
            those that followed a refusal.
        closed: why no further batch of the campaign should be sent now.
    """

    outcomes: list[Outcome]
    metrics: Counter[str]
    closed: Held | None = None


type _Answer = tuple[Reply, datetime] | None
type Isolation = Generator[Ask, _Answer, Settled]
"""Yields what to send. Is sent the reply and when it came, or None if no time is left."""
type Part = tuple[Sequence[Row], Settled]
"""A batch and its result."""


def isolate(rows: Sequence[Row]) -> Isolation:
    """Deliver a batch. If it is refused, find the bad leads."""
    return (yield from _Isolation(rows, Search(len(rows))).run())


def apply_campaign_guard(parts: Sequence[Part]) -> list[Settled]:
    """The results of all batches of a campaign, judged as one: no lead is rejected if all were refused alike."""
    leads = sum(not guard.is_replayed(row) for rows, _ in parts for row in rows)
    if not guard.is_systemic(_refusals(parts), leads):
        return [settled for _, settled in parts]
    return [
        replace(
            settled,
            outcomes=[
                SYSTEMIC if isinstance(outcome, Rejected) and not guard.is_replayed(row) else outcome
                for row, outcome in zip(rows, settled.outcomes, strict=True)
            ],
            closed=settled.closed or SYSTEMIC,
        )
        for rows, settled in parts
    ]


def all_refused_so_far(parts: Sequence[Part]) -> bool:
    """Whether so many leads of a campaign were refused, and none accepted, that no further batch should be sent."""
    return len(_refusals(parts)) >= guard.ENOUGH


def _refusals(parts: Sequence[Part]) -> list[guard.Refusal]:
    """The refusals that the guard counts; none if a lead was accepted."""
    pairs = [pair for rows, settled in parts for pair in zip(rows, settled.outcomes, strict=True)]
    if any(isinstance(outcome, Accepted) for _, outcome in pairs):
        return []
    return [
        (outcome.failure, row.lead)
        for row, outcome in pairs
        if isinstance(outcome, Rejected) and not guard.is_replayed(row)
    ]


@dataclass(slots=True)
class _Isolation:
    rows: Sequence[Row]
    search: Search
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    proofs: dict[int, Failure] = field(default_factory=dict)
    metrics: Counter[str] = field(default_factory=Counter)
    got_through: bool = False
    probed: bool = False
    # Refused before any lead got through. The last one is asked again when one does.
    doubted: dict[int, Failure] = field(default_factory=dict)
    # What the guard found.
    closed: Held | None = None

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
                self._review_doubts(*question.indexes)
            self._guard()
        return self._settle(self.closed)

    def _ask(self, question: Question) -> Generator[Ask, _Answer, tuple[Counts | Refused | TooBig | Held, Reply]]:
        """Get one answer. If the key is refused, read it afresh once."""
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
        first = not self.got_through
        self.got_through = True
        unsure = self.probed or not self.search.trusting
        self.search.accepted(question)
        if first and unsure and self.proofs:
            # Were the leads bad, or has the service recovered since?
            self.doubted = dict(self.proofs)
            self.search.ask_alone([next(reversed(self.doubted))])

    def _refuse(self, question: Question, refused: Refused, reply: Reply) -> None:
        leads = [self.rows[index].lead for index in question.indexes]
        found = NO_HINTS
        if len(leads) == 1:
            said = complaint(refused.content, leads[0])
            self._prove(question, Failure("rejected", said.message, refused.status, said.field, refused.content), reply)
        elif self.search.bases:
            found = hints(refused.content, leads)
        self.search.refused(question, found)

    def _divide(self, question: Question, reply: Reply) -> None:
        if len(question.indexes) == 1:
            self._prove(question, Failure("rejected", "larger than Leadterra takes", 413), reply)
        self.search.too_large(question)

    def _prove(self, question: Question, failure: Failure, reply: Reply) -> None:
        self.proofs[question.indexes[0]] = replace(failure, request_id=reply.request_id)

    def _review_doubts(self, index: int) -> None:
        """If the re-sent lead is refused for the same reason, keep the earlier refusals. Otherwise ask again."""
        before, lead = self.doubted.pop(index), self.rows[index].lead
        others, self.doubted = list(self.doubted), {}
        if index in self.outcomes:
            del self.proofs[index]
        elif alike([(before, lead), (self.proofs[index], lead)]) > 1:
            return
        for other in others:
            del self.proofs[other]
        self.search.ask_alone(others)

    # --- The guard ---------------------------------------------------------------------------------

    def _counted(self) -> list[int]:
        """The rows that the guard counts."""
        return [index for index, row in enumerate(self.rows) if not guard.is_replayed(row)]

    def _guard(self) -> None:
        """Where none got through: ask leads from all over the batch, and end the search if all are refused."""
        if self.got_through or self.closed or len(self.proofs) < guard.FIRST:
            return
        counted = self._counted()
        refusals = [(self.proofs[index], self.rows[index].lead) for index in counted if index in self.proofs]
        if guard.is_systemic(refusals, len(counted)):
            self.closed = SYSTEMIC
            self._drop_proofs(counted)
            self.search.settle(counted)
        elif not self.probed and len(counted) >= guard.GUARD_ROWS and len(refusals) >= guard.FIRST:
            self.probed = True
            self.search.take_apart(guard.probes(self.search.left()))

    def _drop_proofs(self, counted: Sequence[int]) -> None:
        for index in counted:
            self.proofs.pop(index, None)

    # --- The end -----------------------------------------------------------------------------------

    def _stop(self, held: Held) -> Settled:
        """Hold the rest. A proof counts unless all leads might have been refused alike."""
        counted = self._counted()
        if not self.got_through and len(counted) >= guard.GUARD_ROWS:
            self._drop_proofs(counted)
        return self._settle(held)

    def _settle(self, held: Held | None) -> Settled:
        known: dict[int, Outcome] = {index: Rejected(failure) for index, failure in self.proofs.items()}
        known |= self.outcomes
        # Rows without an outcome are held.
        outcomes = [known.get(index) or held or Held("internal") for index in range(len(self.rows))]
        return Settled(outcomes, self.metrics, held)
