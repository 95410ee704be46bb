"""Isolation: find the bad leads of a refused request, with a proof for each, and condemn no good one.

Pure: `isolate` yields what to send next, is sent the answer, and ends with an outcome for every row. A lead is rejected
only when a request of its own was refused, for the reason of that refusal.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Final

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Accepted, Counts, Held, Outcome, Rejected, tally
from leads.request.reply import BadKey, Partial, Refused, Reply, TooBig, is_passing, judge
from leads.search import guard
from leads.search.complaint import alike, complaint
from leads.search.hints import hints
from leads.search.search import NO_HINTS, Question, Search

# A lead is suspected of breaking the service, or its firewall, when it was received so often.
_OFTEN: Final = 3
# Halving a thousand leads down to one takes twenty requests.
_MOST_HALVES: Final = 24
# The schema changed, or the service refuses all leads for another reason that is not theirs.
SYSTEMIC: Final = Held("systemic")
# A firewall in front of Leadterra answers, with a page of its own.
FIREWALL: Final = Held("firewall")
_BLOCKED: Final = Failure("rejected", "a firewall in front of Leadterra blocks this lead's text", HTTPStatus.FORBIDDEN)


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


type _Verdict = Counts | Partial | Refused | TooBig | Held


def isolate(rows: Sequence[Row]) -> Isolation:
    """Deliver a batch. If it is refused, find the bad leads."""
    return (yield from _Isolation(rows, Search(len(rows))).run())


def apply_campaign_guard(parts: Sequence[Part]) -> list[Settled]:
    """The results of all batches of a campaign, judged as one.

    No lead is rejected if all were refused alike. A lead that a firewall blocks again and again is rejected if another
    one of the campaign got through.
    """
    if any(isinstance(outcome, Accepted) for _, settled in parts for outcome in settled.outcomes):
        return [replace(settled, outcomes=_reject_blocked(rows, settled.outcomes)) for rows, settled in parts]
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


def _reject_blocked(rows: Sequence[Row], outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [
        Rejected(_BLOCKED) if outcome == FIREWALL and _is_received_often(row) else outcome
        for row, outcome in zip(rows, outcomes, strict=True)
    ]


def _is_received_often(row: Row) -> bool:
    return all(received.receives >= _OFTEN for received in row.messages)


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
    # Held by themselves, while the search goes on.
    held: dict[int, Held] = field(default_factory=dict)
    # Rows that a partial success may have meant, if not those that were sent again.
    alternative: list[int] = field(default_factory=list)
    # Requests that looked for a lead that breaks the service.
    halves: int = 0
    # What the guard found.
    closed: Held | None = None

    def run(self) -> Isolation:
        while question := self._next():
            doubting = bool(self.doubted)
            verdict, reply = yield from self._ask(question)
            match verdict:
                case Counts():
                    self._accept(question, verdict)
                case Refused():
                    self._refuse(question, verdict, reply)
                case TooBig():
                    self._divide(question, reply)
                case Partial():
                    if not self._accept_part(question, verdict, reply):
                        return self._stop(Held("unexpected"))
                case _:
                    if not (yield from self._halve(question, reply, verdict)):
                        return self._stop(verdict)
            if doubting:
                self._review_doubts(*question.indexes)
            self._guard()
        return self._settle(self.closed)

    def _ask(self, question: Question) -> Generator[Ask, _Answer, tuple[_Verdict, Reply]]:
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

    def _next(self) -> Question | None:
        question = self.search.next()
        if question is None and self.alternative:
            # None of those that were sent again was named again.
            for index in self.alternative:
                del self.outcomes[index]
            self.metrics["Unaccounted"] -= len(self.alternative)
            self.search.ask_alone(self.alternative)
            self.alternative = []
            question = self.search.next()
        return question

    def _accept_part(self, question: Question, partial: Partial, reply: Reply) -> bool:
        """Accept the rows that the errors of a 2xx do not name, and ask again for the others; False: it stored none."""
        rows = question.indexes
        leads = [self.rows[index].lead for index in rows]
        meant = [[rows[place] for place in places] for places in hints(partial.errors, leads).values()]
        if partial.counts.total >= len(rows) or (partial.counts.total and not meant):
            self._accept(question, partial.counts)
        elif not meant:
            return False
        elif len(rows) == 1:
            self.alternative = []
            if is_passing(partial.errors):
                self.held[rows[0]] = Held("unavailable")
                self.search.settle(rows)
            else:
                self._refuse(question, Refused(reply.status or 0, partial.errors), reply)
        else:
            named = meant[0]
            stored = [index for index in rows if index not in named]
            self.metrics.update(tally(partial.counts, len(stored)))
            self.outcomes.update(dict.fromkeys(stored, ACCEPTED))
            self.got_through = self.got_through or bool(stored)
            self.alternative = [index for other in meant[1:] for index in other if index not in named]
            self.search.begun = True
            self.search.settle(rows)
            self.search.ask_alone(named)
        return True

    def _halve(self, question: Question, reply: Reply, held: Held) -> Generator[Ask, _Answer, bool]:
        """Find the lead that breaks the service, if all were received often; False: it is not about a lead."""
        group = list(question.indexes)
        if not reply.is_failure or not all(_is_received_often(self.rows[index]) for index in group):
            return False
        while len(group) > 1:
            middle = len(group) // 2
            failed: list[list[int]] = []
            self.halves += 2
            for half in (group[:middle], group[middle:]):
                verdict, reply = yield from self._ask(Question("alone", half))
                if isinstance(verdict, Counts):
                    self._accept_half(half, verdict)
                elif reply.is_failure:
                    failed.append(half)
            if len(failed) > 1 or self.halves >= _MOST_HALVES:
                return False
            if not failed:
                return True
            group = failed[0]
        self.held.update(dict.fromkeys(group, held))
        self.search.settle(group)
        return bool(self.outcomes)

    def _accept_half(self, half: Sequence[int], counts: Counts) -> None:
        self.metrics.update(tally(counts, len(half)))
        self.outcomes.update(dict.fromkeys(half, ACCEPTED))
        self.got_through = True
        self.search.settle(half)

    def _refuse(self, question: Question, refused: Refused, reply: Reply) -> None:
        leads = [self.rows[index].lead for index in question.indexes]
        found = NO_HINTS
        if len(leads) == 1:
            said = complaint(refused.content, leads[0])
            failure = Failure("rejected", said.message, refused.status, said.field, refused.content)
            self._prove(question, _BLOCKED if refused.status == HTTPStatus.FORBIDDEN else failure, reply)
        elif self.search.bases and refused.content is not None:
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
            blocked = all(failure.status == HTTPStatus.FORBIDDEN for failure, _ in refusals)
            self.closed = FIREWALL if blocked else SYSTEMIC
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
        known: dict[int, Outcome] = {
            index: FIREWALL if failure.status == HTTPStatus.FORBIDDEN else Rejected(failure)
            for index, failure in self.proofs.items()
        }
        known |= self.held | self.outcomes
        # Rows without an outcome are held.
        outcomes = [known.get(index) or held or Held("internal") for index in range(len(self.rows))]
        return Settled(outcomes, self.metrics, held)
