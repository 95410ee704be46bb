"""What providers ask of an address before they send signups to it."""

import json
from datetime import UTC, datetime

import pytest

from leads.config.schema import Source, parse
from leads.event.event import Event
from leads.event.handshake import echo, is_empty, is_misdirected, is_probe, subscription

SNS = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=abc"


def source(provider: str, auth: str = "") -> Source:
    said = f'auth = "{auth}"' if auth else ""
    text = f'[campaigns.news]\nid = "camp_1"\n[sources.x]\nprovider = "{provider}"\ncampaign = "news"\n{said}'
    return parse(text).sources["x"]


def event(body: bytes = b"", *, method: str = "POST", **headers: str) -> Event:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Event("x", body, datetime.now(UTC), method=method, headers=named)


@pytest.mark.parametrize(
    ("method", "provider", "auth", "probe"),
    [
        ("HEAD", "intercom", "", True),
        ("GET", "typeform", "", True),
        ("GET", "form", "none", True),
        ("GET", "json", "token", False),
        ("GET", "mailchimp", "", False),
        ("POST", "typeform", "", False),
    ],
)
def test_a_look_at_the_address(method: str, provider: str, auth: str, *, probe: bool) -> None:
    """Whoever signs may look without proof, for a look cannot be signed; a token is wanted where there is one."""
    assert is_probe(event(method=method), source(provider, auth)) is probe


@pytest.mark.parametrize(
    ("method", "query", "misdirected"),
    [
        ("GET", "your-name=Ava&your-email=ava%40example.com", True),
        ("HEAD", "email=+ava@example.com", True),
        ("GET", "", False),
        ("GET", "hub.mode=subscribe&hub.challenge=115&email=", False),
        ("GET", "challengeCode=ava", False),
        ("POST", "email=ava%40example.com", False),
        ("GET", "&".join(["email=ava%40example.com"] * 2_000), False),
    ],
)
def test_answers_that_came_as_a_look(method: str, query: str, *, misdirected: bool) -> None:
    """A form that was sent as a GET has somebody's address in its query; a handshake has none."""
    sent = Event("x", b"", datetime.now(UTC), method=method, url=f"https://hooks.example.com/hooks/x?{query}")
    assert is_misdirected(sent) is misdirected


@pytest.mark.parametrize(
    ("provider", "secret", "answered"),
    [
        ("formspree", "abc-123", {"x-hook-secret": "abc-123"}),
        ("formspree", "", {}),
        ("formspree", "a\r\nset-cookie: b", {}),
        ("formspree", "x" * 300, {}),
        ("typeform", "abc-123", {}),
    ],
)
def test_the_echo_of_a_handshake(provider: str, secret: str, answered: dict[str, str]) -> None:
    """The header comes back to the provider that asks for it, if it is one harmless word."""
    assert echo(event(x_hook_secret=secret), source(provider)) == answered


@pytest.mark.parametrize(
    ("provider", "auth", "body", "empty"),
    [("mailchimp", "", b" ", True), ("mailchimp", "", b"type=subscribe", False), ("json", "token", b"", False)],
)
def test_an_empty_try(provider: str, auth: str, body: bytes, *, empty: bool) -> None:
    """A provider may try the address with an empty body; a program is told that it sent nothing."""
    assert is_empty(event(body), source(provider, auth)) is empty


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
