"""An operator and dead letters of a running stack: fixed, replayed and enrolled, refused again, or interrupted."""

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
[sources.app]
provider = "json"
campaign = "newsletter"
auth = "token"
"""
PATIENCE_SECONDS: Final = 60


@dataclass
class Desk:
    """A running stack with an operator in front of it."""

    stack: Stack

    def put(self, *letters: dict[str, Any], **counted: int) -> None:
        """Put dead letters into the stack, and count what they were before."""
        url = self.stack.queues["DeadLetterQueue"]
        for chunk in batched(letters, 10, strict=False):
            entries = [{"Id": str(n), "MessageBody": json.dumps(body)} for n, body in enumerate(chunk)]
            assert not self.stack.client("sqs").send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
        embedded.find(self.stack.url).count("app", counted)

    def command(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """A command that ends with this code, and what it says to programs."""
        done = CliRunner().invoke(app, ["failures", *arguments, "--yes", "--json", "--url", self.stack.url])
        assert done.exit_code == code, done.output
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def settle(self) -> None:
        """Until everything that was sent has its outcome."""
        for _ in range(PATIENCE_SECONDS):
            if self.stack.wait_until_settled(1):
                return
            self.stack.fast_forward()
        pytest.fail(str(self.stack.unsettled()))

    def enrolled(self) -> list[str]:
        assert self.stack.sandbox is not None
        leads: Any = self.stack.sandbox.snapshot()["leads"]
        return [lead["email"] for lead in leads]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG, encoding="utf-8")
    journal = Journal()
    with Stack(path, journal=journal, app=without_pages(journal)) as stack:
        yield Desk(stack)


def test_what_fails_again(desk: Desk) -> None:
    """A lead that is refused again is a dead letter with its history, and so is an event that is no lead again.

    Each refusal is counted. As with a row that `leads import` cannot enroll, the command ends with 1.
    """
    lead = {"email": "bo@refused.example"}
    event = unmappable({"friend_email": "ava@fine.example"}, source="app")
    desk.put(refused("lead-1", source="app", lead=lead), event, Accepted=1, Rejected=1, Unmappable=1)
    for times in (1, 2):
        told = desk.command("replay", code=1)
        refused_again = {"rejected email 422": 1, "unmappable": 1}
        assert (told["replayed"], told["outcomes"]["refusedAgain"]) == (2, refused_again)
        bodies = [json.loads(each.body) for each in desk.stack.messages("DeadLetterQueue")]
        found = {body["failure"]["reason"]: body for body in bodies}
        assert {reason: (body["replay"]["count"], body["failure"]["field"]) for reason, body in found.items()} == {
            "rejected": (times, "email"),
            "unmappable": (times, "email"),
        }
        assert (found["rejected"]["id"], found["rejected"]["lead"]) == ("lead-1", lead)
    counts = embedded.status(desk.stack.url).counts
    assert (counts.accepted, counts.replayed, counts.rejected, counts.difference) == (1, 2, 3, 0)
    fix = ("fix", "--reason", "unmappable", "--rename", "friend_email=email", "--replay")
    assert desk.command(*fix)["fixed"] == 1
    desk.settle()
    assert desk.enrolled() == ["ava@fine.example"]
    assert embedded.status(desk.stack.url).counts.balanced


def test_ctrl_c(desk: Desk) -> None:
    """An interrupted command says how far it came and gives every letter back at once."""
    missing, queue = failure("missing_token", field="company"), desk.stack.queues["DeadLetterQueue"]
    people = [refused(f"lead-{n}", f"lead{n}@fine.example", source="app", failure=missing) for n in range(40)]
    desk.put(*(each | {"campaign": "trial"} for each in people), Accepted=40, Rejected=40)
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
            desk.stack.url,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert desk.stack.wait_for(lambda: desk.stack._aws.queues.count(queue) <= 30, PATIENCE_SECONDS)
    os.kill(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    left = desk.stack.messages("DeadLetterQueue")
    assert (process.returncode, complaint) == (1, "Stopped: the other letters are unchanged.\n")
    assert f"Fixed and replayed: {40 - len(left)}." in said
    assert {letter.state for letter in left} == {"visible"}
    desk.settle()
    assert len(desk.enrolled()) == embedded.status(desk.stack.url).counts.replayed == 40 - len(left)
