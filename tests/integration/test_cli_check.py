"""`leads check`, help, and errors of commands that cannot run."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leads_cli.cli.main import app

WRONG = '[sources.site]\nprovider = "fom"\ncampaign = "news"\nhoneypott = "x"\n'


def leads(*arguments: str) -> Result:
    done = CliRunner().invoke(app, arguments, env={"COLUMNS": "80"})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done


def test_help_is_quick_to_import() -> None:
    """Help imports no slow package."""
    heavy = ["boto3", "nicegui", "moto", "pydantic", "httpx", "starlette"]
    code = (
        "import sys; from typer.testing import CliRunner; from leads_cli.cli.main import app; "
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0; "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - a command of ours
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"


def test_check_counts_what_it_read() -> None:
    """For a valid file it prints the number of campaigns and sources."""
    done = leads("check")
    assert (done.exit_code, done.stdout) == (0, "ok: 1 campaign, 2 sources\n")


def test_check_warns_of_likely_mistakes(tmp_path: Path) -> None:
    """The exit code is 0."""
    path = tmp_path / "enrollment.toml"
    path.write_text('[campaigns.news]\nid = "camp_1"\ntokens = ["frstName"]\n')
    done = leads("check", "--config", str(path))
    assert (done.exit_code, done.stdout) == (0, "ok: 1 campaign, 0 sources\n")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["warning", "warning"]
    assert "the lead's own is spelt 'firstName'" in done.stderr


def test_check_names_every_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each with place and remedy, under the file's name. --json has the same."""
    monkeypatch.chdir(tmp_path)
    Path("wrong.toml").write_text(WRONG)
    done = leads("check", "--config", "wrong.toml")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == "wrong.toml: 1 problem:"
    assert "line 4: sources.site.honeypott: unknown key; did you mean 'honeypot'?" in done.stderr
    done = leads("check", "--json", "--config", "wrong.toml")
    (only,) = json.loads(done.stdout)["findings"]
    assert (done.exit_code, only["verdict"]) == (1, "fail")
    assert "did you mean 'honeypot'?" in only["message"]
    good = json.loads(leads("check", "--json").stdout)
    assert (good["ok"], good["findings"][0]["verdict"]) == (True, "warn")


def test_dev_refuses_a_wrong_file_before_it_starts_anything(tmp_path: Path) -> None:
    """It lists the problems as `leads check` does, and exits with 2."""
    path = tmp_path / "enrollment.toml"
    path.write_text('[sources.site]\nprovider = "form"\ncampaign = "news"\nauth = "none"\n')
    done = leads("dev", "--config", str(path))
    assert done.exit_code == 2
    assert "line 3: sources.site.campaign: there is no [campaigns.news]" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("--leadterra-url", "https://app.leadterra.co"), ("--api-key", "LEADTERRA_API_KEY")),
        (("--api-key", "sk_live_x"), ("--leadterra-url",)),
    ],
)
def test_the_real_service_needs_an_address_and_a_key(arguments: tuple[str, ...], options: tuple[str, ...]) -> None:
    """One without the other is refused at once."""
    done = leads("dev", *arguments)
    assert done.exit_code == 2
    assert all(each in done.stderr for each in options)


def test_a_used_port_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A port that another program uses is a usage error, and the message suggests another.

    A key in the environment without an address is accepted, because it may be for other commands.
    """
    monkeypatch.setenv("LEADTERRA_API_KEY", "sk_live_x")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = leads("dev", "--no-browser", "--port", str(port))
    assert (done.exit_code, done.stdout) == (2, "")
    assert f"Port {port} is not free" in done.stderr
    assert f"leads dev --port {port + 1}" in done.stderr


@pytest.mark.parametrize("arguments", [("nonsense",), ("status", "--since", "0"), ("dev", "--port", "70000")])
def test_a_wrong_call_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    """Unknown commands and values exit with 2."""
    assert leads(*arguments).exit_code == 2


@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("send", "website-form")])
def test_no_stack_says_how_to_start_one(command: tuple[str, ...]) -> None:
    """If no stack answers, the message has the next step."""
    done = leads(*command, "--url", "http://127.0.0.1:9")
    assert done.exit_code == 1
    assert "no stack answers at http://127.0.0.1:9" in done.stderr
    assert "leads dev" in done.stderr
