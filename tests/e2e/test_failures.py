"""An operator's work with many dead letters: grouped, fixed, replayed and enrolled, although commands are killed."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import batched
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.stacks import embedded
from tests.e2e.conftest import LEADS
from tests.letters import failure, refused, unmappable
from tests.without_pages import without_pages

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"
[campaigns.trial]
id = "camp_2"
tokens = ["company"]
on_missing_token = "dead_letter"
[sources]
app = {provider = "json", campaign = "newsletter", auth = "token"}
"""
TIMEOUT_SECONDS: Final = 60


@dataclass
class OperatedStack:
    """A running stack and an operator's commands for it."""

    stack: Stack

    def put(self, *letters: dict[str, Any], **counted: int) -> None:
        """Put dead letters into the stack by reason and body, and count their earlier outcomes."""
        url = self.stack.queues["DeadLetterQueue"]
        for chunk in batched(letters, 10, strict=False):
            entries = [{"Id": str(n), "MessageBody": json.dumps(body)} for n, body in enumerate(chunk)]
            assert not self.stack.client("sqs").send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
        embedded.find(self.stack.url).count("app", counted)

    def command(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """The JSON output of a command that ends with this code."""
        done = CliRunner().invoke(app, ["failures", *arguments, "--yes", "--json", "--url", self.stack.url])
        assert done.exit_code == code, done.output
        output: dict[str, Any] = json.loads(done.stdout)
        return output

    def settle(self) -> None:
        """Wait until everything that was sent has its outcome."""
        for _ in range(TIMEOUT_SECONDS):
            if self.stack.wait_until_settled(1):
                return
            self.stack.fast_forward()
        pytest.fail(str(self.stack.unsettled()))

    def enrolled(self) -> list[str]:
        assert self.stack.sandbox is not None
        leads: Any = self.stack.sandbox.snapshot()["leads"]
        return [lead["email"] for lead in leads]


@pytest.fixture
def operated(tmp_path: Path) -> Iterator[OperatedStack]:
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG, encoding="utf-8")
    journal = Journal()
    with Stack(path, journal=journal, app=without_pages(journal)) as stack:
        yield OperatedStack(stack)


def test_replays_that_are_refused_again(operated: OperatedStack) -> None:
    """A refused lead and an unusable event are dead letters again, with their history.

    Each refusal is counted, and the command exits with 1.
    """
    lead = {"email": "bo@refused.example"}
    event = unmappable({"friend_email": "ava@fine.example"}, source="app")
    operated.put(refused("lead-1", source="app", lead=lead), event, Accepted=1, Rejected=1, Unmappable=1)
    for times in (1, 2):
        result = operated.command("replay", code=1)
        refused_again = {"rejected email 422": 1, "unmappable": 1}
        assert (result["replayed"], result["outcomes"]["refusedAgain"]) == (2, refused_again)
        bodies = [json.loads(each.body) for each in operated.stack.messages("DeadLetterQueue")]
        found = {body["failure"]["reason"]: body for body in bodies}
        assert {reason: (body["replay"]["count"], body["failure"]["field"]) for reason, body in found.items()} == {
            "rejected": (times, "email"),
            "unmappable": (times, "email"),
        }
        assert (found["rejected"]["id"], found["rejected"]["lead"]) == ("lead-1", lead)
    counts = embedded.status(operated.stack.url).counts
    assert (counts.accepted, counts.replayed, counts.rejected, counts.difference) == (1, 2, 3, 0)
    fix = ("fix", "--reason", "unmappable", "--rename", "friend_email=email", "--replay")
    assert operated.command(*fix)["fixed"] == 1
    operated.settle()
    assert operated.enrolled() == ["ava@fine.example"]
    assert embedded.status(operated.stack.url).counts.balanced


def test_ctrl_c(operated: OperatedStack) -> None:
    """An interrupted command reports its progress and makes every letter visible at once."""
    missing, queue = failure("missing_token", field="company"), operated.stack.queues["DeadLetterQueue"]
    people = [refused(f"lead-{n}", f"lead{n}@fine.example", source="app", failure=missing) for n in range(40)]
    operated.put(*(each | {"campaign": "trial"} for each in people), Accepted=40, Rejected=40)
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [
            LEADS,
            "failures",
            "fix",
            "--set",
            "company=Acme",
            "--replay",
            "--rate",
            "20",
            "--yes",
            "--url",
            operated.stack.url,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert operated.stack.wait_for(lambda: operated.stack._aws.queues.count(queue) <= 30, TIMEOUT_SECONDS)
    os.kill(process.pid, signal.SIGINT)
    output, complaint = process.communicate(timeout=TIMEOUT_SECONDS)
    left = operated.stack.messages("DeadLetterQueue")
    assert (process.returncode, complaint) == (1, "Stopped: the other letters are unchanged.\n")
    assert f"Fixed and replayed: {40 - len(left)}." in output
    assert {letter.state for letter in left} == {"visible"}
    operated.settle()
    assert len(operated.enrolled()) == embedded.status(operated.stack.url).counts.replayed == 40 - len(left)
