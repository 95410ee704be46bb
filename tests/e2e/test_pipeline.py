"""The whole pipeline with faults of Leadterra: every lead is accounted for."""

import subprocess
import sys


def test_the_drill() -> None:
    """300 signups with each kind of fault: no lead is lost, each field is right, and the counts add up."""
    command = [sys.executable, "-m", "tests.drill", "--signups", "300", "--rounds", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
