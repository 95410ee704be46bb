"""The operator's commands on a running `leads dev`."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
from pathlib import Path

from typer.testing import CliRunner, Result

from leads_cli.cli.main import app
from leads_cli.stacks import embedded, secret
from tests.e2e.conftest import LEADS


def leads(*arguments: str) -> Result:
    """A command in this process: those that need a terminal or a signal get one of their own."""
    return CliRunner().invoke(app, arguments)


def test_a_typed_secret_is_not_shown(dev: str) -> None:
    """At a terminal the command asks for the value, and the terminal does not show it; the old one stays valid."""
    (before,) = secret.read_secret(embedded.find(dev)).values("api")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "secrets", "rotate", "api", "--url", dev],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 1024):
            said += chunk
            if said.endswith(b"(it is not shown): "):
                os.write(ours, b"typed-by-hand\n")
    except OSError:
        assert b"the new value and the previous one are valid" in said  # the other end is closed
    assert process.wait() == 0
    assert b"typed-by-hand" not in said
    assert secret.read_secret(embedded.find(dev)).values("api") == ("typed-by-hand", before)


def test_a_lead_is_followed(dev: str) -> None:
    """`leads tail` shows a lead as it is taken and settled, until Ctrl-C; `leads logs` finds both by its id."""
    with subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "tail", "--json", "--url", dev], stdout=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stdout
        lines = map(json.loads, tail.stdout)
        assert leads("send", "website-form", "--url", dev).exit_code == 0
        # Other tests may have sent what the source's rules leave out.
        (lead,) = next(line["ids"] for line in lines if line["message"] == "taken" and len(line["ids"]) == 1)
        assert next(line for line in lines if line["message"] == "batch settled" and lead in line["accepted"])
        tail.send_signal(signal.SIGINT)
    assert tail.returncode == 0
    done = leads("logs", lead, "--url", dev, "--json")
    assert [line["message"] for line in json.loads(done.stdout)["lines"]] == ["taken", "batch settled"]


def test_the_counts_on_a_screen(dev: str) -> None:
    """At a terminal the counts are shown in place, and a Ctrl-C leaves the last ones there."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "status", "--watch", "--url", dev], stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    said = b""
    asked = False
    try:
        while chunk := os.read(ours, 4096):
            said += chunk
            # Once: a second one would end whatever ends it.
            if b"Ctrl-C ends it." in said and not asked:
                process.send_signal(signal.SIGINT)
                asked = True
    except OSError:
        assert b"accepted" in said  # the other end is closed
    assert process.wait() == 0
    assert b"Traceback" not in said


def test_groups_are_shown_while_dead_letters_are_read(dev: str) -> None:
    """At a terminal an operator does not wait for the last of thousands of letters."""
    running = embedded.find(dev)
    letter = {"version": 1, "source": "website", "event": {}, "failure": {"reason": "unmappable", "message": "no lead"}}
    running.client("sqs").send_message(QueueUrl=running.outputs["DeadLetterQueueUrl"], MessageBody=json.dumps(letter))
    ours, theirs = pty.openpty()
    process = subprocess.Popen([LEADS, "failures", "list", "--url", dev], stdout=theirs, stderr=theirs)  # noqa: S603
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while chunk := os.read(ours, 65_536):
            said += chunk
    assert process.wait() == 0
    # Other tests may have left letters.
    before, end = re.split(rb" in \d+ groups?", said)
    assert re.search(rb"Reading: \d+ dead letters? so far", before)
    assert b"unmappable" in before
    assert b"unmappable" in end
    assert leads("failures", "discard", "--reason", "unmappable", "--yes", "--url", dev).exit_code == 0


def test_a_running_stack_is_checked(dev: str) -> None:
    """`leads check --live` looks at the stack of `leads dev`, with the file that it reads."""
    done = leads("check", "--live", "--json", "--url", dev)
    findings = {each["about"]: each["verdict"] for each in json.loads(done.stdout)["findings"]}
    assert {"secret", "campaign newsletter", "LeadsQueue", "EventsQueue", "source api"} <= findings.keys()
    assert "fail" not in findings.values()


def test_status_and_send_of_a_running_stack(dev: str, tmp_path: Path) -> None:
    """From another terminal an event can be sent and the counts be asked for, as a table or as JSON."""
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
