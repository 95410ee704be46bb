"""The events that the benchmarks send, and the environment in which the functions take them."""

import base64
import contextlib
import hmac
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from benchmarks.stand_in import SECRET, aws

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"
tokens = ["firstName"]
[campaigns.newsletter.defaults]
firstName = "there"
[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"
custom_fields = ["plan"]
[sources.demo]
provider = "typeform"
campaign = "newsletter"
custom_fields = ["Team size"]
[sources.crm]
provider = "json"
campaign = "newsletter"
auth = "token"
"""
_QUESTIONS: Final = [
    ("What is your first name?", "text", "Ada"),
    ("What is your last name?", "text", "King"),
    ("Work email", "email", "ada@example.com"),
    ("Company", "text", "Example Engines"),
    ("Your role", "text", "Analyst"),
    ("Team size", "number", 5),
    ("Accept terms", "boolean", True),
]


class Context:
    """What Lambda passes to a handler."""

    aws_request_id = "00000000-0000-4000-8000-000000000000"

    def get_remaining_time_in_millis(self) -> int:
        """Enough for everything."""
        return 90_000


@contextlib.contextmanager
def environment(latency: float = 0.0) -> Iterator[dict[str, str]]:
    """The variables that the template sets; AWS and Leadterra answer after `latency` seconds."""
    with aws(latency) as endpoint, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "enrollment.toml"
        config.write_text(CONFIG)
        yield {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_REGION": "us-east-1",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
            "LEADS_QUEUE_URL": f"{endpoint}/1/leads",
            "DEAD_LETTER_QUEUE_URL": f"{endpoint}/1/dead",
            "LEADTERRA_BASE_URL": endpoint,
            "SECRET_ID": "s",
            "DELIVERIES_TABLE": "t",
            "ENROLLMENT_CONFIG": str(config),
            "POWERTOOLS_METRICS_NAMESPACE": "LeadterraEnroll/leadterra-enroll",
            "POWERTOOLS_SERVICE_NAME": "intake",
            "PYDANTIC_DISABLE_PLUGINS": "true",
        }


def form(number: int) -> dict[str, Any]:
    """A form of a website, as API Gateway passes it on."""
    body = f"email=ada{number}%40example.com&first_name=Ada&last_name=King&your_role=Analyst&plan=pro"
    return _request("website", "application/x-www-form-urlencoded", body)


def signed(number: int) -> dict[str, Any]:
    """A signed webhook of Typeform with seven answers: a new event each time."""
    fields = [{"id": f"q{n}", "title": title, "type": kind} for n, (title, kind, _) in enumerate(_QUESTIONS)]
    answers = [{"type": kind, kind: value, "field": {"id": f"q{n}"}} for n, (_, kind, value) in enumerate(_QUESTIONS)]
    response = {"token": f"t{number}", "definition": {"fields": fields}, "answers": answers}
    body = json.dumps({"event_id": f"e{number}", "event_type": "form_response", "form_response": response})
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body.encode(), "sha256")).decode()
    return _request("demo", "application/json", body, {"typeform-signature": f"sha256={signature}"})


def people(number: int, count: int = 5_000) -> dict[str, Any]:
    """A list of people from a program that knows the source's token."""
    body = json.dumps([{"email": f"ada{number}.{n}@example.com", "name": "Ada King"} for n in range(count)])
    return _request("crm", "application/json", body, {"authorization": f"Bearer {SECRET}"})


def batch(count: int, start: int = 0) -> dict[str, Any]:
    """Leads as SQS passes them on, with every lead field and two custom ones."""
    return {"Records": [_record(n) for n in range(start, start + count)]}


def _request(source: str, content_type: str, body: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    http = {"method": "POST", "path": f"/hooks/{source}"}
    return {
        "version": "2.0",
        "rawPath": f"/hooks/{source}",
        "headers": {"content-type": content_type, "accept": "application/json", **(headers or {})},
        "requestContext": {"http": http, "requestId": "AbCdEfGhIjK="},
        "body": body,
        "isBase64Encoded": False,
    }


def _record(number: int) -> dict[str, Any]:
    lead = {
        "email": f"lead{number}@example.com",
        "firstName": "Ada",
        "lastName": "King",
        "company": "Example Engines",
        "jobTitle": "Head of Growth",
        "customFields": {"plan": "pro", "utm_source": "newsletter"},
    }
    message = {
        "version": 1,
        "id": f"01HZA1TPNQ8RD4KF{number:010}",
        "source": "website",
        "campaign": "newsletter",
        "receivedAt": "2026-11-22T02:00:00.000Z",
        "lead": lead,
    }
    return {
        "messageId": f"00000000-0000-4000-8000-{number:012}",
        "receiptHandle": "x" * 180,
        "body": json.dumps(message, separators=(",", ":")),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1795312800000"},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:LeadsQueue",
    }
