"""The example in `docs/adding-a-provider.md` is a complete working provider."""

import ast
import hashlib
import hmac
import json
import re
from copy import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leads.config.schema import Source, parse
from leads.errors import ConfigError, Unauthorized
from leads.event.event import Event
from leads.event.verify import verify
from leads.message.intake import Reading, read
from leads.presets import provider, providers
from leads_cli.project import ROOT
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.signing import Request, sign

PAGE = (ROOT / "docs" / "adding-a-provider.md").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SECRETS = ("the secret that Acme shows",)


def block(head: str) -> str:
    """The page's only code block with this info string."""
    (text,) = re.findall(rf"^```{re.escape(head)}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return str(text)


BODY = block("json").encode()


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Source:
    """The page's source, with its literal in the registry during a test."""
    code = ast.parse(f"{{{block('python')}}}", mode="eval")
    added: dict[str, provider.Provider] = eval(compile(code, "page", "eval"), vars(provider).copy())  # noqa: S307 - our own page
    for name, literal in added.items():
        monkeypatch.setitem(providers.PROVIDERS, name, literal)
    return parse('[campaigns.newsletter]\nid = "camp_1"\n' + block("toml")).sources["acme"]


def signed(body: bytes = BODY, *, secret: str = SECRETS[0], at: datetime = NOW) -> Event:
    ticks = int(at.timestamp())
    mac = hmac.new(secret.encode(), f"{ticks}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"content-type": "application/json", "acme-signature": f"t={ticks},v1={mac}"}
    return Event("acme", body, NOW, headers=headers)


def read_by(source: Source, event: Event) -> Reading:
    return read(event, source, lambda: "no id")


def test_it_is_verified_and_mapped(source: Source) -> None:
    """A signed request becomes the page's lead with the event's own id."""
    event = signed()
    verify(event, source, SECRETS)
    reading = read_by(source, event)
    (message,) = reading.messages
    assert message.lead == {"email": "ava@example.com", "firstName": "Ava", "customFields": {"Plan": "pro"}}
    assert (reading.event_id, message.source, message.campaign) == ("ent_1", "acme", "newsletter")


def test_its_recording_can_be_sent(source: Source, tmp_path: Path) -> None:
    """The command signs the recorded request, and intake accepts it as the named leads."""
    (tmp_path / "acme.json").write_text(block("json events/webhooks/acme.json"), encoding="utf-8")
    webhook = webhooks.load("acme", tmp_path)
    request = sign("acme", Request(webhook.body, webhook.headers), webhook.secret, webhook.time)
    at = datetime.fromtimestamp(webhook.time, UTC)
    event = Event("acme", request.body, at, headers=request.headers)
    verify(event, source, [webhook.secret])
    reading = read_by(source, event)
    assert [message.lead for message in reading.messages] == list(webhook.leads)
    assert reading.event_id == webhook.event_id


def test_its_other_shapes_are_read(source: Source) -> None:
    """Each case gives the leads that it names."""
    for case in json.loads(block("json tests/payloads/acme.json")):
        event = Event("acme", json.dumps(case["body"]).encode(), NOW, headers={"content-type": case["content_type"]})
        reading = read_by(source, event)
        assert [message.lead for message in reading.messages] == case["leads"]
        assert (reading.event_id, reading.ignored) == (case.get("event_id"), case["ignored"])


def test_its_signature_vector_is_accepted(source: Source) -> None:
    """A signature that another program made is accepted near its time only."""
    vector = json.loads(block("json tests/vectors/signatures.json"))
    event = Event(
        "acme", vector["body"].encode(), datetime.fromtimestamp(vector["now"], UTC), headers=vector["headers"]
    )
    verify(event, source, [vector["secret"]])
    for forged in (replace(event, received_at=event.received_at.replace(year=2025)), signed(secret="a guess")):
        with pytest.raises(Unauthorized):
            verify(forged, source, [vector["secret"]])


def test_its_answers_can_be_named(source: Source) -> None:
    """A custom field may use the question or the tool's reference."""
    for name in ("Plan", "plan_1"):
        chosen = source.model_copy(update={"fields": {"plan": name}, "custom_fields": ()})
        (message,) = read_by(chosen, signed()).messages
        assert message.lead.get("customFields") == {"plan": "pro"}


def test_it_is_not_a_provider_yet() -> None:
    """Without the literal, the configuration is refused."""
    with pytest.raises(ConfigError, match=r"sources\.acme\.provider: 'acme' is not known"):
        parse('[campaigns.newsletter]\nid = "camp_1"\n' + block("toml"))
