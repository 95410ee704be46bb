"""Signature schemes that a description cannot reach, each a function as `signature.Scheme` wants it."""

import hashlib
import hmac
import json
import re
from dataclasses import replace
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote

from leads.event.signature import Delivery, Signature, Timestamp, decode, fresh, has_token, same, versioned

_STANDARD: Final = Signature(
    "webhook-signature|svix-signature",
    ("header:webhook-id|svix-id", "=.", "timestamp", "=.", "body"),
    encoding="base64",
    form="list",
    member="v1",
    key="base64",
    timestamp=Timestamp("header:webhook-timestamp|svix-timestamp"),
)
_HUBSPOT_V3: Final = Signature(
    "x-hubspot-signature-v3",
    ("method", "url", "body", "timestamp"),
    encoding="base64",
    timestamp=Timestamp("header:x-hubspot-request-timestamp", "ms"),
)
# HubSpot's documents have these written out before the address is signed; its own libraries sign it as called.
_HUBSPOT_ESCAPES: Final = re.compile(r"%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)
# Five milliseconds each: a header of hundreds must not cost seconds.
_MOST_ASYMMETRIC: Final = 4
_SEGMENT: Final = Signature("x-signature", algorithm="sha1")


def standard_webhooks(delivery: Delivery, secret: str, now: float) -> bool:
    """Standard Webhooks 1.0.0: symmetric `v1`, or asymmetric `v1a` where the secret is a public key (`whpk_`).

    Supabase writes `v1,whsec_…`, and several secrets in one with `|` between them.
    """
    if not delivery.header("webhook-id|svix-id"):
        return False
    results = [
        _asymmetric(delivery, one, now) if one.startswith("whpk_") else _STANDARD(delivery, one, now)
        for one in secret.split("|")
    ]
    return True in results


def _asymmetric(delivery: Delivery, secret: str, now: float) -> bool:
    # Imported here: few senders use it, and its curve takes a moment to set up.
    from leads.event.ed25519 import verify  # noqa: PLC0415

    ticks = delivery.header("webhook-timestamp|svix-timestamp")
    key = decode(secret.removeprefix("whpk_"), "base64")
    if key is None or not fresh(Timestamp(""), ticks, now):
        return False
    message = f"{delivery.header('webhook-id|svix-id')}.{ticks}.".encode(errors="surrogatepass") + delivery.body
    texts = islice(versioned(delivery.header("webhook-signature|svix-signature"), "v1a"), _MOST_ASYMMETRIC)
    return any(verify(key, message, decode(text, "base64") or b"") for text in texts)


def netlify(delivery: Delivery, secret: str, now: float) -> bool:
    """A compact JWS whose claim `sha256` is the body's digest. HS256 and no other: `alg` is the sender's word."""
    del now
    header, _, rest = delivery.header("x-webhook-signature").partition(".")
    payload, _, signature = rest.partition(".")
    given = _base64url(signature)
    mac = hmac.digest(
        secret.encode(errors="surrogatepass"), f"{header}.{payload}".encode(errors="surrogatepass"), "sha256"
    )
    if not secret or given is None or not hmac.compare_digest(mac, given):
        return False
    if _claims(header).get("alg") != "HS256":
        return False
    digest = decode(str(_claims(payload).get("sha256", "")), "hex")
    return digest is not None and hmac.compare_digest(hashlib.sha256(delivery.body).digest(), digest)


def _base64url(text: str) -> bytes | None:
    if not text or "=" in text or "+" in text or "/" in text:
        return None
    return decode(text.translate(str.maketrans("-_", "+/")) + "=" * (-len(text) % 4), "base64")


def _claims(part: str) -> dict[str, Any]:
    try:
        claims = json.loads(_base64url(part) or b"{}")
    except (ValueError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def hubspot(delivery: Delivery, secret: str, now: float) -> bool:
    """Version 3 where it is sent; else version 1 or 2, which are plain digests. The address is the configured one."""
    if delivery.header("x-hubspot-signature-v3"):
        written_out = _HUBSPOT_ESCAPES.sub(lambda escape: unquote(escape[0]), delivery.url)
        urls = [delivery.url] if written_out == delivery.url else [delivery.url, written_out]
        return True in [_HUBSPOT_V3(replace(delivery, url=url), secret, now) for url in urls]
    version = delivery.header("x-hubspot-signature-version") or "v1"
    signed = {"v1": b"", "v2": f"{delivery.method}{delivery.url}".encode(errors="surrogatepass")}.get(version)
    given = decode(delivery.header("x-hubspot-signature"), "hex")
    if signed is None or not given or not secret:
        return False
    digest = hashlib.sha256(secret.encode(errors="surrogatepass") + signed + delivery.body).digest()
    return hmac.compare_digest(digest, given)


def segment(delivery: Delivery, secret: str, now: float) -> bool:
    """The body's HMAC. Of a batch only the first element is signed: the rest is believed with the token as well."""
    if not delivery.body.lstrip().startswith(b"["):
        return _SEGMENT(delivery, secret, now)
    first = _first_element(delivery.body)
    if first is None:
        return False
    return _SEGMENT(Delivery(first, delivery.headers), secret, now) and has_token(delivery, secret)


def _first_element(body: bytes) -> bytes | None:
    """The bytes of an array's first element, as they were sent."""
    try:
        text = body.decode()
        start = len(text) - len(text.lstrip()) + 1
        start += len(text[start:]) - len(text[start:].lstrip())
        _, end = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return text[start:end].encode()


def google_ads(delivery: Delivery, secret: str, now: float) -> bool:
    """The key is in the body, under a name that Google's documents spell in two ways."""
    del now
    try:
        content = json.loads(delivery.body)
    except (ValueError, RecursionError):
        return False
    members = content.items() if isinstance(content, dict) else ()
    keys = [value for name, value in members if name.lower() == "google_key"]
    return len(keys) == 1 and isinstance(keys[0], str) and same(keys[0], secret)


def supabase(delivery: Delivery, secret: str, now: float) -> bool:
    """Auth hooks sign as Standard Webhooks do; database webhooks cannot, and bring the secret in a header."""
    if delivery.header("webhook-signature"):
        return standard_webhooks(delivery, secret, now)
    return has_token(delivery, secret)
