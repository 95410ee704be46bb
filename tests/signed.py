"""Requests for the tests of verification."""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime

from leads.event import schemes
from leads.event.event import Event
from leads.presets.provider import Scheme, Signature


def request(body: bytes, headers: Mapping[str, str], method: str = "POST", url: str = "", token: str = "") -> Event:
    """A request, with a token in its path if one is given."""
    return Event("s", body, datetime.fromtimestamp(0, UTC), method, headers, token, url=url)


def is_signed(scheme: Signature | Scheme, sent: Event, secret: str, now: float) -> bool:
    """Whether a request that arrives at this time, in seconds since 1970, is signed with the secret."""
    return schemes.is_signed(scheme, replace(sent, received_at=datetime.fromtimestamp(now, UTC)), secret)
