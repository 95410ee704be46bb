"""The operator's commands on a running `leads dev`."""

import os
import pty
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
