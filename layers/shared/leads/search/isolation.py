"""Isolation: find the bad leads of a refused request, with a proof for each, and reject no good one.

Pure: `isolate` yields what to send next, is sent the answer, and ends with an outcome for every row. A lead is rejected
only when a request of its own was refused, for the reason of that refusal.
"""

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.request.outcome import ACCEPTED, Accepted, Counts, Held, Outcome, Rejected, tally
from leads.request.reply import UNAUTHORIZED, Partial, Refused, Reply, Verdict, is_passing, judge
from leads.search.complaint import NO_REASON, alike, complaint, reason_words, reasons
from leads.search.hints import Hints, hints
from leads.search.search import NO_HINTS, Question, Search

# With fewer leads of a campaign than this, all may be bad by coincidence.
GUARD_ROWS: Final = 10
# So many leads refused alike in requests of their own are no coincidence ...
_ALIKE: Final = 12
# ... nor are so many refused for any reasons. Finding each may take two requests: fewer than forty in all.
_ENOUGH: Final = 21
# Bad leads are often adjacent, so after so many refusals single leads from all over the batch are sent.
_FIRST: Final = 5
_PROBES: Final = _ALIKE - _FIRST
# A lead is suspected of breaking the service, or its firewall, when it was received so often.
_OFTEN: Final = 3
# Halving a thousand leads down to one takes twenty requests.
_MOST_HALVES: Final = 24
# The schema changed, or the service refuses all leads for another reason that is not theirs.
SYSTEMIC: Final = Held("systemic")
# A firewall in front of Leadterra answers, with a page of its own.
FIREWALL: Final = Held("firewall")
_BLOCKED: Final = Failure("rejected", "a firewall in front of Leadterra blocks this lead's text", HTTPStatus.FORBIDDEN)
_TOO_LARGE: Final = Failure("rejected", "larger than Leadterra takes", HTTPStatus.CONTENT_TOO_LARGE)
_OWN_WORDS: Final = {failure.status: failure for failure in (_BLOCKED, _TOO_LARGE)}


class Ask(NamedTuple):
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


type _Answer = tuple[Reply, datetime] | Held
type Isolation = Generator[Ask, _Answer, Settled]
"""Yields what to send. Is sent the reply and when it came, or why nothing can be sent."""
type Part = tuple[Sequence[Row], Settled]
"""A batch and its result."""
type _Refusal = tuple[Failure, Mapping[str, Any]]
"""Why a lead was refused in a request of its own, and the lead."""


def isolate(rows: Sequence[Row]) -> Isolation:
    """Deliver a batch. If it is refused, find the bad leads. Replayed leads have batches of their own."""
    return (yield from _Isolation(rows, Search(len(rows))).run())


def all_refused_so_far(parts: Sequence[Part]) -> bool:
    """Whether so many leads of a campaign were refused, and none accepted, that no further batch should be sent."""
    return not _any_accepted(parts) and len(_refusals(parts)) >= _ENOUGH


def apply_campaign_guard(parts: Sequence[Part]) -> list[Settled]:
    """The results of all batches of a campaign, after the guard against schema changes.

    No lead is rejected if all were refused alike. A lead that a firewall blocked three times is rejected if another
    one of the campaign got through.
    """
    if _any_accepted(parts):
        change = _unblocked
    elif _is_systemic(_refusals(parts), sum(not row.is_replayed for rows, _ in parts for row in rows)):
        change = _unrefused
    else:
        return [settled for _, settled in parts]
    return [replace(settled, outcomes=list(map(change, rows, settled.outcomes))) for rows, settled in parts]


def _unblocked(row: Row, outcome: Outcome) -> Outcome:
    return Rejected(_BLOCKED) if outcome is FIREWALL and _is_received_often(row) else outcome


def _unrefused(row: Row, outcome: Outcome) -> Outcome:
    return SYSTEMIC if isinstance(outcome, Rejected) and not row.is_replayed else outcome


def _any_accepted(parts: Sequence[Part]) -> bool:
    return any(isinstance(outcome, Accepted) for _, settled in parts for outcome in settled.outcomes)


def _refusals(parts: Sequence[Part]) -> list[_Refusal]:
    """The refusals that the guard counts."""
    pairs = [pair for rows, settled in parts for pair in zip(rows, settled.outcomes, strict=True)]
    rejected = [(row, outcome.failure) for row, outcome in pairs if isinstance(outcome, Rejected)]
    return [(failure, row.lead) for row, failure in rejected if not row.is_replayed]


def _is_systemic(refusals: Sequence[_Refusal], leads: int) -> bool:
    """Whether so many of these leads were refused that the cause is not the leads. None may have been accepted."""
    enough = min(_ALIKE, leads)
    return leads >= GUARD_ROWS and len(refusals) >= enough and (len(refusals) >= _ENOUGH or alike(refusals) >= enough)


def _is_received_often(row: Row) -> bool:
    return all(received.receives >= _OFTEN for received in row.messages)


def _failure(refused: Refused, lead: Mapping[str, Any]) -> Failure:
    """Why this lead was refused in a request of its own."""
    if refused.status in _OWN_WORDS:
        return _OWN_WORDS[refused.status]
    field_name, message = complaint(refused.content, lead)
    return Failure("rejected", message, refused.status, field_name, refused.content)


@dataclass(slots=True)
class _Isolation:
    rows: Sequence[Row]
    search: Search
    accepted: set[int] = field(default_factory=set)
    # Refused in a request of their own.
    proofs: dict[int, Failure] = field(default_factory=dict)
    # Held by themselves, while the search goes on.
    held: dict[int, Held] = field(default_factory=dict)
    metrics: Counter[str] = field(default_factory=Counter)
    probed: bool = False
    # A row that is asked again, and why it was refused before any lead got through.
    doubt: tuple[int, Failure] | None = None
    # Requests that looked for a lead that breaks the service.
    halves: int = 0
    # Rows that the errors of a 2xx name if its numbers count from 0, and those that they name if from 1 instead. The
    # latter were stored if each of the former is named again.
    readings: list[tuple[Sequence[int], Sequence[int]]] = field(default_factory=list)
    # The words of 2xx that named rows.
    reported: set[tuple[str, ...]] = field(default_factory=set)
    # Rows that were named again when they were sent by themselves, with an error that will pass.
    passing: set[int] = field(default_factory=set)

    def run(self) -> Isolation:
        while question := self.search.next() or self._next_reading():
            doubt, self.doubt = self.doubt, None
            verdict, reply = yield from self._ask(question)
            match verdict:
                case Counts() | Partial():
                    partial = Partial(verdict, {}) if isinstance(verdict, Counts) else verdict
                    if not self._accept_part(question, partial, reply):
                        return self._settle(Held("unexpected"))
                case Refused():
                    self._refuse(question, verdict, reply)
                case _:
                    if held := (yield from self._halve(question, reply, verdict)):
                        return self._settle(held)
            if doubt:
                self._review(*doubt)
            if found := self._guard():
                return self._settle(found)
        return self._settle(None)

    def _ask(self, question: Question) -> Generator[Ask, _Answer, tuple[Verdict, Reply]]:
        """Get one answer. If the key is refused, read the key again and repeat the request once."""
        rows = [self.rows[index] for index in question.indexes]
        for fresh_key in (False, True):
            answer = yield Ask(rows, fresh_key=fresh_key)
            if isinstance(answer, Held):
                return answer, Reply(None)
            self.metrics["Requests"] += 1
            if self.search.begun:
                self.metrics["IsolationRequests"] += 1
            reply, verdict = answer[0], judge(*answer)
            if verdict != UNAUTHORIZED:
                break
        return verdict, reply

    def _store(self, indexes: Sequence[int], counts: Counts) -> None:
        """Count these rows as accepted."""
        self.metrics.update(tally(counts, len(indexes)))
        self.accepted.update(indexes)

    def _accept(self, question: Question, counts: Counts) -> None:
        """Accept all rows. If these are the first after refusals, ask again about the last refused row."""
        unsure = not self.accepted and (self.probed or not self.search.trusting)
        self._store(question.indexes, counts)
        self.search.accepted(question)
        if unsure and self.proofs:
            # Were the leads bad, or has the service recovered since?
            self.doubt = next(reversed(self.proofs.items()))
            self.search.ask_alone([self.doubt[0]])

    def _accept_part(self, question: Question, partial: Partial, reply: Reply) -> bool:
        """Accept the rows that a 2xx does not name, and ask again for the others; False: it stored none."""
        rows, counts, leads = question.indexes, partial.counts, self._leads(question)
        content = reply.content
        # A lead that was sent again may have the same error without its number, or another one.
        reason = complaint(content, leads[0])[1] if len(rows) == 1 and self.reported else NO_REASON
        found = self._named(leads, partial, content, is_again=reason != NO_REASON)
        named = {rows[place] for places in found.values() for place in places}
        is_named = bool(named) or reason_words(reason) in self.reported
        if partial.errors and not is_named and not counts.total:
            return False
        if not is_named or counts.enrolled + counts.updated >= len(rows):
            self._accept(question, counts)
        elif len(rows) > 1 and not (partial.failed and not counts.total):
            self._store([index for index in rows if index not in named], counts)
            self.search.begun = True
            self.search.settle(rows)
            self._ask_by_reading(rows, found)
        elif len(rows) == 1 and is_passing(content):
            self.passing.add(rows[0])
            self.held[rows[0]] = Held("unavailable")
            self.search.settle(rows)
        else:
            refused = content if len(rows) == 1 else partial.errors
            self._refuse(question, Refused(reply.status or 0, refused), reply)
        if named:
            self.reported |= reasons(content)
        return True

    def _named(self, leads: Sequence[Mapping[str, Any]], partial: Partial, content: Any, *, is_again: bool) -> Hints:
        """The rows that a 2xx names under a name of errors, or elsewhere (`results`, `details`) if its counts agree."""
        found = hints(partial.errors, leads)
        missing = len(leads) - partial.counts.total
        if found or missing <= 0:
            return found
        found = hints(content, leads)
        number = len(next(iter(found.values()), ()))
        # An answer may also repeat the leads that it stored. Then these are as many as it counts.
        return found if is_again or number == missing < partial.counts.total else {}

    def _ask_by_reading(self, rows: Sequence[int], found: Hints) -> None:
        """Ask again for the rows that a 2xx names if its numbers count from 0, and later perhaps for the others."""
        likeliest = next(found[basis] for basis in (0, 1, "named") if basis in found)
        first = {rows[place] for place in likeliest}
        others = {rows[place] for places in found.values() for place in places} - first
        self.search.ask_alone(sorted(first))
        self.readings.append((sorted(first), sorted(others)))

    def _next_reading(self) -> Question | None:
        """Once the rows that a 2xx named were sent again, ask by the other reading if that may be right."""
        for first, others in self.readings:
            if all(index in self.proofs or index in self.passing for index in first):
                self.accepted.update(others)
                self.metrics["Unaccounted"] += len(others)
            else:
                self.search.ask_alone(others)
        self.readings = []
        return self.search.next()

    def _refuse(self, question: Question, refused: Refused, reply: Reply) -> None:
        """Reject a single lead, or search further."""
        leads = self._leads(question)
        if len(leads) == 1:
            failure = replace(_failure(refused, leads[0]), request_id=reply.request_id)
            self.proofs[question.indexes[0]] = failure
        if refused.status == HTTPStatus.CONTENT_TOO_LARGE:
            self.search.too_large(question)
        else:
            readable = len(leads) > 1 and self.search.bases
            self.search.refused(question, hints(refused.content, leads) if readable else NO_HINTS)

    def _leads(self, question: Question) -> list[Mapping[str, Any]]:
        return [self.rows[index].lead for index in question.indexes]

    def _halve(self, question: Question, reply: Reply, held: Held) -> Generator[Ask, _Answer, Held | None]:
        """Find the lead that breaks the service, if all were received often; why not, if it is not about a lead."""
        group = question.indexes
        if not reply.is_failure or not all(_is_received_often(self.rows[index]) for index in group):
            return held
        while len(group) > 1:
            middle = len(group) // 2
            failed: list[Sequence[int]] = []
            self.halves += 2
            for half in (group[:middle], group[middle:]):
                verdict, reply = yield from self._ask(Question("alone", half))
                if isinstance(verdict, Counts):
                    self._store(half, verdict)
                    self.search.settle(half)
                elif reply.is_failure:
                    failed.append(half)
                elif isinstance(verdict, Held):
                    return verdict
            if len(failed) > 1 or self.halves >= _MOST_HALVES:
                return held
            if not failed:
                return None
            group = failed[0]
        self.held.update(dict.fromkeys(group, held))
        self.search.settle(group)
        return None if self.accepted else held

    def _review(self, index: int, before: Failure) -> None:
        """If the re-sent lead is refused for the same reason, keep the earlier refusals. Otherwise ask again."""
        others = [other for other in self.proofs if other != index]
        if index in self.accepted:
            del self.proofs[index]
        elif alike([(failure, self.rows[index].lead) for failure in (before, self.proofs[index])]) > 1:
            return
        for other in others:
            del self.proofs[other]
        self.search.ask_alone(others)

    def _may_be_systemic(self) -> bool:
        return not self.accepted and len(self.rows) >= GUARD_ROWS and not self.rows[0].is_replayed

    def _guard(self) -> Held | None:
        """If none was accepted, send leads from all over the batch. If these are refused too, hold all."""
        if len(self.proofs) < _FIRST or not self._may_be_systemic():
            return None
        if _is_systemic([(failure, self.rows[index].lead) for index, failure in self.proofs.items()], len(self.rows)):
            blocked = all(failure.status == HTTPStatus.FORBIDDEN for failure in self.proofs.values())
            return FIREWALL if blocked else SYSTEMIC
        if not self.probed:
            self.probed = True
            left = self.search.left()
            step = max(1, len(left) // _PROBES)
            self.search.settle([])
            self.search.ask_alone(left[step // 2 :: step][:_PROBES])
        return None

    def _settle(self, held: Held | None) -> Settled:
        """End the search and hold the rest. Proofs count unless the cause may be a changed schema."""
        if held and self._may_be_systemic():
            self.proofs.clear()
        known: dict[int, Outcome] = {
            index: FIREWALL if failure.status == HTTPStatus.FORBIDDEN else Rejected(failure)
            for index, failure in self.proofs.items()
        }
        known |= self.held | dict.fromkeys(self.accepted, ACCEPTED)
        # Rows without an outcome are held.
        outcomes = [known.get(index) or held or Held("internal") for index in range(len(self.rows))]
        return Settled(outcomes, self.metrics, held)
