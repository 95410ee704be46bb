"""Dead letters as the functions write them, and as SQS moves them."""

import json
from datetime import UTC, datetime
from typing import Any

from leads_cli.failures.read.letter import Letter, QueueMessage, read_letter

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def failure(reason: str = "rejected", **more: Any) -> dict[str, Any]:
    return {
        "reason": reason,
        "status": 422 if reason == "rejected" else None,
        "field": "email",
        "message": "invalid email format",
        "detail": {},
        "attempts": 1,
        "failedAt": "2026-11-24T10:00:00.000Z",
        "requestId": None,
        **more,
    }


def refused(letter_id: str = "lead-1", email: str = "ava@example.com", **more: Any) -> dict[str, Any]:
    """A lead that Leadterra refused."""
    return {
        "version": 1,
        "id": letter_id,
        "source": "website",
        "campaign": "newsletter",
        "receivedAt": "2026-11-24T09:00:00.000Z",
        "lead": {"email": email, "firstName": "Ava", "customFields": {"plan": "pro"}},
        "failure": failure(),
        **more,
    }


def unmappable(event: object, **more: Any) -> dict[str, Any]:
    """An event without a usable lead."""
    refusal = failure("unmappable", message="no field of it is an address")
    return {"version": 1, "source": "forms", "event": event, "failure": refusal, **more}


def letter(
    body: object,
    message_id: str = "sqs-1",
    attributes: dict[str, str] | None = None,
    origin: str | None = None,
    sent_at: datetime = NOW,
) -> Letter:
    text = body if isinstance(body, str) else json.dumps(body)
    return read_letter(QueueMessage(message_id, text, sent_at, attributes or {}, origin))
