"""Events, and what intake reads from them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from leads.config.schema import Source
from leads.event.event import Event
from leads.message.intake import Reading, read

NOW: Final = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def event(body: Any, headers: Mapping[str, str] | None = None) -> Event:
    """An event with this JSON or these bytes as its body."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Event("s", content, NOW, headers={"content-type": "application/json", **(headers or {})})


def source(provider: str = "json", **rules: Any) -> Source:
    """A source with these rules and a token."""
    return Source.model_validate({"provider": provider, "auth": "token", "campaign": "news", **rules})


def reading(body: Any, provider: str = "json", headers: Mapping[str, str] | None = None, **rules: Any) -> Reading:
    """The result of an event of such a source."""
    return read(event(body, headers), source(provider, **rules), lambda: "id")
