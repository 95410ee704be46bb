"""Import: seconds of `leads import` for a long list, and its memory."""

import os
import tempfile
import time
from pathlib import Path
from typing import Final

from benchmarks.embedded import run, stack
from benchmarks.report import Claim, Section

ROWS: Final = 100_000
TEXT: Final = f"""\
`leads import` of {ROWS:,} rows into an embedded stack, which meanwhile delivers them to the sandbox on the same
cores."""
_READING: Final = (
    "The command takes {:.0f} s of CPU: about half to read each row as intake reads a form, most of the rest for a call"
    " of boto3's for each ten leads. The stack needs the other core"
)


def measure() -> Section:
    """Write the list and import it."""
    with stack() as running, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.csv"
        write(path, ROWS)
        options = ["--campaign", "newsletter", "--yes", "--json", "--custom", "plan", "--url", running.url]
        started = time.perf_counter()
        process = run("import", str(path), *options)
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(output)
    cpu, megabytes = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024
    return Section(
        "Import",
        TEXT,
        ("rows", "seconds", "rows per second", "CPU s of the command", "peak MB"),
        [(f"{ROWS:,}", f"{seconds:.0f}", f"{ROWS / seconds:,.0f}", f"{cpu:.0f}", f"{megabytes:.0f}")],
        [
            Claim(f"seconds for {ROWS:,} rows", seconds, 80.0, reason=_READING.format(cpu)),
            Claim("peak memory, MB", megabytes, 200.0),
        ],
    )


def write(path: Path, rows: int) -> None:
    """A list of people with six columns."""
    with path.open("w", encoding="utf-8") as file:
        file.write("Email,First name,Last name,Company,Job title,Plan\n")
        for row in range(rows):
            file.write(f"lead{row}@example.com,Ada,King,Example Engines,Head of Growth,pro\n")
