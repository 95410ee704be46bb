"""Dead letters: a message, or an event without a usable lead, and why it was refused."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import quote

from leads.errors import Malformed, TooLarge
from leads.json import dumps, loads
from leads.message.message import DIRECT, MAX_BYTES, VERSION, timestamp

# The detail is Leadterra's answer, up to this length.
MAX_DETAIL_BYTES: Final = 8_192
MAX_FAILURE_TEXT: Final = 500
# Characters that SQS refuses and JSON does not have to escape.
_ILLEGAL: Final = re.compile("[\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufddf\ufffe\uffff]")
# A shorter text is no secret, and may be part of a word.
_MIN_SECRET: Final = 8

type Reason = Literal["rejected", "missing_token", "unmappable", "malformed"]


class Failure(NamedTuple):
    """Why a lead was refused, for the operator to read."""

    reason: Reason
    message: str
    status: int | None = None
    field: str | None = None
    detail: object = None
    request_id: str | None = None


def dead_letter(body: Mapping[str, Any], failure: Failure, *, attempts: int, failed_at: datetime) -> str:
    """The body for the dead-letter queue: the message, or the raw event, as it was, plus `failure`.

    Raises:
        TooLarge: the body leaves no room for a reason in a queue message.
    """
    # Always an object, also where Leadterra answered with a list or a text.
    detail = failure.detail or {}
    detail = detail if isinstance(detail, dict) else {"errors": detail}
    letter = {
        **body,
        "failure": {
            "reason": failure.reason,
            "status": failure.status,
            "field": failure.field,
            "message": failure.message[:MAX_FAILURE_TEXT],
            "detail": detail if len(dumps(detail)) <= MAX_DETAIL_BYTES else {"truncated": True},
            "attempts": attempts,
            "failedAt": timestamp(failed_at),
            "requestId": failure.request_id,
        },
    }
    written = dumps(letter)
    if len(written) > MAX_BYTES:
        # An escape takes six bytes, a letter two or three. Unescaped, what came in fits again.
        written = _ILLEGAL.sub(
            lambda m: f"\\u{ord(m[0]):04x}", json.dumps(letter, ensure_ascii=False, separators=(",", ":"))
        )
    if len(written.encode()) > MAX_BYTES:
        msg = f"a dead letter of {len(written)} bytes; a queue message holds {MAX_BYTES}"
        raise TooLarge(msg)
    return written


def without(written: str, secrets: Iterable[str]) -> str:
    """A body with secrets replaced: some providers send our own address or key back."""
    for secret in secrets:
        if len(secret) >= _MIN_SECRET:
            # As it is, in a URL, and as PHP writes it into JSON.
            for spelling in {secret, quote(secret, safe=""), secret.replace("/", "\\/")}:
                written = written.replace(dumps(spelling)[1:-1], "***")
    return written


def unreadable(body: str) -> dict[str, Any]:
    """The dead letter's content for an unreadable body. An object is kept, so that it can be fixed and replayed."""
    try:
        content = loads(body)
    except Malformed:
        content = body
    if isinstance(content, dict):
        return {key: value for key, value in content.items() if key != "failure"}
    return {"version": VERSION, "source": DIRECT, "event": content}


def attributes(reason: str, source: str, campaign: str | None) -> dict[str, str]:
    """The message attributes of a dead letter. SQS accepts neither empty values nor control characters."""
    values = {"reason": reason, "source": source, "campaign": campaign or ""}
    clean = {key: "".join(c for c in value if c.isprintable())[:256] for key, value in values.items()}
    return {key: value for key, value in clean.items() if value}
