"""The signature engine: descriptions of schemes, and hostile headers."""

import base64
import hashlib
import hmac
import json
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.event.signature import decode, has_token, is_same
from leads.presets.provider import Signature, Timestamp
from tests.signed import is_signed, request

FILE = Path(__file__).parents[2] / "vectors" / "signatures.json"
VECTORS = {vector["name"]: vector for vector in json.loads(FILE.read_text())["vectors"]}
KEY, BODY, NOW = "an invented secret", b'{"email": "ava@example.com"}', 1_714_564_800
# Two services that are not providers here, but publish test vectors.
OTHERS = {
    "github": Signature("x-hub-signature-256", prefix="sha256="),
    "slack": Signature(
        "x-slack-signature",
        ("=v0:", "timestamp", "=:", "body"),
        prefix="v0=",
        timestamp=Timestamp("header:x-slack-request-timestamp"),
    ),
}


def mac(message: bytes, key: str = KEY) -> bytes:
    return hmac.digest(key.encode(), message, "sha256")


@pytest.mark.parametrize("name", OTHERS)
def test_a_description_is_enough(name: str) -> None:
    """A new signature scheme needs only data."""
    vector = VECTORS[name]
    sent = request(vector["body"].encode(), vector["headers"])
    assert is_signed(OTHERS[name], sent, vector["secret"], vector["now"])
    assert not is_signed(OTHERS[name], sent, vector["secret"] + "x", vector["now"])


def test_every_part_can_be_signed() -> None:
    """Method, address, headers under either name, time and literals are signed in the described order."""
    scheme = Signature(
        "a|b",
        ("method", "=|", "url", "header:x|y", "timestamp", "body"),
        encoding="base64",
        timestamp=Timestamp("header:t", "ms"),
    )
    ticks = f"{NOW}000"
    signed = mac(f"PUT|https://hooks.example.com/é\ud800z{ticks}".encode(errors="surrogatepass") + BODY)
    headers = {"b": base64.b64encode(signed).decode(), "y": "z", "t": ticks}
    sent = request(BODY, headers, "PUT", "https://hooks.example.com/é\ud800")
    assert is_signed(scheme, sent, KEY, NOW)
    assert not is_signed(scheme, sent, KEY, NOW + 301)


PAIRS = Signature("s", ("timestamp", "=.", "body"), form="pairs", member="v1", timestamp=Timestamp("t"))
LIST = Signature("s", form="list", member="v1", encoding="base64")
PLAIN = Signature("s", prefix="sha256=")
HEX = mac(f"{NOW}.".encode() + BODY).hex()
B64 = base64.b64encode(mac(BODY)).decode()
WRONG = base64.b64encode(bytes(32)).decode()
BARE = mac(BODY).hex()


@pytest.mark.parametrize(
    ("scheme", "good", "bad"),
    [
        (
            PAIRS,
            [f"t={NOW},v1={HEX}", f"v1={HEX}, t={NOW}", f"t={NOW},v1={'0' * 64},v1={HEX},v0=x",
             f"t={NOW},v1={HEX.upper()}"],
            [f"t={NOW},v0={HEX}", f"t={NOW}", f"v1={HEX}", f"t={NOW},v1={HEX[:-1]}", f"t={NOW},v1={HEX}{HEX}",
             f"t={NOW},v1={HEX[:32]} {HEX[32:]}",
             *(f"t={ticks},v1={HEX}" for ticks in (NOW + 1, f"{NOW}.0", f" {NOW}", f"+{NOW}", f"{NOW}e0", f"-{NOW}",
                                                   "١٧١٤٥٦٤٨٠٠", "9" * 5_000))],
        ),
        (
            LIST,
            [f"v1,{B64}", f"v1,{WRONG} v2,{B64} v1,{B64} v1,{WRONG}", f"v1,{WRONG},v1,{B64}", f"v1,{WRONG}, v1,{B64}",
             f"v1,{B64},v1,{WRONG}", f"v1,{B64},x,y"],
            [f"v2,{B64}", f"v1a,{B64}", f"v1{B64}", B64, f"v1,{B64[:-1]}", f"v1,{B64[:-4]}", "v1,", "v1,v1,v1"],
        ),
        (
            PLAIN,
            [f"sha256={BARE}", f"sha256= {BARE} "],
            [BARE, f"sha1={BARE}", f"SHA256={BARE}", f"sha256={BARE},sha256={BARE}", f"sha256={BARE}{' ' * 8_192}",
             f"sha256={hashlib.sha256(BODY).hexdigest()}"],
        ),
    ],
)  # fmt: skip
def test_each_form_of_header_is_read(scheme: Signature, good: list[str], bad: list[str]) -> None:
    """Covers rotated secrets, headers that a gateway joined, and lookalikes."""
    accepted = {header: is_signed(scheme, request(BODY, {"s": header}), KEY, NOW) for header in good + bad}
    assert accepted == dict.fromkeys(good, True) | dict.fromkeys(bad, False)


@pytest.mark.parametrize("secret", ["", "whsec_", "v1,whsec_", "whsec_é", "whsec_Y", "%"])
def test_an_empty_key_is_refused(secret: str) -> None:
    """An empty secret, or one that does not decode, verifies nothing."""
    forged = base64.b64encode(hmac.digest(b"", BODY, "sha256")).decode()
    assert not is_signed(Signature("s", encoding="base64", key="base64"), request(BODY, {"s": forged}), secret, NOW)
    assert not is_signed(Signature("s", encoding="base64"), request(BODY, {"s": forged}), "", NOW)


@pytest.mark.parametrize(
    ("unit", "near", "others"),
    [
        ("s", [NOW, NOW - 300, NOW + 300], [NOW - 301, NOW + 301, NOW * 1_000, "", "0", f"{NOW}\n", "nan", "inf"]),
        ("ms", [NOW * 1_000 + 299_999], [NOW, NOW * 1_000 + 300_001]),
    ],
)
def test_a_time_is_whole_and_near(unit: Literal["s", "ms"], near: list[int], others: list[object]) -> None:
    """The time must be an integer and at most five minutes off."""
    scheme = Signature("s", timestamp=Timestamp("header:t", unit))
    for ticks in (*near, *others):
        sent = request(BODY, {"s": BARE, "t": str(ticks)})
        assert is_signed(scheme, sent, KEY, NOW) is (ticks in near), ticks


@given(st.binary())
def test_encoding_round_trips(content: bytes) -> None:
    """In base64, and in hexadecimal of either case."""
    assert decode(base64.b64encode(content).decode(), "base64") == content
    assert decode(content.hex().upper(), "hex") == (content or None)


def test_a_token_matches_one_of_those_sent() -> None:
    """Each place is checked, and an empty token matches nothing."""
    assert has_token(request(b"", {}, token=KEY), KEY)
    assert not has_token(request(b"", {}, token="wrong"), KEY)
    assert not has_token(request(b"", {}, token=""), "")
    assert not has_token(request(b"", {}), KEY)
    assert [is_same("é\ud800", "é\ud800"), is_same("e", "é"), is_same("", "")] == [True, False, False]
