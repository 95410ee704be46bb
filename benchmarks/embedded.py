"""A running `leads dev`, for the benchmarks that use the command as an operator does."""

import contextlib
import os
import pty
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.workload import CONFIG
from leads_cli.stacks import embedded
from leads_cli.stacks.running import NotReachableError, Running

LEADS: Final = str(Path(sys.executable).parent / "leads")
_START_SECONDS: Final = 60.0


@contextlib.contextmanager
def stack(*options: str) -> Iterator[Running]:
    """Start an embedded stack of its own, with further options of `leads dev`; it ends with the block."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "enrollment.toml"
        config.write_text(CONFIG)
        url = f"http://127.0.0.1:{_free_port()}"
        port = url.rpartition(":")[2]
        process = subprocess.Popen(
            [LEADS, "dev", "--no-browser", "--port", port, "--config", str(config), *options],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield _wait_for(url, process)
        finally:
            process.terminate()
            process.wait()


def run(*arguments: str) -> subprocess.Popen[str]:
    """Start a `leads` command, whose output can be read while it runs."""
    plain = {**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen([LEADS, *arguments], stdout=subprocess.PIPE, text=True, env=plain)


def run_in_terminal(*arguments: str) -> Iterator[str]:
    """Run a `leads` command in a terminal; what it writes, as it writes it.

    Raises:
        RuntimeError: it failed.
    """
    ours, its = pty.openpty()
    with subprocess.Popen([LEADS, *arguments], stdin=its, stdout=its, stderr=its) as process:
        os.close(its)
        # Linux tells the end of a terminal by an error.
        with contextlib.suppress(OSError):
            while written := os.read(ours, 65_536):
                yield written.decode(errors="replace")
        os.close(ours)
    if process.returncode not in {0, 1}:
        raise RuntimeError(arguments)


def _free_port() -> int:
    import socket  # noqa: PLC0415

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> Running:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(NotReachableError):
            return embedded.find(url)
        time.sleep(0.1)
    raise RuntimeError(f"leads dev did not start (exit status {process.poll()})")
