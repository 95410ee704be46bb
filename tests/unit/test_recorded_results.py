"""Recorded results of every recorded event and field name.

`tests/data/results.json` holds today's results. A change of a result is a change for users: record it anew with
`python -m tests.unit.test_recorded_results`, look at the difference, and list it in the changelog.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from leads.config.schema import Enrollment, Source, parse
from leads.errors import LeadsError
from leads.event.event import Event, from_http, from_queue
from leads.message.intake import read

NOW: Final = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
ROOT: Final = Path(__file__).parents[2]
RESULTS: Final = ROOT / "tests" / "data" / "results.json"
VALUES: Final = {"text": "Ada Lovelace", "address": "bea@example.org"}


def result(event: Event | None, source: Source | None) -> Any:
    """An event's leads, campaigns and id, and what else became of it."""
    if event is None or source is None:
        return "no source"
    ids = count()
    try:
        reading = read(event, source, lambda: f"new-{next(ids)}")
    except LeadsError as error:
        return type(error).__name__
    return {
        "leads": [{"campaign": message.campaign, **message.lead} for message in reading.messages],
        "eventId": reading.event_id,
        "ignored": reading.ignored,
        **({"optedOut": len(reading.opt_outs)} if reading.opt_outs else {}),
        "problems": reading.problems(),
    }


def _events(config: Enrollment) -> Iterator[tuple[str, Any]]:
    for path in sorted((ROOT / "events").glob("*.json")):
        data = json.loads(path.read_text())
        if "Records" in data:
            events = [from_queue(record, config, NOW) for record in data["Records"]]
        elif "rawPath" in data:
            events = [from_http(data, NOW)]
        else:
            continue
        for number, event in enumerate(events):
            yield f"event {path.stem} {number}", result(event, config.sources.get(event.source) if event else None)


def _webhooks(config: Enrollment) -> Iterator[tuple[str, Any]]:
    for path in sorted((ROOT / "events" / "webhooks").glob("*.json")):
        data = json.loads(path.read_text())
        encoded = data.get("bodyBase64")
        body = data["body"].encode() if encoded is None else base64.b64decode(encoded)
        event = Event(path.stem, body, NOW, headers=data["headers"])
        plain = config.sources.get(path.stem) or config.sources[data["provider"]]
        for suffix, source in (("", plain), (", all fields", plain.model_copy(update={"custom_fields": ("*",)}))):
            yield f"webhook {path.stem}{suffix}", result(event, source)


def _names(names: list[str]) -> Iterator[tuple[str, Any]]:
    """The leads of a single field of this name with and without an address beside it."""
    source = Source.model_validate({"provider": "json", "auth": "token", "campaign": "news", "custom_fields": ["*"]})
    for name in names:
        for kind, body in (
            ("text", {"contact_email": "ava@example.com", name: VALUES["text"]}),
            ("address", {name: VALUES["address"]}),
        ):
            headers = {"content-type": "application/json"}
            found = result(Event("s", json.dumps(body).encode(), NOW, headers=headers), source)
            lead = found["leads"] if isinstance(found, Mapping) else found
            yield f"name {kind}: {name}", lead[0] if len(lead) == 1 else lead


def results(names: list[str]) -> dict[str, Any]:
    """All results by input."""
    config = parse((ROOT / "events" / "enrollment.toml").read_text())
    found = [*_events(config), *_webhooks(config), *_names(names)]
    return {key: json.loads(json.dumps(value)) for key, value in found}


def recorded_names(table: Mapping[str, Any]) -> list[str]:
    """The field names in a table, in order."""
    return [key.removeprefix("name text: ") for key in table if key.startswith("name text: ")]


def _table() -> dict[str, Any]:
    return json.loads(RESULTS.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def test_results_are_as_recorded() -> None:
    """Every known input gives the same result as before, unless the table was changed on purpose."""
    recorded = _table()
    actual = results(recorded_names(recorded))
    different = {
        key: (recorded.get(key), actual.get(key)) for key in recorded | actual if recorded.get(key) != actual.get(key)
    }
    assert len(recorded) > 1_000
    assert not different


if __name__ == "__main__":
    # One line per input keeps differences readable.
    lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in results(recorded_names(_table())).items())
    RESULTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
