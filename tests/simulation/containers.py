"""Lambda's containers, which run the real delivery."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

import httpx

from leads.config.schema import Enrollment
from leads.io.deliver import Enroll
from leads.io.dependencies import Dependencies
from leads.io.kept import Erasures, Vault
from leads.io.leadterra import Leadterra
from leads.io.settings import Settings
from leads.search.isolation import GUARD_ROWS
from tests.simulation.aws import LEADS_ARN, Account, Client, Process, number_in
from tests.simulation.books import Output
from tests.simulation.deployed import Deployed
from tests.simulation.life import Killed, Life
from tests.simulation.queues import Message, Received
from tests.simulation.service import Service, Wire
from tests.simulation.timeline import Lane, LaneThreads, Timeline

type Check = Callable[[Received, str, list[dict[str, Any]]], None]


@dataclass
class Surroundings:
    """The environment of all containers. `check` gets the accepted rows of each request with their batch."""

    deployed: Deployed
    settings: Settings
    config: Enrollment
    timeline: Timeline
    account: Account
    service: Service
    output: Output
    check: Check
    chance: Random


class Container:
    """One environment of the function. After a kill it starts without state."""

    def __init__(self, around: Surroundings, lane: Lane) -> None:
        self._around = around
        self._lane = lane
        self._begun = self._deadline = 0.0
        self._life = Life(around.chance, around.account.weather)
        self._batch: Received = ()
        self._start()

    def _start(self) -> None:
        around = self._around
        client: Any = Client(around.account, Process(lambda: self._lane.now, self._spend, self._effect, self._note))
        wire = Wire(around.service, lambda: self._lane.now, self._wait, self._effect, self._checked)
        vault = Vault(around.settings, lambda _: client)
        erasures = Erasures(around.settings, lambda _: client)
        service = Leadterra(httpx.Client(base_url="https://leadterra.example", transport=wire))
        dependencies = Dependencies(
            sqs=lambda _: client,
            dynamodb=lambda _: client,
            vault=lambda _: vault,
            erasures=lambda _: erasures,
            now=lambda: around.service.moment(self._lane.now),
            monotonic=lambda: self._lane.now,
            sleep=self._wait,
            chance=around.chance.random,
            threads=partial(LaneThreads, self._lane),
        )
        self._enroll = Enroll(around.settings, around.config, self._remaining, dependencies, lambda _: service)

    def invoke(self, batch: Received) -> set[str] | None:
        """The ids of the messages that stay in the queue, or None if the function was killed."""
        around = self._around
        around.output.watch(self._effect)
        self._batch = batch
        self._begun = self._lane.now
        self._deadline = self._lane.now + around.deployed.timeout
        self._life.begin()
        records = [self._record(*each) for each in batch]
        try:
            return set(self._enroll.deliver(records, around.service.moment(self._lane.now)))
        except Killed:
            self._start()
            return None

    def _remaining(self) -> int:
        return int((self._deadline - self._lane.now) * 1000)

    def _wait(self, seconds: float) -> None:
        self._lane.wait(self._lane.now + seconds)

    def _spend(self, seconds: float) -> None:
        self._lane.now += seconds

    def _effect(self) -> None:
        """An effect begins or has ended: the process may be killed here."""
        self._life.effect()
        if self._lane.now > self._deadline:
            raise Killed

    def _checked(self, campaign: str, rows: list[dict[str, Any]]) -> None:
        self._around.check(self._batch, campaign, rows)

    def _note(self, letter: str) -> None:
        """Note a dead letter of the one named exception to law 4: a changed schema, and fewer than ten leads."""
        account = self._around.account
        if account.weather.during("schema", self._begun, self._lane.now):
            bodies = [json.loads(message.body) for _, message in self._batch]
            campaign = json.loads(letter)["campaign"]
            rows = {b["lead"]["email"].lower() for b in bodies if b["campaign"] == campaign and "replay" not in b}
            if len(rows) < GUARD_ROWS:
                account.replayable[number_in(letter)] = letter

    def _record(self, handle: str, message: Message) -> dict[str, Any]:
        millis = self._around.service.millis
        return {
            "messageId": message.id,
            "receiptHandle": handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.received),
                "ApproximateFirstReceiveTimestamp": millis(message.first_received),
                "SentTimestamp": millis(message.sent_at),
            },
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": LEADS_ARN,
        }
