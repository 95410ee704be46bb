"""`leads send PROVIDER`: a recorded webhook, signed with the stack's own secret."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from typer.testing import CliRunner

from leads.config.schema import Enrollment, parse
from leads.event.event import Event, from_http
from leads.event.verify import verify
from leads_cli.cli.main import app
from leads_cli.dev.invented import invent_secrets
from leads_cli.stacks.running import Running
from leads_cli.webhooks import sending, webhooks
from leads_cli.webhooks.sending import NotSentError

CONFIG: Final = Path(webhooks.WEBHOOK_CONFIG).read_text(encoding="utf-8")
ELSEWHERE: Final = """
[campaigns.news]
id = "camp_1"
[sources.contacts]
provider = "hubspot"
campaign = "news"
public_url = "https://crm.example.com/in"
[sources.contacts-two]
provider = "hubspot"
campaign = "news"
[sources.website]
provider = "form"
campaign = "news"
auth = "basic"
"""


@dataclass
class Stack:
    """A running stack that verifies what it gets as the functions do, and remembers it."""

    text: str
    got: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.enrollment: Enrollment = parse(self.text)
        self.secrets = invent_secrets(self.enrollment)

    @property
    def running(self) -> Running:
        sources = self.enrollment.sources
        return Running(
            url="http://127.0.0.1:3000",
            outputs={"SecretId": "leads"},
            auths={name: source.authentication for name, source in sources.items()},
            client=lambda _: self,
            providers={name: source.provider for name, source in sources.items()},
            public_urls={name: source.public_url for name, source in sources.items()},
        )

    def get_secret_value(self, **_: str) -> dict[str, str]:
        return {"SecretString": json.dumps({"sources": self.secrets})}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        described: dict[str, Any] = {
            "rawPath": request.url.path,
            "headers": dict(request.headers),
            "requestContext": {"http": {"method": request.method}},
        }
        event = from_http(described, datetime.now(UTC))
        assert event
        whole = Event(event.source, request.content, event.received_at, headers=event.headers, url=event.url)
        verify(whole, self.enrollment.sources[event.source], [self.secrets.get(event.source, "")])
        self.got.append(whole)
        return httpx.Response(200, json={"accepted": 1})

    def send(self, name: str, source: str | None = None) -> str:
        """Send a webhook; the source that got it."""
        event = sending.with_address(webhooks.load(name), self.running, source)
        with httpx.Client(transport=httpx.MockTransport(self)) as client:
            assert sending.send(event, self.running, client).taken
        return self.got[-1].source


@pytest.mark.parametrize("name", webhooks.names())
def test_each_webhook_is_believed(name: str) -> None:
    """Every recorded webhook is proved with the secret that the stack has, at this moment."""
    provider = webhooks.load(name).provider
    assert Stack(CONFIG).send(name) == {"form": "website", "json": "api"}.get(provider, provider)


def test_the_first_source_of_a_provider() -> None:
    """The first one of the file gets it, or the one that was named; signed for the address that its sender has."""
    stack = Stack(ELSEWHERE)
    assert stack.send("hubspot") == "contacts"
    assert stack.send("hubspot", "contacts-two") == "contacts-two"
    assert stack.send("form") == "website"


def test_no_source_of_a_provider() -> None:
    """The message has the lines that the configuration lacks."""
    with pytest.raises(NotSentError) as raised:
        Stack(ELSEWHERE).send("zapier")
    assert '[sources.zapier]\n  provider = "zapier"\n  campaign = "newsletter"\n  auth = "token"' in str(raised.value)


def test_a_source_of_another_provider() -> None:
    """A source that was named and is another provider's is no place for it; nor is one that is not there."""
    with pytest.raises(NotSentError, match="contacts is a source for hubspot, not for form"):
        Stack(ELSEWHERE).send("form", "contacts")
    with pytest.raises(NotSentError, match="the stack has no source 'shop'"):
        Stack(ELSEWHERE).send("form", "shop")


def test_what_can_be_sent() -> None:
    """Without an argument the command lists the events and the providers; an unknown name gets both as well."""
    listed = CliRunner().invoke(app, ["send"])
    assert listed.exit_code == 0
    for name in ("website-form", *webhooks.names()):
        assert f" send {name}\n" in listed.output
    unknown = CliRunner().invoke(app, ["send", "typefrom"])
    assert unknown.exit_code == 2
    assert "website-form" in unknown.output
    assert "did you mean typeform?" in unknown.output


def test_a_source_for_what_has_one() -> None:
    """A recorded event goes where it says; choosing another source for it is refused rather than passed over."""
    result = CliRunner().invoke(app, ["send", "website-form", "--source", "shop"])
    assert result.exit_code == 2
    assert "website-form says by itself where it goes" in result.output


def test_a_file_that_is_none(tmp_path: Path) -> None:
    """The error about an unusable file says what it lacks, and does not list the known events."""
    path = tmp_path / "mine.json"
    path.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(app, ["send", str(path)])
    assert result.exit_code == 2
    assert "neither an API Gateway event" in result.output
    assert "providers:" not in result.output
