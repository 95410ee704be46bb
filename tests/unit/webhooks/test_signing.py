"""Signing as the providers do, against signatures that others made."""

import base64
import hmac

import pytest

from leads.config.schema import parse
from leads.presets.providers import PROVIDERS
from leads_cli.dev.invented import invent_secrets
from leads_cli.webhooks.signing import Request, new_secret, sign
from tests.signed import is_signed, request

ENTROPY = bytes(range(32))
HUBSPOT = Request(
    b"{'example_field':'example_value'}",
    {"content-type": "application/json"},
    url="https://www.example.com/webhook_uri",
)


@pytest.mark.parametrize(
    ("secret", "message_id", "body", "now", "signature"),
    [
        (
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            b'{"test": 2432232314}',
            1_614_265_330,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        ),
        (
            "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
            "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
            b'{"email":"test@example.com","username":"test_user"}',
            1_649_367_553,
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
        ),
    ],
)
@pytest.mark.parametrize(
    ("provider", "family"), [("standard-webhooks", "webhook"), ("standard-webhooks", "svix"), ("clerk", "svix")]
)
def test_vectors_of_standard_webhooks(
    *, provider: str, family: str, secret: str, message_id: str, body: bytes, now: int, signature: str
) -> None:
    """The specification's own vectors come out, under either family of header names."""
    signed = sign(provider, Request(body, {f"{family}-id": message_id}), secret, now)
    assert signed.headers[f"{family}-signature"] == signature
    assert signed.headers[f"{family}-timestamp"] == str(now)


def test_the_vector_of_hubspot() -> None:
    """The signature in the tests of HubSpot's own library comes out: method, address, body and milliseconds."""
    signed = sign("hubspot", HUBSPOT, "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", 1_693_657_560)
    assert signed.headers["x-hubspot-signature-v3"] == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="
    assert signed.headers["x-hubspot-request-timestamp"] == "1693657560000"


def test_the_form_of_pairs() -> None:
    """Stripe's signature has its time beside it, in whole seconds, and is over the time, a dot and the body."""
    secret = "whsec_test-fixture"
    mac = hmac.new(secret.encode(), b"12.{}", "sha256").hexdigest()
    assert sign("stripe", Request(b"{}", {}), secret, 12.9).headers == {"stripe-signature": f"t=12,v1={mac}"}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_signed_is_believed(provider: str) -> None:
    """Every provider's signed request is accepted now, and refused an hour later."""
    ids = {"webhook-id": "msg_1", "framer-webhook-submission-id": "sub_1"}
    sent = Request(b'{"email":"ava@example.com"}', ids, url="https://hooks.example.com/hooks/one")
    secret = new_secret(provider, ENTROPY)
    signed = sign(provider, sent, secret, 1_782_036_000)
    scheme = PROVIDERS[provider].signature
    if scheme is None:
        assert signed.headers["authorization"] == f"Bearer {secret}"
        return
    delivery = request(signed.body, signed.headers, signed.method, signed.url)
    assert is_signed(scheme, delivery, secret, 1_782_036_000)
    assert not is_signed(scheme, delivery, new_secret(provider, ENTROPY[::-1]), 1_782_036_000)


def test_a_body_without_members_keeps_its_bytes() -> None:
    """Google's key is a member of the body: where there are none, nothing can be added."""
    for body in (b"[]", b"{", b"\xff"):
        assert sign("google-ads", Request(body, {}), "key", 0).body == body
    assert sign("google-ads", Request(b'{"a":1}', {}), "key", 0).body == b'{"a":1,"google_key":"key"}'


def test_invented_secrets() -> None:
    """Each has the form that its provider gives out: a key in base64, or a text of 32 letters and more."""
    tables = [
        f'[sources.{name}]\nprovider = "{name}"\ncampaign = "news"\n{"" if each.auth else 'auth = "token"'}\n'
        for name, each in PROVIDERS.items()
    ]
    found = invent_secrets(parse("\n".join(['[campaigns.news]\nid = "camp_1"', *tables])))
    assert found.keys() == PROVIDERS.keys()
    assert all(len(secret) >= 32 for secret in found.values())
    for name, prefix in {"standard-webhooks": "whsec_", "clerk": "whsec_", "supabase": "v1,whsec_"}.items():
        assert len(base64.b64decode(found[name].removeprefix(prefix), validate=True)) == 32
