"""Providers: recorded events and the leads that they become."""

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from leads.config.schema import Source
from leads.event.event import Event
from leads.message.intake import read
from leads.presets.providers import PROVIDERS

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[2] / "payloads"
CASES = {
    f"{path.stem}: {case['name']}": (path.stem, case)
    for path in sorted(PAYLOADS.glob("*.json"))
    for case in json.loads(path.read_text())
}


@pytest.mark.parametrize(("provider", "case"), CASES.values(), ids=CASES)
def test_an_event_becomes_its_lead(provider: str, case: dict[str, Any]) -> None:
    """The person, the answers and the event's id, without the tool's own fields."""
    source = Source.model_validate({"provider": provider, "campaign": "news", **case.get("settings", {})})
    body = case["body"] if isinstance(case["body"], str) else json.dumps(case["body"])
    headers = {"content-type": case["content_type"], **case.get("headers", {})}
    ids = count()
    reading = read(Event("s", body.encode(), NOW, headers=headers), source, lambda: f"new-{next(ids)}")
    assert [message.lead for message in reading.messages] == case["leads"]
    assert reading.event_id == case.get("event_id")
    not_enrolled = reading.ignored + len(reading.opt_outs)
    assert (not_enrolled, len(reading.unmappable)) == (case.get("ignored", 0), case.get("unmappable", 0))


def test_every_provider_has_a_recorded_event() -> None:
    """A provider without one would be a guess."""
    assert {provider for provider, _ in CASES.values()} == set(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_a_provider_is_complete(name: str) -> None:
    """Each has a title, its noise is in lower case, and its filters are not empty."""
    provider = PROVIDERS[name]
    assert provider.title
    assert all(noise == noise.lower() for noise in (*provider.noise, *provider.noise_prefixes))
    assert all(values for values in (*provider.only.values(), *provider.skip.values()))
