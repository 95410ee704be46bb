"""An import into a running stack, from the file to enrolled or refused leads."""

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from typer.testing import CliRunner, Result

from leads_cli.cli.main import app
from leads_cli.project import CONFIG

TIMEOUT_SECONDS: Final = 60
LIST: Final = (
    "E-Mail;Vorname;Nachname;Firma;Plan\n"
    "Ava@List.example;Ava;King;Acme;pro\n"
    "ben@list.example;Ben;Bell;;\n"
    "rita@refused.example;Rita;Rho;;free\n"
    "sue@suppressed.example;Sue;Sigma;;\n"
    "nobody;Nobody;Nowhere;;\n"
    "ava@list.example;;;New Ltd;\n"
)


def get(url: str) -> Any:
    return httpx.get(url, trust_env=False, timeout=30).raise_for_status().json()


def test_from_a_list_to_enrolled_leads(dev: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row has an outcome, the counts add up, and a refused row is found by source and row number."""
    monkeypatch.chdir(tmp_path)
    Path("list.csv").write_text(LIST)

    def leads(*arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--url", dev])

    def counts() -> Counter[str]:
        status = get(f"{dev}/_leads/status")
        return Counter({name: status[name] for name in ("accepted", "enrolled", "updated", "skipped", "rejected")})

    before = counts()
    options = ("--custom", "plan", "--source", "fair", "--config", str(CONFIG), "--yes")
    done = leads("import", "list.csv", *options)
    assert (done.exit_code, done.stderr) == (1, "")
    assert "In LeadsQueue now: 4 leads." in done.stdout
    assert "Refused: 1 row." in done.stdout
    until = time.monotonic() + TIMEOUT_SECONDS
    while (status := get(f"{dev}/_leads/status"))["queued"] or not status["balanced"]:
        assert time.monotonic() < until, status
        time.sleep(0.1)
    assert counts() - before == {"accepted": 4, "enrolled": 2, "skipped": 1, "rejected": 1}
    found = {lead["email"]: lead for lead in get(f"{dev}/_leads/leads") if lead["source"] == "fair"}
    assert len(found) == 4
    assert found["ava@list.example"]["lead"] == {
        "email": "ava@list.example",
        "firstName": "Ava",
        "lastName": "King",
        "company": "New Ltd",
        "customFields": {"plan": "pro"},
    }
    letters = json.loads(leads("failures", "list", "--source", "fair", "--json").stdout)
    assert (letters["total"], letters["groups"][0]["reason"]) == (1, "rejected")
    assert letters["groups"][0]["example"].endswith(":4")
    again = leads("import", "list.csv", *options)
    assert again.exit_code == 0
    assert "nothing is sent" in again.stdout
