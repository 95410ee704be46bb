"""An operator and many dead letters: grouped, fixed, replayed and enrolled, although the command is killed."""

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from leads.event.event import Event
from leads.json import dumps
from leads.message.dead_letter import Failure, dead_letter
from leads.message.message import Message, as_json
from leads_cli.cli.main import app
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.stacks import embedded
from leads_cli.stacks.running import Running
from tests.without_pages import without_pages

LEADS: Final = Path(sys.executable).parent / "leads"
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
NOW: Final = datetime.now(UTC) - timedelta(hours=1)
KINDS: Final = ("rejected", "missing_token", "malformed", "unmappable", "exhausted")
PATIENCE_SECONDS: Final = 60
# A kill in the middle of the work finds so many letters in hand at the most.
IN_HAND: Final = 10
KILLS: Final = 2
REPLAY: Final = ("replay", "--rate", "300")


class Witness(Journal):
    """Remembers under which messages each lead, or event of a letter, went through a queue."""

    def __init__(self) -> None:
        super().__init__()
        self.deliveries: dict[str, set[str]] = defaultdict(set)

    def observe_records(self, queue: str, records: Any) -> None:
        super().observe_records(queue, records)
        for record in records:
            body = json.loads(record["body"])
            known = body["replay"]["of"] if queue == "EventsQueue" else body["id"]
            self.deliveries[f"{queue} {known}"].add(record["messageId"])


@dataclass
class Desk:
    """A running stack with an operator in front of it."""

    stack: Stack
    witness: Witness
    operator: Running = field(init=False)

    def __post_init__(self) -> None:
        self.operator = embedded.find(self.stack.url)

    def put(self, letters: Sequence[tuple[str, str]]) -> None:
        """Put dead letters into the stack, by reason and body, and count what they were before."""
        url = self.stack.queues["DeadLetterQueue"]
        sqs = self.stack.client("sqs")
        for chunk in batched(letters, 10, strict=False):
            entries = [{"Id": str(n), "MessageBody": body} for n, (_, body) in enumerate(chunk)]
            assert not sqs.send_message_batch(QueueUrl=url, Entries=entries).get("Failed")
        number = {kind: sum(1 for reason, _ in letters if reason == kind) for kind in KINDS}
        closed = number["rejected"] + number["missing_token"]
        self.operator.count("app", {"Accepted": closed + number["exhausted"], "Rejected": closed})
        self.operator.count("app", {"Malformed": number["malformed"], "Unmappable": number["unmappable"]})

    def bodies(self) -> list[str]:
        return [letter.body for letter in self.stack.messages("DeadLetterQueue")]

    def has_at_most(self, number: int) -> bool:
        return self.stack._aws.queues.count(self.stack.queues["DeadLetterQueue"]) <= number

    def command(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """A command that ends with this code, and what it says to programs."""
        done = CliRunner().invoke(app, ["failures", *arguments, "--json", "--url", self.stack.url])
        assert done.exit_code == code, done.output
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - a command of ours
            [LEADS, "failures", *arguments, "--yes", "--url", self.stack.url],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def killed(self, when: Callable[[], bool], *arguments: str) -> None:
        """A command that is killed at a moment of its work; what it held comes back at once."""
        process = self.start(*arguments)
        reached = self.stack.wait_for(when, PATIENCE_SECONDS)
        process.kill()
        said = process.communicate()
        assert (reached, process.returncode) == (True, -signal.SIGKILL), said
        self.end_leases()

    def end_leases(self) -> None:
        """As if the time had passed for which a killed command hides letters."""
        url = self.stack.queues["DeadLetterQueue"]
        queues = self.stack._aws.queues
        queues.release(url, {each.receipt_handle for each in queues.stored(url)})

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
    witness = Witness()
    with Stack(path, journal=witness, app=without_pages(witness)) as stack:
        yield Desk(stack, witness)


def address(kind: str, n: int) -> str:
    return f"{kind.replace('_', '-')}-{n}@fine.example"


def letters(kind: str, number: int) -> Iterator[tuple[str, str]]:
    """Letters as the functions write them, each with its own address, and without what its fix adds."""
    for n in range(number):
        email = f"<{address(kind, n).upper()}>" if kind == "rejected" else address(kind, n)
        yield kind, _body(kind, f"{kind}-{n}", {"email": email, "firstName": "Ava"})


def _body(kind: str, lead_id: str, lead: dict[str, Any]) -> str:
    said: Mapping[str, Failure] = {
        "rejected": Failure("rejected", "invalid email format", 422, "email"),
        "missing_token": Failure("missing_token", "the copy uses {{company}}", field="company"),
        "malformed": Failure("malformed", "missing: a campaign's name or id, as a string", field="campaign"),
        "unmappable": Failure("unmappable", "no field of it is an address", field="email"),
    }
    if kind == "unmappable":
        event = Event("app", dumps({"friend_email": lead["email"], "firstName": "Ava"}).encode(), NOW)
        return dead_letter(event.raw(), said[kind], attempts=1, failed_at=NOW)
    whole = {"version": 1, "id": lead_id, "source": "app", "lead": lead}
    if kind == "malformed":
        return dead_letter(whole, said[kind], attempts=1, failed_at=NOW)
    if kind == "exhausted":
        return dumps({**whole, "campaign": "newsletter"})
    campaign = "trial" if kind == "missing_token" else "newsletter"
    message = Message(id=lead_id, source="app", campaign=campaign, receivedAt=NOW, lead=lead)
    return dead_letter(as_json(message), said[kind], attempts=1, failed_at=NOW)


FIXES: Final = {
    "rejected": ("--normalise", "email"),
    "missing_token": ("--set", "company=Acme"),
    "malformed": ("--to-campaign", "newsletter"),
    "unmappable": ("--rename", "friend_email=email"),
}


def test_what_fails_again(desk: Desk) -> None:
    """A lead that is refused again is a dead letter with its history, and so is an event that is no lead again.

    Each refusal is counted. As with a row that `leads import` cannot enroll, the command ends with 1.
    """
    lead = {"email": "bo@refused.example"}
    desk.put([("rejected", _body("rejected", "lead-1", lead)), *letters("unmappable", 1)])
    for times in (1, 2):
        told = desk.command("replay", "--yes", code=1)
        refused_again = {"rejected email 422": 1, "unmappable": 1}
        assert (told["replayed"], told["outcomes"]["refusedAgain"]) == (2, refused_again)
        found = {body["failure"]["reason"]: body for body in map(json.loads, desk.bodies())}
        assert {reason: (body["replay"]["count"], body["failure"]["field"]) for reason, body in found.items()} == {
            "rejected": (times, "email"),
            "unmappable": (times, "email"),
        }
        assert (found["rejected"]["id"], found["rejected"]["lead"]) == ("lead-1", lead)
    counts = embedded.status(desk.stack.url).counts
    assert (counts.accepted, counts.replayed, counts.rejected, counts.difference) == (1, 2, 3, 0)
    assert desk.command("fix", "--reason", "unmappable", *FIXES["unmappable"], "--replay", "--yes")["fixed"] == 1
    desk.settle()
    assert desk.enrolled() == [address("unmappable", 0)]
    assert embedded.status(desk.stack.url).counts.balanced


def test_ctrl_c(desk: Desk) -> None:
    """An interrupted command says how far it came and gives every letter back at once."""
    desk.put(list(letters("missing_token", 40)))
    process = desk.start("fix", *FIXES["missing_token"], "--replay", "--rate", "20")
    assert desk.stack.wait_for(partial(desk.has_at_most, 30), PATIENCE_SECONDS)
    os.kill(process.pid, signal.SIGINT)
    said, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    left = desk.stack.messages("DeadLetterQueue")
    assert (process.returncode, complaint) == (1, "Stopped: the other letters are unchanged.\n")
    assert f"Fixed and replayed: {40 - len(left)}." in said
    assert {letter.state for letter in left} == {"visible"}
    desk.settle()
    assert len(desk.enrolled()) == embedded.status(desk.stack.url).counts.replayed == 40 - len(left)


def test_commands_are_killed(desk: Desk) -> None:
    """75 letters are grouped, fixed and replayed by commands that are killed at random points: all are enrolled.

    None is lost, and none is sent twice but for the ten in hand at a kill, which have the same ids.
    """
    number = 15
    seed = os.getpid()
    chance = Random(seed)  # noqa: S311 - a failure names it, and can be had again
    desk.put([each for kind in KINDS for each in letters(kind, number)])
    groups = desk.command("list")["groups"]
    assert {(group["reason"], group["count"]) for group in groups} == {(kind, number) for kind in KINDS}

    fixing = ("fix", "--reason", "missing_token", *FIXES["missing_token"])
    some = chance.randrange(2, number - 5)
    desk.killed(lambda: sum('"fixed"' in body for body in desk.bodies()) >= some, *fixing)
    for kind, edits in FIXES.items():
        desk.command("fix", "--reason", kind, *edits, "--yes")
    read = chance.randrange(10, 60)
    desk.killed(lambda: sum(letter.state == "in flight" for letter in desk.stack.dead_letters()) >= read, *REPLAY)
    desk.killed(partial(desk.has_at_most, chance.randrange(20, 60)), *REPLAY)
    desk.command("replay", "--yes", "--rate", "10000")
    desk.settle()

    assert desk.bodies() == [], seed
    expected = [address(kind, n) for kind in KINDS for n in range(number)]
    assert sorted(desk.enrolled()) == sorted(expected), seed
    twice = {known for known, messages in desk.witness.deliveries.items() if len(messages) > 1}
    assert len(twice) <= IN_HAND * KILLS, seed
    leads = [known for known in desk.witness.deliveries if known.startswith("LeadsQueue")]
    assert len(leads) == len(expected), seed
