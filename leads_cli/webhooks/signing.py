"""Sign requests as the providers do, to try a stack out: the inverse of `leads.event.signature` and its schemes.

It runs where an operator or a test does, never in the functions: those only verify.
"""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from copy import replace
from dataclasses import dataclass
from functools import partial
from typing import Final

from leads.event.schemes import HUBSPOT_V3, SEGMENT, STANDARD
from leads.event.signature import key_bytes
from leads.presets.provider import Scheme, Signature, Timestamp
from leads.presets.providers import PROVIDERS

_GOOGLE_KEY: Final = "google_key"


@dataclass(frozen=True, slots=True)
class Request:
    """What is signed: headers by lower-case name, and the address as the sender was given it."""

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""

    def having(self, **headers: str) -> "Request":
        """The same with more headers, `_` for `-`."""
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return replace(self, headers={**self.headers, **more})


type Signer = Callable[[Request, str, float], Request]
"""Signs a request with a secret, as of now (seconds since 1970)."""


def sign(provider: str, request: Request, secret: str, now: float) -> Request:
    """The request as a provider would send it; with the secret as a bearer token where it cannot sign."""
    scheme = PROVIDERS[provider].signature
    if scheme is None:
        return _bearer(request, secret, now)
    if isinstance(scheme, Signature):
        return sign_described(scheme, request, secret, now)
    return _SIGNERS[scheme](request, secret, now)


def new_secret(provider: str, entropy: bytes) -> str:
    """A secret in the form that a provider gives out; of 24 random bytes or more."""
    match PROVIDERS[provider].signature:
        case "standard-webhooks":
            return f"whsec_{b64encode(entropy).decode()}"
        case "supabase":
            return f"v1,whsec_{b64encode(entropy).decode()}"
        case _:
            return _base64url(entropy)


def sign_described(scheme: Signature, request: Request, secret: str, now: float) -> Request:
    headers = dict(request.headers)
    ticks, place = "", ""
    if scheme.timestamp:
        kind, _, name = scheme.timestamp.place.partition(":")
        ticks = str(int(now * 1_000) if scheme.timestamp.unit == "ms" else int(now))
        if kind == "header":
            headers[name.partition("|")[0]] = ticks
        else:
            place = kind
    signed = b"".join(_parts(scheme, request, ticks))
    mac = hmac.digest(_key(scheme, secret), signed, scheme.algorithm)
    text = mac.hex() if scheme.encoding == "hex" else b64encode(mac).decode()
    match scheme.form:
        case "plain":
            value = text
        case "pairs":
            value = f"{f'{place}={ticks},' if place else ''}{scheme.member}={text}"
        case "list":
            value = f"{scheme.member},{text}"
    headers[scheme.header.partition("|")[0]] = scheme.prefix + value
    return replace(request, headers=headers)


def _parts(scheme: Signature, request: Request, ticks: str) -> Iterator[bytes]:
    known = {"body": request.body, "timestamp": ticks.encode()}
    known |= {"method": request.method.encode(), "url": request.url.encode()}
    for part in scheme.message:
        if part.startswith("="):
            yield part[1:].encode()
        elif part.startswith("header:"):
            yield request.headers.get(part.removeprefix("header:"), "").encode()
        else:
            yield known[part]


def _key(scheme: Signature, secret: str) -> bytes:
    # A secret of another form makes a signature that the stack refuses; the stack says why.
    return key_bytes(scheme, secret) or secret.encode()


def _bearer(request: Request, secret: str, now: float) -> Request:
    del now
    return request.having(authorization=f"Bearer {secret}")


def _standard_webhooks(request: Request, secret: str, now: float) -> Request:
    # A description names both families of headers, `webhook-*|svix-*`; a sender uses one of them.
    family = "svix" if "svix-id" in request.headers else "webhook"
    scheme = replace(
        STANDARD,
        header=f"{family}-signature",
        message=(f"header:{family}-id", *STANDARD.message[1:]),
        timestamp=Timestamp(f"header:{family}-timestamp"),
    )
    return sign_described(scheme, request, secret.partition("|")[0], now)


def _supabase(request: Request, secret: str, now: float) -> Request:
    """An auth hook has an id and is signed; a database webhook brings the secret in a header."""
    signer = _standard_webhooks if "webhook-id" in request.headers else _bearer
    return signer(request, secret, now)


def _netlify(request: Request, secret: str, now: float) -> Request:
    del now
    header = _base64url(b'{"alg":"HS256"}')
    claims = {"iss": "netlify", "sha256": hashlib.sha256(request.body).hexdigest()}
    payload = _base64url(json.dumps(claims, separators=(",", ":")).encode())
    mac = hmac.digest(secret.encode(), f"{header}.{payload}".encode(), "sha256")
    return request.having(x_webhook_signature=f"{header}.{payload}.{_base64url(mac)}")


def _google_ads(request: Request, secret: str, now: float) -> Request:
    """The key is a member of the body; a body that has no members stays as it is."""
    del now
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        return request
    if not isinstance(content, dict):
        return request
    body = json.dumps({**content, _GOOGLE_KEY: secret}, separators=(",", ":"), ensure_ascii=False)
    return replace(request, body=body.encode())


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


_SIGNERS: Final[Mapping[Scheme, Signer]] = {
    "standard-webhooks": _standard_webhooks,
    "supabase": _supabase,
    "netlify": _netlify,
    "hubspot": partial(sign_described, HUBSPOT_V3),
    # A single event; batches are not supported.
    "segment": partial(sign_described, SEGMENT),
    "google-ads": _google_ads,
}
