"""Intake's start: light imports, and clear errors for a wrong configuration."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from leads.errors import ConfigError
from leads.io.settings import Settings, enrollment
from tests.integration.intaking import CONFIG, Intake

ROOT: Final = Path(__file__).parents[2]
# The packages that intake uses, and their dependencies.
NEEDED: Final = {
    "annotated_types", "aws_lambda_powertools", "boto3", "botocore", "dateutil", "jmespath",
    "pydantic", "pydantic_core", "s3transfer", "six", "typing_extensions", "typing_inspection", "urllib3",
}  # fmt: skip
# Loaded by these if installed: not in Lambda, but with this project's development tools.
FOUND: Final = {"OpenSSL", "awscrt", "certifi", "cryptography"}
# Record every read of the environment.
WATCH: Final = """
import os, sys
class Watched(dict):
    def __getitem__(self, name):
        asked.append(name)
        return super().__getitem__(name)
    def get(self, name, default=None):
        asked.append(name)
        return super().get(name, default)
    def __contains__(self, name):
        asked.append(name)
        return super().__contains__(name)
asked = []
os.environ = Watched()
import functions.{function}.handler
print(*sorted(asked))
print(*sorted(sys.modules))
"""


@cache
def imported(function: str) -> tuple[set[str], set[str]]:
    """The variables that importing a handler reads, and the modules that it loads."""
    result = subprocess.run(  # noqa: S603 - a program of ours
        [sys.executable, "-W", "error", "-c", WATCH.replace("{function}", function)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'layers' / 'shared'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    asked, modules = (set(line.split()) for line in result.stdout.splitlines())
    return asked, modules


def test_the_import_is_light() -> None:
    """Intake loads neither Leadterra's client nor Powertools' Idempotency, and no unlisted package."""
    _, modules = imported("intake")
    assert not modules & {"httpx", "multipart", "leads.io.leadterra", "aws_lambda_powertools.utilities.idempotency"}
    packages = {module.partition(".")[0] for module in modules if not module.startswith("_")}
    assert packages - sys.stdlib_module_names - {"functions", "leads"} - NEEDED - FOUND == set()
    assert "leads.io.intake" in modules


@pytest.mark.parametrize("function", ["intake", "enroll"])
def test_the_import_reads_no_settings(function: str) -> None:
    """The contract's and AWS's variables are read at each invocation."""
    ours = {"LEADS_QUEUE_URL", "DEAD_LETTER_QUEUE_URL", "SECRET_ID", "ENROLLMENT_CONFIG", "DELIVERIES_TABLE"}
    aws = {"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"}
    assert not imported(function)[0] & {*ours, *aws, "LEADTERRA_BASE_URL"}


def test_missing_variables_are_named() -> None:
    """All of them, with what sets them."""
    with pytest.raises(ConfigError) as caught:
        Settings.from_environ({"SECRET_ID": "leads", "LEADS_QUEUE_URL": ""})
    assert caught.value.problems == [
        "LEADS_QUEUE_URL: not set; the template sets it",
        "DEAD_LETTER_QUEUE_URL: not set; the template sets it",
    ]


def test_the_environment_has_defaults() -> None:
    """Only the queues and the secret are required."""
    required = {"LEADS_QUEUE_URL": "l", "DEAD_LETTER_QUEUE_URL": "d", "SECRET_ID": "s"}
    found = Settings.from_environ({**required, "DELIVERIES_TABLE": ""})
    assert found.config_path == Path("/opt/enrollment.toml")
    assert (found.deliveries_table, found.leadterra_base_url, found.region, found.endpoint_url) == (None,) * 4


@pytest.mark.parametrize("address", ["http://app.leadterra.co", "http://10.0.0.1:8080", "http://[", "app.leadterra.co"])
def test_leadterra_is_called_by_tls(address: str) -> None:
    """Its key and personal data are sent encrypted, or to this machine."""
    required = {"LEADS_QUEUE_URL": "l", "DEAD_LETTER_QUEUE_URL": "d", "SECRET_ID": "s"}
    with pytest.raises(ConfigError, match="LEADTERRA_BASE_URL: must be an https:// address"):
        Settings.from_environ({**required, "LEADTERRA_BASE_URL": address})
    for local in ("http://127.0.0.1:8000", "http://localhost", "http://[::1]:1"):
        assert Settings.from_environ({**required, "LEADTERRA_BASE_URL": local}).leadterra_base_url == local


@pytest.mark.parametrize("broken", ["file", "environment"])
def test_a_broken_configuration_asks_senders_to_retry(
    intake: Intake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """503 over HTTP, and all records stay in their queue. The log has the problem."""
    intake.cloud.sqs.send_message(QueueUrl=intake.cloud.events_queue_url, MessageBody='{"email": "ava@example.com"}')
    (record,) = intake.visible()
    path = tmp_path / "enrollment.toml"
    path.write_text(f"{CONFIG}\n[sources.fax]\nprovider = 'fax'\n")
    if broken == "environment":
        monkeypatch.delenv("SECRET_ID")
    response = intake.post("website", {"email": "ava@example.com"})
    assert (response.status, response.headers["retry-after"]) == (503, "30")
    assert intake.records([record]) == [record["messageId"]]
    assert len(intake.cloud.calls("ChangeMessageVisibilityBatch")) == (broken == "file")
    line = path.read_text().splitlines().index("provider = 'fax'") + 1
    expected = f"{path}: line {line}: sources.fax.provider: " if broken == "file" else "SECRET_ID: not set"
    lines = [json.loads(line) for line in intake.output().splitlines()]
    assert sum("Held" in line for line in lines) == (broken == "file")
    assert [line["problems"][0].startswith(expected) for line in lines if "problems" in line] == [True, True]


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file or directory; ENROLLMENT_CONFIG names the file"), (b"\xff", "cannot be read as UTF-8 text")],
)
def test_an_unreadable_file_is_an_error(tmp_path: Path, content: bytes | None, problem: str) -> None:
    """The error has the path."""
    path = tmp_path / "enrollment.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        enrollment(path)
    assert caught.value.problems == [f"{path}: {problem}"]


def test_a_corrected_file_is_read_again(tmp_path: Path) -> None:
    """In development it changes while the functions run."""
    path = tmp_path / "enrollment.toml"
    path.write_text("[leadterra]\nbatch_size = 10\n")
    assert enrollment(path).leadterra.batch_size == 10
    path.write_text("[leadterra]\nbatch_size = 5\n")
    assert enrollment(path).leadterra.batch_size == 5
