"""The operator's commands on a running `leads dev`."""

import json
import os
import pty
import signal
import subprocess

from leads_cli import secret
from leads_cli.running import embedded
from tests.e2e.conftest import LEADS


def test_a_typed_secret_is_not_shown(dev: str) -> None:
    """At a terminal the command asks for the value, and the terminal does not show it; the old one stays valid."""
    (before,) = secret.read(embedded(dev)).values("api")
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
    assert secret.read(embedded(dev)).values("api") == ("typed-by-hand", before)


def test_a_lead_is_followed(dev: str) -> None:
    """`leads tail` shows a lead as it is taken and settled, until Ctrl-C; `leads logs` finds both by its id."""
    with subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "tail", "--json", "--url", dev], stdout=subprocess.PIPE, text=True
    ) as tail:
        assert tail.stdout
        lines = map(json.loads, tail.stdout)
        subprocess.run([LEADS, "send", "website-form", "--url", dev], check=True)  # noqa: S603 - a command of ours
        (lead,) = next(line["ids"] for line in lines if line["message"] == "taken" and line["source"] == "website")
        assert next(line for line in lines if line["message"] == "batch settled" and lead in line["accepted"])
        tail.send_signal(signal.SIGINT)
    assert tail.returncode == 0
    done = subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, "logs", lead, "--url", dev, "--json"], capture_output=True, text=True, check=True
    )
    assert [line["message"] for line in json.loads(done.stdout)["lines"]] == ["taken", "batch settled"]
