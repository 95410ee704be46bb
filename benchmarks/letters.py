"""Ten thousand dead letters: how long an operator waits for the list."""

import json
import time
from typing import Any, Final

from benchmarks.embedded import run_in_terminal, stack
from benchmarks.report import Claim, Section
from leads_cli.stacks.running import Running

LETTERS: Final = 10_000
TEXT: Final = f"""\
`leads failures list` in a terminal, on an embedded stack whose dead-letter queue holds {LETTERS:,} letters of a few
kinds: seconds until it shows the first groups, and until it ends."""
_REASONS: Final = (
    ("rejected", 422, "email", "invalid email format"),
    ("rejected", 422, "firstName", "too long"),
    ("missing_token", None, "company", "the campaign's copy uses {{company}} and the lead has no such field"),
)


def measure() -> Section:
    """Fill the queue and list it."""
    with stack() as running:
        _fill(running)
        started = time.perf_counter()
        shown = [(time.perf_counter(), text) for text in run_in_terminal("failures", "list", "--url", running.url)]
        whole = time.perf_counter() - started
    first = next((at - started for at, text in shown if "rejected" in text), None)
    if first is None:
        raise RuntimeError("".join(text for _, text in shown)[-1_000:])
    return Section(
        "Ten thousand dead letters",
        TEXT,
        ("until", "seconds"),
        [("the first groups", f"{first:.1f}"), ("the whole list", f"{whole:.1f}")],
        [Claim("seconds to the first groups", first, 2.0), Claim("seconds to the whole list", whole, 15.0)],
    )


def _fill(running: Running) -> None:
    sqs, url = running.client("sqs"), running.outputs["DeadLetterQueueUrl"]
    for start in range(0, LETTERS, 10):
        entries = [{"Id": str(n), "MessageBody": json.dumps(_letter(n))} for n in range(start, start + 10)]
        sqs.send_message_batch(QueueUrl=url, Entries=entries)


def _letter(number: int) -> dict[str, Any]:
    reason, status, field, message = _REASONS[number % len(_REASONS)]
    return {
        "version": 1,
        "id": f"letter-{number}",
        "source": "website",
        "campaign": "newsletter",
        "receivedAt": "2026-11-22T02:00:00.000Z",
        "lead": {"email": f"ada{number}@example.com", "firstName": "Ada"},
        "failure": {
            "reason": reason,
            "status": status,
            "field": field,
            "message": message,
            "attempts": 1,
            "failedAt": "2026-11-22T02:00:05.000Z",
        },
    }
