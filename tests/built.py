"""The built artifact, and an interpreter like Lambda's."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
_BIN: Final = Path(sys.executable).parent


def build_artifact(folder: Path) -> Path:
    """The folder that `sam build` fills, as `sam deploy` finds it. Takes about a minute."""
    command = [str(_BIN / "sam"), "build", "--build-dir", str(folder / "build"), "--cache-dir", str(folder / "cache")]
    own = {"AWS_DEFAULT_REGION": "us-east-1", "SAM_CLI_TELEMETRY": "0"}
    subprocess.run(command, cwd=ROOT, env={**os.environ, **own}, check=True)  # noqa: S603 - a command of ours
    return folder / "build"


def make_lambda_python(folder: Path) -> Path:
    """An interpreter with Lambda's runtime client and boto3, without this project's tools."""
    python, uv = folder / "bin" / "python", str(_BIN / "uv")
    locked = ["--constraint", str(ROOT / "requirements-test.txt"), "--compile-bytecode"]
    for command in (
        [uv, "venv", "--quiet", "--python", sys.executable, str(folder)],
        [uv, "pip", "install", "--quiet", "--python", str(python), *locked, "awslambdaric", "boto3"],
    ):
        subprocess.run(command, check=True)  # noqa: S603 - a command of ours
    return python
