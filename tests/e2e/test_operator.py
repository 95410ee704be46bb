"""The operator's commands on a running `leads dev`."""

import json
import os
import pty
import signal
import subprocess

from leads_cli.stacks import embedded, secret
from tests.e2e.conftest import LEADS


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
        subprocess.run([LEADS, "send", "website-form", "--url", dev], check=True)  # noqa: S603 - a command of ours
        # Other tests may have sent what the source's rules leave out.
        (lead,) = next(line["ids"] for line in lines if line["message"] == "taken" and len(line["ids"]) == 1)
        assert next(line for line in lines if line["message"] == "batch settled" and lead in line["accepted"])
        tail.send_signal(signal.SIGINT)
    assert tail.returncode == 0
    done = subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, "logs", lead, "--url", dev, "--json"], capture_output=True, text=True, check=True
    )
    assert [line["message"] for line in json.loads(done.stdout)["lines"]] == ["taken", "batch settled"]


def test_counts_are_watched(dev: str) -> None:
    """`leads status --watch` goes on until Ctrl-C, which is no failure; rates stand behind what changes."""
    with subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "status", "--watch", "--json", "--url", dev], stdout=subprocess.PIPE, text=True
    ) as watch:
        assert watch.stdout
        before = json.loads(watch.stdout.readline())["accepted"]
        subprocess.run([LEADS, "send", "website-form", "--url", dev], check=True)  # noqa: S603 - a command of ours
        assert any(json.loads(line)["accepted"] > before for line in watch.stdout)
        watch.send_signal(signal.SIGINT)
    assert watch.returncode == 0


def test_counts_are_watched_in_a_file(dev: str) -> None:
    """Without a terminal each look is written as it is made."""
    with subprocess.Popen([LEADS, "status", "--watch", "--url", dev], stdout=subprocess.PIPE, text=True) as watch:  # noqa: S603
        assert watch.stdout
        for _ in range(2):
            assert any("Ctrl-C ends it." in line for line in watch.stdout)
        watch.send_signal(signal.SIGINT)
    assert watch.returncode == 0


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


def test_a_running_stack_is_checked(dev: str) -> None:
    """`leads check --live` looks at the stack of `leads dev`, with the file that it reads."""
    done = subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, "check", "--live", "--json", "--url", dev], capture_output=True, text=True, check=True
    )
    findings = {each["about"]: each["verdict"] for each in json.loads(done.stdout)["findings"]}
    assert {"secret", "campaign newsletter", "LeadsQueue", "EventsQueue", "source api"} <= findings.keys()
    assert "fail" not in findings.values()


def test_a_campaign_of_the_sandbox(dev: str) -> None:
    """`leads campaign list` finds the sandbox by itself, with the stack's own key."""
    done = subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, "campaign", "list", "--json", "--url", dev], capture_output=True, text=True, check=True
    )
    (campaign,) = json.loads(done.stdout)["campaigns"]
    assert (campaign["name"], campaign["status"], campaign["problem"]) == ("newsletter", "running", None)
