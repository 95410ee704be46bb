"""Settlement: the books of one invocation of enroll, and closing them.

A record is settled when Leadterra has its lead, or the dead-letter queue has it with the reason. What is not is
held: hidden for a while and named as a failure, so that SQS keeps it.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from leads.errors import Malformed, TooLarge
from leads.io import queues
from leads.io.dependencies import REAL, Dependencies
from leads.io.queues import Entry, age
from leads.io.settings import Settings
from leads.io.telemetry import count, logger, where
from leads.json import loads
from leads.message.dead_letter import Failure, attributes, dead_letter, refused
from leads.message.message import DIRECT, Message
from leads.model import LEAD_FIELDS
from leads.request.backoff import delay
from leads.request.batch import ReceivedMessage
from leads.request.outcome import HELD_AGE, Accepted, Held, Outcome, Rejected, held_metric

type Record = Mapping[str, Any]
"""A record of Lambda's SQS event."""

# A wish to be left alone for hours is granted, so that the receives do not end before the retention of 14 days does.
_RESCUE_SECONDS: Final = 12 * 24 * 3_600
# Metrics are kept by the names of the configuration: a literal id would be a dimension of its own.
OTHER: Final = "other"
# The destination's own trouble, which passes; any other reason to hold wants a person's look.
_PASSING: Final = frozenset({"unavailable", "deadline", "newer"})
_FIELDS: Final = frozenset({*LEAD_FIELDS, "customFields"})
_ID: Final = re.compile(r"[\w.:/=+-]{1,128}", re.ASCII)


@dataclass(slots=True)
class Item:
    """What became of a message; `records` are the places of its records, `message` is None where none is in it."""

    records: Sequence[int]
    message: Message | None
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class _Line:
    """What became of a batch, and what it took; `campaign` is a name of the configuration."""

    campaign: str
    metrics: Mapping[str, int]
    items: Sequence[Item]


@dataclass(slots=True)
class Settlement:
    """The books of one invocation."""

    settings: Settings
    records: Sequence[Record]
    now: datetime
    dependencies: Dependencies = REAL
    _lines: list[_Line] = field(default_factory=list)

    def arrived(self, messages: Iterable[ReceivedMessage]) -> None:
        """Count what other producers put into the queue, which intake has not: now, so that no crash forgets it."""
        new = [
            received for received in messages if _is_new(received.message) and self._attempts(received.records[0]) == 1
        ]
        count("source", DIRECT, {"Accepted": len(new)})

    def enter(self, campaign: str, items: Iterable[Item], metrics: Mapping[str, int] | None = None) -> None:
        """Note what became of some messages; the metrics are those that are no message's outcome."""
        line = _Line(campaign, metrics or {}, list(items))
        if line.items or line.metrics:
            self._lines.append(line)

    def close(self) -> list[str]:
        """Send the dead letters, hide what is held, write the metrics; the ids of the messages that are held."""
        items = [item for line in self._lines for item in line.items]
        self._send_dead_letters([item for item in items if isinstance(item.outcome, Rejected)])
        rescued = self._rescue([item for item in items if isinstance(item.outcome, Held)])
        held = {i: item.outcome for item in items if isinstance(item.outcome, Held) for i in item.records}
        for index in rescued:
            del held[index]
        if held:
            self._hide(held)
        for line in self._lines:
            self._report(line)
        # SQS may have delivered one twice.
        return list(dict.fromkeys(self.records[index]["messageId"] for index in held))

    def abandon(self) -> list[str]:
        """Hold everything, since something broke here; the ids of all messages."""
        self.enter(OTHER, (Item([index], None, Held("internal")) for index in range(len(self.records))))
        try:
            return self.close()
        except Exception as error:  # noqa: BLE001 - the ids are all that SQS needs
            logger().error("unexpected", extra={"where": where(error)})
            return list(dict.fromkeys(record["messageId"] for record in self.records))

    def _rescue(self, held: Sequence[Item]) -> set[int]:
        """SQS forgets a message after 14 days, without a word: shortly before, it becomes a dead letter as it is."""
        old = [(item, i) for item in held for i in item.records if age(self.records[i], self.now) > _RESCUE_SECONDS]
        if not old:
            return set()
        entries = [Entry(self.records[index]["body"], _exhausted(item.message)) for item, index in old]
        missing = queues.send(self.dependencies.sqs(self.settings), self.settings.dead_letter_queue_url, entries)
        rescued = {index for place, (_, index) in enumerate(old) if place not in missing}
        logger().error("set aside after twelve days", extra={"count": len(rescued)})
        return rescued

    def _send_dead_letters(self, rejected: Sequence[Item]) -> None:
        letters: list[tuple[Item, Entry]] = []
        for item in rejected:
            try:
                letters.append((item, self._letter(item)))
            except (TooLarge, RecursionError):
                # No reason fits into it, or around it: the queue's own redrive moves it as it is, in time.
                item.outcome = Held("internal")
        if not letters:
            return
        entries = [entry for _, entry in letters]
        missing = queues.send(self.dependencies.sqs(self.settings), self.settings.dead_letter_queue_url, entries)
        for index in missing:
            # Durable nowhere else yet: it comes back and is judged again.
            letters[index][0].outcome = Held("internal")

    def _letter(self, item: Item) -> Entry:
        assert isinstance(item.outcome, Rejected)  # noqa: S101 - the caller chose it for that
        failure = item.outcome.failure
        attempts = self._attempts(item.records[0])
        if item.message is None:
            raw = _as_it_was(self.records[item.records[0]]["body"])
            body = dead_letter(raw, failure, attempts=attempts, failed_at=self.now)
            source, campaign = raw.get("source"), raw.get("campaign")
            named = attributes(failure.reason, _text(source) or DIRECT, _text(campaign))
            return Entry(body, named)
        body = refused(item.message, failure, attempts=attempts, failed_at=self.now)
        return Entry(body, attributes(failure.reason, item.message.source, item.message.campaign))

    def _attempts(self, index: int) -> int:
        return int(self.records[index].get("attributes", {}).get("ApproximateReceiveCount", 1))

    def _hide(self, held: Mapping[int, Held]) -> None:
        """Back off by each message's own receive count: naming it as a failure alone would hammer the destination."""
        delays = {
            self.records[i]["receiptHandle"]: delay(self._attempts(i), self.dependencies.chance(), outcome.retry_after)
            for i, outcome in held.items()
        }
        url = queues.url_of(self.records[0]["eventSourceARN"], self.settings.leads_queue_url)
        if failed := queues.hold(self.dependencies.sqs(self.settings), url, delays):
            logger().warning("not hidden", extra={"count": len(failed)})

    def _report(self, line: _Line) -> None:
        """One log line and one set of metrics for each batch: ids and counts."""
        accepted: list[str] = []
        held: list[str] = []
        rejected: list[dict[str, Any]] = []
        why = Counter[str]()
        for item in line.items:
            name = self._id(item)
            match item.outcome:
                case Accepted():
                    accepted.append(name)
                case Held():
                    held.append(name)
                    why[item.outcome.why] += 1
                case Rejected(failure):
                    rejected.append({"id": name, **_summary(failure)})
        count("campaign", line.campaign, {**line.metrics, **self._counts(line.items)})
        # Which of the accepted ones they are, Leadterra does not say.
        unaccounted = line.metrics.get("Unaccounted", 0)
        log = logger().error if why.keys() - _PASSING else logger().info
        log(
            "batch settled",
            extra={
                "campaign": line.campaign,
                "requests": line.metrics.get("Requests", 0),
                "accepted": accepted,
                "held": held,
                "rejected": rejected,
                "why": dict(why),
                **({"unaccounted": unaccounted} if unaccounted else {}),
            },
        )

    def _counts(self, items: Sequence[Item]) -> Counter[str]:
        """What the outcomes come to, one for each message."""
        retries = sum(self._attempts(item.records[0]) > 1 for item in items)
        counts = Counter(Retries=retries)
        for item in items:
            match item.outcome:
                case Accepted():
                    pass
                case Held(why):
                    counts.update(("Held", held_metric(why)))
                    counts[HELD_AGE] = max(counts[HELD_AGE], *(age(self.records[i], self.now) for i in item.records))
                case Rejected():
                    # Whoever wrote an unreadable message, intake did not: it is no part of what was accepted.
                    counts["Malformed" if item.message is None else "Rejected"] += 1
        return counts

    def _id(self, item: Item) -> str:
        """The message's id; SQS's own where there is none, or one that a producer made of something else."""
        if item.message and _ID.fullmatch(item.message.id):
            return item.message.id
        return str(self.records[item.records[0]]["messageId"])


def _exhausted(message: Message | None) -> dict[str, str]:
    """As a message looks that SQS moves by itself, with what is known of it."""
    return attributes("exhausted", message.source if message else DIRECT, message.campaign if message else None)


def _is_new(message: Message) -> bool:
    """Whether this is another producer's lead that nobody has counted: one that is sent again was, if it was read."""
    match message.extra.get("replay"):
        case None | {"reason": "malformed"}:
            return message.source == DIRECT
    return False


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _as_it_was(body: str) -> dict[str, Any]:
    """A malformed body for its dead letter: an object as it is, so that it can be mended and sent again."""
    try:
        content = loads(body)
    except Malformed:
        content = body
    if isinstance(content, dict):
        return {key: value for key, value in content.items() if key != "failure"}
    return {"version": 1, "source": DIRECT, "event": content}


def _summary(failure: Failure) -> dict[str, Any]:
    """A failure for the log. The field's name is Leadterra's word, so only those that we know are passed on."""
    known = failure.reason != "rejected" or failure.field in _FIELDS
    return {"reason": failure.reason, "field": failure.field if known else None, "status": failure.status}
