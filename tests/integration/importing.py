"""Helpers of the import tests: a deployed stack in an invented account, and lists to import."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from leads_cli.cli.main import app
from tests.integration.operating import Operated, operated

CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"
"""


@dataclass
class Importing:
    """A stack named `leads`, and the user's working folder."""

    folder: Path
    config: Path
    stack: Operated

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str, typed: str | bytes | None = None) -> tuple[int, str]:
        """Run the import. Returns the exit code and the output."""
        result = CliRunner().invoke(app, ["import", *arguments, "--config", str(self.config)], input=typed)
        return result.exit_code, result.output

    def send(self, *arguments: str, typed: str | bytes | None = None) -> tuple[int, str]:
        """Import into the stack, without a question."""
        return self.run(*arguments, "--stack", "leads", "--yes", typed=typed)

    def received(self) -> list[dict[str, Any]]:
        """Receive and delete the messages in LeadsQueue, sorted by row."""
        return sorted(self.stack.empty("LeadsQueue"), key=lambda body: int(body["id"].rpartition(":")[2]))

    def leads(self) -> list[dict[str, Any]]:
        """Receive and delete the messages, and return their leads."""
        return [body["lead"] for body in self.received()]


@contextmanager
def account(folder: Path, environment: pytest.MonkeyPatch) -> Iterator[Importing]:
    """The deployed stack."""
    environment.chdir(folder)
    config = folder / "enrollment.toml"
    config.write_text(CONFIG)
    with operated(environment) as stack:
        yield Importing(folder, config, stack)
