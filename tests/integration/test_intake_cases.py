"""Recorded bodies through the real handler."""

import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.integration.intaking import TOKEN, Intake

CASES = json.loads((Path(__file__).parents[1] / "data" / "intake_cases.json").read_text(encoding="utf-8"))


@pytest.fixture
def configured(intake: Intake, enrollment: Path) -> Intake:
    """A source for each case."""
    enrollment.write_text(
        '[campaigns.news]\nid = "camp_news"\n' + "".join(f"[sources.case-{n}]\n{toml(c)}" for n, c in enumerate(CASES))
    )
    intake.cloud.set_secret(sources={f"case-{n}": TOKEN["authorization"].split()[1] for n in range(len(CASES))})
    return intake


def toml(case: dict[str, Any]) -> str:
    """A case's source in the configuration file's format."""
    source = {"campaign": "news", **case["source"]}
    rules = source.pop("require", {})
    flat = source | {f"require.{name}": value for name, value in rules.items()}
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in flat.items())


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["name"] for case in CASES])
def test_a_body_becomes_its_leads(configured: Intake, number: int) -> None:
    """LeadsQueue has exactly the body's people, and nothing is dead-lettered."""
    case = CASES[number]
    body = case["text"].encode("latin-1") if "text" in case else json.dumps(case["body"]).encode()
    answer = configured.invoke(
        {
            "rawPath": f"/hooks/case-{number}",
            "headers": {"content-type": case["content_type"], **TOKEN},
            "requestContext": {"http": {"method": "POST"}},
            "body": b64encode(body).decode(),
            "isBase64Encoded": True,
        }
    )
    leads = [message["lead"] for message in configured.received()]
    assert (answer.status, answer.body.get("accepted", 0), leads) == (case["status"], len(leads), case["leads"])
    assert configured.letters() == []
