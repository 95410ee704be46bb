"""AWS as the functions call it, without a network: calls answered by queues in memory, with failures."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final, cast

from botocore.exceptions import ClientError, EndpointConnectionError

from leads.message.message import id_for_log
from tests.simulation.queues import StandardQueue
from tests.simulation.weather import Kind, Weather

ACCOUNT: Final = "https://sqs.eu-central-1.amazonaws.com/123456789012"
LEADS_URL: Final = f"{ACCOUNT}/LeadsQueue"
LETTERS_URL: Final = f"{ACCOUNT}/DeadLetterQueue"
LEADS_ARN: Final = "arn:aws:sqs:eu-central-1:123456789012:LeadsQueue"
# How long an event stays in progress if its function was killed.
IN_PROGRESS_MILLIS: Final = 28_000
# The share of entries that LeadsQueue accepts while it is failing.
_ACCEPTED: Final = 0.7
_NUMBER: Final = re.compile(r'"signup":"n(\d+)"')

type Entries = Sequence[Mapping[str, Any]]


def number_in(body: str) -> int:
    """The number of the signup in a message or a dead letter."""
    found = _NUMBER.search(body)
    assert found, "a message without a signup"
    return int(found[1])


@dataclass
class Account:
    """The state between calls.

    Attributes:
        sent: messages to LeadsQueue by signup; `sends` is their sum.
        letters: dead letters by signup.
        numbers: signups by their message's id in the logs.
        call_seconds: how long a call of SQS, DynamoDB or Secrets Manager takes.
        replayable: dead letters of the one named exception to law 4, by signup. The operator replays them.
    """

    weather: Weather
    chance: Random
    leads: StandardQueue
    secret: dict[str, Any]
    sent: Counter[int] = field(default_factory=Counter)
    sends: int = 0
    call_seconds: float = 0.008
    letters: Counter[int] = field(default_factory=Counter)
    numbers: dict[str, int] = field(default_factory=dict)
    replayable: dict[int, str] = field(default_factory=dict)
    table: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Process:
    """A caller of AWS: its clock, what happens at each effect, and at each dead letter that it sends."""

    clock: Callable[[], float]
    spend: Callable[[float], None]
    effect: Callable[[], None]
    on_dead_letter: Callable[[str], None] = lambda _: None


class Client:
    """SQS, DynamoDB and Secrets Manager for one process."""

    def __init__(self, account: Account, process: Process) -> None:
        self._account = account
        self._process = process

    def send_message_batch(self, **asked: Any) -> dict[str, Any]:
        return self._answered(lambda: (self._send if asked["QueueUrl"] == LEADS_URL else self._bury)(asked["Entries"]))

    def change_message_visibility_batch(self, **asked: Any) -> dict[str, Any]:
        return self._answered(lambda: self._hide(asked["Entries"]))

    def get_secret_value(self, **_: Any) -> dict[str, Any]:
        return self._answered(lambda: {"SecretString": json.dumps(self._account.secret)}, "secret")

    def put_item(self, **asked: Any) -> dict[str, Any]:
        return self._answered(lambda: self._claim(asked["Item"]), "table")

    def get_item(self, **_: Any) -> dict[str, Any]:
        return self._answered(dict)

    def update_item(self, **asked: Any) -> dict[str, Any]:
        return self._answered(lambda: self._complete(asked["Key"]["id"]["S"]), "table")

    def delete_item(self, **asked: Any) -> dict[str, Any]:
        return self._answered(lambda: self._free(asked["Key"]["id"]["S"]), "table")

    def _answered(self, answer: Callable[[], dict[str, Any]], failure: Kind | None = None) -> dict[str, Any]:
        """A call may take effect although its answer is lost."""
        self._process.effect()
        self._process.spend(self._account.call_seconds)
        if failure:
            self._unless(failure)
        answered = answer()
        self._process.effect()
        return answered

    def _claim(self, item: Mapping[str, Any]) -> dict[str, Any]:
        """Put a row of Powertools' Idempotency under its condition, by this clock."""
        key, now = item["id"]["S"], self._process.clock()
        row = self._account.table.get(key)
        if row and (row["status"]["S"] == "COMPLETED" or row["until"] > now):
            error = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": {**row, "until": {"NULL": True}}}
            raise ClientError(cast("Any", error), "PutItem")
        self._account.table[key] = {**item, "until": now + IN_PROGRESS_MILLIS / 1000}
        return {}

    def _complete(self, key: str) -> dict[str, Any]:
        self._account.table[key] |= {"status": {"S": "COMPLETED"}, "data": {"S": "null"}}
        return {}

    def _free(self, key: str) -> dict[str, Any]:
        del self._account.table[key]
        return {}

    def _unless(self, failure: Kind) -> None:
        if self._account.weather.now(failure, self._process.clock()):
            raise EndpointConnectionError(endpoint_url=f"https://{failure}.example")

    def _send(self, entries: Entries) -> dict[str, Any]:
        now, failing = self._process.clock(), self._account.weather.now("intake", self._process.clock())
        accepted = [entry for entry in entries if not failing or self._account.chance.random() < _ACCEPTED]
        self._account.sends += len(accepted)
        for entry in accepted:
            number = number_in(entry["MessageBody"])
            self._account.sent[number] += 1
            self._account.numbers[id_for_log(json.loads(entry["MessageBody"])["id"])] = number
            self._account.leads.send(entry["MessageBody"], number, now)
        return {"Successful": [{"Id": entry["Id"]} for entry in accepted]}

    def _bury(self, entries: Entries) -> dict[str, Any]:
        self._unless("letters")
        for entry in entries:
            self._account.letters[number_in(entry["MessageBody"])] += 1
            self._process.on_dead_letter(entry["MessageBody"])
        return {"Successful": [{"Id": entry["Id"]} for entry in entries]}

    def _hide(self, entries: Entries) -> dict[str, Any]:
        if self._account.chance.random() < self._account.weather.hides_failed:
            return {"Failed": [{"Id": entry["Id"]} for entry in entries]}
        now, hide = self._process.clock(), self._account.leads.hide
        hidden = [e["Id"] for e in entries if hide(e["ReceiptHandle"], e["VisibilityTimeout"], now)]
        return {"Successful": [{"Id": entry_id} for entry_id in hidden]}
