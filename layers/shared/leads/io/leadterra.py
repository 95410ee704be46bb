"""Leadterra's bulk endpoint over one kept connection.

Source: the reference, `POST /v1/campaigns/:id/leads/bulk` with `Authorization: Bearer` and `{"leads": [...]}`.
"""

import time
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import quote

import httpx

from leads.request.reply import Reply

# A thousand leads take a service seconds; what takes longer than this is not coming.
LONGEST_SECONDS: Final = 30.0
HEADERS: Final = {"User-Agent": "leadterra-enroll", "Accept": "application/json"}
_CONNECT_SECONDS: Final = 5.0
# Counts are short, and so is what explains a refusal; more than this is not read.
_MAX_ANSWER_BYTES: Final = 1_000_000


class Leadterra:
    """A client of one Leadterra; `http` may be any httpx client, and tests pass one without a network."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def bulk(self, campaign_id: str, body: bytes, *, api_key: str, timeout: float) -> Reply:
        """Send one bulk request, which takes `timeout` seconds at the most.

        Never raises for what the network or the service does: no answer is an answer, too.
        """
        until = time.monotonic() + timeout
        try:
            with self._http.stream(
                "POST",
                f"/v1/campaigns/{segment(campaign_id)}/leads/bulk",
                content=body,
                headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
                timeout=_waits(timeout),
            ) as response:
                content = b"".join(_read(response, until))
        except (httpx.HTTPError, httpx.InvalidURL):
            return Reply(None)
        return Reply(response.status_code, content, dict(response.headers))


def segment(campaign_id: str) -> str:
    """A campaign's id as one segment of a path, whatever is in it: `..` must not lead elsewhere either."""
    quoted = quote(campaign_id, safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def _waits(timeout: float) -> httpx.Timeout:
    """How long to wait at each step, so that a connection that is slow at all of them stays within `timeout`."""
    connect = min(timeout / 4, _CONNECT_SECONDS)
    return httpx.Timeout(min((timeout - connect) / 2, LONGEST_SECONDS), connect=connect)


def _read(response: httpx.Response, until: float) -> Iterator[bytes]:
    size = 0
    for chunk in response.iter_bytes():
        yield chunk
        size += len(chunk)
        if size > _MAX_ANSWER_BYTES:
            return
        if time.monotonic() > until:
            msg = "the answer trickles"
            raise httpx.ReadTimeout(msg)


@cache
def leadterra(base_url: str) -> Leadterra:
    """The container's own client: the connection outlives the invocation."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=120)
    return Leadterra(httpx.Client(base_url=base_url, limits=limits, headers=HEADERS))
