"""Sending the worklist straight to Leadterra's bulk endpoint, with the isolation of bad leads that enroll has."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Final
from urllib.parse import urlsplit

import httpx

from leads.config.schema import Enrollment
from leads.io.leadterra import HEADERS, LONGEST_SECONDS, Leadterra
from leads.message.decoding import decode
from leads.request.backoff import delay
from leads.request.batch import Batch, ReceivedMessage, batches, body, rows
from leads.request.outcome import Accepted, Held, Outcome, Rejected
from leads.request.reply import Reply
from leads.search.isolation import Ask, Settled, isolate
from leads_cli.importing.import_errors import StoppedError
from leads_cli.importing.plan.facts import Facts
from leads_cli.importing.plan.worklist import RowRefusal, Todo, Worklist
from leads_cli.importing.progress import OnProgress
from leads_cli.importing.send.key import ApiKey
from leads_cli.stacks.pace import Pace

# Half an hour of outage; whoever is there can start it again, and loses nothing.
_MAX_PAUSES: Final = 6
_REMEDIES: Final = {
    "unauthorized": "it refuses the API key; give a valid one",
    "not_found": "it has no such campaign; correct the campaign's id in the configuration",
    "systemic": "it refuses all leads alike, as if it wanted something else of every one; look at one with --dry-run",
    "firewall": "a firewall in front of it blocks the text of these leads, or this computer's address",
    "unavailable": "it is down, or throttles, and did not come back",
}
_PASSING: Final = "unavailable"


def _pause(attempt: int, retry_after: float | None) -> float:
    return delay(attempt, random.random(), retry_after)  # noqa: S311 - jitter


@dataclass(frozen=True, slots=True)
class Direct:
    """A campaign of a Leadterra.

    Attributes:
        identity: its address and the campaign's id.
        pause: how many seconds to leave it alone, by how often it was down in a row and what it asked for.
        counts: what it said became of the leads, and how many requests that took.
    """

    service: Leadterra
    identity: str
    name: str
    key: ApiKey
    config: Enrollment
    pause: Callable[[int, float | None], float] = _pause
    counts: Counter[str] = field(default_factory=Counter)

    def send_all(self, worklist: Worklist, pace: Pace, stop: Event, progress: OnProgress) -> None:
        """Send what is on the list, until it is empty or `stop` is set.

        Raises:
            StoppedError: what is wrong is for a person to mend, or lasts too long.
        """
        attempts = 0
        while (page := worklist.first(self.config.leadterra.batch_size)) and pace.take(len(page), stop):
            before = worklist.left()
            held = self._send(page, worklist, stop)
            settled = before - worklist.left()
            progress(settled)
            if not held:
                attempts = 0
            elif not stop.is_set():
                attempts = 1 if settled else attempts + 1
                self._wait(held, attempts, stop)

    def said(self, facts: Facts) -> Iterator[str]:
        """What it said of them, in this run."""
        if self.counts["Requests"]:
            words = (f"{self.counts[name.capitalize()]:,} {name}" for name in ("enrolled", "updated", "skipped"))
            yield f"{self.name} says: {', '.join(words)}; in {self.counts['Requests']:,} requests."
        if facts.totals.left:
            yield "Of what is left, it may have some leads already: those are updated when they are sent again."

    def _wait(self, held: Held, attempts: int, stop: Event) -> None:
        if held.why != _PASSING or attempts > _MAX_PAUSES:
            msg = f"{self.name}: {_REMEDIES.get(held.why, 'it answers something that it should not')}"
            raise StoppedError(msg)
        stop.wait(self.pause(attempts, held.retry_after))

    def _send(self, page: Sequence[Todo], worklist: Worklist, stop: Event) -> Held | None:
        """Send some leads; what keeps those that are left from being settled."""
        messages = (ReceivedMessage(decode(text, message_id=str(row), sent_at=0.0), [row]) for row, text in page)
        by_campaign, kept_out = rows(messages, self.config)
        worklist.refuse(_refusal(received, out) for messages in kept_out.values() for received, out in messages)
        for campaign_id, campaign_rows in by_campaign.items():
            for batch in batches(campaign_id, campaign_rows, len(page)):
                settled = self._isolate(batch, stop)
                self.counts.update(settled.metrics)
                if held := _enter(worklist, batch, settled.outcomes):
                    return held
        return None

    def _isolate(self, batch: Batch, stop: Event) -> Settled:
        search = isolate(batch.rows)
        try:
            ask = next(search)
            while True:
                # No time is left for somebody who wants to stop.
                ask = search.send(None if stop.is_set() else self._ask(batch.campaign_id, ask))
        except StopIteration as done:
            settled: Settled = done.value
            return settled

    def _ask(self, campaign_id: str, ask: Ask) -> tuple[Reply, datetime]:
        key = self.key.fresh() if ask.fresh_key else self.key.value()
        reply = self.service.bulk(campaign_id, body(ask.rows), api_key=key, timeout=LONGEST_SECONDS)
        return reply, datetime.now(UTC)


@contextmanager
def to(config: Enrollment, campaign: str, key: ApiKey, address: str | None) -> Iterator[Direct]:
    """A campaign at the Leadterra of an address, or of the configuration's."""
    base_url = address or config.leadterra.base_url
    # A proxy that the environment names is for the world outside.
    local = urlsplit(base_url).hostname in {"127.0.0.1", "localhost", "::1"}
    with httpx.Client(base_url=base_url, trust_env=not local, headers=HEADERS) as http:
        identity = f"{base_url.rstrip('/')} {config.rules(campaign).id}"
        yield Direct(Leadterra(http), identity, f"Leadterra at {base_url}", key, config)


def _enter(worklist: Worklist, batch: Batch, outcomes: Iterable[Outcome]) -> Held | None:
    """Note what became of a batch's rows; the longest wait that those have that are held."""
    accepted: list[int] = []
    refusals: list[RowRefusal] = []
    held: list[Held] = []
    for row, outcome in zip(batch.rows, outcomes, strict=True):
        match outcome:
            case Accepted():
                accepted += [record for received in row.messages for record in received.records]
            case Rejected():
                refusals += [_refusal(received, outcome) for received in row.messages]
            case Held():
                held.append(outcome)
    worklist.settle(accepted)
    worklist.refuse(refusals)
    return max(held, key=lambda each: each.retry_after or 0.0, default=None)


def _refusal(received: ReceivedMessage, rejected: Rejected) -> RowRefusal:
    return received.records[0], rejected.failure.field or "row", rejected.failure.message
