"""Memory and speed of `leads import`: a million rows, killed in the middle, and gone on with.

The command runs in a process of its own against an SQS in another. Targets: a peak under 200 MB whatever the file's
length, a few minutes, and no more rows sent twice than the threads had in their hands.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "shared")]

from benchmarks.stand_in import aws  # noqa: E402 - the path comes first

START: Final = "from leads_cli.cli.main import main; main()"
CONFIG: Final = '[campaigns.newsletter]\nid = "camp_1"\n'
MEGABYTE: Final = 1_024 if sys.platform == "linux" else 1_024 * 1_024  # what ru_maxrss counts in


@dataclass(frozen=True, slots=True)
class Run:
    """One process of the command."""

    seconds: float
    megabytes: float
    status: int


def write(path: Path, rows: int) -> None:
    """A list; one row in a thousand is about somebody who is in it before."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Email,First name,Last name,Company,Job title,Plan,Country\n")
        for row in range(rows):
            person = row - 500 if row % 1_000 == 999 else row  # noqa: PLR2004 - one in a thousand
            file.write(f"lead{person}@example.com,Ava,Lindqvist,Example Engines,Head of Growth,pro,SE\n")


def run(folder: Path, url: str, kill_at: int | None = None) -> Run:
    """The command; killed once SQS has so many messages."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "shared")])
    options = ["--yes", "--json", "--custom", "plan", "--url", url, "--config", str(folder / "enrollment.toml")]
    start = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-c", START, "import", str(folder / "list.csv"), *options],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
    )
    while kill_at is not None and counts(url)["messages"] < kill_at:
        if process.poll() is not None:
            raise RuntimeError(f"the import ended with {process.returncode} before it could be killed")
        time.sleep(0.05)
    if kill_at is not None:
        process.send_signal(signal.SIGKILL)
    _, status, usage = os.wait4(process.pid, 0)
    return Run(time.monotonic() - start, usage.ru_maxrss / MEGABYTE, os.waitstatus_to_exitcode(status))


def counts(url: str) -> dict[str, int]:
    """What SQS was sent."""
    with urllib.request.urlopen(f"{url}/counts") as answer:  # noqa: S310 - our own server
        found: dict[str, int] = json.load(answer)
        return found


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with aws() as url, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "enrollment.toml").write_text(CONFIG)
        write(folder / "list.csv", rows)
        first, second = run(folder, url, kill_at=rows // 2), run(folder, url)
        sent = counts(url)
    if (first.status, second.status) != (-signal.SIGKILL, 0) or sent["rows"] != rows - rows // 1_000:
        raise AssertionError(first, second, sent)
    seconds = first.seconds + second.seconds
    print(f"leads import, {rows:,} rows, killed in the middle: {seconds:.0f} s, {rows / seconds:,.0f} rows/s")
    print(f"peak memory {max(first.megabytes, second.megabytes):.0f} MB (target: 200)")
    print(f"rows sent twice after kill -9: {sent['messages'] - sent['rows']}")


if __name__ == "__main__":
    main()
