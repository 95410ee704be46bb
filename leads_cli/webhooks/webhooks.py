"""Recorded webhooks: one request of each provider as it sends it, unsigned, with the leads that it makes."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from leads_cli.project import EVENTS
from leads_cli.webhooks.recorded import HttpEvent

WEBHOOKS: Final = EVENTS / "webhooks"
# Campaigns and sources for every recorded event and webhook: a source has its provider's name.
WEBHOOK_CONFIG: Final = EVENTS / "enrollment.toml"


@dataclass(frozen=True, slots=True)
class Handshake:
    """A request that asks whether the address is right; `answers` are headers and `reply` a body that come back."""

    method: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    reply: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Webhook:
    """One request of a provider.

    Attributes:
        headers: by lower-case name, without those that signing adds.
        secret: a fixture for tests; a running stack has its own. Empty where none is needed.
        time: when it was sent, in seconds since 1970.
        auth: what a source has to say where the provider leaves it open.
        url: the address that its sender was given, where that is signed.
        event_id: by which a redelivery is recognised; None where it has none.
        leads: what it makes with every custom field taken.
    """

    name: str
    provider: str
    headers: Mapping[str, str]
    body: bytes
    secret: str
    time: int
    auth: str | None
    url: str | None
    event_id: str | None
    leads: Sequence[Mapping[str, Any]]
    handshakes: Sequence[Handshake]

    def to(self, source: str) -> HttpEvent:
        return HttpEvent(self.name, source, "POST", f"/hooks/{source}", self.headers, self.body)


def names(folder: Path = WEBHOOKS) -> list[str]:
    """The recorded webhooks: a provider's name, or one with a suffix where a provider has several."""
    return sorted(path.stem for path in folder.glob("*.json"))


def find(event: str, folder: Path = WEBHOOKS) -> Webhook | None:
    """A recorded webhook by its name, with or without `.json`, or by its path; None where it is none of them."""
    path = Path(event)
    name = path.name.removesuffix(".json")
    is_here = path.name == event or path.resolve().parent == folder
    return load(name, folder) if is_here and name in names(folder) else None


def load(name: str, folder: Path = WEBHOOKS) -> Webhook:
    data = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    encoded = data.get("bodyBase64")
    return Webhook(
        name=name,
        provider=data["provider"],
        headers=data["headers"],
        body=data["body"].encode() if encoded is None else base64.b64decode(encoded, validate=True),
        secret=data.get("secret", ""),
        time=data["time"],
        auth=data.get("auth"),
        url=data.get("url"),
        event_id=data.get("eventId"),
        leads=data["leads"],
        handshakes=[Handshake(**handshake) for handshake in data.get("handshakes", ())],
    )
