"""A short run of the fuzzer over all targets at once; `make drill` has the long one."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.mark.skipif(find_spec("atheris") is None, reason="atheris has wheels for Linux on x86-64 only")
def test_a_short_run_finds_nothing(tmp_path: Path) -> None:
    """No input breaks a promise of any target."""
    command = [sys.executable, "-m", "tests.fuzz", "--target", "all", "--runs", "2000", "--seed", "1"]
    done = subprocess.run(  # noqa: S603 - ours
        [*command, "--found", tmp_path], capture_output=True, text=True, errors="replace", check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Done 2000 runs" in done.stderr
