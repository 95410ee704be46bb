"""`leads logs` and `leads tail` of a deployed stack, with CloudWatch Logs in this process."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from leads.message.message import address_for_log
from leads_cli.cli.main import app
from leads_cli.failures.person.search import find_newer
from leads_cli.logs import reading
from tests.integration.operating import Operated

LEAD = "0b8f1a52-6f0e-4b7c-9a53-2f6f0f4f9a11"
DAY = 86_400_000


@pytest.fixture
def written(operator: Operated) -> Any:
    """Writes lines to the stack's logs, this many milliseconds ago."""
    client = operator.client("logs")
    for name in reading.FUNCTIONS:
        client.create_log_group(logGroupName=f"/aws/lambda/leads-{name}")
        client.create_log_stream(logGroupName=f"/aws/lambda/leads-{name}", logStreamName="one")

    def write(function: str, ago: int, **data: object) -> None:
        client.put_log_events(
            logGroupName=f"/aws/lambda/leads-{function}",
            logStreamName="one",
            logEvents=[{"timestamp": round(time.time() * 1000) - ago, "message": json.dumps(data)}],
        )

    return write


def leads(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "--stack", "leads"])


def test_one_lead_s_lines_of_both_functions(written: Any) -> None:
    """In order of time, without other leads' lines and older ones."""
    written("enroll", 2_000, message="batch settled", campaign="news", accepted=["other"], requests=1)
    written("enroll", 1_000, message="batch settled", campaign="news", accepted=[LEAD], requests=1)
    written("enroll", 3_000, message="batch settled", campaign="news", held=[LEAD], why={"unavailable": 1})
    written("intake", 4_000, message="taken", source="website", ids=[LEAD])
    written("intake", 2 * DAY, message="taken", source="website", ids=[LEAD])
    result = leads("logs", LEAD)
    assert result.exit_code == 0
    assert [line.split("  ")[1:3] for line in result.stdout.splitlines()] == [
        ["intake", "taken from website"],
        ["enroll", "held, tried again later: Leadterra is down or busy"],
        ["enroll", "accepted by Leadterra for news"],
    ]
    assert len(json.loads(leads("logs", LEAD, "--since", "3d", "--json").stdout)["lines"]) == 4


def test_a_lead_without_lines(written: Any) -> None:
    """The error says where else to look. An invalid time is a usage error."""
    written("intake", 1_000, message="taken", source="website", ids=["other"])
    result = leads("logs", LEAD)
    assert (result.exit_code, "Look further back with --since" in result.stderr) == (1, True)
    assert f"failures list --each --contains {LEAD}" in result.stderr
    assert leads("logs", LEAD, "--since", "yesterday").exit_code == 2


KEY = "key-of-the-logs"
ADA = address_for_log(KEY, "ada@example.com")
BEN = address_for_log(KEY, "ben@example.com")


def batch(ids: list[str], people: list[str], refused: str | None = None) -> dict[str, Any]:
    """A line of enroll with hashes of addresses; `refused` is the last one's id."""
    rejected = [{"id": refused, "reason": "rejected", "field": "email", "status": 422}] if refused else []
    about = {"message": "batch settled", "campaign": "news", "requests": 1}
    return {**about, "accepted": ids, "held": [], "rejected": rejected, "addresses": people}


@pytest.fixture
def stack(operator: Operated, written: Any) -> Any:
    """A stack with log lines and a key for hashes."""
    operator.put_secret({"log_key": KEY})
    return written


def test_a_person_is_found_by_the_address(stack: Any) -> None:
    """All of the person's leads in both functions, and no others."""
    stack("intake", 4_000, message="taken", source="website", ids=[LEAD, "other"])
    stack("enroll", 3_000, **batch([LEAD, "other"], [ADA, BEN]))
    stack("enroll", 1_000, **batch(["other-2"], [BEN, ADA], refused="second"))
    result = leads("logs", "Ada@Example.com")
    assert [line.split("  ")[1:3] for line in result.stdout.splitlines()] == [
        ["intake", f"{LEAD}: taken from website"],
        ["enroll", f"{LEAD}: accepted by Leadterra for news"],
        ["enroll", "second: rejected for news, now a dead letter: rejected email 422"],
    ]
    assert leads("logs", "eve@example.com").exit_code == 1


@pytest.mark.usefixtures("written")
def test_without_a_key_no_person_is_found() -> None:
    """The error has the command that makes a key."""
    result = leads("logs", "ada@example.com")
    assert (result.exit_code, "leads secrets set log_key --generate" in result.stderr) == (1, True)


def test_people_with_a_newer_lead_are_found(operator: Operated, stack: Any) -> None:
    """Only a later line of the same person about another lead counts."""
    now = datetime.now(UTC)
    stack("enroll", 60_000, **batch(["old", "late"], [ADA, BEN]))
    read = reading.read_deployed("leads", boto3.Session())
    old, new = now - timedelta(minutes=5), now
    both = {"a": ("ada@example.com", old), "b": ("ben@example.com", new)}
    assert find_newer(operator.running, read, both) == {"a"}
    assert find_newer(operator.running, read, {"old": ("ada@example.com", old)}) == set()
    assert find_newer(operator.running, read, {}) == set()
