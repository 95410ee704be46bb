"""What became of each lead in a running stack.

It is learnt only from what production has too: the JSON lines and metrics that the functions write, and the
messages in the queues.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from itertools import count
from threading import Lock
from typing import Any, Final

from leads.message.message import id_for_log
from leads.request.batch import SUPPRESSION_LIST
from leads_cli.logs import observed
from leads_cli.logs.reading import Line
from leads_cli.stacks.counts import StackCounts, from_metrics

# A page shows fifty; the rest is for readers of `/_leads/leads`.
CAPACITY: Final = 5_000
# A day of playing by hand; under load it is the last few minutes.
_LINES: Final = 20_000


class LeadState(StrEnum):
    """Where a lead is, in the words of the counts; `held` is queued for another attempt."""

    QUEUED = "queued"
    ENROLLED = "enrolled"
    UPDATED = "updated"
    SKIPPED = "skipped"
    MERGED = "merged"
    SUPPRESSED = "suppressed"
    DROPPED = "dropped"
    HELD = "held"
    REJECTED = "rejected"
    UNMAPPABLE = "unmappable"
    MALFORMED = "malformed"


# What an operator finds in the dead-letter queue.
SET_ASIDE: Final = frozenset({LeadState.REJECTED, LeadState.UNMAPPABLE, LeadState.MALFORMED})


@dataclass(frozen=True, slots=True)
class LeadRow:
    """One lead.

    Attributes:
        email, campaign, lead: empty until its message was seen, for logs carry ids only; `lead` as in a message.
        settled: when enroll logged its outcome.
    """

    id: str
    when: datetime
    email: str = ""
    source: str = ""
    campaign: str = ""
    state: LeadState = LeadState.QUEUED
    reason: str = ""
    lead: Mapping[str, Any] = field(default_factory=dict)
    settled: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """As `/_leads/leads` has it."""
        shown = {key: value for key, value in asdict(self).items() if key != "settled"}
        return {**shown, "when": self.when.isoformat()}


def row_of(data: Mapping[str, Any]) -> LeadRow:
    """A lead as `/_leads/leads` had it."""
    return LeadRow(**{**data, "when": datetime.fromisoformat(data["when"]), "state": LeadState(data["state"])})


def _now() -> datetime:
    return datetime.now(UTC)


class Journal:
    """Collects what several threads observe. The newest `capacity` leads are kept; the counts are of all."""

    def __init__(self, capacity: int = CAPACITY, now: Callable[[], datetime] = _now) -> None:
        self._capacity = capacity
        self._now = now
        self._lock = Lock()
        self._rows: dict[str, LeadRow] = {}  # in order of arrival
        self._ids: dict[str, str] = {}  # SQS's message id -> the lead's
        self._sums: Counter[str] = Counter()
        self._lines: deque[Line] = deque(maxlen=_LINES)
        self._numbers = count(1)
        self._last_events: dict[str, datetime] = {}

    def observe_log(self, function: str, line: str) -> None:
        """A line of a function's output. A line without metrics and with an unknown message is only kept."""
        data = observed.json_object(line)
        with self._lock:
            self._sums.update(observed.sum_metrics_line(data))
            name = function.removesuffix("Function").lower()
            self._lines.append(Line(str(next(self._numbers)), self._now(), name, line.rstrip(), data))
            if data.get("message") == "taken":
                self._last_events[str(data.get("source") or "")] = self._now()
                for lead in observed.texts(data.get("ids")):
                    self._set(id_for_log(lead), {"source": str(data.get("source") or "")})
            elif data.get("message") == "batch settled":
                self._settle(data)

    def observe_records(self, queue: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Records (as Lambda gets them) that are being delivered from a queue to its function."""
        if queue != "LeadsQueue":
            return  # a raw event is no lead yet
        with self._lock:
            for record in records:
                body = observed.json_object(record.get("body"))
                lead = id_for_log(str(body.get("id") or record.get("messageId")))
                self._ids[str(record.get("messageId"))] = lead
                row = self._set(lead, observed.describe_message(body))
                if row.state in SET_ASIDE:  # it is being replayed
                    self._set(lead, {"state": LeadState.QUEUED, "reason": ""})
            _keep_newest(self._ids, 2 * self._capacity)

    def observe_waiting(self, bodies: Iterable[str]) -> None:
        """Messages in LeadsQueue. They have the addresses; the logs have only ids."""
        with self._lock:
            for text in bodies:
                body = observed.json_object(text)
                lead = id_for_log(str(body.get("id")))
                if lead in self._rows:
                    self._set(lead, observed.describe_message(body))

    def observe_dead_letters(self, bodies: Iterable[str]) -> None:
        """The bodies in the dead-letter queue: they carry the reasons."""
        with self._lock:
            for text in bodies:
                body = observed.json_object(text)
                given = body.get("id")
                lead = self._ids.get(str(given)) or (id_for_log(str(given)) if given else observed.short_digest(text))
                known = self._rows.get(lead)
                if known is None or known.state not in {LeadState.ENROLLED, LeadState.SUPPRESSED}:
                    failure = body.get("failure")
                    verdict = {"state": _set_aside(failure), "reason": observed.failure_text(failure)}
                    self._set(lead, observed.describe_message(body) | verdict)

    def counts(self, queued: int = 0, reported: Mapping[str, int] | None = None) -> StackCounts:
        """The sums so far, with those that commands reported. The number of queued leads comes from the queue."""
        with self._lock:
            sums = Counter[str](self._sums)
        sums.update(reported or {})
        return from_metrics(sums, queued=queued)

    def lines(self, since: datetime) -> list[Line]:
        """The latest log lines of that moment and later, oldest first."""
        with self._lock:
            return [line for line in self._lines if line.when >= since]

    def last_events(self) -> dict[str, datetime]:
        with self._lock:
            return dict(self._last_events)

    def leads(self, limit: int = CAPACITY) -> list[LeadRow]:
        with self._lock:
            return list(self._rows.values())[: -limit - 1 : -1]

    def _settle(self, data: Mapping[str, Any]) -> None:
        campaign = str(data.get("campaign") or "")
        accepted = LeadState.SUPPRESSED if campaign == SUPPRESSION_LIST else LeadState.ENROLLED
        for lead in observed.texts(data.get("accepted")):
            self._outcome(lead, campaign, accepted, "")
        for lead in observed.texts(data.get("dropped")):
            self._outcome(lead, campaign, LeadState.DROPPED, "the person opted out after this signup")
        for lead in observed.texts(data.get("held")):
            self._outcome(lead, campaign, LeadState.HELD, observed.hold_text(data.get("why")))
        for refusal in observed.objects(data.get("rejected")):
            why = ", ".join(observed.refusal_words(refusal))
            self._outcome(str(refusal.get("id")), campaign, _set_aside(refusal), why)

    def _outcome(self, lead: str, campaign: str, state: LeadState, reason: str) -> None:
        lead = self._ids.get(lead) or id_for_log(lead)
        known = self._rows.get(lead)
        if known and known.state is state in SET_ASIDE and known.reason:
            return  # the dead letter, seen first, says it better
        known_campaign = known.campaign if known else ""
        campaign = known_campaign or campaign
        self._set(lead, {"campaign": campaign, "state": state, "reason": reason, "settled": self._now()})

    def _set(self, lead: str, changes: Mapping[str, Any]) -> LeadRow:
        row = self._rows.get(lead) or LeadRow(lead, self._now())
        written = {key: value for key, value in changes.items() if value or key == "reason"}
        self._rows[lead] = row = replace(row, **written)
        _keep_newest(self._rows, self._capacity)
        return row


def _set_aside(failure: object) -> LeadState:
    """Events without a lead are counted apart from refused leads."""
    reason = failure.get("reason") if isinstance(failure, dict) else None
    return LeadState(reason) if reason in {LeadState.UNMAPPABLE, LeadState.MALFORMED} else LeadState.REJECTED


def _keep_newest(mapping: dict[str, Any], number: int) -> None:
    while len(mapping) > number:
        del mapping[next(iter(mapping))]
