"""`leads logs` and `leads tail` of a deployed stack, with CloudWatch Logs in this process."""

import json
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.logs import reading

LEAD = "0b8f1a52-6f0e-4b7c-9a53-2f6f0f4f9a11"
DAY = 86_400_000


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Writes lines into the logs of the stack `leads`, so many milliseconds ago."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "invented")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        client = boto3.client("logs")
        for name in reading.FUNCTIONS:
            client.create_log_group(logGroupName=f"/aws/lambda/leads-{name}")
            client.create_log_stream(logGroupName=f"/aws/lambda/leads-{name}", logStreamName="one")

        def write(function: str, ago: int, **data: object) -> None:
            client.put_log_events(
                logGroupName=f"/aws/lambda/leads-{function}",
                logStreamName="one",
                logEvents=[{"timestamp": round(time.time() * 1000) - ago, "message": json.dumps(data)}],
            )

        yield write


def leads(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments, "--stack", "leads"])


def test_one_leads_way_through_both_functions(written: Any) -> None:
    """In the order of time: taken, held, accepted; other leads' lines and older ones are left out."""
    written("enroll", 2_000, message="batch settled", campaign="news", accepted=["other"], requests=1)
    written("enroll", 1_000, message="batch settled", campaign="news", accepted=[LEAD], requests=1)
    written("enroll", 3_000, message="batch settled", campaign="news", held=[LEAD], why={"unavailable": 1})
    written("intake", 4_000, message="taken", source="website", ids=[LEAD])
    written("intake", 2 * DAY, message="taken", source="website", ids=[LEAD])
    result = leads("logs", LEAD)
    assert result.exit_code == 0
    assert [line.split("  ")[1:3] for line in result.stdout.splitlines()] == [
        ["intake", "taken from website"],
        ["enroll", "held, tried again later: unavailable"],
        ["enroll", "accepted by Leadterra for news"],
    ]
    assert len(json.loads(leads("logs", LEAD, "--since", "3d", "--json").stdout)["lines"]) == 4


def test_a_lead_that_no_line_knows(written: Any) -> None:
    """The operator hears where else to look; a time that is none is a wrong call."""
    written("intake", 1_000, message="taken", source="website", ids=["other"])
    result = leads("logs", LEAD)
    assert (result.exit_code, "look further back with --since" in result.stderr) == (1, True)
    assert leads("logs", LEAD, "--since", "yesterday").exit_code == 2


def test_a_stack_without_logs_is_named(written: Any) -> None:
    """A stack that is not there is told by the log that was looked for."""
    assert written
    result = CliRunner().invoke(app, ["logs", LEAD, "--stack", "elsewhere"])
    assert (result.exit_code, "/aws/lambda/elsewhere-intake" in result.stderr) == (1, True)


def test_a_tail_until_ctrl_c(written: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines come in words, or as they were written with --json; Ctrl-C ends it without a complaint."""
    written("intake", 1_000, level="INFO", message="taken", source="website", ids=[LEAD])
    written("enroll", 500, level="ERROR", message="batch settled", campaign="news", held=[LEAD], why={"not_found": 1})

    def interrupt(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "follow", partial(reading.follow, pause=interrupt))
    result = leads("tail", "--since", "5m")
    assert result.exit_code == 0
    assert "1 lead taken from website" in result.stdout
    assert "ERROR news: 1 held (not_found)" in result.stdout
    (only,) = leads("tail", "--since", "5m", "--level", "warning", "--json").stdout.splitlines()
    assert json.loads(only)["why"] == {"not_found": 1}
    assert leads("tail", "--level", "loud").exit_code == 2
