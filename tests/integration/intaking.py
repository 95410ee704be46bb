"""Intake as API Gateway and SQS run it: the real handler, with AWS in this process."""

import base64
import json
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from functions.intake.handler import handler
from leads.io import telemetry
from tests.integration.cloud import Cloud, Letter

CONFIG = """
[campaigns]
news.id = "camp_news"
demo.id = "camp_demo"
[sources]
choosy = {provider = "form", campaign = "news", auth = "none", require = {consent = "yes"}}
api = {provider = "json", campaign = "news", auth = "token", custom_fields = ["*"]}
other = {provider = "json", campaign = "news", auth = "token"}
[sources.website]
provider = "form"
campaign = "news"
auth = "none"
allowed_origins = ["https://www.example.com"]
redirect = "https://www.example.com/thanks"
honeypot = "nickname"
custom_fields = ["plan"]
[sources.partner]
provider = "json"
campaign_field = "list"
campaigns = {Newsletter = "news", Demo = "demo"}
auth = "basic"
[sources.app]
provider = "json"
campaign = "demo"
auth = "token"
match = {detail-type = "user.created"}
require = {detail-type = "user.created"}
"""
FORM = "application/x-www-form-urlencoded"
SECRETS = {"api": ["newest-token", "previous-token"], "other": "other-token", "partner": "partner-password"}
TOKEN = {"authorization": "Bearer newest-token"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to a sender."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text)


@dataclass
class Intake:
    """The function, its queues and its output."""

    cloud: Cloud
    captured: pytest.CaptureFixture[str]

    def post(
        self,
        source: str = "api",
        body: Any = b"",
        *,
        headers: dict[str, str] | None = None,
        path: str | None = None,
        method: str = "POST",
        encoded: bool = False,
    ) -> Answer:
        """Send a request as API Gateway passes it: by default JSON with the right token."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        names = {"content-type": "application/json", **TOKEN} if headers is None else headers
        return self.invoke(
            {
                "version": "2.0",
                "rawPath": path or f"/hooks/{source}",
                "headers": names,
                "requestContext": {"http": {"method": method}},
                "body": base64.b64encode(content).decode() if encoded else content.decode(),
                "isBase64Encoded": encoded,
            }
        )

    def invoke(self, request: dict[str, Any]) -> Answer:
        response = self._handled(request)
        return Answer(response["statusCode"], response["headers"], response["body"])

    def deliver(self, *bodies: Any, source: str | None = "api") -> list[str]:
        """Put events into EventsQueue and process all visible ones. Returns the ids of held ones."""
        attributes: Any = {"source": {"DataType": "String", "StringValue": source}} if source else {}
        for body in bodies:
            text = body if isinstance(body, str) else json.dumps(body)
            self.cloud.sqs.send_message(
                QueueUrl=self.cloud.events_queue_url, MessageBody=text, MessageAttributes=attributes
            )
        return self.records(self.visible())

    def records(self, records: list[dict[str, Any]]) -> list[str]:
        """Process records, and delete the settled ones as Lambda does."""
        failures = [item["itemIdentifier"] for item in self._handled({"Records": records})["batchItemFailures"]]
        self.cloud.settle(records, failures, "EventsQueue")
        return failures

    def visible(self) -> list[dict[str, Any]]:
        """The visible messages in EventsQueue, as records."""
        return self.cloud.records("EventsQueue")

    def _handled(self, event: dict[str, Any]) -> dict[str, Any]:
        # The logger's stream belongs to an earlier test.
        telemetry.logger().registered_handler.stream = sys.stdout  # type: ignore[attr-defined]
        return handler(event, None)

    def received(self) -> list[dict[str, Any]]:
        """Receive and delete the messages in LeadsQueue."""
        return [json.loads(message["Body"]) for message in self.cloud._received(self.cloud.settings.leads_queue_url)]

    def emails(self) -> list[str]:
        return sorted(message["lead"]["email"] for message in self.received())

    def letters(self) -> list[Letter]:
        return self.cloud.letters()

    def output(self) -> str:
        """The function's output since the last call."""
        return "".join(self.captured.readouterr())

    def metrics(self) -> Counter[tuple[str, str]]:
        """Counts by source and name since the last call."""
        found: Counter[tuple[str, str]] = Counter()
        for line in map(json.loads, self.output().splitlines()):
            for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
                assert directive["Dimensions"] == [["service"], ["service", "source"]]
                for metric in directive["Metrics"]:
                    found[line["source"], metric["Name"]] += sum(line[metric["Name"]])
        return found

    def fail(self, service: str, operation: str, answer: Any = None, *, after: int = 0, times: int = 10**6) -> None:
        """Answer calls of an operation with an error or with `answer`, or raise it if it is an exception."""
        calls = count()
        denied = {"__type": f"com.amazonaws.{service}#AccessDenied", "message": "for ava@example.com"}

        def instead(_: object) -> tuple[int, Any] | None:
            if not after <= next(calls) < after + times:
                return None
            if isinstance(answer, Exception):
                raise answer
            return (403, denied) if answer is None else (200, answer)

        self.cloud.serve(operation, instead)


def set_up(cloud: Cloud, folder: Path, environment: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> Intake:
    """The function in its own account."""
    path = folder / "enrollment.toml"
    path.write_text(CONFIG)
    environment.setenv("ENROLLMENT_CONFIG", str(path))
    cloud.set_secret(sources=SECRETS)
    return Intake(cloud, captured)
