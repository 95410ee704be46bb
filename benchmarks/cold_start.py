"""Seconds from the start of a process to intake's first answer to a signed request: what a cold start costs a sender.

Providers hang up after 3 to 15 s. Lambda's own start (about half a second) comes on top; its processor is what
`MemorySize` buys. AWS is a server in another process.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "shared")]

from benchmarks.intake_cpu import stack  # noqa: E402 - the path comes first

ROUNDS: Final = 5
FIRST_REQUEST: Final = """
from benchmarks.intake_cpu import request
from functions.intake.handler import handler
print(handler(request(1), None)["body"])
"""


def main() -> None:
    """Print the median."""
    with stack() as variables, tempfile.TemporaryDirectory() as bytecode:
        # Bytecode is shipped to Lambda; here it is written by a first run that does not count.
        written = {"PYTHONPYCACHEPREFIX": bytecode, "PYTHONDONTWRITEBYTECODE": ""}
        paths = os.pathsep.join([str(ROOT), str(ROOT / "layers" / "shared")])
        process = {**os.environ, **variables, **written, "PYTHONPATH": paths}
        seconds = [first_answer(process) for _ in range(ROUNDS + 1)][1:]
    print(f"a cold start to intake's first answer, median of {ROUNDS}: {statistics.median(seconds):.2f} s")


def first_answer(variables: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", FIRST_REQUEST], env=variables, capture_output=True, check=True, text=True
    )
    if '{"accepted":1}' not in done.stdout:
        raise AssertionError(done.stdout)
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
