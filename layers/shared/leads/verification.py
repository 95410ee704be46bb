"""Verification: whether a sender proved that it may speak for a source.

Every comparison takes the same time whether it matches or not, and every secret of a rotation is tried.
"""

import base64
import binascii
import hmac
from collections.abc import Iterable, Iterator, Sequence

from leads.config import Auth, Source
from leads.errors import Unauthorized
from leads.event import Event


def needs_secret(source: Source) -> bool:
    """Whether the source's secret has to be fetched at all: an open form's latency does not pay for it."""
    return source.authentication is not Auth.NONE


def verify(event: Event, source: Source, secrets: Sequence[str]) -> None:
    """Check what the sender brought against the source's secrets, the newest first.

    Raises:
        Unauthorized: it is missing, malformed or wrong.
    """
    match source.authentication:
        case Auth.NONE:
            return
        case Auth.TOKEN:
            presented = list(_tokens(event))
        case Auth.BASIC:
            presented = list(_passwords(event))
        case _:
            # No provider's signature can be checked yet, so none is believed.
            presented = []
    if not _matches(presented, secrets):
        msg = f"no valid {source.authentication.value}"
        raise Unauthorized(msg)


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


def _matches(presented: Iterable[str], secrets: Sequence[str]) -> bool:
    # Not `any`: stopping at the first match would tell which secret it was.
    results = [
        hmac.compare_digest(offer.encode(errors="surrogatepass"), secret.encode())
        for offer in presented
        for secret in secrets
        if offer and secret
    ]
    return True in results


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
