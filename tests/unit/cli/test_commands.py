"""Every command has help with an example, and JSON output for programs."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from leads_cli.cli.main import COMMANDS, app, load
from leads_cli.cli.status import StatusSample, rates
from leads_cli.stacks.counts import StackCounts, StackStatus
from leads_cli.terminal import console, status_parts

LEADS: Final = Path(sys.executable).parent / "leads"
# Commands without a result that a program could use.
NO_JSON: Final = {
    "dev": "runs until it is stopped",
    "console": "a page",
    "secrets set": "says only that it did",
    "secrets rotate": "says only that it did",
    "failures export": "its result is a file, JSON lines among its formats",
}


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each command under the words typed after `leads`, without groups."""
    if not hasattr(command, "commands"):
        yield " ".join(path), command
        return
    for name, inner in command.commands.items():
        yield from commands(inner, (*path, name))


ALL: Final = {path: each for name in COMMANDS for path, each in commands(load(name), (name,))}


@pytest.mark.parametrize("name", ALL)
def test_help_has_an_example(name: str) -> None:
    """Every command's help has an example."""
    done = CliRunner().invoke(app, [*name.split(), "--help"])
    assert done.exit_code == 0
    assert f"Example: leads {name}" in " ".join(done.stdout.split())


@pytest.mark.parametrize("name", sorted(ALL.keys() - NO_JSON.keys()))
def test_commands_with_results_have_a_json_option(name: str) -> None:
    """Every command that prints results has --json."""
    options = {option for parameter in ALL[name].params for option in parameter.opts}
    assert "--json" in options


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_does(name: str) -> None:
    """The summary in `leads --help` is the beginning of the command's own help."""
    assert " ".join(load(name).help.split()).startswith(COMMANDS[name][1].removesuffix("."))


def test_help_lists_the_exit_codes() -> None:
    """`leads --help` lists the exit codes for scripts."""
    assert "Exit codes: 0" in CliRunner().invoke(app, ["--help"]).stdout


def test_shell_completion() -> None:
    """The completion script runs the command, which suggests existing subcommands."""
    assert "complete_bash" in completed("source_bash")
    assert completed("complete_bash", COMP_WORDS="leads campaign st", COMP_CWORD="2").split() == ["stats", "start"]


def completed(instruction: str, **environment: str) -> str:
    done = subprocess.run(  # noqa: S603 - a command of ours
        [LEADS],
        env={**os.environ, "_LEADS_COMPLETE": instruction, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout


def test_watched_counts_show_their_rate(capsys: pytest.CaptureFixture[str]) -> None:
    """A watched count that changed is shown with its rate per second, an unchanged one without."""
    before = StatusSample(StackStatus(StackCounts(accepted=10, enrolled=4, queued=6)), 100.0)
    after = StatusSample(StackStatus(StackCounts(accepted=30, enrolled=24, queued=6)), 110.0)
    for part in status_parts(after.status, rates(before, after)):
        console().print(part)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["accepted", "30", "+2.0/s"]
    assert ["+", "queued", "6"] in lines
