"""The requests with which providers check an address before they send signups."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leads.event import answer
from leads.event.event import Event
from leads.event.handshake import after_proof, before_proof, subscription
from tests.reading import source

SNS = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=a&Token=abc"


def event(body: bytes = b"", *, method: str = "POST", **headers: str) -> Event:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Event("x", body, datetime.now(UTC), method=method, headers=named)


def replied(response: answer.Response | None) -> tuple[int, dict[str, Any]] | None:
    return (response["statusCode"], json.loads(response["body"])) if response else None


@pytest.mark.parametrize(
    ("method", "provider", "body", "status"),
    [
        ("GET", "json", b"", 200), ("HEAD", "mailchimp", b"", 200), ("POST", "mailchimp", b" ", 200),
        ("POST", "mailchimp", b"type=subscribe", None), ("POST", "json", b"", None), ("PUT", "json", b"{}", 405),
    ],
)  # fmt: skip
def test_an_authentic_request_without_an_event(method: str, provider: str, body: bytes, status: int | None) -> None:
    """GET, HEAD and a provider's empty POST get 200. An empty POST to a `json` source is read as an event."""
    response = after_proof(event(body, method=method), source(provider))
    assert (response and response["statusCode"]) == status


@pytest.mark.parametrize(
    ("method", "query", "misdirected"),
    [
        ("GET", "your-name=Ava&your-email=ava%40example.com", True), ("HEAD", "email=+ava@example.com", True),
        ("GET", "", False), ("GET", "hub.mode=subscribe&hub.challenge=115&email=", False),
        ("GET", "challengeCode=ava", False), ("GET", "&".join(["email=ava%40example.com"] * 2_000), False),
    ],
)  # fmt: skip
def test_a_form_sent_as_get_is_refused(method: str, query: str, *, misdirected: bool) -> None:
    """A form that was sent as a GET has an e-mail address in its query; a handshake has none."""
    sent = Event("x", b"", datetime.now(UTC), method=method, url=f"https://hooks.example.com/hooks/x?{query}")
    for response in (before_proof(sent, source("form", auth="none")), after_proof(sent, source("json"))):
        assert response
        assert response["statusCode"] == (405 if misdirected else 200)
        assert response["headers"].get("allow") == ("POST, OPTIONS" if misdirected else None)


@pytest.mark.parametrize("word", ["abc-123", "", "a b", "a\r\nset-cookie: b", "x" * 300])
def test_a_header_comes_back(word: str) -> None:
    """A provider's challenge header is echoed, as a header or as JSON, if it is one harmless word."""
    sent = event(x_hook_secret=word, x_okta_verification_challenge=word)
    is_harmless = word == "abc-123"
    echo, challenge = before_proof(sent, source("formspree", auth=None)), before_proof(sent, source("okta", auth=None))
    assert (echo and echo["headers"]["x-hook-secret"]) == (word if is_harmless else None)
    assert replied(challenge) == ((200, {"verification": word}) if is_harmless else None)
    assert before_proof(sent, source("typeform", auth=None)) is None


@pytest.mark.parametrize(
    ("provider", "body", "is_ping"),
    [
        ("woocommerce", b"webhook_id=12", True), ("woocommerce", b"webhook_id=12&email=ava%40example.com", False),
        ("woocommerce", b"webhook_id=" + b"1" * 99, False), ("woocommerce", b"\xff", False),
        ("woocommerce", b"", False), ("typeform", b"webhook_id=12", False),
    ],
)  # fmt: skip
def test_an_unsigned_ping_is_answered(provider: str, body: bytes, *, is_ping: bool) -> None:
    """WooCommerce tests a new webhook without a signature and requires 200. No lead is enrolled."""
    assert replied(before_proof(event(body), source(provider, auth=None))) == (
        (200, {"accepted": 0}) if is_ping else None
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/?a", "https://sns.x.amazonaws.com.evil.example/?a",
        "https://sns.x.amazonaws.com@evil.example/?a", SNS.replace("eu-west-1", "s3"),
        SNS.replace("eu-west-1", "s3-us-west-2"), SNS.replace(".com/", ".com.evil.example/"),
        SNS.replace("Confirm", "Un"),
        "http://sns.eu-west-1.amazonaws.com/?a", None,
    ],
)  # fmt: skip
def test_the_address_that_confirms_a_subscription(url: str | None) -> None:
    """Only an address of SNS itself is returned, and only for an `sns` source."""

    def found(provider: str, kind: str, address: str | None) -> str | None:
        return subscription(
            event(json.dumps({"Type": kind, "SubscribeURL": address}).encode()), source(provider, auth=None)
        )

    assert found("sns", "SubscriptionConfirmation", SNS) == SNS
    assert found("sns", "SubscriptionConfirmation", url) is None
    assert found("sns", "Notification", SNS) is None
    assert found("typeform", "SubscriptionConfirmation", SNS) is None
