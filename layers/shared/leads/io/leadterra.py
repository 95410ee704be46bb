"""Leadterra's bulk endpoint and its suppression list over one kept connection.

Source: the reference, `POST /v1/campaigns/:id/leads/bulk` with `Authorization: Bearer` and `{"leads": [...]}`, and
`POST /v1/suppression-list` with `{"emails": [...]}`.
"""

import math
import socket
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from threading import Timer
from typing import Any, Final
from urllib.parse import quote

import httpx

from leads.request.reply import LEAD_COUNTS, SUPPRESSION_COUNTS, Reply

# A thousand leads take a service a few seconds. An answer that takes longer than this will not come.
LONGEST_SECONDS: Final = 30.0
HEADERS: Final = {"User-Agent": "leadterra-enroll", "Accept": "application/json", "Accept-Encoding": "gzip"}
_CONNECT_SECONDS: Final = 5.0
# Counts and errors are short. Only this much of an answer is read, and only this much of it decompressed.
_MAX_ANSWER_BYTES: Final = 1_000_000
# The longest that is used is a request's id, which is in each dead letter.
_MAX_HEADER: Final = 256
# zlib's word for: gzip or deflate, whichever it is.
_ANY_HEADER: Final = 32 + zlib.MAX_WBITS


class Leadterra:
    """A client of one Leadterra. Tests pass an `http` without a network."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._next_turn = -math.inf
        self._socket: socket.socket | None = None

    def take_turn(self, now: float, interval: float, longest: float) -> float:
        """Seconds until the next request may be sent, an interval after the last; not taken if these are too many."""
        wait = max(0.0, self._next_turn - now)
        if wait <= longest:
            self._next_turn = now + wait + interval
        return wait

    def send(self, campaign_id: str | None, body: bytes, *, api_key: str, timeout: float) -> Reply:
        """Send leads to a campaign or, without one, addresses to the suppression list. Takes at most `timeout` seconds.

        Does not raise for failures of the network or the service: these are a reply without a status. The reply does
        not contain the key, even if the service quotes the request.
        """
        path = "/v1/suppression-list" if campaign_id is None else f"/v1/campaigns/{segment(campaign_id)}/leads/bulk"
        counted = SUPPRESSION_COUNTS if campaign_id is None else LEAD_COUNTS
        until = time.monotonic() + timeout
        # httpx limits each read. An answer whose headers or body trickle would never end.
        clock = Timer(timeout, self._disconnect)
        clock.start()
        try:
            with self._http.stream(
                "POST",
                path,
                content=body,
                headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
                timeout=_waits(timeout),
                extensions={"trace": self._trace},
            ) as response:
                content = _read(response)
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error):
            return Reply(None)
        finally:
            clock.cancel()
        if time.monotonic() >= until:
            # It may have been cut.
            return Reply(None)
        content = content.replace(api_key.encode(), b"***")
        headers = {name: text.replace(api_key, "***")[:_MAX_HEADER] for name, text in response.headers.items()}
        return Reply(response.status_code, content, headers, counted)

    def _trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection's socket, as httpx reports it."""
        if event in {"connection.connect_tcp.complete", "connection.start_tls.complete"}:
            self._socket = info["return_value"].get_extra_info("socket")

    def _disconnect(self) -> None:
        """End the connection, and with it the read or write that waits in another thread."""
        if self._socket:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def segment(campaign_id: str) -> str:
    """A campaign's id as one path segment, also if it is `..`."""
    quoted = quote(campaign_id, safe="")
    return quoted if quoted.strip(".") else quoted.replace(".", "%2E")


def _waits(timeout: float) -> httpx.Timeout:
    """Timeouts for each step, which together end within `timeout`."""
    connect = min(timeout / 4, _CONNECT_SECONDS)
    return httpx.Timeout(min((timeout - connect) / 2, LONGEST_SECONDS), connect=connect)


def _read(response: httpx.Response) -> bytes:
    """The first megabyte of an answer. httpx would decompress without a limit, so this decompresses itself."""
    encoding = response.headers.pop("content-encoding", "identity")
    content = bytearray()
    for chunk in response.iter_bytes():
        content += chunk
        if len(content) >= _MAX_ANSWER_BYTES:
            break
    if encoding == "identity":
        return bytes(content[:_MAX_ANSWER_BYTES])
    return zlib.decompressobj(_ANY_HEADER).decompress(content, _MAX_ANSWER_BYTES)


@cache
def leadterra(base_url: str) -> Leadterra:
    """The container's own client: its connection outlives the invocation. It follows no redirect."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=120)
    # To read the certificates takes longer than to import httpx. Without TLS, as in `leads dev`, nothing needs them.
    has_tls = not base_url.startswith("http:")
    return Leadterra(httpx.Client(base_url=base_url, limits=limits, headers=HEADERS, verify=has_tls))
