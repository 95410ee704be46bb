"""Signatures: one check, driven by the `Signature` of each provider.

No input raises an exception. Secrets are compared in constant time, over the bytes as they
arrived: a body is not parsed before it is authenticated.
"""

import base64
import binascii
import hmac
import re
from itertools import pairwise
from typing import Final

from leads.event.event import Event
from leads.presets.provider import Signature, Timestamp

# Longer than any signature header with a rotation's worth of signatures in it.
_MAX_HEADER: Final = 8_192
# Milliseconds until the year 5138: more digits are no time.
_TICKS: Final = re.compile(r"[0-9]{1,14}")
_ENTRY: Final = re.compile(r"[^\s,]+")


def matches(signature: Signature, event: Event, secret: str) -> bool:
    """Whether the event is signed with this secret, shortly before it was received."""
    value = event.header(signature.header)
    key = key_bytes(signature, secret)
    if not value.startswith(signature.prefix) or not 0 < len(value) <= _MAX_HEADER or not key:
        return False
    value = value.removeprefix(signature.prefix)
    ticks = _fresh_ticks(signature.timestamp, event, value) if signature.timestamp else ""
    if ticks is None:
        return False
    mac = hmac.digest(key, b"".join(_part(part, event, ticks) for part in signature.message), signature.algorithm)
    # Not `any`: stopping at the first match would reveal which signature it was.
    return True in [hmac.compare_digest(mac, given) for given in _given(signature, value)]


def key_bytes(signature: Signature, secret: str) -> bytes | None:
    """The key bytes of a secret; None if it must be base64 and is not. Padding may be missing."""
    if signature.key == "text":
        return secret.encode(errors="surrogatepass")
    text = secret.removeprefix("v1,").removeprefix("whsec_").rstrip("=")
    return decode(text + "=" * (-len(text) % 4), "base64")


def _fresh_ticks(timestamp: Timestamp, event: Event, value: str) -> str | None:
    """The time of the signature as it was sent; None if it is too far from the event's, or no time."""
    kind, _, name = timestamp.place.partition(":")
    ticks = event.header(name) if kind == "header" else next(iter(_pairs(value, kind)), "")
    if not _TICKS.fullmatch(ticks):
        return None
    late = event.received_at.timestamp() - int(ticks) / (1_000 if timestamp.unit == "ms" else 1)
    return ticks if abs(late) <= timestamp.tolerance else None


def _part(part: str, event: Event, ticks: str) -> bytes:
    kind, _, name = part.partition(":")
    if kind == "body":
        return event.body
    texts = {"timestamp": ticks, "method": event.method, "url": event.url, "header": event.header(name)}
    return texts.get(kind, part.removeprefix("=")).encode(errors="surrogatepass")


def _given(signature: Signature, value: str) -> list[bytes]:
    """The signatures in the header, decoded. What does not decode is skipped."""
    texts = [value.strip()]
    if signature.form == "pairs":
        texts = _pairs(value, signature.member)
    elif signature.form == "list":
        # A gateway joins repeated headers with one more comma.
        texts = [text for version, text in pairwise(_ENTRY.findall(value)) if version == signature.member]
    decoded = (decode(text, signature.encoding) for text in texts)
    return [given for given in decoded if given is not None]


def _pairs(value: str, name: str) -> list[str]:
    """The values of one name in `a=1,b=2`."""
    pairs = (part.strip().partition("=") for part in value.split(","))
    return [text for key, _, text in pairs if key == name]


def has_token(event: Event, secret: str) -> bool:
    """Whether the request contains the secret itself."""
    return True in [is_same(token, secret) for token in event.tokens]


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
