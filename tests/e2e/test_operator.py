"""The operator's commands on a running `leads dev`."""

import contextlib
import json
import os
import pty
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from typer.testing import CliRunner, Result

from leads_cli.cli.main import app
from leads_cli.stacks import embedded, secret
from tests.e2e.conftest import LEADS


def leads(*arguments: str) -> Result:
    """A command in this process. Tests that need a terminal or a signal start their own."""
    return CliRunner().invoke(app, arguments)


def at_terminal(
    *arguments: str, on_output: Callable[[subprocess.Popen[bytes], bytes, int], None] = lambda *_: None
) -> bytes:
    """Run a command at a terminal to its end, and return its output.

    `on_output` gets the process, the output so far, and the terminal to type at.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen([LEADS, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)  # noqa: S603 - a command of ours
    os.close(theirs)
    output = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while chunk := os.read(ours, 65_536):
            output += chunk
            on_output(process, output, ours)
    assert process.wait() == 0
    return output


def test_a_typed_secret_is_not_shown(dev: str) -> None:
    """At a terminal the command asks for the value without echo. The old value stays valid."""
    (before,) = secret.read_secret(embedded.find(dev)).values("api")

    def answer(_: object, output: bytes, terminal: int) -> None:
        if output.endswith(b"(it is not shown): "):
            os.write(terminal, b"typed-by-hand\n")

    output = at_terminal("secrets", "rotate", "api", "--url", dev, on_output=answer)
    assert b"the new value and the previous one are valid" in output
    assert b"typed-by-hand" not in output
    assert secret.read_secret(embedded.find(dev)).values("api") == ("typed-by-hand", before)


def test_a_lead_is_followed(dev: str) -> None:
    """`leads tail` shows a lead's lines until Ctrl-C, and `leads logs` finds them by its id."""
    with subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "tail", "--json", "--url", dev], stdout=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stdout
        lines = map(json.loads, tail.stdout)
        assert leads("send", "website-form", "--url", dev).exit_code == 0
        # Other tests may have sent ignored events.
        (lead,) = next(line["ids"] for line in lines if line["message"] == "taken" and len(line["ids"]) == 1)
        assert next(line for line in lines if line["message"] == "batch settled" and lead in line["accepted"])
        tail.send_signal(signal.SIGINT)
    assert tail.returncode == 0
    done = leads("logs", lead, "--url", dev, "--json")
    assert [line["message"] for line in json.loads(done.stdout)["lines"]] == ["taken", "batch settled"]


def test_watched_counts_at_a_terminal(dev: str) -> None:
    """They are updated in place, and stay on the screen after Ctrl-C."""
    # One, because a second Ctrl-C would interrupt the clean end.
    signals = iter([signal.SIGINT])

    def interrupt(process: subprocess.Popen[bytes], output: bytes, _: int) -> None:
        if b"Ctrl-C ends it." in output and (number := next(signals, None)):
            process.send_signal(number)

    output = at_terminal("status", "--watch", "--url", dev, on_output=interrupt)
    assert b"accepted" in output
    assert b"Traceback" not in output


def test_groups_are_shown_while_dead_letters_are_read(dev: str) -> None:
    """At a terminal groups appear before all letters have been read."""
    # Letters that other tests left could be read first.
    leads("failures", "discard", "--all", "--yes", "--url", dev)
    running = embedded.find(dev)
    letter = {"version": 1, "source": "website", "event": {}, "failure": {"reason": "unmappable", "message": "no lead"}}
    running.client("sqs").send_message(QueueUrl=running.outputs["DeadLetterQueueUrl"], MessageBody=json.dumps(letter))
    before, end = at_terminal("failures", "list", "--url", dev).split(b" in 1 group")
    assert b"Reading: 1 dead letter so far" in before
    assert b"unmappable" in before
    assert b"unmappable" in end
    assert leads("failures", "discard", "--reason", "unmappable", "--yes", "--url", dev).exit_code == 0


def test_a_running_stack_is_checked(dev: str) -> None:
    """`leads check --live` checks the stack of `leads dev` with its configuration."""
    done = leads("check", "--live", "--json", "--url", dev)
    findings = {each["about"]: each["verdict"] for each in json.loads(done.stdout)["findings"]}
    assert {"secret", "campaign newsletter", "LeadsQueue", "EventsQueue", "source api"} <= findings.keys()
    assert "fail" not in findings.values()


def test_status_and_send_of_a_running_stack(dev: str, tmp_path: Path) -> None:
    """From another terminal events can be sent and counts be shown, as a table or JSON."""
    sent = leads("send", "api-batch", "--url", dev)
    assert sent.exit_code == 0, sent.stderr
    assert sent.stdout.startswith("api-batch: POST /hooks/api 200\n")
    queued = leads("send", "events-queue-bare.json", "--url", dev)
    assert queued.stdout == "events-queue-bare: EventsQueue\n2 messages queued\n"
    message = {"version": 1, "campaign": "newsletter", "lead": {"email": "direct@example.com"}}
    (tmp_path / "mine.json").write_text(json.dumps(message))
    mine = leads("send", str(tmp_path / "mine.json"), "--url", dev)
    assert mine.stdout == "mine: LeadsQueue\n1 message queued\n"
    found = json.loads(leads("status", "--json", "--url", dev).stdout)
    assert found["accepted"] >= 3
    assert {"enrolled", "updated", "skipped", "unaccounted", "merged", "rejected", "queued", "balanced"} <= set(found)
    assert "=  enrolled" in leads("status", "--url", dev).stdout
