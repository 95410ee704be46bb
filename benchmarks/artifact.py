"""The built artifact, started as Lambda starts it: `awslambdaric`, the layer and boto3, no tools."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tests.built import build_artifact, make_lambda_python
from tests.runtime_api import RuntimeApi

BARE: Final = """
import os
import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    sqs.send_message(QueueUrl=os.environ["LEADS_QUEUE_URL"], MessageBody=event["body"])
    return {"statusCode": 200, "body": "accepted"}
"""
_PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a process needed from its start to its first answer, in seconds of CPU."""

    cpu: float
    payload: Any


@dataclass(frozen=True, slots=True)
class Artifact:
    """What `sam build` made, beside an interpreter that has what Lambda's has."""

    folder: Path
    python: Path

    @classmethod
    def build(cls, folder: Path) -> Self:
        """Build into a folder; takes about a minute."""
        built, python = build_artifact(folder), make_lambda_python(folder / "runtime")
        bare = built / "Bare"
        bare.mkdir()
        (bare / "handler.py").write_text(BARE)
        subprocess.run([str(python), "-m", "compileall", "-q", str(bare)], check=True)
        return cls(built, python)

    def without_bytecode(self) -> "Artifact":
        """The same build as `sam build` makes it by itself: sources alone."""
        plain = self.folder.parent / "sources"
        shutil.copytree(self.folder, plain, ignore=shutil.ignore_patterns("__pycache__"))
        return Artifact(plain, self.python)

    def first_answer(self, function: str, variables: Mapping[str, str], event: Mapping[str, Any]) -> FirstAnswer:
        """Start a function's process, send it one event, and end it."""
        with RuntimeApi() as api:
            process = subprocess.Popen(
                [str(self.python), "-m", "awslambdaric", "handler.handler"],
                cwd=self.folder / function,
                env={
                    **variables,
                    "PYTHONPATH": str(self.folder / "SharedLayer" / "python"),
                    "PYTHONDONTWRITEBYTECODE": "1",  # /opt and /var/task are read-only
                    "AWS_LAMBDA_RUNTIME_API": api.address,
                    "AWS_LAMBDA_FUNCTION_NAME": function,
                    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
                    "LAMBDA_TASK_ROOT": str(self.folder / function),
                },
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            payload = api.invoke(event, _PATIENCE)
            process.kill()
            _, _, usage = os.wait4(process.pid, 0)
            process.returncode = 0
        return FirstAnswer(usage.ru_utime + usage.ru_stime, payload)
