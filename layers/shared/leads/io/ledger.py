"""The ledger of one enroll invocation: the outcome of each message, and writing them all at the end.

A message is settled once Leadterra has its lead, or once the dead-letter queue has it with the reason. Every other
message is held: it is hidden for a while and reported as failed, so that SQS keeps it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from leads.errors import TooLarge
from leads.io.aws import CALL_SECONDS
from leads.io.dependencies import REAL, Dependencies
from leads.io.queues import Entry, Queues, Record, age, queue_url, receives
from leads.io.settings import Settings
from leads.io.telemetry import HELD_AGE, logger, report, where
from leads.message.dead_letter import Failure, attributes, dead_letter, unreadable
from leads.message.message import DIRECT, AnyMessage, address_for_log, as_json, id_for_log
from leads.model import LEAD_FIELDS
from leads.request.batch import AnyReceived, ReceivedMessage
from leads.request.outcome import Dropped, Held, Outcome, Rejected, held_metric

# A long Retry-After is honoured, so a message may reach SQS's retention of 14 days before its receives run out.
_EXPIRING_SECONDS: Final = 12 * 24 * 3_600
# Metrics have the names of the configuration as a dimension. Each literal campaign id would cost $0.30 a month.
OTHER: Final = "other"
# An alarm can add up ten metrics, and law 2 has more: one metric for all outcomes.
SETTLED: Final = "Settled"
SETTLING: Final = (
    "Enrolled",
    "Updated",
    "Skipped",
    "Unaccounted",
    "Merged",
    "Rejected",
    "Suppressed",
    "Dropped",
    "Erased",
)
# These need no operator.
_PASSING: Final = frozenset({"unavailable", "deadline", "rate_limit", "newer"})
_FIELDS: Final = frozenset({*LEAD_FIELDS, "customFields"})


@dataclass(slots=True)
class LedgerLine:
    """The outcome of a message that Leadterra has not accepted.

    Attributes:
        records: the indexes of its records. SQS may deliver a message twice in a batch.
        message: None if the body could not be read.
    """

    records: Sequence[int]
    message: AnyMessage | None
    outcome: Outcome


class _Section(NamedTuple):
    """A batch: its campaign's configured name, every message's outcome, and the metrics of its requests."""

    campaign: str
    accepted: Sequence[AnyReceived]
    lines: Sequence[LedgerLine]
    metrics: Mapping[str, int]


@dataclass(slots=True)
class Ledger:
    """The outcomes of one invocation. Closing it takes at most `seconds_left()`."""

    settings: Settings
    records: Sequence[Record]
    now: datetime
    seconds_left: Callable[[], float]
    dependencies: Dependencies = REAL
    _sections: list[_Section] = field(default_factory=list)

    def enter(
        self,
        campaign: str,
        lines: Iterable[LedgerLine],
        metrics: Mapping[str, int] | None = None,
        accepted: Sequence[AnyReceived] = (),
    ) -> None:
        """Note what Leadterra accepted, every other message's outcome, and the metrics of the requests."""
        self._sections.append(_Section(campaign, accepted, list(lines), metrics or {}))

    def close(self) -> list[str]:
        """Send the dead letters, hide what is held, and write logs and metrics; the ids of the messages to keep."""
        self._send_dead_letters()
        moved = self._move_expiring()
        held = [(i, why.retry_after) for line, why in self._lines(Held) for i in line.records if i not in moved]
        if held:
            url = queue_url(self.records[0], self.settings.leads_queue_url)
            # Reporting them as failed alone would bring them back at once.
            self._queues().hold(url, [(self.records[index], retry_after) for index, retry_after in held])
        for section in self._sections:
            self._report(section)
        return self._message_ids(index for index, _ in held)

    def abandon(self) -> list[str]:
        """Hide every message after an unexpected error; their ids."""
        everything = range(len(self.records))
        self.enter(OTHER, (LedgerLine([index], None, Held("internal")) for index in everything))
        try:
            return self.close()
        except Exception as error:  # noqa: BLE001 - SQS needs nothing but the ids
            logger().error("unexpected", extra={"where": where(error)})
            return self._message_ids(everything)

    def _lines[O: Outcome](self, kind: type[O]) -> Iterator[tuple[LedgerLine, O]]:
        for section in self._sections:
            yield from _lines_with(kind, section.lines)

    def _message_ids(self, indexes: Iterable[int]) -> list[str]:
        return list(dict.fromkeys(self.records[index]["messageId"] for index in indexes))

    def _queues(self) -> Queues:
        return self.dependencies.queues(self.settings, self.seconds_left)

    def _send_dead_letters(self) -> None:
        """Send rejected messages with their reason. Those that could not be sent are held."""
        letters: list[tuple[LedgerLine, Entry]] = []
        for line, rejected in self._lines(Rejected):
            try:
                letters.append((line, self._letter(line, rejected.failure)))
            except (TooLarge, RecursionError):
                # The reason does not fit. The queue's redrive policy moves the message as it is, in time.
                line.outcome = Held("internal")
        if letters:
            url, entries = self.settings.dead_letter_queue_url, [entry for _, entry in letters]
            for place in self._queues().send(url, entries):
                letters[place][0].outcome = Held("internal")

    def _move_expiring(self) -> set[int]:
        """Move held messages that SQS will soon delete to the dead-letter queue; the indexes of their records."""
        found = [
            (index, line.message)
            for line, _ in self._lines(Held)
            for index in line.records
            if age(self.records[index], self.now) > _EXPIRING_SECONDS
        ]
        if not found:
            return set()
        entries = [self._unanswered(index, message) for index, message in found]
        missing = self._queues().send(self.settings.dead_letter_queue_url, entries)
        moved = {index for place, (index, _) in enumerate(found) if place not in missing}
        if moved:
            logger().error("set aside after twelve days", extra={"count": len(moved)})
        return moved

    def _letter(self, line: LedgerLine, failure: Failure) -> Entry:
        record = self.records[line.records[0]]
        content = as_json(line.message) if line.message else unreadable(record["body"])
        source, campaign = (name if isinstance(name := content.get(key), str) else "" for key in ("source", "campaign"))
        body = dead_letter(content, failure, attempts=receives(record), failed_at=self.now)
        return Entry(body, attributes(failure.reason, source or DIRECT, campaign))

    def _unanswered(self, index: int, message: AnyMessage | None) -> Entry:
        """A record as it is: Leadterra never gave an outcome for it."""
        source, campaign = (message.source, message.campaign) if message else (DIRECT, None)
        return Entry(self.records[index]["body"], attributes("exhausted", source, campaign))

    def _report(self, section: _Section) -> None:
        """Write a batch's metrics and its log line: ids, counts and keyed hashes of addresses."""
        campaign, accepted, lines, metrics = section
        written = {**metrics, **self._counts(section)}
        written[SETTLED] = sum(written.get(name, 0) for name in SETTLING)
        held, rejected = list(_lines_with(Held, lines)), list(_lines_with(Rejected, lines))
        dropped = list(_lines_with(Dropped, lines))
        why = Counter(each.why for _, each in held)
        about: dict[str, Any] = {
            "requests": metrics.get("Requests", 0),
            "why": dict(why),
            "accepted": [id_for_log(each.message.id) for each in accepted],
            "held": [self._id(line) for line, _ in held],
            "rejected": [{"id": self._id(line), **_summary(each.failure)} for line, each in rejected],
            **({"dropped": [self._id(line) for line, _ in dropped]} if dropped else {}),
            # Leadterra does not say which of the accepted leads these are.
            **{name.lower(): metrics[name] for name in ("Skipped", "Unaccounted") if metrics.get(name)},
        }
        if log_key := self._log_key():
            others = [line.message for line, _ in (*held, *rejected, *dropped)]
            messages = (*(each.message for each in accepted), *others)
            about["addresses"] = [address_for_log(log_key, each.address) if each else "" for each in messages]
        level: Literal["error", "info"] = "error" if why.keys() - _PASSING else "info"
        report("batch settled", "campaign", campaign, written, about, level=level)

    def _counts(self, section: _Section) -> Counter[str]:
        """The metrics of a batch's messages."""
        counts = Counter(Retries=sum(each.receives > 1 for each in section.accepted))
        for line in section.lines:
            counts["Retries"] += receives(self.records[line.records[0]]) > 1
            match line.outcome:
                case Held(why):
                    counts.update(("Held", held_metric(why)))
                    # The age raises an alarm, which waiting for the rate limit must not.
                    if why != "rate_limit":
                        ages = (age(self.records[index], self.now) for index in line.records)
                        counts[HELD_AGE] = max(counts[HELD_AGE], *ages)
                case Rejected():
                    # Intake did not write an unreadable message, so it is no part of what intake accepted.
                    counts["Malformed" if line.message is None else "Rejected"] += 1
                case Dropped():
                    counts["Dropped"] += 1
        return counts

    def _id(self, line: LedgerLine) -> str:
        """A message's id for the log; SQS's if the message could not be read."""
        return id_for_log(line.message.id if line.message else self.records[line.records[0]]["messageId"])

    def _log_key(self) -> str | None:
        """The key for addresses in logs; None without one, and if there may be no time to read the secret."""
        if self.seconds_left() < CALL_SECONDS:
            return None
        try:
            return self.dependencies.vault(self.settings).log_key(self.dependencies.monotonic())
        except Exception:  # noqa: BLE001 - the outcomes matter more than this part of the log
            return None


def _lines_with[O: Outcome](kind: type[O], lines: Iterable[LedgerLine]) -> Iterator[tuple[LedgerLine, O]]:
    """The lines with one kind of outcome, and the outcome."""
    return ((line, line.outcome) for line in lines if isinstance(line.outcome, kind))


def count_direct(messages: Iterable[ReceivedMessage[AnyMessage]]) -> None:
    """Count the messages that other producers sent. Intake counts its own; a crash must not lose these."""
    new = sum(_is_direct(received.message) and received.receives == 1 for received in messages)
    if new:
        report("sent by other producers", "source", DIRECT, {"Accepted": new}, {"count": new})


def _is_direct(message: AnyMessage) -> bool:
    """Whether another producer sent this lead. A replay was counted the first time, unless it was unreadable then."""
    if message.source != DIRECT:
        return False
    match message.extra.get("replay"):
        case None | {"reason": "malformed"}:
            return True
    return False


def _summary(failure: Failure) -> dict[str, Any]:
    """A failure for the log. Leadterra chooses the field's name, so only names that we know are logged."""
    known = failure.reason != "rejected" or failure.field in _FIELDS
    return {"reason": failure.reason, "field": failure.field if known else None, "status": failure.status}
