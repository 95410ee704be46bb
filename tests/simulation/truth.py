"""The expected state of every person, compared with Leadterra and the dead letters."""

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from leads_cli.sandbox import Sandbox
from tests.simulation.people import Arrival, Signup
from tests.simulation.queues import Received

CAMPAIGNS: Final = {"website": "camp_news", "partner": "camp_trial"}
"""Leadterra's campaign id of each source."""


@dataclass
class Truth:
    """The signups and their results.

    Attributes:
        signups: signup and source by number.
        arrived: numbers of the accepted signups.
        people: number of people per campaign; `bad` counts signups.
        overtaken: people with an older value that came last.
    """

    signups: dict[int, tuple[Signup, str]] = field(default_factory=dict)
    arrived: set[int] = field(default_factory=set)
    people: int = 0
    bad: int = 0
    overtaken: int = 0
    problems: Counter[str] = field(default_factory=Counter)

    def add(self, arrival: Arrival) -> None:
        self.signups.update({signup.number: (signup, arrival.source) for signup in arrival.signups})

    def check(self, received: Received, campaign: str, rows: list[dict[str, Any]]) -> None:
        """Compare the accepted rows of a request with the signups of that batch.

        Later values win within a batch, field by field. Between batches SQS guarantees no order.
        """
        possible: dict[str, dict[str, int]] = {}
        for _, message in received:
            signup, source = self.signups[message.number]
            if CAMPAIGNS[source] == campaign:
                possible.setdefault(signup.address, {})[message.body] = message.number
        for row in rows:
            messages = possible.get(row["email"], {})
            fields = {name: value for name, value in row.items() if name != "email"}
            self.problems["rows with other fields than their messages"] += fields != self._merged(messages)
            self.arrived.update(messages.values())

    def _merged(self, messages: dict[str, int]) -> dict[str, str]:
        """The merged fields of one person's messages."""
        bodies = list(messages)
        if len(bodies) > 1:
            bodies.sort(key=lambda body: str(json.loads(body)["receivedAt"]))
        return {name: value for body in bodies for name, value in self.signups[messages[body]][0].fields.items()}

    def compare(self, sandbox: Sandbox, letters: Counter[int]) -> None:
        """Check at the end that each person is in the right place only."""
        people: dict[tuple[str, str], list[Signup]] = {}
        for number, (signup, source) in self.signups.items():
            people.setdefault((source, signup.address), []).append(signup)
            here, there = number in self.arrived, number in letters
            self.problems["leads lost"] += not here and not there
            self.problems["good leads dead-lettered"] += there and not signup.bad and not signup.blocked
            self.problems["bad leads enrolled"] += here and signup.bad
            self.bad += signup.bad
        self.people = len(people)
        for (source, address), signups in people.items():
            found = _fields(sandbox, CAMPAIGNS[source], address)
            arrived = [signup for signup in signups if signup.number in self.arrived]
            self.problems["people with wrong fields"] += not _is_right(found, arrived)
            latest = {name: value for signup in signups for name, value in signup.fields.items()}
            self.overtaken += bool(found) and found != latest


def _fields(sandbox: Sandbox, campaign: str, address: str) -> dict[str, Any]:
    """A person's fields in a campaign of Leadterra."""
    found: dict[str, Any] = {}
    for event in sandbox.history(address):
        if event.campaign == campaign:
            found |= event.fields
    return found


def _is_right(found: dict[str, Any], signups: list[Signup]) -> bool:
    """Whether each field has one of the values that these signups gave it."""
    possible: dict[str, set[str]] = {}
    for signup in signups:
        for name, value in signup.fields.items():
            possible.setdefault(name, set()).add(value)
    return found.keys() == possible.keys() and all(value in possible[name] for name, value in found.items())
