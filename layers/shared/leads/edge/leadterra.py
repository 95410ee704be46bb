"""Leadterra's bulk endpoint over one kept connection.

Source: the reference, `POST /v1/campaigns/:id/leads/bulk` with `Authorization: Bearer` and `{"leads": [...]}`.
"""

from functools import cache
from typing import Final
from urllib.parse import quote

import httpx

from leads.reply import Reply

# A thousand leads take a service seconds; what takes longer than this is not coming.
LONGEST_SECONDS: Final = 30.0
_CONNECT_SECONDS: Final = 5.0


class Leadterra:
    """A client of one Leadterra; `http` may be any httpx client, and tests pass one without a network."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def bulk(self, campaign_id: str, body: bytes, *, api_key: str, timeout: float) -> Reply:
        """Send one bulk request; `timeout` in seconds bounds each wait on the connection.

        Never raises for what the network or the service does: no answer is an answer, too.
        """
        try:
            response = self._http.post(
                f"/v1/campaigns/{quote(campaign_id, safe='')}/leads/bulk",
                content=body,
                headers={"Authorization": f"Bearer {api_key}", "Content-Type": "application/json"},
                timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
            )
        except (httpx.HTTPError, httpx.InvalidURL):
            return Reply(None)
        return Reply(response.status_code, response.content, dict(response.headers))


@cache
def leadterra(base_url: str) -> Leadterra:
    """The container's own client: the connection outlives the invocation."""
    limits = httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=120)
    return Leadterra(
        httpx.Client(
            base_url=base_url, limits=limits, headers={"User-Agent": "leadterra-enroll", "Accept": "application/json"}
        )
    )
