"""Enroll as Lambda runs it: the real handler, with AWS and Leadterra in this process."""

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
    """The used part of Lambda's context."""

    remaining: Callable[[], int] = lambda: 90_000
    aws_request_id: str = "request-1"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining()


@dataclass(frozen=True)
class Invocation:
    """An invocation's answer, output and calls. `metrics` are the sums over campaigns."""

    records: Sequence[Mapping[str, Any]]
    failures: list[str]
    metrics: Counter[str]
    dimensions: Mapping[str, Counter[str]]
    ages: list[float]
    """Ages of held leads in seconds."""
    logs: list[dict[str, Any]]
    output: str
    hidden: Mapping[str, int]
    """Visibility timeouts in seconds, by message id."""

    def held(self) -> list[Any]:
        """The bodies of messages that stay in the queue."""
        return [json.loads(record["body"]) for record in self.records if record["messageId"] in self.failures]

    def why(self) -> Counter[str]:
        return sum((Counter(log["why"]) for log in self.logs if "why" in log), Counter())


@dataclass
class Enrolling:
    """The function with AWS and Leadterra."""

    cloud: Cloud
    leadterra: Sandbox
    captured: pytest.CaptureFixture[str]
    context: Context = field(default_factory=Context)

    def deliver(self, *bodies: object) -> Invocation:
        """Send messages, receive the visible ones, invoke the function, and delete what it settled."""
        self.cloud.send(*bodies)
        done = self.invoke(self.cloud.records())
        self.cloud.settle(done.records, done.failures)
        return done

    def invoke(self, records: Sequence[Mapping[str, Any]]) -> Invocation:
        """Invoke the function without deleting messages."""
        done = self.watching(lambda: handler({"Records": list(records)}, self.context), records)  # type: ignore[arg-type]
        _check_counts(done)
        return done

    def watching(self, step: Callable[[], Any], records: Sequence[Mapping[str, Any]] = ()) -> Invocation:
        """Run a step and record its output and AWS calls."""
        # The logger outlives a test, but its stream belongs to an earlier one.
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
            logs=[line for line in lines if line["message"] != "sent by other producers"],
            output=output,
            hidden=self._hidden(records),
        )

    def _hidden(self, records: Sequence[Mapping[str, Any]]) -> dict[str, int]:
        ids = {record["receiptHandle"]: record["messageId"] for record in records}
        entries = [entry for call in self.cloud.calls("ChangeMessageVisibilityBatch") for entry in call["Entries"]]
        return {ids[entry["ReceiptHandle"]]: entry["VisibilityTimeout"] for entry in entries}

    def show(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Make held messages visible again."""
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
        """The number of leads and the status of each request."""
        return [(entry.leads, entry.status) for entry in self.leadterra.requests]


def _check_counts(done: Invocation) -> None:
    """Law 2: each message is held or has one outcome, however often it was delivered."""
    settled = {record["messageId"] for record in done.records} - {*done.failures}
    set_aside = sum(log["count"] for log in done.logs if log["message"] == "set aside after twelve days")
    assert sum(done.metrics[name] for name in (*SETTLING, "Malformed")) + set_aside == len(settled)


def _dimensions(metrics: Sequence[Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Sums of EMF lines by source or campaign."""
    sums: dict[str, Counter[str]] = {}
    for line in metrics:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        ((_service,), (_, dimension)) = directive["Dimensions"]
        counter = sums.setdefault(f"{dimension}={line[dimension]}", Counter())
        for metric in directive["Metrics"]:
            if metric["Unit"] == "Count":
                counter[metric["Name"]] += sum(line[metric["Name"]])
    for counter in sums.values():
        # An alarm compares this sum with the accepted leads.
        assert counter.pop(SETTLED, 0) == sum(counter[name] for name in SETTLING)
    return sums


def _sum(dimensions: Mapping[str, Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name, counter in dimensions.items():
        if name.startswith("campaign="):
            total.update(counter)
    return total


def message(email: str, **fields: Any) -> dict[str, Any]:
    """A minimal message of another producer."""
    return {"campaign": "newsletter", "lead": {"email": email, **fields}}
