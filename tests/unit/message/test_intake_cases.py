"""Bodies from the field: what people's tools really sent, with other people in them."""

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from leads.config.schema import Source
from leads.event.event import Event
from leads.message.intake import read

CASES = json.loads((Path(__file__).parents[2] / "data" / "intake_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_body_becomes_its_leads(case: dict[str, Any]) -> None:
    """Exactly the people in it, each with their own fields."""
    source = Source.model_validate({"campaign": "newsletter", **case["source"]})
    body = case["text"].encode("latin-1") if "text" in case else json.dumps(case["body"]).encode()
    headers = {"content-type": case["content_type"]}
    numbers = count()
    found = read(
        Event("s", body, datetime(2026, 11, 22, tzinfo=UTC), headers=headers), source, lambda: str(next(numbers))
    )
    assert [message.lead for message in found.messages] == case["leads"]
    assert bool(found.problems()) is (case["status"] != 200)
