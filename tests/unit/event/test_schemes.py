"""Each provider's signature scheme, as its makers publish or document it."""

import base64
import hashlib
import hmac
import json
from copy import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from leads.event.event import Event
from leads.event.schemes import STANDARD
from leads.presets.provider import Scheme, Signature
from leads.presets.providers import PROVIDERS
from tests.signed import is_signed, request

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "signatures.json").read_text())["vectors"]
KNOWN = {vector["name"]: vector for vector in VECTORS if vector["provider"]}
SIGNED = {name: vector for name, vector in KNOWN.items() if vector["valid"]}
TIMED = {
    name for name, vector in SIGNED.items() if any("timestamp" in h or "t=" in t for h, t in vector["headers"].items())
}
KEY = "an invented secret of the tests"


def scheme(vector: dict[str, Any]) -> Signature | Scheme:
    found = PROVIDERS[vector["provider"]].signature
    assert found is not None
    return found


def delivery(vector: dict[str, Any]) -> Event:
    return request(vector["body"].encode(), vector["headers"], vector["method"], vector["url"])


def is_accepted(vector: dict[str, Any], sent: Event, secret: str | None = None, late: float = 0) -> bool:
    return is_signed(scheme(vector), sent, vector["secret"] if secret is None else secret, vector["now"] + late)


@pytest.fixture(params=SIGNED.values(), ids=list(SIGNED))
def vector(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = request.param
    return found


@pytest.mark.parametrize("name", KNOWN)
def test_each_vector_is_accepted_or_refused_as_published(name: str) -> None:
    """Every published signature is accepted, and every forged one is refused."""
    assert is_accepted(KNOWN[name], delivery(KNOWN[name])) is KNOWN[name]["valid"]


def test_every_scheme_has_a_vector() -> None:
    """Each scheme is tested against a vector that others made."""
    assert {vector["provider"] for vector in SIGNED.values()} == {n for n, p in PROVIDERS.items() if p.signature}


def test_one_changed_byte_is_refused(vector: dict[str, Any]) -> None:
    """A body with one byte changed, added or removed is refused."""
    sent = delivery(vector)
    body = sent.body or b"x"
    changed = [bytes([body[0] ^ 1]) + body[1:], body[:-1] + bytes([body[-1] ^ 1]), body[: len(body) // 2] + b"?"]
    if vector["provider"] != "google-ads":
        changed += [sent.body + b" ", b"\xff\xfe" + sent.body, sent.body + b"\xff"]
    assert [is_accepted(vector, replace(sent, body=body)) for body in changed] == [False] * len(changed)


MALFORMED = (None, "", " ", "v1", "v1,", "=", "t=,v1=", "sha256=", "é", "\ud800", ",", "a.b.c", "A" * 8192)


def test_a_missing_or_malformed_header_is_refused(vector: dict[str, Any]) -> None:
    """Each header of a signature in turn: the request is refused, and nothing is raised."""
    sent = delivery(vector)
    for name, bad in product(sent.headers, MALFORMED):
        if name == "x-hubspot-signature-version" and bad in {None, "", "v1"} and vector["name"] == "hubspot_v1":
            # Without a version HubSpot means the first.
            continue
        headers = (
            {**sent.headers, name: bad} if bad is not None else {k: v for k, v in sent.headers.items() if k != name}
        )
        assert not is_accepted(vector, replace(sent, headers=headers)), (name, bad)


def test_another_secret_is_refused(vector: dict[str, Any]) -> None:
    """A wrong, truncated, empty or malformed secret is refused without an error."""
    secrets = ("", " ", KEY, "whsec_", "whsec_!", "whpk_", "whpk_AAAA", "v1,whsec_", "|", "\ud800")
    for wrong in (*secrets, vector["secret"][:-4]):
        assert not is_accepted(vector, delivery(vector), wrong), wrong


@pytest.mark.parametrize("name", sorted(TIMED))
def test_an_old_or_future_signature_is_refused(name: str) -> None:
    """A signature is accepted within a few minutes of its time."""
    vector = SIGNED[name]
    for late, is_near in ((-170, True), (170, True), (-301, False), (301, False), (1e9, False)):
        assert is_accepted(vector, delivery(vector), late=late) is is_near, late


def jws(header: Any, payload: Any, algorithm: str = "sha256", key: str = KEY) -> str:
    def url(content: bytes) -> str:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")

    signed = f"{url(json.dumps(header).encode())}.{url(json.dumps(payload).encode())}"
    return f"{signed}.{url(hmac.digest(key.encode(), signed.encode(), algorithm))}"


BODY = b'{"email": "ava@example.com"}'
DIGEST = hashlib.sha256(BODY).hexdigest()


HS256, OF_BODY = {"alg": "HS256"}, {"sha256": DIGEST}
GOOD = jws(HS256, OF_BODY)


@pytest.mark.parametrize(
    "token",
    [
        jws({"alg": "none"}, OF_BODY), jws({"alg": "RS256"}, OF_BODY), jws({"alg": "HS512"}, OF_BODY, "sha512"),
        jws({}, OF_BODY), jws([], OF_BODY), jws(HS256, {"sha256": DIGEST[:-1] + "x"}), jws(HS256, {"sha256": None}),
        jws(HS256, {"sha256": hashlib.sha256(b"").hexdigest()}), jws(HS256, {}), jws(HS256, "text"),
        GOOD.rpartition(".")[0] + ".", GOOD + "=", jws(HS256, OF_BODY, key="another"),
    ],
)  # fmt: skip
def test_a_token_is_checked_by_one_algorithm(token: str) -> None:
    """Netlify: only HS256 is accepted, whatever the token's header says, and the digest must be the body's."""
    assert is_signed("netlify", request(BODY, {"x-webhook-signature": GOOD}), KEY, 0)
    assert not is_signed("netlify", request(BODY, {"x-webhook-signature": token}), KEY, 0)


def test_a_token_that_is_not_json_is_refused() -> None:
    """Netlify: also if it is signed with the right key."""
    signed = "bm90IGpzb24.bm90IGpzb24"
    mac = base64.urlsafe_b64encode(hmac.digest(KEY.encode(), signed.encode(), "sha256")).decode().rstrip("=")
    assert not is_signed("netlify", request(BODY, {"x-webhook-signature": f"{signed}.{mac}"}), KEY, 0)


def sha1(content: bytes) -> dict[str, str]:
    return {"x-signature": hmac.new(KEY.encode(), content, "sha1").hexdigest()}


FIRST = b'{"messageId": "m1", "name": "\xc3\x84va"}'


@pytest.mark.parametrize(
    ("body", "signed", "token", "expected"),
    [
        (FIRST, FIRST, "", True), (b" [ " + FIRST + b', {"messageId": "m2"}]', FIRST, KEY, True),
        (b"[" + FIRST + b"]", FIRST, KEY, True), (b"[" + FIRST + b', {"messageId": "m2"}]', FIRST, "", False),
        (b"[" + FIRST + b', {"messageId": "m2"}]', FIRST, "wrong", False),
        (b"[" + FIRST + b"]", b"[" + FIRST + b"]", KEY, False), (b"[]", b"", KEY, False), (b"[", b"", KEY, False),
        (b"[\xff]", b"", KEY, False), (b"[" * 100_000, b"", KEY, False),
    ],
)  # fmt: skip
def test_a_batch_needs_the_token_too(body: bytes, signed: bytes, token: str, expected: bool) -> None:  # noqa: FBT001
    """Segment signs only the first element of a batch, so an attacker could add others."""
    assert is_signed("segment", request(body, sha1(signed), token=token), KEY, 0) is expected


@pytest.mark.parametrize(
    "body",
    [
        {"google_key": KEY, "GOOGLE_KEY": KEY}, {"google_key": "other"}, {"google_key": ""}, {"google_key": 5},
        {"google_key": [KEY]}, {"data": {"google_key": KEY}}, [KEY], KEY, b"", b"\xff", b"{",
        b"[" * 100_000, b"1" * 5_000,
    ],
)  # fmt: skip
def test_the_key_is_in_the_body(body: Any) -> None:
    """Google: the key must be a top-level text that occurs once, in any case."""
    for good in ({"google_key": KEY}, {"Google_Key": KEY}):
        assert is_signed("google-ads", request(json.dumps(good).encode(), {}), KEY, 0)
    bad = request(body if isinstance(body, bytes) else json.dumps(body).encode(), {})
    assert [is_signed("google-ads", bad, secret, 0) for secret in (KEY, "")] == [False, False]


def test_the_address_is_signed() -> None:
    """HubSpot: another address or method is refused, and so is an unknown version."""
    vector = SIGNED["hubspot_v3"]
    assert not is_accepted(vector, replace(delivery(vector), url="https://hooks.example.com/other"))
    assert not is_accepted(vector, replace(delivery(vector), method="PUT"))
    first = delivery(SIGNED["hubspot_v1"])
    assert not is_signed(
        "hubspot", replace(first, headers={**first.headers, "x-hubspot-signature-version": "v9"}), KEY, 0
    )


@pytest.mark.parametrize(
    ("signed", "expected"),
    [
        ("https://hooks.example.com/hooks/crm?to=a%40example.com%2cb&q=%20", True),
        ("https://hooks.example.com/hooks/crm?to=a@example.com,b&q=%20", True),
        ("https://hooks.example.com/hooks/crm?to=a@example.com,b&q= ", False),
        ("https://hooks.example.com/hooks/crm?to=a@example.com%2cb&q=%20", False),
    ],
)
def test_an_address_is_signed_in_either_spelling(signed: str, expected: bool) -> None:  # noqa: FBT001
    """HubSpot: as called, or with all of its documented escapes decoded."""
    message = f"POST{signed}".encode() + BODY + b"1795312800000"
    mac = base64.b64encode(hmac.digest(KEY.encode(), message, "sha256")).decode()
    headers = {"x-hubspot-signature-v3": mac, "x-hubspot-request-timestamp": "1795312800000"}
    called = "https://hooks.example.com/hooks/crm?to=a%40example.com%2cb&q=%20"
    assert is_signed("hubspot", request(BODY, headers, "POST", called), KEY, 1_795_312_800) is expected


def test_a_database_webhook_sends_the_secret() -> None:
    """Supabase: a database webhook cannot sign. If it has a signature header, the signature must be valid."""
    assert is_signed("supabase", request(BODY, {}, token=KEY), KEY, 0)
    assert not is_signed("supabase", request(BODY, {}, token="wrong"), KEY, 0)
    assert not is_signed("supabase", request(BODY, {"webhook-signature": "v1,AAAA"}, token=KEY), KEY, 0)


PADDING = b"\x80" + bytes(30) + (len(KEY) * 8).to_bytes(8)


@pytest.mark.parametrize("body", [BODY + PADDING + b',"a":1}', b"\x00" + BODY, b"\xff"])
@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_lengthened_digest_is_refused(body: bytes, version: str) -> None:
    """HubSpot: an attacker can extend a known digest to a longer body, which then contains SHA-256's padding."""
    url = "https://hooks.example.com/hooks/crm"
    signed = KEY.encode() + (f"POST{url}".encode() if version == "v2" else b"")
    for content, expected in ((BODY, True), (body, False)):
        headers = {"x-hubspot-signature": hashlib.sha256(signed + content).hexdigest()}
        sent = request(content, {**headers, "x-hubspot-signature-version": version}, "POST", url)
        assert is_signed("hubspot", sent, KEY, 0) is expected


@pytest.mark.parametrize("name", [n for n, p in PROVIDERS.items() if p.signature in ("standard-webhooks", "supabase")])
def test_only_the_signed_id_is_remembered(name: str) -> None:
    """Otherwise a replayed request could get a new id."""
    headers = [place for place in PROVIDERS[name].event_ids if place.startswith("header:")]
    assert headers == [STANDARD.message[0]]
