"""Intake: the real code accepts events, may be killed at any moment, and senders retry."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from random import Random
from typing import Any, Final
from urllib.parse import urlencode

from leads.config.schema import Enrollment
from leads.errors import Unavailable
from leads.event.event import Event, from_http
from leads.io.dependencies import Dependencies
from leads.io.intake import Intake as RealIntake
from leads.io.settings import Settings
from tests.simulation.aws import IN_PROGRESS_MILLIS, Account, Client, Process
from tests.simulation.books import Output
from tests.simulation.life import Killed, Life
from tests.simulation.people import Arrival
from tests.simulation.service import Service
from tests.simulation.timeline import LaneThreads, Timeline

# How soon a sender retries after a 503, and within what time if the answer was lost.
_RETRY_SECONDS: Final = 45.0
_RESENT_WITHIN: Final = 3_600.0


@dataclass
class Intake:
    """The function without HTTP.

    Attributes:
        on_accept: called when messages may have been put into LeadsQueue.
        kills: how often it was killed.
        uncounted: messages in LeadsQueue that it had not counted when it was killed.
    """

    settings: Settings
    config: Enrollment
    timeline: Timeline
    account: Account
    service: Service
    chance: Random
    output: Output
    on_accept: Callable[[], None]
    kills: int = 0
    uncounted: int = 0

    def __post_init__(self) -> None:
        self._life = Life(self.chance, self.account.weather)
        process = Process(lambda: self.timeline.now, lambda _: None, self._life.effect)
        client: Any = Client(self.account, process)
        self._dependencies = Dependencies(
            sqs=lambda _: client, dynamodb=lambda _: client, threads=partial(LaneThreads, self.timeline)
        )

    def accept_event(self, arrival: Arrival) -> None:
        """Accept an event now, or when its sender retries."""
        now = self.timeline.now
        intake = RealIntake(
            self.settings, self.service.moment(now), lambda: IN_PROGRESS_MILLIS, dependencies=self._dependencies
        )
        event = _event(arrival, intake.now)
        self._life.begin()
        self.output.watch(self._life.effect)
        before = self.account.sends - self.output.books.metrics["Accepted"]
        try:
            result = intake.accept(event, self.config.sources[arrival.source], interactive=True)
        except (Unavailable, Killed) as error:
            # After a kill the sender has no answer, and retries as after a 503.
            if isinstance(error, Killed):
                self.kills += 1
                self.uncounted += self.account.sends - self.output.books.metrics["Accepted"] - before
            self.timeline.at(now + _RETRY_SECONDS, partial(self.accept_event, arrival))
        else:
            if not result.duplicate and self.chance.random() < self.account.weather.resent:
                self.timeline.at(now + _RESENT_WITHIN * self.chance.random(), partial(self.accept_event, arrival))
        self.on_accept()


def _event(arrival: Arrival, now: datetime) -> Event:
    """The API Gateway request as the handler reads it."""
    submissions = [signup.submission for signup in arrival.signups]
    kind = "application/x-www-form-urlencoded" if arrival.form else "application/json"
    request = {
        "version": "2.0",
        "rawPath": f"/hooks/{arrival.source}",
        "headers": {"content-type": kind, "idempotency-key": arrival.event_id},
        "requestContext": {"http": {"method": "POST", "path": f"/hooks/{arrival.source}"}},
        "body": urlencode(submissions[0]) if arrival.form else json.dumps(submissions),
    }
    event = from_http(request, now)
    assert event
    return event
