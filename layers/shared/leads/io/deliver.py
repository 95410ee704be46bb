"""Deliver: one invocation's messages, sent batch by batch as far as time and Leadterra allow."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from leads.config.schema import Enrollment
from leads.config.values import MAX_BATCH_SIZE
from leads.errors import Malformed, NewerVersion, Unavailable
from leads.io.aws import CALL_SECONDS
from leads.io.dependencies import REAL, Dependencies
from leads.io.leadterra import Leadterra, leadterra
from leads.io.ledger import OTHER, Ledger, LedgerLine
from leads.io.pseudonyms import address_for_log
from leads.io.queues import Record, receives
from leads.io.settings import Settings
from leads.io.telemetry import logger, where
from leads.io.vault import Vault
from leads.message.dead_letter import Failure
from leads.message.decoding import decode
from leads.message.message import AnyMessage, Suppression
from leads.request.batch import Batch, ReceivedMessage, Row, batches, body, rows, suppression_body
from leads.request.outcome import DROPPED, Accepted, Held, Rejected
from leads.request.reply import Reply
from leads.request.suppression import SUPPRESSION_LIST, split
from leads.search.isolation import (
    SYSTEMIC,
    Ask,
    Part,
    Settled,
    all_refused_so_far,
    apply_campaign_guard,
    is_replayed,
    isolate,
)

# Closing the ledger makes about a hundred calls for a thousand messages, several at once. The last one may be slow.
_CLOSING_SECONDS: Final = 3.0 + CALL_SECONDS
# A request with less time than this would end before Leadterra answers.
_SHORTEST_SECONDS: Final = 5.0
# What remains for the function to return its answer.
_RETURNING_SECONDS: Final = 0.5
# These concern Leadterra as a whole, or the invocation: no other campaign would fare better.
_FOR_ALL: Final = frozenset({"unauthorized", "deadline"})


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
        """Drop the leads of people who asked to be forgotten after these were received. They are only counted.

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
        """Send the opt-outs, then each campaign's batches.

        Trouble holds its campaign, and everything once a second one meets it.
        """
        suppressed, leads, dropped = split(messages)
        ledger.enter(SUPPRESSION_LIST, (LedgerLine(each.records, each.message, DROPPED) for each in dropped))
        of_campaigns, kept_out = rows(leads, self.config)
        to_send: list[tuple[str | None, list[Row]]] = [(None, suppressed)] if suppressed else []
        names = {campaign.id: name for name, campaign in self.config.campaigns.items()}
        for refusing, kept in kept_out.items():
            ledger.enter(names[refusing], (LedgerLine(each.records, each.message, why) for each, why in kept))
        service_hold: Held | None = None
        unavailable = 0
        for campaign_id, campaign_rows in (*to_send, *of_campaigns.items()):
            name = SUPPRESSION_LIST if campaign_id is None else names.get(campaign_id, OTHER)
            campaign_hold = self._send_campaign(campaign_id, campaign_rows, service_hold, ledger, name)
            if campaign_hold and not service_hold:
                unavailable += campaign_hold.why == "unavailable"
                service_hold = campaign_hold if campaign_hold.why in _FOR_ALL or unavailable > 1 else None

    def _send_campaign(
        self, campaign_id: str | None, campaign_rows: Sequence[Row], hold: Held | None, ledger: Ledger, name: str
    ) -> Held | None:
        """Send a campaign's batches until one of them has a reason to hold the others; that reason."""
        parts: list[Part] = []
        size = MAX_BATCH_SIZE if campaign_id is None else self.config.leadterra.batch_size
        fresh = batches(campaign_id, (row for row in campaign_rows if not is_replayed(row)), size)
        replayed = batches(campaign_id, filter(is_replayed, campaign_rows), size)
        for batch in (*fresh, *replayed):
            # A changed schema does not hold replayed leads.
            held = None if hold == SYSTEMIC and is_replayed(batch.rows[0]) else hold
            settled = _held(batch, held) if held else self._send(batch)
            parts.append((batch.rows, settled))
            hold = hold or settled.closed
            if not hold and all_refused_so_far(parts):
                hold = SYSTEMIC
        for (batch_rows, _), settled in zip(parts, apply_campaign_guard(parts), strict=True):
            _enter(ledger, name, batch_rows, settled)
        return hold

    def _send(self, batch: Batch) -> Settled:
        try:
            return self._isolate(batch)
        except Exception as error:  # noqa: BLE001 - the messages stay in the queue, whatever broke here
            logger().error("unexpected", extra={"where": where(error)})
            return _held(batch, Held("internal"))

    def _isolate(self, batch: Batch) -> Settled:
        service = self.service(self.settings.leadterra_base_url or self.config.leadterra.base_url)
        secret = self.dependencies.vault(self.settings)
        search = isolate(batch.rows)
        try:
            ask = next(search)
            while True:
                ask = search.send(self._ask(service, secret, batch, ask))
        except StopIteration as done:
            settled: Settled = done.value
            return settled

    def _ask(self, service: Leadterra, secret: Vault, batch: Batch, ask: Ask) -> tuple[Reply, datetime] | None:
        """Send one request, unless too little time is left to close the ledger after it."""
        seconds = self._seconds_left() - _CLOSING_SECONDS
        if seconds < _SHORTEST_SECONDS:
            return None
        if ask.fresh_key:
            secret.refresh(self.dependencies.monotonic())
        try:
            api_key = secret.api_key(self.dependencies.monotonic())
        except Unavailable as error:
            # No key, no answer. Rows that are settled already stay settled.
            logger().error("no key", extra={"detail": str(error)})
            return Reply(None), self.dependencies.now()
        if batch.campaign_id is None:
            reply = service.suppress(suppression_body(ask.rows), api_key=api_key, timeout=seconds)
        else:
            content = batch.body if len(ask.rows) == len(batch.rows) else body(ask.rows)
            reply = service.bulk(batch.campaign_id, content, api_key=api_key, timeout=seconds)
        return reply, self.dependencies.now()


def _read(records: Sequence[Record], ledger: Ledger, now: datetime) -> list[ReceivedMessage[AnyMessage]]:
    """Decode the records. A message that SQS, or a producer, delivered twice is there once, with both records."""
    messages: list[ReceivedMessage[AnyMessage]] = []
    by_id: dict[tuple[str, str], list[ReceivedMessage[AnyMessage]]] = {}
    unread: list[LedgerLine] = []
    for index, record in enumerate(records):
        try:
            message = _decode(record, now)
        except Malformed as error:
            failure = Failure("malformed", error.message, field=error.field)
            unread.append(LedgerLine([index], None, Rejected(failure)))
            continue
        except NewerVersion:
            unread.append(LedgerLine([index], None, Held("newer")))
            continue
        # An event that was accepted twice has two messages of one id, which differ in their time.
        same_id = by_id.setdefault((message.source, message.id), [])
        if twin := next((each for each in same_id if each.message == message), None):
            twin.records.append(index)
            continue
        received = ReceivedMessage(message, [index], receives(record))
        same_id.append(received)
        messages.append(received)
    duplicates = len(records) - len(unread) - len(messages)
    ledger.enter(OTHER, unread, {"Duplicates": duplicates} if duplicates else {})
    ledger.count_direct(messages)
    return messages


def _decode(record: Record, now: datetime) -> AnyMessage:
    sent = record.get("attributes", {}).get("SentTimestamp")
    sent_at = float(sent) / 1000 if sent else now.timestamp()
    return decode(record["body"], message_id=record["messageId"], sent_at=sent_at)


def _held(batch: Batch, held: Held) -> Settled:
    return Settled([held] * len(batch.rows), Counter(), held)


def _enter(ledger: Ledger, campaign: str, batch_rows: Sequence[Row], settled: Settled) -> None:
    """Give every message of a row the row's outcome. All but one message of an accepted row count as merged."""
    outcomes = list(zip(batch_rows, settled.outcomes, strict=True))
    accepted = [row for row, outcome in outcomes if isinstance(outcome, Accepted)]
    metrics: dict[str, int] = {**settled.metrics, "Merged": sum(len(row.messages) - 1 for row in accepted)}
    if campaign == SUPPRESSION_LIST:
        # Leadterra may count only the addresses that are new to its list.
        sent = {name: metrics.get(name, 0) for name in ("Requests", "IsolationRequests", "Merged")}
        metrics = {**sent, "Suppressed": len(accepted)}
    lines = (LedgerLine(each.records, each.message, outcome) for row, outcome in outcomes for each in row.messages)
    ledger.enter(campaign, lines, metrics)
