"""The recorded webhooks, and the configuration of the smoke run."""

import base64
import json

import pytest

from leads.config.schema import parse
from leads.presets.providers import PROVIDERS
from leads_cli.project import CONFIG, EVENTS
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.webhooks import WEBHOOK_CONFIG

FIXTURE = ("test-fixture-not-a-secret", "test fixture, not a secret")
# 24 bytes each, so that base64 needs no padding.
ENCODED = tuple(base64.b64encode(text[:24].encode()).decode() for text in FIXTURE)


def test_a_source_for_each_provider() -> None:
    """The smoke run's file has a source named after every provider, with all custom fields."""
    enrollment = parse(WEBHOOK_CONFIG.read_text(encoding="utf-8"))
    missing = [name for name in PROVIDERS if name not in enrollment.sources]
    assert not missing, f"{WEBHOOK_CONFIG.name} has no [sources.<name>] for: {', '.join(missing)}"
    for name in PROVIDERS:
        assert enrollment.sources[name].provider == name
        assert enrollment.sources[name].custom_fields == ("*",), f'sources.{name} lacks custom_fields = ["*"]'


def test_the_starter_configuration_is_part_of_it() -> None:
    """It has the campaigns and sources of the starter file."""
    wide, starter = (parse(path.read_text(encoding="utf-8")) for path in (WEBHOOK_CONFIG, CONFIG))
    assert wide.campaigns == starter.campaigns
    assert starter.sources.items() <= wide.sources.items()


@pytest.mark.parametrize("name", webhooks.names())
def test_each_recording(name: str) -> None:
    """Named after its provider, with lower-case headers and invented people and secrets."""
    webhook = webhooks.load(name)
    assert name == webhook.provider or name.startswith(f"{webhook.provider}-")
    assert webhook.provider in PROVIDERS
    assert webhook.leads
    assert all(key == key.lower() for key in webhook.headers)
    assert all(lead["email"].endswith(("@example.com", "@example.org")) for lead in webhook.leads)
    plain = webhook.secret.removeprefix("v1,").removeprefix("whsec_")
    assert webhook.auth == "none" or plain.startswith(FIXTURE + ENCODED), f"it has to begin with {FIXTURE[0]}"


def test_no_address_is_recorded_twice() -> None:
    """Each lead of a smoke run is a new person."""
    addresses = [lead["email"] for name in webhooks.names() for lead in webhooks.load(name).leads]
    events = json.dumps([path.read_text() for path in EVENTS.glob("*.json")])
    assert len(addresses) == len(set(addresses))
    assert not [address for address in addresses if address in events]


@pytest.mark.parametrize("event", ["typeform", "typeform.json", str(webhooks.WEBHOOKS / "typeform.json")])
def test_a_recording_is_found(event: str) -> None:
    """By name, with or without the ending, and by path. Other names are not found."""
    found = webhooks.find(event)
    assert found
    assert found.name == "typeform"
    others = ["typefrom", "elsewhere/typeform.json", "website-form", "", "README.md"]
    assert list(map(webhooks.find, others)) == [None] * 5
