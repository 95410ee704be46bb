"""What providers ask of an address before they send signups to it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.config.schema import Source, parse
from leads.event import answer
from leads.event.event import Event
from leads.event.handshake import after_proof, before_proof, subscription

SNS = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=a&Token=abc"


def source(provider: str, auth: str = "") -> Source:
    said = f'auth = "{auth}"' if auth else ""
    text = f'[campaigns.news]\nid = "camp_1"\n[sources.x]\nprovider = "{provider}"\ncampaign = "news"\n{said}'
    return parse(text).sources["x"]


def event(body: bytes = b"", *, method: str = "POST", **headers: str) -> Event:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Event("x", body, datetime.now(UTC), method=method, headers=named)


def replied(response: answer.Response | None) -> tuple[int, dict[str, Any]] | None:
    return (response["statusCode"], json.loads(response["body"])) if response else None


@pytest.mark.parametrize(
    ("method", "provider", "auth", "is_answered"),
    [
        ("HEAD", "intercom", "", True),
        ("GET", "typeform", "", True),
        ("GET", "form", "none", True),
        ("GET", "json", "token", False),
        ("GET", "mailchimp", "", False),
        ("POST", "typeform", "", False),
    ],
)
def test_a_look_at_the_address(method: str, provider: str, auth: str, *, is_answered: bool) -> None:
    """A GET cannot be signed, so one is answered without proof. A sender with a token has to send it."""
    expected = (200, {"ok": True}) if is_answered else None
    assert replied(before_proof(event(method=method), source(provider, auth))) == expected


@pytest.mark.parametrize(
    ("method", "provider", "body", "status"),
    [
        ("GET", "json", b"", 200),
        ("HEAD", "mailchimp", b"", 200),
        ("POST", "mailchimp", b" ", 200),
        ("POST", "mailchimp", b"type=subscribe", None),
        ("POST", "json", b"", None),
        ("PUT", "json", b"{}", 405),
    ],
)
def test_an_authentic_request_without_an_event(method: str, provider: str, body: bytes, status: int | None) -> None:
    """A look is answered, also an empty POST of a provider; a program is told that it sent nothing."""
    response = after_proof(event(body, method=method), source(provider, "token"))
    assert (response and response["statusCode"]) == status


@pytest.mark.parametrize(
    ("method", "query", "misdirected"),
    [
        ("GET", "your-name=Ava&your-email=ava%40example.com", True),
        ("HEAD", "email=+ava@example.com", True),
        ("GET", "", False),
        ("GET", "hub.mode=subscribe&hub.challenge=115&email=", False),
        ("GET", "challengeCode=ava", False),
        ("GET", "&".join(["email=ava%40example.com"] * 2_000), False),
    ],
)
def test_answers_that_came_as_a_get(method: str, query: str, *, misdirected: bool) -> None:
    """A form that was sent as a GET has an e-mail address in its query; a handshake has none."""
    sent = Event("x", b"", datetime.now(UTC), method=method, url=f"https://hooks.example.com/hooks/x?{query}")
    for response in (before_proof(sent, source("form", "none")), after_proof(sent, source("json", "token"))):
        assert response
        assert response["statusCode"] == (405 if misdirected else 200)
        assert response["headers"].get("allow") == ("POST, OPTIONS" if misdirected else None)


@pytest.mark.parametrize(
    ("provider", "secret", "answered"),
    [
        ("formspree", "abc-123", "abc-123"),
        ("formspree", "", None),
        ("formspree", "a\r\nset-cookie: b", None),
        ("formspree", "x" * 300, None),
        ("typeform", "abc-123", None),
    ],
)
def test_the_echo_of_a_handshake(provider: str, secret: str, answered: str | None) -> None:
    """The header comes back to the provider that asks for it, if it is one harmless word."""
    response = before_proof(event(x_hook_secret=secret), source(provider))
    assert (response and response["headers"]["x-hook-secret"]) == answered


@pytest.mark.parametrize(
    ("provider", "method", "challenge", "expected"),
    [
        ("okta", "GET", "abc-123", (200, {"verification": "abc-123"})),
        ("okta", "GET", "", None),
        ("okta", "GET", "a b", None),
        ("cognito", "GET", "abc-123", None),
    ],
)
def test_a_challenge_is_answered(
    provider: str, method: str, challenge: str, expected: tuple[int, dict[str, Any]] | None
) -> None:
    """Okta wants its header back as JSON, before it has sent any secret; nothing else goes without proof."""
    asked = event(method=method, x_okta_verification_challenge=challenge)
    assert replied(before_proof(asked, source(provider))) == expected


@pytest.mark.parametrize(
    ("provider", "body", "is_ping"),
    [
        ("woocommerce", b"webhook_id=12", True),
        ("woocommerce", b"webhook_id=12&email=ava%40example.com", False),
        ("woocommerce", b"webhook_id=" + b"1" * 99, False),
        ("woocommerce", b"\xff", False),
        ("woocommerce", b"", False),
        ("typeform", b"webhook_id=12", False),
    ],
)
def test_an_unsigned_ping_is_answered(provider: str, body: bytes, *, is_ping: bool) -> None:
    """WooCommerce tries a new webhook without a signature and demands 200. It enrolls no one."""
    assert replied(before_proof(event(body), source(provider))) == ((200, {"accepted": 0}) if is_ping else None)


@pytest.mark.parametrize(
    ("provider", "content", "url"),
    [
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": SNS}, SNS),
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://evil.example/?a"}, None),
        (
            "sns",
            {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.x.amazonaws.com.evil.example/?a"},
            None,
        ),
        (
            "sns",
            {"Type": "SubscriptionConfirmation", "SubscribeURL": "https://sns.x.amazonaws.com@evil.example/?a"},
            None,
        ),
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": SNS.replace("eu-west-1", "s3")}, None),
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": SNS.replace("eu-west-1", "s3-us-west-2")}, None),
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": SNS.replace("Confirm", "Un")}, None),
        ("sns", {"Type": "SubscriptionConfirmation", "SubscribeURL": "http://sns.eu-west-1.amazonaws.com/?a"}, None),
        ("sns", {"Type": "SubscriptionConfirmation"}, None),
        ("sns", {"Type": "Notification", "SubscribeURL": SNS}, None),
        ("typeform", {"Type": "SubscriptionConfirmation", "SubscribeURL": SNS}, None),
    ],
)
def test_the_address_that_confirms_a_subscription(provider: str, content: dict[str, str], url: str | None) -> None:
    """Only an address of SNS itself is ever called, and only for a source that is a topic."""
    assert subscription(event(json.dumps(content).encode()), source(provider)) == url


@pytest.mark.parametrize("body", [b"not json", b"\xff"])
def test_what_is_no_json_confirms_nothing(body: bytes) -> None:
    """Any body may arrive at a topic's address."""
    assert subscription(event(body), source("sns")) is None
