"""Signature schemes that a `Signature` cannot describe: a function for each, named in the provider's data."""

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping
from copy import replace
from typing import Any, Final
from urllib.parse import unquote

from leads.event.event import Event
from leads.event.signature import decode, has_token, is_same, matches
from leads.json import loads_or_none
from leads.presets.provider import Scheme, Signature, Timestamp

STANDARD: Final = Signature(
    "webhook-signature|svix-signature",
    ("header:webhook-id|svix-id", "=.", "timestamp", "=.", "body"),
    encoding="base64",
    form="list",
    member="v1",
    key="base64",
    timestamp=Timestamp("header:webhook-timestamp|svix-timestamp"),
)
HUBSPOT_V3: Final = Signature(
    "x-hubspot-signature-v3",
    ("method", "url", "body", "timestamp"),
    encoding="base64",
    timestamp=Timestamp("header:x-hubspot-request-timestamp", "ms"),
)
SEGMENT: Final = Signature("x-signature", algorithm="sha1")
# HubSpot's documents decode these before the address is signed; its own libraries sign it as called.
_HUBSPOT_ESCAPES: Final = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)


def is_signed(scheme: Signature | Scheme, event: Event, secret: str) -> bool:
    """Whether an event is signed with this secret."""
    if isinstance(scheme, Signature):
        return matches(scheme, event, secret)
    return _SCHEMES[scheme](event, secret)


def _standard_webhooks(event: Event, secret: str) -> bool:
    """Standard Webhooks 1.0.0, symmetric. Supabase joins several secrets with `|`."""
    if not event.header("webhook-id|svix-id"):
        return False
    return True in [matches(STANDARD, event, one) for one in secret.split("|")]


def _supabase(event: Event, secret: str) -> bool:
    """Auth hooks sign as Standard Webhooks do; database webhooks cannot, and bring the secret in a header."""
    if event.header("webhook-signature"):
        return _standard_webhooks(event, secret)
    return has_token(event, secret)


def _netlify(event: Event, secret: str) -> bool:
    """A compact JWS whose claim `sha256` is the body's digest. Only HS256: `alg` is under the sender's control."""
    signed, _, signature = event.header("x-webhook-signature").rpartition(".")
    header, _, payload = signed.partition(".")
    given = _base64url(signature)
    mac = hmac.digest(secret.encode(errors="surrogatepass"), signed.encode(errors="surrogatepass"), "sha256")
    if not secret or given is None or not hmac.compare_digest(mac, given) or _claims(header).get("alg") != "HS256":
        return False
    digest = decode(str(_claims(payload).get("sha256", "")), "hex")
    return digest is not None and hmac.compare_digest(hashlib.sha256(event.body).digest(), digest)


def _base64url(text: str) -> bytes | None:
    if not text or "=" in text or "+" in text or "/" in text:
        return None
    return decode(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), "base64")


def _claims(part: str) -> dict[str, Any]:
    claims = loads_or_none(_base64url(part) or b"")
    return claims if isinstance(claims, dict) else {}


def _hubspot(event: Event, secret: str) -> bool:
    """Version 3 if it is sent; else version 1 or 2, which are plain digests.

    From `sha256(secret + body)` an attacker can compute the digest of a longer body. Such a body contains SHA-256's
    padding, a byte 0x80 and NULs, so it is neither JSON nor any other text.
    """
    if event.header("x-hubspot-signature-v3"):
        decoded = _HUBSPOT_ESCAPES.sub(lambda escape: unquote(escape[0]), event.url)
        urls = {event.url, decoded}
        return True in [matches(HUBSPOT_V3, replace(event, url=url), secret) for url in urls]
    version = event.header("x-hubspot-signature-version") or "v1"
    signed = {"v1": b"", "v2": f"{event.method}{event.url}".encode(errors="surrogatepass")}.get(version)
    given = decode(event.header("x-hubspot-signature"), "hex")
    if signed is None or not given or not secret or not _is_text(event.body):
        return False
    digest = hashlib.sha256(secret.encode(errors="surrogatepass") + signed + event.body).digest()
    return hmac.compare_digest(digest, given)


def _is_text(body: bytes) -> bool:
    try:
        return "\0" not in body.decode()
    except UnicodeDecodeError:
        return False


def _segment(event: Event, secret: str) -> bool:
    """The body's HMAC. Of a batch only the first element is signed: the rest needs the token as well."""
    if not event.body.lstrip().startswith(b"["):
        return matches(SEGMENT, event, secret)
    first = _first_element(event.body)
    return first is not None and matches(SEGMENT, replace(event, body=first), secret) and has_token(event, secret)


def _first_element(body: bytes) -> bytes | None:
    """The bytes of an array's first element, as they were sent."""
    try:
        text = body.decode().lstrip()[1:].lstrip()
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return text[:end].encode()


def _google_ads(event: Event, secret: str) -> bool:
    """The key is in the body, under a name that Google's documents spell in two ways."""
    content = loads_or_none(event.body)
    members = content.items() if isinstance(content, dict) else ()
    keys = [value for name, value in members if name.lower() == "google_key"]
    return len(keys) == 1 and isinstance(keys[0], str) and is_same(keys[0], secret)


_SCHEMES: Final[Mapping[Scheme, Callable[[Event, str], bool]]] = {
    "standard-webhooks": _standard_webhooks,
    "supabase": _supabase,
    "netlify": _netlify,
    "hubspot": _hubspot,
    "segment": _segment,
    "google-ads": _google_ads,
}
