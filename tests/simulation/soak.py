"""A soak: many leads in virtual time through the real code, compared with the expected state."""

import contextlib
import json
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from leads.config.schema import parse
from leads.io import telemetry
from leads.io.settings import Settings
from leads.message.message import id_for_log
from leads_cli.sandbox import Behaviour, Fault, Sandbox
from tests.error_shapes import SHAPES
from tests.simulation.aws import LEADS_URL, LETTERS_URL, Account
from tests.simulation.books import Books, Output
from tests.simulation.containers import Container, Surroundings
from tests.simulation.deployed import Deployed
from tests.simulation.intake import Intake
from tests.simulation.people import Arrival, Signup, arrivals
from tests.simulation.poller import Poller
from tests.simulation.queues import Oddities, Received, StandardQueue
from tests.simulation.service import Service
from tests.simulation.timeline import Lane, Timeline
from tests.simulation.truth import CAMPAIGNS, Truth
from tests.simulation.weather import Weather

START: Final = datetime(2026, 11, 23, tzinfo=UTC)
HOUR: Final = 3_600.0
_CONFIG: Final = """
[campaigns]
newsletter.id = "camp_news"
trial.id = "camp_trial"
[sources]
website = {provider = "form", auth = "none", campaign = "newsletter", custom_fields = ["signup", "plan"]}
partner = {provider = "json", auth = "token", campaign = "trial", custom_fields = ["*"]}
"""
_SETTINGS: Final = Settings(LEADS_URL, LETTERS_URL, "leads", Path("unused"), None, "deliveries", "eu-central-1", None)
# Error shapes of a 2xx that names every bad lead. Leads that it does not name count as stored.
REPORTED: Final = ("index", "index_only", "one_based_index", "express_validator", "by_email", "prose_email")
# The operator replays dead letters this long after Leadterra accepts leads again.
_REPLAYED_AFTER: Final = 600.0
_OLD_KEY: Final = "sk_live_old"
_NEW_KEY: Final = "sk_live_new"


@dataclass(frozen=True, slots=True)
class Sample:
    """The state after some hours. `oldest` is the age of the oldest message in seconds."""

    hour: float
    queued: int
    oldest: float
    letters: int
    accepted: int
    requests: int


def _usual() -> Oddities:
    """One message in a thousand is delivered again."""
    return Oddities(twins=0.0004, shared=0.0003, ghosts=0.0003)


def every_dialect(hour: int) -> Behaviour:
    """Another dialect and error shape for each hour."""
    mode = ("atomic", "report", "partial")[hour % 3]
    shapes = REPORTED if mode == "report" else list(SHAPES)
    return Behaviour(
        dialect=("reference", "guide", "data")[hour % 4 % 3],
        on_invalid=mode,  # type: ignore[arg-type]
        reported_status=(200, 207)[hour % 2],
        duplicates="refuse",
        error_shape=SHAPES[shapes[hour % len(shapes)]],
    )


@dataclass
class Soak:
    """One run. `problems` lists what was wrong at any hour or at the end.

    Attributes:
        behaviour: Leadterra's behaviour in each hour.
        oddities: how often SQS delivers messages again.
        leadterra: the configuration's `[leadterra]` lines.
    """

    leads: int
    days: float
    weather: Weather
    deployed: Deployed
    seed: int = 1
    behaviour: Callable[[int], Behaviour] = every_dialect
    oddities: Oddities = field(default_factory=_usual)
    leadterra: str = ""
    samples: list[Sample] = field(default_factory=list)
    problems: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        chance = Random(self.seed)  # noqa: S311 - a simulation
        stack = self.deployed
        self.timeline, self.books, self.truth = Timeline(), Books(), Truth()
        self.repeated: set[int] = set()
        self.queue = StandardQueue(
            chance, stack.visibility, stack.retention, stack.most_receives, self.oddities, self.repeated.add
        )
        secret = {"leadterra_api_key": _OLD_KEY, "log_key": "of-the-simulation"}
        self.account = Account(self.weather, chance, self.queue, secret, numbers=self.books.numbers)
        self.sandbox = Sandbox(CAMPAIGNS.values(), api_keys=[_OLD_KEY])
        self.service = Service(self.sandbox, self.weather, chance, START)
        self.output = Output(self.books)
        config = parse(f"[leadterra]\n{self.leadterra}\n{_CONFIG}")
        shared = replace(_SETTINGS, maximum_concurrency=stack.concurrency)
        around = Surroundings(
            stack, shared, config, self.timeline, self.account, self.service, self.output, self.truth.check, chance
        )
        self.poller = Poller(around, self._killed)
        self.intake = Intake(
            _SETTINGS, config, self.timeline, self.account, self.service, chance, self.output, self.poller.look
        )
        self._coming = arrivals(self.leads, self.days, self.seed)
        self._all_have_come = False
        self.replayed = 0

    def run(self) -> None:
        """Run until the queue is empty."""
        self._plan()
        self._next()
        self._hour()
        with contextlib.redirect_stdout(self.output), _logging_to(self.output), self.poller:
            self.timeline.run()
        self._compare()

    def invoke_once(self, came: Sequence[Arrival], **changes: Any) -> tuple[set[int], float]:
        """Invoke enroll with the messages of these arrivals. Returns the held signups, and the end in seconds.

        `changes` are keys of a message by its number: `n3={"source": "import"}`.
        """
        for arrival in came:
            self.truth.add(arrival)
            for signup in arrival.signups:
                self.books.numbers[id_for_log(f"e{signup.number}")] = signup.number
                self.queue.send(_message(arrival, signup, changes), signup.number, -HOUR)
        waiting = self.queue.visible(0)
        batch = self.queue.receive(waiting, 0)
        kept: list[set[str] | None] = []
        with contextlib.redirect_stdout(self.output), _logging_to(self.output), Lane(self.timeline) as lane:
            container = Container(self.poller.around, lane)
            self.timeline.at(0, lambda: lane.begin(lambda: kept.append(container.invoke(batch))))
            self.timeline.run()
        (held,) = kept
        assert held is not None, "killed at its deadline"
        return {message.number for _, message in batch if message.id in held}, lane.now

    def _plan(self) -> None:
        """Schedule the failures that change state at a moment."""
        for spell in self.weather.spells:
            match spell.kind:
                case "key":
                    self.timeline.at(spell.start, partial(self.sandbox.rotate_keys, [_NEW_KEY]))
                    self.timeline.at(spell.end, partial(self.account.secret.update, leadterra_api_key=_NEW_KEY))
                case "schema":
                    self.timeline.at(spell.start, partial(self.sandbox.faults.set, [Fault(kind="refuse_all")]))
                    self.timeline.at(spell.end, partial(self.sandbox.faults.set, []))
                    self.timeline.at(spell.end + _REPLAYED_AFTER, self._replay)

    def _replay(self) -> None:
        """Re-send the dead letters of a changed schema, as an operator does."""
        replayable, self.account.replayable = self.account.replayable, {}
        for number, letter in replayable.items():
            body = {**json.loads(letter), "replay": {"of": f"letter-{number}", "count": 1, "reason": "rejected"}}
            del body["failure"], self.account.letters[number]
            self.account.sent[number] += 1
            self.queue.send(json.dumps(body), number, self.timeline.now)
        self.replayed += len(replayable)
        self.poller.look()

    def _next(self) -> None:
        """Schedule the next arrival."""
        if arrival := next(self._coming, None):
            self.truth.add(arrival)
            self.timeline.at(arrival.moment, partial(self.intake.accept_event, arrival))
            self.timeline.at(arrival.moment, self._next)
        else:
            self._all_have_come = True

    def _killed(self, batch: Received) -> None:
        self.repeated.update(message.number for _, message in batch)

    def _hour(self) -> None:
        """Check the counts and change Leadterra's behaviour."""
        now, queued = self.timeline.now, self.queue.messages.values()
        balanced = self.books.difference(len(queued), self.intake.uncounted + self.replayed, self.counted_again()) == 0
        self.problems["hours at which law 2 did not balance"] += not balanced
        oldest = now - min((message.sent_at for message in queued), default=now)
        letters, accepted = self.account.letters.total(), self.books.metrics["Accepted"]
        self.samples.append(Sample(now / HOUR, len(queued), oldest, letters, accepted, self.service.requests))
        self.sandbox.behaviour = self.behaviour(len(self.samples))
        if queued or self.account.replayable or not self._all_have_come:
            self.timeline.at(now + HOUR, self._hour)

    def counted_again(self) -> int:
        """How often redelivered messages were settled, or are queued, beyond the first time."""
        settled, copies, sent = self.books.settled, self.queue.copies, self.account.sent
        return sum(settled[n] + copies[n] - sent[n] for n in self.repeated)

    def _compare(self) -> None:
        self.truth.compare(self.sandbox, self.account.letters)
        self.problems.update(self.truth.problems)
        self.problems["leads left in the queue"] = len(self.queue.messages)
        self.problems["leads that the queue gave up"] = len(self.queue.exhausted) + len(self.queue.expired)
        self.problems["log lines with an address"] = self.books.with_address
        self.problems["unexpected errors"] = len(self.books.unexpected)
        self.problems = +self.problems


def _message(arrival: Arrival, signup: Signup, changes: Mapping[str, Any]) -> str:
    """A message as intake writes it."""
    custom = {name: value for name, value in signup.fields.items() if name in {"signup", "plan"}}
    own = {name: value for name, value in signup.fields.items() if name not in custom}
    campaign = "newsletter" if arrival.form else "trial"
    head = {"version": 1, "id": f"e{signup.number}", "source": "partner", "campaign": campaign}
    lead = {"email": signup.address, **own, "customFields": custom}
    content = {**head, "receivedAt": "2026-11-23T00:00:00.000Z", "lead": lead, **changes.get(f"n{signup.number}", {})}
    return json.dumps(content, separators=(",", ":"))


@contextlib.contextmanager
def _logging_to(output: Output) -> Iterator[None]:
    """Restore the logger's output, which outlives a run."""
    logger = logging.getLogger(telemetry.logger().name)
    handler = cast("logging.StreamHandler[Any]", telemetry.logger().registered_handler)
    before, propagates = handler.stream, logger.propagate
    # Not by `setStream`, which flushes the one before: that of an earlier test is closed.
    handler.stream = output
    logger.propagate = False
    yield
    handler.stream = before
    logger.propagate = propagates
