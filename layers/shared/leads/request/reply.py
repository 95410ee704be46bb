"""Replies: what an answer of Leadterra's bulk endpoint means, as a total function.

Documented are 200 with counts in two envelopes (other endpoints have a third), 400, 401, 404 and 422, and no
error's JSON. Everything else counts as a failure of the service or the network, never of a lead.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from leads.errors import Malformed
from leads.json import loads
from leads.request.backoff import retry_after
from leads.request.outcome import Counts, Held

# The reference lists invalid leads under 422 and missing fields under 400. A smaller request may pass after 413.
_REFUSED: Final = frozenset({400, 413, 422})
# A later request may pass, as after any 5xx.
_PASSING: Final = frozenset({408, 423, 425, 429})
_PASSING_CODE: Final = re.compile("408|423|425|429|5[0-9][0-9]")
UNAUTHORIZED: Final = Held("unauthorized")
_HELD: Final = {401: UNAUTHORIZED, 403: UNAUTHORIZED, 404: Held("not_found")}
# What is in the name under which a 2xx lists, or counts, what it did not store: `errors`, `failedLeads`.
ERRORS: Final = re.compile("error|fail|reject|invalid", re.IGNORECASE)
_FAILURE: Final = re.compile(f"^[45][0-9][0-9]$|{ERRORS.pattern}", re.IGNORECASE)
# Under what an answer counts leads, and addresses to suppress. One of the first two is always there.
LEAD_COUNTS: Final = ("enrolled", "updated", "skipped")
SUPPRESSION_COUNTS: Final = ("suppressed", "alreadySuppressed")


class Reply(NamedTuple):
    """An answer as it came; `status` is None where none came. Header names are in lower case.

    `counted` are the names under which the endpoint counts.
    """

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = {}
    counted: tuple[str, ...] = LEAD_COUNTS

    @property
    def is_failure(self) -> bool:
        """Whether the service broke, or did not answer."""
        return self.status is None or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR

    @property
    def content(self) -> Any:
        """The body as JSON, or as text where it is none."""
        return _content(self.body)[0]

    @property
    def request_id(self) -> str | None:
        return self.headers.get("x-request-id") or self.headers.get("request-id")


class Refused(NamedTuple):
    """Some lead is not acceptable, or the request is too large."""

    status: int
    content: Any


class Partial(NamedTuple):
    """A 2xx that reports errors beside its counts. If they name leads of the request, those are not stored.

    `failed`: it says that the request failed.
    """

    counts: Counts
    errors: Mapping[str, Any]
    failed: bool = False


type Verdict = Counts | Partial | Refused | Held


def judge(reply: Reply, now: datetime) -> Verdict:
    """The row of the outcome table (docs/delivery.md) for an answer."""
    status = reply.status
    if status is None or status in _PASSING or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Held("unavailable", retry_after(reply.headers.get("retry-after"), now))
    content, is_json = _content(reply.body)
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return _success(content, reply.counted)
    # Leadterra answers in JSON. Any other 403 comes from a firewall that blocks the text of some lead.
    is_firewall = status == HTTPStatus.FORBIDDEN and not is_json
    if status in _REFUSED or is_firewall:
        return Refused(status, content)
    return _HELD.get(status, Held("unexpected"))


def is_passing(error: Any) -> bool:
    """Whether an error inside a 2xx has a status of a temporary failure."""
    if isinstance(error, list):
        return any(map(is_passing, error))
    if not isinstance(error, dict):
        return False
    own = any(_PASSING_CODE.fullmatch(str(error.get(name))) for name in ("status", "code", "statusCode", "status_code"))
    return own or any(map(is_passing, error.values()))


def _content(body: bytes) -> tuple[Any, bool]:
    """The body as JSON, or as text where it is none; whether it is JSON."""
    # .NET writes a byte order mark.
    text = body.decode("utf-8-sig", errors="replace")
    try:
        return loads(text), True
    except Malformed:
        return text, False


def _success(content: Any, counted: tuple[str, ...]) -> Counts | Partial | Held:
    """A 2xx. A maintenance page answers 200 as well: only counts show that leads were stored."""
    parts = list(_envelopes(content))
    errors = {name: each for part in parts for name, each in part.items() if each and ERRORS.search(name)}
    counts = next(filter(None, (_counts(part, counted) for part in parts)), None)
    failed = any(map(_is_failure, parts))
    if counts is None or (failed and not counts.total and not errors):
        return Held("unexpected" if failed and not is_passing(content) else "unavailable")
    return Partial(counts, errors, failed) if errors else counts


def _is_failure(part: Mapping[str, Any]) -> bool:
    """Whether it says that the request failed: `success: false`, `ok: 0`, `status: "error"`, `code: 429`."""
    flags = (str(part.get(name)).lower() for name in ("success", "ok"))
    states = (str(part.get(name)) for name in ("status", "state", "code", "statusCode"))
    return any(flag in {"false", "0"} for flag in flags) or any(map(_FAILURE.search, states))


def _envelopes(content: Any) -> Iterator[Mapping[str, Any]]:
    """The objects that may have counts and errors: bare, `result`, `data`."""
    if isinstance(content, dict):
        parts = (content, content.get("result"), content.get("data"))
        yield from (part for part in parts if isinstance(part, dict))


def _counts(part: Mapping[str, Any], counted: tuple[str, ...]) -> Counts | None:
    first, second, *others = (_count(part.get(name)) for name in counted)
    return None if first is None and second is None else Counts(*(each or 0 for each in (first, second, *others)))


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
