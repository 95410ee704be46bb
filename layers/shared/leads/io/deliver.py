"""Deliver: one invocation's messages, sent batch by batch as far as time and Leadterra allow."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from leads.config.schema import Enrollment
from leads.config.values import MAX_BATCH_SIZE
from leads.errors import Malformed, NewerVersion, Unavailable
from leads.io.aws import CALL_SECONDS
from leads.io.dependencies import REAL, Dependencies
from leads.io.leadterra import Leadterra, leadterra
from leads.io.ledger import OTHER, Ledger, LedgerLine, count_direct
from leads.io.queues import Record, receives, sent_at
from leads.io.settings import Settings
from leads.io.telemetry import logger, where
from leads.message.dead_letter import Failure
from leads.message.decoding import decode
from leads.message.message import DIRECT, AnyMessage, Message, Suppression, address_for_log
from leads.request.batch import SUPPRESSION_LIST, AnyReceived, Batch, ReceivedMessage, Row, batches, body, rows, split
from leads.request.outcome import DROPPED, Accepted, Held, Rejected
from leads.request.reply import Reply
from leads.search.isolation import SYSTEMIC, Ask, Part, Settled, all_refused_so_far, apply_campaign_guard, isolate

# Closing the ledger makes about a hundred calls for a thousand messages, several at once. The last one may be slow.
_CLOSING_SECONDS: Final = 3.0 + CALL_SECONDS
# A request with less time than this would end before Leadterra answers.
_SHORTEST_SECONDS: Final = 5.0
# What remains for the function to return its answer.
_RETURNING_SECONDS: Final = 0.5
# These apply to all campaigns.
_FOR_ALL: Final = frozenset({"unauthorized", "deadline", "rate_limit"})


@dataclass(frozen=True, slots=True)
class Enroll:
    """One invocation of enroll. `remaining_millis` says how much of its time is left."""

    settings: Settings
    config: Enrollment
    remaining_millis: Callable[[], int]
    dependencies: Dependencies = REAL
    service: Callable[[str], Leadterra] = leadterra

    def deliver(self, records: Sequence[Record], now: datetime) -> list[str]:
        """Deliver the leads of these records; the ids of the messages that stay in the queue."""
        try:
            ledger = self._ledger(records, now)
            self._send_all(self._without_erased(_read(records, ledger, now), ledger), ledger)
            return ledger.close()
        except Exception as error:  # noqa: BLE001 - Lambda would log its text, which may quote a lead
            logger().error("unexpected", extra={"where": where(error)})
            return self._ledger(records, now).abandon()

    def _ledger(self, records: Sequence[Record], now: datetime) -> Ledger:
        return Ledger(self.settings, records, now, self._seconds_left, self.dependencies)

    def _seconds_left(self) -> float:
        return self.remaining_millis() / 1000 - _RETURNING_SECONDS

    def _without_erased(
        self, messages: list[ReceivedMessage[AnyMessage]], ledger: Ledger
    ) -> list[ReceivedMessage[AnyMessage]]:
        """Drop leads that were received before their person asked to be forgotten. They are only counted.

        An opt-out is sent all the same: the person wants no e-mail.
        """
        monotonic = self.dependencies.monotonic()
        times = self.dependencies.erasures(self.settings).times(monotonic)
        key = times and self.dependencies.vault(self.settings).log_key(monotonic)
        if not key:
            return messages
        kept = [
            each
            for each in messages
            if isinstance(each.message, Suppression)
            or each.message.received_at.timestamp() > times.get(address_for_log(key, each.message.address), 0)
        ]
        if len(kept) < len(messages):
            ledger.enter(OTHER, (), {"Erased": len(messages) - len(kept)})
        return kept

    def _send_all(self, messages: Sequence[ReceivedMessage[AnyMessage]], ledger: Ledger) -> None:
        """Send the opt-outs, then each campaign's batches, until something holds the rest."""
        suppressed, leads, dropped = split(messages)
        by_campaign, kept_out = rows(leads, self.config)
        names: dict[str | None, str] = {campaign.id: name for name, campaign in self.config.campaigns.items()}
        names[None] = SUPPRESSION_LIST
        if dropped:
            ledger.enter(SUPPRESSION_LIST, (LedgerLine(each.records, each.message, DROPPED) for each in dropped))
        for campaign_id, kept in kept_out.items():
            ledger.enter(names[campaign_id], (LedgerLine(each.records, each.message, why) for each, why in kept))
        parts: defaultdict[str | None, list[Part]] = defaultdict(list)
        holds: dict[str | None, Held] = {}
        for batch in self._batches(suppressed, by_campaign):
            own = parts[batch.campaign_id]
            held = _why_not_sent(batch, holds)
            settled = _all_held(batch, held) if held else self._send(batch)
            own.append((batch.rows, settled))
            if hold := settled.closed or (SYSTEMIC if all_refused_so_far(own) else None):
                holds.setdefault(batch.campaign_id, hold)
        for destination, own in parts.items():
            for (batch_rows, _), settled in zip(own, apply_campaign_guard(own), strict=True):
                _enter(ledger, names.get(destination, OTHER), batch_rows, settled)

    def _batches(self, suppressed: Sequence[Row], by_campaign: Mapping[str, Sequence[Row]]) -> Iterator[Batch]:
        """All requests in their order: opt-outs, new leads, and replayed leads in requests of their own.

        Under a rate limit new leads of live sources come first, and those of an import after them.
        """
        limited = self.config.leadterra.requests_per_minute is not None
        groups: dict[tuple[bool, str | None], list[Row]] = {(False, None): list(suppressed)} if suppressed else {}
        for campaign_id, its_rows in by_campaign.items():
            ordered = sorted(its_rows, key=self._is_imported) if limited else its_rows
            for replayed in (False, True):
                if group := [row for row in ordered if row.is_replayed is replayed]:
                    groups[replayed, campaign_id] = group

        def precedence(key: tuple[bool, str | None]) -> tuple[bool, bool]:
            return key[0], limited and self._is_imported(groups[key][0])

        for replayed, destination in sorted(groups, key=precedence):
            size = MAX_BATCH_SIZE if destination is None else self.config.leadterra.batch_size
            yield from batches(destination, groups[replayed, destination], size)

    def _is_imported(self, row: Row) -> bool:
        """Whether the lead came only from an import: its source is not in the configuration."""
        live = {DIRECT, *self.config.sources}
        return all(isinstance(each.message, Message) and each.message.source not in live for each in row.messages)

    def _send(self, batch: Batch) -> Settled:
        search = isolate(batch.rows)
        try:
            ask = next(search)
            while True:
                ask = search.send(self._ask(batch, ask))
        except StopIteration as done:
            settled: Settled = done.value
            return settled
        except Exception as error:  # noqa: BLE001 - the messages stay in the queue, whatever broke here
            logger().error("unexpected", extra={"where": where(error)})
            return _all_held(batch, Held("internal"))

    def _ask(self, batch: Batch, ask: Ask) -> tuple[Reply, datetime] | Held:
        """Send one request, unless too little time is left to close the ledger after it."""
        seconds = self._seconds_left() - _CLOSING_SECONDS
        if seconds < _SHORTEST_SECONDS:
            return Held("deadline")
        secret, monotonic = self.dependencies.vault(self.settings), self.dependencies.monotonic
        if ask.fresh_key:
            secret.refresh(monotonic())
        try:
            api_key = secret.api_key(monotonic())
        except Unavailable as error:
            # No key, no answer. Rows that are settled already stay settled.
            logger().error("no key", extra={"detail": str(error)})
            return Reply(None), self.dependencies.now()
        service = self.service(self.settings.leadterra_base_url or self.config.leadterra.base_url)
        if limit := self.config.leadterra.requests_per_minute:
            # Each concurrent invocation may use its share.
            interval = 60 * self.settings.maximum_concurrency / limit
            wait = service.take_turn(monotonic(), interval, longest=seconds - _SHORTEST_SECONDS)
            if wait > seconds - _SHORTEST_SECONDS:
                return Held("rate_limit", wait)
            self.dependencies.sleep(wait)
            seconds -= wait
        content = batch.body if len(ask.rows) == len(batch.rows) else body(batch.campaign_id, ask.rows)
        return service.send(batch.campaign_id, content, api_key=api_key, timeout=seconds), self.dependencies.now()


def count_new(records: Sequence[Record], now: datetime) -> None:
    """Count the direct leads that are received for the first time, although they cannot be delivered now."""
    count_direct(_decode(records, now)[0])


def _read(records: Sequence[Record], ledger: Ledger, now: datetime) -> list[ReceivedMessage[AnyMessage]]:
    """Decode the records. What cannot be read has its outcome."""
    messages, unread = _decode(records, now)
    duplicates = len(records) - len(unread) - len(messages)
    if unread or duplicates:
        ledger.enter(OTHER, unread, {"Duplicates": duplicates})
    count_direct(messages)
    return messages


def _decode(records: Sequence[Record], now: datetime) -> tuple[list[ReceivedMessage[AnyMessage]], list[LedgerLine]]:
    """The messages, and the lines of records that cannot be read.

    A message that SQS, or a producer, delivered twice is there once, with both records.
    """
    messages: dict[tuple[str, str], ReceivedMessage[AnyMessage]] = {}
    unread: list[LedgerLine] = []
    for index, record in enumerate(records):
        text = record["body"]
        try:
            message = decode(text, message_id=record["messageId"], sent_at=sent_at(record, now))
        except Malformed as error:
            failure = Failure("malformed", error.message, field=error.field)
            unread.append(LedgerLine([index], None, Rejected(failure)))
        except NewerVersion:
            unread.append(LedgerLine([index], None, Held("newer")))
        else:
            # An event that was accepted twice has two messages of one id, which differ in their time.
            key = (message.id, text)
            if twin := messages.get(key):
                twin.records.append(index)
            else:
                messages[key] = ReceivedMessage(message, [index], receives(record))
    return list(messages.values()), unread


def _why_not_sent(batch: Batch, holds: Mapping[str | None, Held]) -> Held | None:
    """Why a batch is not sent: its campaign is held, or two others are. A changed schema holds no replay."""
    own = holds.get(batch.campaign_id)
    unavailable = [held for held in holds.values() if held.why == "unavailable"]
    if held := next((held for held in holds.values() if held.why in _FOR_ALL), None):
        return held
    if len(unavailable) > 1:
        return unavailable[-1]
    return None if own == SYSTEMIC and batch.rows[0].is_replayed else own


def _all_held(batch: Batch, held: Held) -> Settled:
    return Settled([held] * len(batch.rows), Counter(), held)


def _enter(ledger: Ledger, campaign: str, batch_rows: Sequence[Row], settled: Settled) -> None:
    """Give every message of a row the row's outcome. All but one message of an accepted row count as merged."""
    accepted: list[AnyReceived] = []
    lines: list[LedgerLine] = []
    merged = 0
    for row, outcome in zip(batch_rows, settled.outcomes, strict=True):
        if isinstance(outcome, Accepted):
            accepted += row.messages
            merged += len(row.messages) - 1
        else:
            lines += [LedgerLine(each.records, each.message, outcome) for each in row.messages]
    metrics = {**settled.metrics, "Merged": merged}
    if campaign == SUPPRESSION_LIST:
        # Leadterra may count only the addresses that are new to its list.
        sent = {name: metrics.get(name, 0) for name in ("Requests", "IsolationRequests", "Merged")}
        metrics = {**sent, "Suppressed": len(accepted) - merged}
    ledger.enter(campaign, lines, metrics, accepted)
