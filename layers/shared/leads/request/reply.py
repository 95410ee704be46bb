"""Replies: what an answer of Leadterra's bulk endpoint means, as a total function.

Documented are 200 with counts in two envelopes (other endpoints have a third), 400, 401, 404 and 422, and no
error's JSON. Everything else is taken for trouble on the way, never for a lead's fault.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from leads.errors import Malformed
from leads.json import loads
from leads.request.backoff import retry_after
from leads.request.outcome import Counts, Held

# Told to come back later, or nobody there: theirs, and passing.
_PASSING: Final = frozenset({408, 423, 425, 429})
# The reference lists invalid leads under 422 and missing fields under 400.
_BEYOND: Final = 600
_REFUSED: Final = frozenset({400, 422})
# Under these a 2xx lists what it did not store.
_ERRORS: Final = frozenset({"errors", "error", "failed", "failures", "rejected", "invalid"})
_ENVELOPES: Final = ("result", "data")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer as it came; `status` is None where none came. Header names are in lower case."""

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_failure(self) -> bool:
        """Whether the service broke, or did not answer."""
        return self.status is None or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-request-id") or self.headers.get("request-id")


@dataclass(frozen=True, slots=True)
class Refused:
    """Something in the request is not acceptable; which leads is to be found out."""

    status: int
    content: Any


@dataclass(frozen=True, slots=True)
class Partial:
    """A 2xx that reports errors beside its counts. If they name leads of the request, those are not stored."""

    counts: Counts
    errors: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TooBig:
    """The request is too large; a smaller one may pass."""


@dataclass(frozen=True, slots=True)
class BadKey:
    """The API key was refused; a fresh one may pass."""


type Verdict = Counts | Partial | Refused | TooBig | BadKey | Held


def judge(reply: Reply, now: datetime) -> Verdict:  # noqa: PLR0911 - a row of the outcome table each
    """One row of the outcome table for every answer there is."""
    status = reply.status
    if status is None or status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Held("unavailable", retry_after(reply.headers.get("retry-after"), now))
    if status in _REFUSED:
        return Refused(status, _content(reply.body))
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _success(_content(reply.body))
    if status == HTTPStatus.FORBIDDEN and not isinstance(_content(reply.body), dict | list):
        # Leadterra answers in JSON. This page is a firewall's, which dislikes the text of some lead.
        return Refused(status, None)
    match status:
        case HTTPStatus.CONTENT_TOO_LARGE:
            return TooBig()
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            return BadKey()
        case HTTPStatus.NOT_FOUND:
            return Held("not_found")
        case _:
            return Held("unexpected")


def _content(body: bytes) -> Any:
    """The body as JSON, or as text where it is none."""
    text = body.decode(errors="replace")
    try:
        return loads(text)
    except Malformed:
        return text


def is_passing(error: Any) -> bool:
    """Whether an error inside a 2xx has a status of its own that will pass."""
    if isinstance(error, list):
        return any(map(is_passing, error))
    if not isinstance(error, dict):
        return False
    statuses = (str(error.get(name)) for name in ("status", "code", "statusCode"))
    own = any(text.isdecimal() and _is_passing(int(text)) for text in statuses)
    return own or any(is_passing(value) for value in error.values() if isinstance(value, dict | list))


def _is_passing(status: int) -> bool:
    return status in _PASSING or HTTPStatus.INTERNAL_SERVER_ERROR <= status < _BEYOND


def _success(content: Any) -> Counts | Partial | Held:
    """A 2xx. A maintenance page answers 200 as well: only counts show that leads were stored."""
    counts = _counts(content)
    failed = isinstance(content, dict) and content.get("success") is False
    if counts is None or (failed and not counts.total and not _errors(content)):
        return Held("unexpected" if failed else "unavailable")
    errors = _errors(content)
    return Partial(counts, errors) if errors else counts


def _errors(content: Mapping[str, Any]) -> dict[str, Any]:
    """The members that report errors, in any of the documented envelopes."""
    parts = [part for name in ("", *_ENVELOPES) if isinstance(part := content.get(name) if name else content, dict)]
    return {
        name: value
        for part in parts
        for name, value in part.items()
        if name in _ERRORS and isinstance(value, dict | list | str) and value
    }


def _counts(content: Any) -> Counts | None:
    """Counts in any of the documented envelopes: bare, `result`, `data`."""
    if not isinstance(content, dict):
        return None
    for part in (content, *(content.get(name) for name in _ENVELOPES)):
        if isinstance(part, dict) and (_is_count(part.get("enrolled")) or _is_count(part.get("updated"))):
            return Counts(*(_count(part.get(name)) for name in ("enrolled", "updated", "skipped")))
    return None


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _count(value: object) -> int:
    return value if isinstance(value, int) and _is_count(value) else 0
