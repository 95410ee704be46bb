"""Verification: whether a sender proved that it may speak for a source.

Every comparison takes the same time whether it matches or not, and every secret of a rotation is tried.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence

from leads.config.schema import Auth, Source
from leads.errors import Unauthorized
from leads.event.event import Event
from leads.event.signature import Delivery, same


def needs_secret(source: Source) -> bool:
    """Whether the source's secret has to be fetched at all: an open form's latency does not pay for it."""
    return source.authentication is not Auth.NONE


def verify(event: Event, source: Source, secrets: Sequence[str]) -> None:
    """Check what the sender brought against the source's secrets, the newest first.

    Raises:
        Unauthorized: it is missing, malformed, stale or wrong.
    """
    # What is not set is the secret of nobody.
    secrets = [secret for secret in secrets if secret.strip()]
    match source.authentication:
        case Auth.NONE:
            return
        case Auth.TOKEN:
            matches = [same(token, secret) for token in _tokens(event) for secret in secrets]
        case Auth.BASIC:
            matches = [same(password, secret) for password in _passwords(event) for secret in secrets]
        case _:
            matches = _signed(event, source, secrets)
    # Not `any`: stopping at the first match would tell which secret it was.
    if True not in matches:
        msg = f"no valid {source.authentication.value}"
        raise Unauthorized(msg)


def _signed(event: Event, source: Source, secrets: Sequence[str]) -> list[bool]:
    scheme = source.preset.signature
    if scheme is None:
        return []
    url = source.public_url or event.url
    delivery = Delivery(event.body, event.headers, event.method, url, tuple(_tokens(event)))
    now = event.received_at.timestamp()
    return [scheme(delivery, secret, now) for secret in secrets]


def _tokens(event: Event) -> Iterator[str]:
    scheme, _, credentials = event.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "bearer":
        yield credentials.strip()
    yield event.headers.get("x-api-key", "").strip()
    yield event.token or ""


def _passwords(event: Event) -> Iterator[str]:
    scheme, _, credentials = event.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() == "basic":
        try:
            pair = base64.b64decode(credentials.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return
        yield pair.partition(":")[2]


def origin_allowed(event: Event, source: Source) -> bool:
    """Whether the page that a browser posts from may do so; senders that name no origin are no browsers.

    A page that is served from the hook's own host needs no permission.
    """
    origin = event.headers.get("origin", "").lower()
    if not origin or not source.allowed_origins:
        return True
    return "*" in source.allowed_origins or origin in source.allowed_origins or _same_host(event, origin)


def _same_host(event: Event, origin: str) -> bool:
    return origin.endswith(f"://{event.headers.get('host', '').lower()}")
