"""Sending the worklist straight to Leadterra's bulk endpoint, with the isolation of bad leads that enroll has."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from threading import Event
from typing import TYPE_CHECKING, Final, cast

import httpx

from leads.config.schema import Enrollment
from leads.io.leadterra import HEADERS, LONGEST_SECONDS, Leadterra
from leads.message.decoding import decode
from leads.request.backoff import delay
from leads.request.batch import AnyReceived, Batch, ReceivedMessage, batches, body, rows
from leads.request.outcome import Accepted, Held, Outcome, Rejected
from leads.request.reply import Reply
from leads.search.isolation import FIREWALL, Ask, Settled, isolate
from leads_cli.errors import CommandError
from leads_cli.importing.plan.facts import Facts
from leads_cli.importing.plan.worklist import RowRefusal, Todo, Worklist
from leads_cli.importing.progress import OnProgress
from leads_cli.project import is_local
from leads_cli.stacks.leadterra import KEY_VARIABLE
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.stacks.secret import API_KEY, read_secret

if TYPE_CHECKING:
    from leads.message.message import Message


class ApiKey:
    """A key that is read when it is needed, and again when it is refused."""

    def __init__(self, read: Callable[[], str]) -> None:
        self.value = cache(read)

    def fresh(self) -> str:
        self.value.cache_clear()
        return self.value()


def fixed_key(environ: Mapping[str, str]) -> ApiKey | None:
    text = environ.get(KEY_VARIABLE, "").strip()
    return ApiKey(lambda: text) if text else None


def key_of_stack(running: Running) -> ApiKey:
    def current() -> str:
        if (found := read_secret(running).api_key) is None:
            raise NotReachableError(
                f"the stack's secret has no {API_KEY}: leads secrets set {API_KEY}, or name one in {KEY_VARIABLE}"
            )
        return found

    return ApiKey(current)


# Half an hour of outage. The next run continues.
_MAX_PAUSES: Final = 6
_REMEDIES: Final = {
    "unauthorized": "it refuses the API key; give a valid one",
    "not_found": "it has no such campaign; correct the campaign's id in the configuration",
    "systemic": "it refuses all leads alike, as if it wanted something else of every one; look at one with --dry-run",
    "firewall": "a firewall in front of it blocks every request (403); let this computer's address through",
    "unavailable": "it is down, or throttles, and did not come back",
}
_PASSING: Final = "unavailable"
# Most trouble is over at once. What remains may be a row's, and is searched for.
_FIRST_PAUSE: Final = 2.0
# More suspects than these, and none that got through: it is not about rows.
_MAX_SUSPECTS: Final = 10
# The last row of a list is given so many pauses before it is set aside.
_LONE_PAUSES: Final = 2
# After trouble, a smaller page: two rows that break the service hide each other.
_SHRINK: Final = 4
# So often enroll receives a lead before it suspects it.
_OFTEN: Final = 3
_SET_ASIDE: Final[Mapping[str, str]] = {
    "firewall": "a firewall in front of Leadterra blocks this row (403), and lets others through",
    "unavailable": "Leadterra fails at this row (5xx, or no answer), and takes others",
}


def _pause(attempt: int, retry_after: float | None) -> float:
    if attempt == 1 and retry_after is None:
        return _FIRST_PAUSE
    return delay(attempt, random.random(), retry_after)  # noqa: S311 - jitter


@dataclass(frozen=True, slots=True)
class _Sent:
    """What became of some rows: whether any was accepted, and which are held."""

    accepted: bool = False
    held: dict[int, Held] = field(default_factory=dict)

    @property
    def suspicious(self) -> bool:
        """Whether the held rows themselves are the cause: a firewall blocks each, or a single row fails."""
        alone = len(self.held) == 1 and all(each == Held(_PASSING) for each in self.held.values())
        return alone or all(each == FIREWALL for each in self.held.values())

    def plus(self, other: "_Sent") -> "_Sent":
        return _Sent(self.accepted or other.accepted, self.held | other.held)


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

        A row that is blocked by itself, or fails by itself, is suspected, and the rows behind it are sent. When one of
        those is accepted and the suspect fails once more, it is refused.
        """
        size = full = self.config.leadterra.batch_size
        got_through = worklist.progress()[0] > 0
        suspects: dict[int, Held] = {}
        attempts = 0
        while (page := worklist.first(size, max(suspects, default=0))) or suspects:
            if not pace.take(len(page), stop):
                return
            before = worklist.left()
            sent = self._send(page, worklist, stop, searching=size < full)
            got_through = got_through or sent.accepted
            held = suspects | sent.held
            if stop.is_set():
                pass
            elif not sent.suspicious or (not sent.accepted and (not page or len(held) >= _MAX_SUSPECTS)):
                # With nothing behind them to compare, suspects are given time.
                if not page and got_through and (attempts >= _LONE_PAUSES or set(held.values()) == {FIREWALL}):
                    self._refuse_failing(worklist, held, stop)
                else:
                    attempts = 1 if worklist.left() < before else attempts + 1
                    self._wait(held.values(), attempts, stop)
                    size = max(1, len(page) // _SHRINK)
                suspects = {}
            elif sent.accepted:
                self._refuse_failing(worklist, held, stop)
                suspects, attempts, size = {}, 0, min(2 * size, full)
            else:
                suspects = held
            progress(before - worklist.left())

    def _refuse_failing(self, worklist: Worklist, suspects: dict[int, Held], stop: Event) -> None:
        """Send each suspect once more. Refuse those that fail again."""
        for row, held in suspects.items():
            again = self._send(worklist.first(1, row - 1), worklist, stop)
            if row in again.held and not stop.is_set():
                worklist.refuse([(row, "row", _SET_ASIDE[held.why])])

    def summary(self, facts: Facts) -> Iterator[str]:
        """The outcomes that Leadterra reported in this run."""
        if self.counts["Requests"]:
            words = (f"{self.counts[name.capitalize()]:,} {name}" for name in ("enrolled", "updated", "skipped"))
            yield f"{self.name} says: {', '.join(words)}; in {self.counts['Requests']:,} requests."
        if facts.totals.left:
            yield "Of what is left, it may have some leads already: those are updated when they are sent again."

    def _wait(self, held: Iterable[Held], attempts: int, stop: Event) -> None:
        # A firewall stops the import only if nothing else is the matter: it may be about single rows.
        order = {"firewall": 0, _PASSING: 1}
        worst = max(held, key=lambda each: (order.get(each.why, 2), each.retry_after or 0.0))
        if worst.why != _PASSING or attempts > _MAX_PAUSES:
            raise CommandError(f"{self.name}: {_REMEDIES.get(worst.why, 'it answers something that it should not')}")
        stop.wait(self.pause(attempts, worst.retry_after))

    def _send(self, page: Sequence[Todo], worklist: Worklist, stop: Event, *, searching: bool = False) -> _Sent:
        """Send some leads, and note what became of them. When searching, find a lead that breaks the service."""
        decoded = ((row, decode(text, message_id=str(row), sent_at=0.0)) for row, text in page)
        messages = (
            ReceivedMessage(cast("Message", message), [row], _OFTEN if searching else 1) for row, message in decoded
        )
        by_campaign, kept_out = rows(messages, self.config)
        worklist.refuse(_refusal(received, out) for messages in kept_out.values() for received, out in messages)
        sent = _Sent()
        for campaign_id, campaign_rows in by_campaign.items():
            for batch in batches(campaign_id, campaign_rows, len(page)):
                settled = self._isolate(batch, campaign_id, stop)
                self.counts.update(settled.metrics)
                sent = sent.plus(_enter(worklist, batch, settled.outcomes))
                if not sent.suspicious:
                    return sent
        return sent

    def _isolate(self, batch: Batch, campaign_id: str, stop: Event) -> Settled:
        search = isolate(batch.rows)
        try:
            ask = next(search)
            while True:
                # The user wants to stop: no time is left.
                ask = search.send(Held("deadline") if stop.is_set() else self._ask(campaign_id, ask))
        except StopIteration as done:
            settled: Settled = done.value
            return settled

    def _ask(self, campaign_id: str, ask: Ask) -> tuple[Reply, datetime]:
        key = self.key.fresh() if ask.fresh_key else self.key.value()
        reply = self.service.send(campaign_id, body(campaign_id, ask.rows), api_key=key, timeout=LONGEST_SECONDS)
        return reply, datetime.now(UTC)


@contextmanager
def to(config: Enrollment, campaign: str, key: ApiKey, address: str | None) -> Iterator[Direct]:
    """A campaign of the Leadterra at an address, by default the configuration's."""
    base_url = address or config.leadterra.base_url
    with httpx.Client(base_url=base_url, trust_env=not is_local(base_url), headers=HEADERS) as http:
        identity = f"{base_url.rstrip('/')} {config.rules(campaign).id}"
        yield Direct(Leadterra(http), identity, f"Leadterra at {base_url}", key, config)


def _enter(worklist: Worklist, batch: Batch, outcomes: Iterable[Outcome]) -> _Sent:
    accepted: list[int] = []
    refusals: list[RowRefusal] = []
    held: dict[int, Held] = {}
    for row, outcome in zip(batch.rows, outcomes, strict=True):
        records = [record for received in row.messages for record in received.records]
        match outcome:
            case Accepted():
                accepted += records
            case Rejected():
                refusals += [_refusal(received, outcome) for received in row.messages]
            case Held():
                held |= dict.fromkeys(records, outcome)
    worklist.settle(accepted)
    worklist.refuse(refusals)
    return _Sent(bool(accepted), held)


def _refusal(received: AnyReceived, rejected: Rejected) -> RowRefusal:
    return received.records[0], rejected.failure.field or "row", rejected.failure.message
