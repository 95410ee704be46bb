"""Requests as verification sees them, without the rest of an event."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from leads.event import schemes
from leads.event.event import Event
from leads.presets.provider import Scheme, Signature


def request(body: bytes, headers: Mapping[str, str], method: str = "POST", url: str = "", token: str = "") -> Event:
    """A request with a token in its path, if it has one."""
    return Event("s", body, datetime.fromtimestamp(0, UTC), method, headers, token, url=url)


def is_signed(scheme: Signature | Scheme, sent: Event, secret: str, now: float) -> bool:
    """Whether it is signed with a secret if it arrives at a time, in seconds since 1970."""
    return schemes.is_signed(scheme, replace(sent, received_at=datetime.fromtimestamp(now, UTC)), secret)
