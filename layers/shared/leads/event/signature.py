"""Signatures: one engine, driven by a `Signature` that says where a provider puts what.

Any input is answered with yes or no and raises nothing. Secrets are compared in constant time, over the bytes as they
arrived: a body is not parsed before it is authenticated.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from leads.presets.provider import Signature, Timestamp

# Longer than any signature header with a rotation's worth of signatures in it.
_MAX_HEADER: Final = 8_192
# Milliseconds until the year 5138: more digits are no time.
_TICKS: Final = re.compile(r"[0-9]{1,14}")
_ENTRY: Final = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is signed: the body as it came, headers by lower-case name, the address as called.

    `tokens` are the plain secrets that came along, in a header or in the path.
    """

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""
    tokens: tuple[str, ...] = ()

    def header(self, names: str) -> str:
        """The first of some headers, `a|b`, that is present; empty if none is."""
        return next((value for name in names.split("|") if (value := self.headers.get(name))), "")


def matches(signature: Signature, delivery: Delivery, secret: str, now: float) -> bool:
    """Whether the delivery is signed with this secret, and recently; `now` is in seconds since 1970."""
    value = delivery.header(signature.header)
    key = key_bytes(signature, secret)
    if not value.startswith(signature.prefix) or not 0 < len(value) <= _MAX_HEADER or not key:
        return False
    value = value.removeprefix(signature.prefix)
    ticks = _ticks(signature.timestamp, delivery, value)
    if signature.timestamp and not _is_fresh(signature.timestamp, ticks, now):
        return False
    mac = hmac.digest(key, b"".join(_part(part, delivery, ticks) for part in signature.message), signature.algorithm)
    # Not `any`: stopping at the first match would tell which signature it was.
    return True in [hmac.compare_digest(mac, given) for given in _given(signature, value)]


def key_bytes(signature: Signature, secret: str) -> bytes | None:
    """The key that a secret stands for; None if it is not base64 where that is wanted. Padding may be missing."""
    if signature.key == "text":
        return secret.encode(errors="surrogatepass")
    text = secret.removeprefix("v1,").removeprefix("whsec_").rstrip("=")
    return decode(text + "=" * (-len(text) % 4), "base64")


def _ticks(timestamp: Timestamp | None, delivery: Delivery, value: str) -> str:
    if timestamp is None:
        return ""
    kind, _, name = timestamp.place.partition(":")
    return delivery.header(name) if kind == "header" else next(_pairs(value, kind), "")


def _is_fresh(timestamp: Timestamp, ticks: str, now: float) -> bool:
    if not _TICKS.fullmatch(ticks):
        return False
    return abs(now - int(ticks) / (1_000 if timestamp.unit == "ms" else 1)) <= timestamp.tolerance


def _part(part: str, delivery: Delivery, ticks: str) -> bytes:
    kind, _, name = part.partition(":")
    match kind:
        case "body":
            return delivery.body
        case "timestamp":
            text = ticks
        case "method":
            text = delivery.method
        case "url":
            text = delivery.url
        case "header":
            text = delivery.header(name)
        case _:
            text = part.removeprefix("=")
    return text.encode(errors="surrogatepass")


def _given(signature: Signature, value: str) -> Iterator[bytes]:
    """The signatures in the header, decoded. What does not decode is skipped."""
    match signature.form:
        case "plain":
            texts = iter([value.strip()])
        case "pairs":
            texts = _pairs(value, signature.member)
        case _:
            # A gateway joins repeated headers with one more comma.
            texts = (text for version, text in pairwise(_ENTRY.findall(value)) if version == signature.member)
    for text in texts:
        if (decoded := decode(text, signature.encoding)) is not None:
            yield decoded


def _pairs(value: str, name: str) -> Iterator[str]:
    """The values of one name in `a=1,b=2`."""
    for part in value.split(","):
        key, _, text = part.strip().partition("=")
        if key == name:
            yield text


def has_token(delivery: Delivery, secret: str) -> bool:
    """Whether the secret itself came along."""
    return True in [is_same(token, secret) for token in delivery.tokens]


def is_same(offer: str, secret: str) -> bool:
    """Whether two texts are equal and not empty, in constant time."""
    one, other = offer.encode(errors="surrogatepass"), secret.encode(errors="surrogatepass")
    return hmac.compare_digest(one, other) and bool(other)


def decode(text: str, encoding: str) -> bytes | None:
    """Bytes of a hexadecimal or base64 text; None if it is neither."""
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        # `fromhex` skips spaces.
        return bytes.fromhex(text) if text.isalnum() else None
    except (binascii.Error, ValueError):
        return None
