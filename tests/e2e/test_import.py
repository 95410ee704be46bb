"""A list into a stack that runs as a user starts it: from the file to leads that are enrolled, or refused."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from tests.e2e.conftest import LEADS, started

PATIENCE_SECONDS: Final = 60
CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"

[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"
"""
LIST: Final = (
    "E-Mail;Vorname;Nachname;Firma;Plan\n"
    "Ava@Example.com;Ava;King;Acme;pro\n"
    "ben@example.org;Ben;Bell;;\n"
    "rita@refused.example;Rita;Rho;;free\n"
    "sue@suppressed.example;Sue;Sigma;;\n"
    "nobody;Nobody;Nowhere;;\n"
    "ava@example.com;;;New Ltd;\n"
)


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[str]:
    """The address of a stack with one campaign."""
    (tmp_path / "enrollment.toml").write_text(CONFIG)
    with started("--config", str(tmp_path / "enrollment.toml")) as (_, url):
        yield url


def get(url: str) -> Any:
    return httpx.get(url, trust_env=False, timeout=30).raise_for_status().json()


def test_from_a_list_to_enrolled_leads(stack: str, tmp_path: Path) -> None:
    """Each row has an outcome, the counts add up, and a refused row is found by the list's name and its number."""
    (tmp_path / "list.csv").write_text(LIST)

    def leads(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(LEADS), *arguments, "--url", stack]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - ours

    options = ("--custom", "plan", "--source", "fair", "--config", "enrollment.toml", "--yes")
    done = leads("import", "list.csv", *options)
    assert (done.returncode, done.stderr) == (1, "")
    assert "In LeadsQueue now: 4 leads." in done.stdout
    assert "Refused: 1 row." in done.stdout
    until = time.monotonic() + PATIENCE_SECONDS
    while (status := get(f"{stack}/_leads/status"))["queued"] or not status["balanced"]:
        assert time.monotonic() < until, status
        time.sleep(0.1)
    named = {name: status[name] for name in ("accepted", "enrolled", "updated", "skipped", "rejected")}
    assert named == {"accepted": 4, "enrolled": 2, "updated": 0, "skipped": 1, "rejected": 1}
    found = {lead["email"]: lead for lead in get(f"{stack}/_leads/leads")}
    assert found["ava@example.com"]["lead"] == {
        "email": "ava@example.com",
        "firstName": "Ava",
        "lastName": "King",
        "company": "New Ltd",
        "customFields": {"plan": "pro"},
    }
    assert {lead["source"] for lead in found.values()} == {"fair"}
    letters = json.loads(leads("failures", "list", "--source", "fair", "--json").stdout)
    assert (letters["total"], letters["groups"][0]["reason"]) == (1, "rejected")
    assert letters["groups"][0]["example"].endswith(":4")
    again = leads("import", "list.csv", *options)
    assert again.returncode == 0
    assert "nothing is sent" in again.stdout
