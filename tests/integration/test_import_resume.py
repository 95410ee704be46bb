"""An import that is stopped or killed and continued: every row is sent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import pytest

from benchmarks.stand_in import aws
from tests.integration.importing import CONFIG

LEADS: Final = Path(sys.executable).parent / "leads"
ROWS: Final = 600
# Eight threads send ten rows each.
IN_PROGRESS: Final = 80
TIMEOUT_SECONDS: Final = 60


@dataclass
class Imports:
    """Runs of the command in separate processes, with SQS in another."""

    folder: Path
    url: str
    http: httpx.Client
    running: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, *options: str) -> subprocess.Popen[str]:
        config = str(self.folder / "enrollment.toml")
        process = subprocess.Popen(  # noqa: S603 - a command of ours
            [LEADS, "import", "list.csv", "--yes", "--url", self.url, "--config", config, *options],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "COLUMNS": "120"},
        )
        self.running.append(process)
        return process

    def finish(self, *options: str) -> str:
        """Run the import to its end. Returns the output."""
        process = self.start(*options)
        output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
        assert process.returncode == 0, output
        return output

    def counts(self) -> tuple[int, int]:
        """The number of messages that SQS got, and of different rows."""
        found = self.http.get(f"{self.url}/counts").json()
        return found["messages"], found["rows"]

    def until_sent(self, number: int, process: subprocess.Popen[str]) -> None:
        until = time.monotonic() + TIMEOUT_SECONDS
        while self.counts()[0] < number:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)


@pytest.fixture
def imports(tmp_path: Path) -> Iterator[Imports]:
    """A list, and a queue for it."""
    (tmp_path / "enrollment.toml").write_text(CONFIG)
    people = "".join(f"lead{row}@example.com,Ava\n" for row in range(ROWS))
    (tmp_path / "list.csv").write_text(f"email,name\n{people}")
    with aws() as url, httpx.Client(timeout=60, trust_env=False) as http:
        made = Imports(tmp_path, url, http)
        yield made
        for process in made.running:
            if process.poll() is None:
                process.kill()
                process.communicate()


def test_killed_in_the_middle(imports: Imports) -> None:
    """The next run continues. All rows are sent, and at most those in progress twice."""
    process = imports.start("--rate", "50")
    imports.until_sent(100, process)
    process.kill()
    process.communicate()
    sent, _ = imports.counts()
    assert 100 <= sent < ROWS
    output = imports.finish()
    assert "This import was stopped:" in output
    messages, rows = imports.counts()
    assert rows == ROWS
    assert messages <= ROWS + IN_PROGRESS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_by_a_signal(imports: Imports, number: signal.Signals) -> None:
    """The run ends cleanly. The next run sends the rest, and no row twice."""
    process = imports.start("--rate", "50")
    imports.until_sent(10, process)
    process.send_signal(number)
    output, _ = process.communicate(timeout=TIMEOUT_SECONDS)
    assert process.returncode == 1
    assert f"Stopped: {ROWS - imports.counts()[0]} of 600 leads left to be sent; the same command goes on" in output
    imports.finish()
    assert imports.counts() == (ROWS, ROWS)
