"""Delivery: one invocation's messages, sent batch by batch as far as time and the destination allow."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from leads.config.schema import Enrollment
from leads.errors import Malformed, NewerVersion, Unavailable
from leads.io.dependencies import REAL, Dependencies
from leads.io.leadterra import Leadterra, leadterra
from leads.io.settings import Settings
from leads.io.settlement import OTHER, Item, Record, Settlement
from leads.io.telemetry import logger, where
from leads.io.vault import Vault
from leads.message.dead_letter import Failure
from leads.message.decoding import decode
from leads.message.message import Message
from leads.request.batch import Batch, ReceivedMessage, Row, batches, body, rows
from leads.request.outcome import Accepted, Held, Rejected
from leads.request.reply import Reply
from leads.search.isolation import SYSTEMIC, Ask, Part, Settled, hopeless, isolate, judged

# What closing the books takes at the most: a thousand dead letters, or a thousand messages to hide, in tens.
_RESERVE_SECONDS: Final = 5.0
# A request with less time than this would only end in an answer that nobody waits for.
_SHORTEST_SECONDS: Final = 5.0
# These concern the destination as a whole: whatever else the invocation has would meet the same.
_EVERYWHERE: Final = frozenset({"unavailable", "unauthorized", "deadline"})


@dataclass(frozen=True, slots=True)
class Delivery:
    """One invocation of enroll; `remaining_millis` says how much of its time is left."""

    settings: Settings
    config: Enrollment
    remaining_millis: Callable[[], int]
    dependencies: Dependencies = REAL
    service: Callable[[str], Leadterra] = leadterra

    def deliver(self, records: Sequence[Record], now: datetime) -> list[str]:
        """Send what the records hold; the ids of the messages that are to stay in the queue."""
        try:
            return self._deliver(records, now)
        except Exception as error:  # noqa: BLE001 - Lambda would log its text, which may quote a lead
            logger().error("unexpected", extra={"where": where(error)})
            return Settlement(self.settings, records, now, self.dependencies).abandon()

    def _deliver(self, records: Sequence[Record], now: datetime) -> list[str]:
        books = Settlement(self.settings, records, now, self.dependencies)
        messages = _read(records, books, now)
        books.arrived(messages)
        by_campaign, kept_out = rows(messages, self.config)
        names = {campaign.id: name for name, campaign in self.config.campaigns.items()}
        for campaign_id, kept in kept_out.items():
            books.enter(names[campaign_id], (Item(p.records, p.message, outcome) for p, outcome in kept))
        self._send_all(by_campaign, names, books)
        return books.close()

    def _send_all(self, by_campaign: Mapping[str, Sequence[Row]], names: Mapping[str, str], books: Settlement) -> None:
        closed: Held | None = None
        for campaign_id, campaign_rows in by_campaign.items():
            shut: Held | None = None
            sent: list[Batch] = []
            became: list[Settled] = []
            for batch in batches(campaign_id, campaign_rows, self.config.leadterra.batch_size):
                shut = closed or shut
                settled = _held(batch, shut) if shut else self._send(batch)
                sent.append(batch)
                became.append(settled)
                shut = shut or settled.closed
                if not shut and hopeless(_parts(sent, became)):
                    shut = SYSTEMIC
            for batch, settled in zip(sent, judged(_parts(sent, became)), strict=True):
                _enter(books, names.get(campaign_id, OTHER), batch, settled)
            if shut and shut.why in _EVERYWHERE:
                closed = shut

    def _send(self, batch: Batch) -> Settled:
        try:
            return self._isolate(batch)
        except Exception as error:  # noqa: BLE001 - the messages stay in the queue, whatever broke here
            logger().error("unexpected", extra={"where": where(error)})
            return _held(batch, Held("internal"))

    @property
    def _base_url(self) -> str:
        return self.settings.leadterra_base_url or self.config.leadterra.base_url

    def _isolate(self, batch: Batch) -> Settled:
        service = self.service(self._base_url)
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
        """Send one request, unless there is no time left to do something with its answer."""
        seconds = self.remaining_millis() / 1000 - _RESERVE_SECONDS
        if seconds < _SHORTEST_SECONDS:
            return None
        if ask.fresh_key:
            secret.refresh()
        try:
            api_key = secret.api_key(self.dependencies.monotonic())
        except Unavailable as error:
            # Without a key there is no answer either; what was settled before stays settled.
            logger().error("no key", extra={"detail": str(error)})
            return Reply(None), self.dependencies.now()
        content = batch.body if len(ask.rows) == len(batch.rows) else body(ask.rows)
        return service.bulk(batch.campaign_id, content, api_key=api_key, timeout=seconds), self.dependencies.now()


def _read(records: Sequence[Record], books: Settlement, now: datetime) -> list[ReceivedMessage]:
    """The records' messages; those that SQS, or a producer, delivered twice only once."""
    messages: list[ReceivedMessage] = []
    seen: dict[tuple[str, str], ReceivedMessage] = {}
    others: dict[tuple[str, str], list[ReceivedMessage]] = {}
    unread: list[Item] = []
    duplicates = 0
    for index, record in enumerate(records):
        try:
            message = _message(record, now)
        except Malformed as error:
            failure = Failure("malformed", error.message, field=error.field)
            unread.append(Item([index], None, Rejected(failure)))
            continue
        except NewerVersion:
            unread.append(Item([index], None, Held("newer")))
            continue
        key = message.source, message.id
        known = seen.setdefault(key, received := ReceivedMessage(message, [index]))
        if known is received:
            messages.append(received)
        elif same := next((each for each in (known, *others.get(key, ())) if each.message == message), None):
            same.records.append(index)
            duplicates += 1
        else:
            # The same event, taken twice: it says the same at another time.
            others.setdefault(key, []).append(received)
            messages.append(received)
    books.enter(OTHER, unread, {"Duplicates": duplicates} if duplicates else {})
    return messages


def _message(record: Record, now: datetime) -> Message:
    sent = record.get("attributes", {}).get("SentTimestamp")
    sent_at = float(sent) / 1000 if sent else now.timestamp()
    return decode(record["body"], message_id=record["messageId"], sent_at=sent_at)


def _parts(sent: Sequence[Batch], became: Sequence[Settled]) -> list[Part]:
    return [(batch.rows, settled) for batch, settled in zip(sent, became, strict=True)]


def _held(batch: Batch, held: Held) -> Settled:
    return Settled([held] * len(batch.rows), Counter(), held)


def _enter(books: Settlement, campaign: str, batch: Batch, settled: Settled) -> None:
    """Every message of a row shares its outcome; all but one of an accepted row are counted as merged."""
    outcomes = list(zip(batch.rows, settled.outcomes, strict=True))
    merged = sum(len(row.messages) - 1 for row, outcome in outcomes if isinstance(outcome, Accepted))
    items = (
        Item(received.records, received.message, outcome) for row, outcome in outcomes for received in row.messages
    )
    books.enter(campaign, items, {**settled.metrics, "Merged": merged})
