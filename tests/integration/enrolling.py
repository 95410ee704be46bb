"""Enroll as Lambda runs it: the real handler, with AWS and Leadterra stood in for."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from functions.enroll.handler import handler
from leads.io import telemetry
from leads.io.ledger import SETTLED, SETTLING
from leads_cli.sandbox import Sandbox
from tests.integration.cloud import Cloud, Letter

CONFIG = """
[campaigns.newsletter]
id = "camp_news"
[campaigns.trial]
id = "camp_trial"
"""


@dataclass
class Context:
    """What Lambda passes to a handler, as far as it is used."""

    remaining: Callable[[], int] = lambda: 90_000
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining()


@dataclass(frozen=True)
class Invocation:
    """What an invocation answered, wrote and asked for; `metrics` are the sums of what became of the leads."""

    records: Sequence[Mapping[str, Any]]
    failures: list[str]
    metrics: Counter[str]
    dimensions: Mapping[str, Counter[str]]
    ages: list[float]
    """Seconds that what is held has been waiting."""
    logs: list[dict[str, Any]]
    output: str
    hidden: Mapping[str, int]
    """Seconds by message id."""

    def held(self) -> list[Any]:
        """The bodies of what stays in the queue."""
        return [json.loads(record["body"]) for record in self.records if record["messageId"] in self.failures]

    def why(self) -> Counter[str]:
        return sum((Counter(log["why"]) for log in self.logs if "why" in log), Counter())


@dataclass
class Enrolling:
    """The function, what it talks to, and what came of it."""

    cloud: Cloud
    leadterra: Sandbox
    captured: pytest.CaptureFixture[str]
    context: Context = field(default_factory=Context)

    def deliver(self, *bodies: object) -> Invocation:
        """Send messages, receive what is visible, invoke the function, and delete what it settled."""
        self.cloud.send(*bodies)
        done = self.invoke(self.cloud.records())
        self.cloud.settle(done.records, done.failures)
        return done

    def invoke(self, records: Sequence[Mapping[str, Any]]) -> Invocation:
        """Invoke the function, and delete nothing."""
        return self.watching(lambda: handler({"Records": list(records)}, self.context), records)  # type: ignore[arg-type]

    def watching(self, step: Callable[[], Any], records: Sequence[Mapping[str, Any]] = ()) -> Invocation:
        """Take a step, and see what it writes and asks for."""
        # The logger outlives a test; its first stream belonged to the test that came first.
        telemetry.logger().registered_handler.stream = sys.stdout  # type: ignore[attr-defined]
        self.captured.readouterr()
        self.cloud.asked.clear()
        answer = step()
        output = "".join(self.captured.readouterr())
        lines = [json.loads(line) for line in output.splitlines()]
        metrics = [line for line in lines if "_aws" in line]
        dimensions = _dimensions(metrics)
        return Invocation(
            records=records,
            failures=[item["itemIdentifier"] for item in answer["batchItemFailures"]] if answer else [],
            metrics=_sum(dimensions),
            dimensions=dimensions,
            ages=[age for line in metrics for age in line.get("HeldAge", ())],
            logs=[line for line in lines if "_aws" not in line],
            output=output,
            hidden=self._hidden(records),
        )

    def _hidden(self, records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        ids = {record["receiptHandle"]: record["messageId"] for record in records}
        entries = [entry for call in self.cloud.calls("ChangeMessageVisibilityBatch") for entry in call["Entries"]]
        return {ids[entry["ReceiptHandle"]]: entry["VisibilityTimeout"] for entry in entries}

    def show(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Let held messages come back at once."""
        for record in records:
            self.cloud.sqs.change_message_visibility(
                QueueUrl=self.cloud.settings.leads_queue_url,
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=0,
            )

    def letters(self) -> list[Letter]:
        return self.cloud.letters()

    def enrolled(self) -> dict[str, dict[str, Any]]:
        """Leadterra's leads by address."""
        leads: Any = self.leadterra.snapshot()["leads"]
        return {lead["email"]: lead for lead in leads}

    def requests(self) -> list[tuple[int, int | None]]:
        """Each request's number of leads and status."""
        return [(entry.leads, entry.status) for entry in self.leadterra.requests]


def _dimensions(metrics: Sequence[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Sums of EMF lines by the source or the campaign that they are about."""
    sums: dict[str, Counter[str]] = {}
    for line in metrics:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        ((_service,), (_, dimension)) = directive["Dimensions"]
        counter = sums.setdefault(f"{dimension}={line[dimension]}", Counter())
        for metric in directive["Metrics"]:
            if metric["Unit"] == "Count":
                counter[metric["Name"]] += sum(line[metric["Name"]])
    for counter in sums.values():
        # An alarm compares it with what was accepted.
        assert counter.pop(SETTLED, 0) == sum(counter[name] for name in SETTLING)
    return sums


def _sum(dimensions: Mapping[str, Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, counter in dimensions.items():
        if name.startswith("campaign="):
            total.update(counter)
    return total


def message(email: str, **fields: Any) -> dict[str, Any]:
    """The least that a producer may send."""
    return {"campaign": "newsletter", "lead": {"email": email, **fields}}
