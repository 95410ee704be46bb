"""`docs/adding-a-provider.md` tells the truth: its literal, and nothing else, makes a working provider."""

import ast
import hashlib
import hmac
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from leads import providers
from leads.config import Source, parse
from leads.errors import ConfigError, Unauthorized
from leads.event import Event
from leads.intake import Reading, read
from leads.verification import verify
from leads_cli.project import ROOT

PAGE = (ROOT / "docs" / "adding-a-provider.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRETS = ("the secret that Acme shows",)


def block(language: str) -> str:
    """The page's only block in a language."""
    (text,) = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


BODY = block("json").encode()


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    """The page's source, with its literal in the registry for as long as a test takes."""
    code = ast.parse(f"{{{block('python')}}}", mode="eval")
    added: dict[str, providers.Provider] = eval(compile(code, "page", "eval"), vars(providers).copy())  # noqa: S307 - our own page
    for name, provider in added.items():
        monkeypatch.setitem(providers.PROVIDERS, name, provider)
    return parse('[campaigns.newsletter]\nid = "camp_1"\n' + block("toml")).sources["acme"]


def signed(body: bytes = BODY, *, secret: str = SECRETS[0], at: datetime = NOW) -> Event:
    ticks = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{ticks}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "acme-signature": f"t={ticks},v1={mac}"}
    return Event("acme", body, NOW, headers=headers)


def read_by(source: Source, event: Event) -> Reading:
    return read(event, source, lambda: "no id")


def test_it_is_verified_and_mapped(source: Source) -> None:
    """A signed request becomes the lead that the page's answers describe, under the event's own id."""
    event = signed()
    verify(event, source, SECRETS)
    reading = read_by(source, event)
    (message,) = reading.messages
    assert message.lead == {"email": "ava@example.com", "firstName": "Ava"}
    assert (reading.event_id, message.source, message.campaign) == ("ent_1", "acme", "newsletter")


def test_its_answers_can_be_named(source: Source) -> None:
    """Custom fields go by the question, and by the tool's own reference."""
    for name in ("Plan", "plan_1"):
        chosen = source.model_copy(update={"fields": {"plan": name}})
        (message,) = read_by(chosen, signed()).messages
        assert message.lead.get("customFields") == {"plan": "pro"}


def test_other_kinds_of_events_are_left_alone(source: Source) -> None:
    """An authentic event that is no signup makes no lead and is nobody's mistake."""
    document: dict[str, Any] = {**json.loads(BODY), "kind": "entry.deleted"}
    reading = read_by(source, signed(json.dumps(document).encode()))
    assert (reading.messages, reading.unmappable, reading.ignored) == ([], [], 1)


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(signed(secret="a guess"), id="another secret"),
        pytest.param(replace(signed(), body=BODY.replace(b"ava@", b"eve@")), id="another body"),
        pytest.param(signed(at=NOW.replace(year=2025)), id="replayed"),
        pytest.param(replace(signed(), headers={}), id="unsigned"),
        pytest.param(replace(signed(), headers={"authorization": f"Bearer {SECRETS[0]}"}), id="secret as token"),
        pytest.param(replace(signed(), headers={"acme-signature": "t=,v1=é,v1"}), id="malformed"),
    ],
)
def test_what_is_forged_is_refused(source: Source, forged: Event) -> None:
    """Without the secret, with another body or too late, nobody is let in."""
    with pytest.raises(Unauthorized):
        verify(forged, source, SECRETS)


def test_it_is_not_there_yet() -> None:
    """The invented tool is no provider by itself, and the error names those that are."""
    with pytest.raises(ConfigError, match=r"sources\.acme\.provider: 'acme' is not known"):
        parse('[campaigns.newsletter]\nid = "camp_1"\n' + block("toml"))
