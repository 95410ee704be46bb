"""`leads import --direct`: a list is sent straight to Leadterra, with enroll's isolation of bad leads."""

import csv
import json
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner

from leads.config.schema import parse
from leads.io.leadterra import Leadterra
from leads_cli.cli.main import app
from leads_cli.importing.run import ImportOptions, ImportResult
from leads_cli.importing.send.direct import ApiKey, Direct, key_of_stack
from leads_cli.sandbox import Fault, Sandbox, SandboxServer
from leads_cli.stacks.pace import Pace
from leads_cli.stacks.running import NotReachableError
from tests.integration.cloud import API_KEY
from tests.integration.operating import Operated

CONFIG: Final = """
[leadterra]
batch_size = 50
[campaigns.newsletter]
id = "camp_news"
"""


@dataclass
class DirectImport:
    """A list, and the Leadterra to which it is sent."""

    folder: Path
    url: str
    sandbox: Sandbox
    pauses: list[tuple[int, float | None]] = field(default_factory=list)

    def write(self, people: list[str]) -> None:
        rows = "".join(f"{address},P{n},\n" for n, address in enumerate(people))
        (self.folder / "list.csv").write_text(f"email,name,plan\n{rows}")

    def command(self, *options: str) -> tuple[int, str]:
        """Run the command as a user. Returns the exit code and the output."""
        config = str(self.folder / "enrollment.toml")
        arguments = ["list.csv", "--direct", "--leadterra-url", self.url, "--yes", "--config", config, *options]
        result = CliRunner().invoke(app, ["import", *arguments])
        return result.exit_code, result.output

    def run(self, key: str = API_KEY) -> ImportResult:
        """Run the import with a virtual clock."""
        config = parse((self.folder / "enrollment.toml").read_text())
        order = ImportOptions("list.csv", None, "import", config, Console(quiet=True))
        with httpx.Client(base_url=self.url, trust_env=False) as http:
            service = Leadterra(http)
            direct = Direct(service, self.url, "Leadterra", ApiKey(lambda: key), config, self._pause)
            return order.run(nullcontext(direct), Pace(None), lambda _: True, again=False)

    def _pause(self, attempt: int, retry_after: float | None) -> float:
        self.pauses.append((attempt, retry_after))
        return 0.0

    def emails(self) -> set[str]:
        leads: Any = self.sandbox.snapshot()["leads"]
        return {lead["email"] for lead in leads}


@pytest.fixture
def directly(
    tmp_path: Path, leadterra: Sandbox, leadterra_server: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> DirectImport:
    """A Leadterra with a campaign, and its key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEADTERRA_API_KEY", API_KEY)
    (tmp_path / "enrollment.toml").write_text(CONFIG)
    return DirectImport(tmp_path, leadterra_server.url, leadterra)


PEOPLE: Final = [f"lead{n}@example.com" for n in range(120)]


def test_good_leads_are_enrolled_and_bad_ones_written_out(directly: DirectImport) -> None:
    """No good row is refused because of a bad one. Bad rows are written with Leadterra's reason."""
    bad = ["rita@refused.example", "ron@refused.example"]
    directly.write([*PEOPLE[:30], bad[0], *PEOPLE[30:], bad[1], "sue@suppressed.example"])
    code, output = directly.command()
    assert code == 1
    assert directly.emails() == {*PEOPLE, "sue@suppressed.example"}
    assert f"Leadterra at {directly.url} says: 120 enrolled, 0 updated, " in output
    assert "Refused: 2 rows." in output
    with (directly.folder / "list.csv.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["refused_row"], row["email"], row["refused_field"]) for row in rows] == [
        ("32", bad[0], "email"),
        ("123", bad[1], "email"),
    ]
    assert all("does not accept mail" in row["refused_reason"] for row in rows)


def test_an_outage_is_waited_for(directly: DirectImport) -> None:
    """Held leads are retried after Retry-After. The wait grows while no lead is accepted."""
    directly.write(PEOPLE)
    directly.sandbox.faults.set(
        [
            Fault(kind="rate_limited", after=1, next=1, retry_after=60),
            Fault(kind="server_error", next=2),
            Fault(kind="drop_after", after=1, next=1),
        ]
    )
    end = directly.run()
    assert (end.ending, end.facts.totals.leads, end.facts.totals.refused) == ("finished", 120, 0)
    assert directly.emails() == set(PEOPLE)
    assert directly.pauses == [(1, None), (2, 60.0)]


def test_an_outage_that_does_not_end(directly: DirectImport) -> None:
    """After half an hour the import stops. The next run sends the rest, and no one is enrolled twice."""
    directly.write(PEOPLE)
    directly.sandbox.faults.set([Fault(kind="drop_after", after=1)])
    end = directly.run()
    assert (end.ending, end.facts.totals.left) == ("stopped", 70)
    assert end.trouble == "Leadterra: it is down, or throttles, and did not come back"
    assert [attempt for attempt, _ in directly.pauses] == [1, 2, 3, 4, 5, 6]
    assert any("it may have some leads already" in line for line in end.summary)
    directly.sandbox.faults.set([])
    end = directly.run()
    assert (end.ending, end.facts.totals.leads) == ("finished", 120)
    assert directly.sandbox.snapshot()["leadCount"] == 120


def test_a_permanent_problem_stops_the_import(directly: DirectImport) -> None:
    """A refused key, an unknown campaign or a changed schema stops it at once, with what to do."""
    directly.write(PEOPLE)
    assert "refuses the API key" in str(directly.run("sk_live_old").trouble)
    directly.sandbox.faults.set([Fault(kind="refuse_all")])
    assert "refuses all leads alike" in str(directly.run().trouble)
    directly.sandbox.faults.set([Fault(kind="redirect")])
    assert "something that it should not" in str(directly.run().trouble)
    assert directly.pauses == []
    directly.sandbox.faults.set([])
    assert directly.run().ending == "finished"
    (directly.folder / "enrollment.toml").write_text(CONFIG.replace("camp_news", "camp_gone"))
    code, output = directly.command()
    assert code == 1
    assert "it has no such campaign; correct the campaign's id" in output


def test_a_rotated_key_is_read_again(directly: DirectImport) -> None:
    """Once after a refusal, so a rotation does not stop the import."""
    directly.write(PEOPLE)
    keys = iter(["sk_live_old", API_KEY])
    key = ApiKey(lambda: next(keys))
    assert (key.value(), key.value()) == ("sk_live_old", "sk_live_old")
    assert (key.fresh(), key.value()) == (API_KEY, API_KEY)


def test_the_key_of_a_stack(operator: Operated) -> None:
    """It is in the deployed stack's secret. A missing key is reported."""
    operator.put_secret({"leadterra_api_key": " sk_live_stack\n"})
    assert key_of_stack(operator.running).value() == "sk_live_stack"
    operator.put_secret({"leadterra_api_key": ""})
    with pytest.raises(NotReachableError, match="the stack's secret has no leadterra_api_key"):
        key_of_stack(operator.running).value()


class Picky:
    """A Leadterra that fails if a request contains certain texts."""

    def __init__(self, failures: dict[str, int]) -> None:
        self.failures = failures
        self.stored: set[str] = set()

    def answer(self, request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        for text, status in self.failures.items():
            if text in body:
                return httpx.Response(status, text="<html>no</html>", headers={"content-type": "text/html"})
        leads = json.loads(body)["leads"]
        self.stored |= {lead["email"] for lead in leads}
        return httpx.Response(200, json={"enrolled": len(leads), "updated": 0, "skipped": 0})


def send_to(directly: DirectImport, picky: Picky, batch_size: int = 50) -> ImportResult:
    config = parse(CONFIG.replace("50", str(batch_size)))
    order = ImportOptions("list.csv", None, "import", config, Console(quiet=True))
    with httpx.Client(base_url="https://leadterra.example", transport=httpx.MockTransport(picky.answer)) as http:
        direct = Direct(Leadterra(http), "picky", "Leadterra", ApiKey(lambda: API_KEY), config, directly._pause)
        return order.run(nullcontext(direct), Pace(None), lambda _: True, again=False)


def refused(directly: DirectImport) -> dict[str, str]:
    with (directly.folder / "list.csv.refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["email"]: row["refused_reason"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("batch_size", [1, 7, 50])
def test_a_row_that_is_blocked_or_breaks_the_service_is_refused(directly: DirectImport, batch_size: int) -> None:
    """With the reason. All other rows are sent."""
    odd = {PEOPLE[0]: 403, PEOPLE[3]: 500, PEOPLE[4]: 500, PEOPLE[70]: 500, PEOPLE[90]: 403, PEOPLE[-1]: 500}
    directly.write(PEOPLE)
    picky = Picky({f'"{address}"': status for address, status in odd.items()})
    end = send_to(directly, picky, batch_size)
    assert (end.ending, end.trouble, end.facts.totals.refused) == ("finished", None, len(odd))
    assert picky.stored == set(PEOPLE) - set(odd)
    for address, reason in refused(directly).items():
        assert ("403" if odd[address] == 403 else "5xx") in reason


def test_a_firewall_that_blocks_everything_refuses_no_row(directly: DirectImport) -> None:
    """The import stops, and the next run sends all rows."""
    directly.write(PEOPLE)
    picky = Picky({"@": 403})
    for _ in range(2):
        end = send_to(directly, picky)
        assert (end.ending, end.facts.totals.left) == ("stopped", 120)
        assert "a firewall in front of it blocks every request" in str(end.trouble)
    picky.failures.clear()
    assert send_to(directly, picky).ending == "finished"
    assert picky.stored == set(PEOPLE)
