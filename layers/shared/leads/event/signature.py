"""Signatures: one engine, driven by a description of where a provider puts what.

Whatever a stranger sends is answered with yes or no, in constant time as far as secrets are concerned; nothing
malformed raises. The bytes are those that arrived: a body is never parsed before it is believed.
"""

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

# Longer than any signature header with a rotation's worth of signatures in it.
_MAX_HEADER: Final = 8_192
# Milliseconds until the year 5138: more digits are no time.
_TICKS: Final = re.compile(r"[0-9]{1,14}")
_ENTRY: Final = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a signature is made over: the body as it came, headers by lower-case name, the address as called.

    `tokens` are the plain secrets that came along, in a header or in the path.
    """

    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    url: str = ""
    tokens: tuple[str, ...] = ()

    def header(self, names: str) -> str:
        """The first of some headers, `a|b`, that is there; empty if none is."""
        return next((value for name in names.split("|") if (value := self.headers.get(name))), "")


type Scheme = Callable[[Delivery, str, float], bool]
"""Whether a delivery is signed with a secret, as of now (seconds since 1970)."""


@dataclass(frozen=True, slots=True)
class Timestamp:
    """When it was signed, against replays: refused if it is off by more than `tolerance` seconds, early or late.

    `place` is `header:<name>` or, in a signature of pairs, the name of one.
    """

    place: str
    unit: Literal["s", "ms"] = "s"
    tolerance: int = 300


@dataclass(frozen=True, slots=True)
class Signature:
    """A provider's HMAC scheme, as data.

    Attributes:
        header: where the signature is; `|` separates alternatives, here and in `header:` parts.
        message: what is signed, in order: `body`, `timestamp`, `method`, `url`, `header:<name>`, or a literal
            behind `=`.
        prefix: what stands before the signature.
        form: `plain`: nothing but the signature; `pairs`: `t=1,v1=…`; `list`: `v1,… v1,…`.
        member: in pairs the name of a signature, in a list the version of one. Several may match: rotations.
        key: what the secret is: the key's text, or its base64 behind `whsec_`.
    """

    header: str
    message: tuple[str, ...] = ("body",)
    algorithm: Literal["sha256", "sha1"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    form: Literal["plain", "pairs", "list"] = "plain"
    member: str = ""
    key: Literal["text", "base64"] = "text"
    timestamp: Timestamp | None = None

    def __call__(self, delivery: Delivery, secret: str, now: float) -> bool:
        """Whether the delivery is signed with this secret, and lately."""
        value = delivery.header(self.header)
        key = _key(secret, self.key)
        if not value.startswith(self.prefix) or not 0 < len(value) <= _MAX_HEADER or not key:
            return False
        value = value[len(self.prefix) :]
        ticks = self._ticks(delivery, value)
        if self.timestamp and not fresh(self.timestamp, ticks, now):
            return False
        mac = hmac.new(key, b"".join(self._parts(delivery, ticks)), self.algorithm).digest()
        # Not `any`: stopping at the first match would tell which signature it was.
        return True in [hmac.compare_digest(mac, given) for given in self._given(value)]

    def _ticks(self, delivery: Delivery, value: str) -> str:
        if self.timestamp is None:
            return ""
        kind, _, name = self.timestamp.place.partition(":")
        if kind == "header":
            return delivery.header(name)
        return next((text for key, text in _pairs(value) if key == kind), "")

    def _parts(self, delivery: Delivery, ticks: str) -> Iterator[bytes]:
        for part in self.message:
            kind, _, rest = part.partition(":")
            match kind:
                case "body":
                    yield delivery.body
                case "timestamp":
                    yield ticks.encode()
                case "method":
                    yield delivery.method.encode(errors="surrogatepass")
                case "url":
                    yield delivery.url.encode(errors="surrogatepass")
                case "header":
                    yield delivery.header(rest).encode(errors="surrogatepass")
                case _:
                    yield part.removeprefix("=").encode()

    def _given(self, value: str) -> Iterator[bytes]:
        """The signatures in the header, decoded; what does not decode is none."""
        match self.form:
            case "plain":
                texts = [value.strip()]
            case "pairs":
                texts = [text for key, text in _pairs(value) if key == self.member]
            case _:
                texts = list(versioned(value, self.member))
        for text in texts:
            if (decoded := decode(text, self.encoding)) is not None:
                yield decoded


def has_token(delivery: Delivery, secret: str) -> bool:
    """Whether the secret itself came along."""
    matches = [same(token, secret) for token in delivery.tokens]
    return True in matches


def same(offer: str, secret: str) -> bool:
    """Whether two texts are the same and not empty, in a time that tells nothing else."""
    one, other = offer.encode(errors="surrogatepass"), secret.encode(errors="surrogatepass")
    return hmac.compare_digest(one, other) and bool(other)


def fresh(timestamp: Timestamp, ticks: str, now: float) -> bool:
    """Whether a timestamp is one, and near enough to now."""
    if not _TICKS.fullmatch(ticks):
        return False
    signed_at = int(ticks) / (1_000 if timestamp.unit == "ms" else 1)
    return abs(now - signed_at) <= timestamp.tolerance


def versioned(value: str, version: str) -> Iterator[str]:
    """The signatures of one version in `v1,… v1,…`; a gateway joins repeated headers with one more comma."""
    for before, text in pairwise(_ENTRY.findall(value)):
        if before == version:
            yield text


def decode(text: str, encoding: str) -> bytes | None:
    """Bytes of a hexadecimal or base64 text; None where it is neither."""
    try:
        if encoding == "base64":
            return base64.b64decode(text, validate=True)
        # `fromhex` passes over spaces.
        return bytes.fromhex(text) if text.isalnum() else None
    except (binascii.Error, ValueError):
        return None


def _pairs(value: str) -> Iterator[tuple[str, str]]:
    for part in value.split(","):
        key, _, text = part.strip().partition("=")
        yield key, text


def _key(secret: str, kind: str) -> bytes | None:
    if kind == "text":
        return secret.encode(errors="surrogatepass")
    return decode(secret.removeprefix("v1,").removeprefix("whsec_"), "base64")
