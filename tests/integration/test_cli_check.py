"""`leads` as it is typed: help, `leads check`, and what it says where it cannot work."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

LEADS = Path(sys.executable).parent / "leads"


def leads(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, *arguments], capture_output=True, text=True, timeout=60, check=False, cwd=cwd
    )


@pytest.mark.parametrize("command", ["dev", "send", "status", "check"])
def test_help_has_an_example(command: str) -> None:
    """Every command's help shows how it is called."""
    done = leads(command, "--help")
    assert done.returncode == 0
    assert f"Example: leads {command}" in done.stdout


def test_help_is_quick_to_import() -> None:
    """Help imports none of the heavy parts: they would take a second or more."""
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
    """A file without a problem is answered with what is in it."""
    done = leads("check")
    assert (done.returncode, done.stdout) == (0, "ok: 1 campaign, 2 sources\n")


def test_check_for_programs(tmp_path: Path) -> None:
    """--json has each problem and each warning as a finding, with what to do."""
    good = json.loads(leads("check", "--json").stdout)
    assert (good["ok"], good["findings"][0]["verdict"]) == (True, "warn")
    (tmp_path / "wrong.toml").write_text('[sources.site]\nprovider = "fom"\ncampaign = "news"\nhoneypott = "x"\n')
    done = leads("check", "--json", "--config", "wrong.toml", cwd=tmp_path)
    (only,) = json.loads(done.stdout)["findings"]
    assert (done.returncode, only["verdict"]) == (1, "fail")
    assert "did you mean 'honeypot'?" in only["told"]


def test_check_warns_of_what_is_hardly_meant(tmp_path: Path) -> None:
    """A warning is shown, and the exit code is 0."""
    path = tmp_path / "enrollment.toml"
    path.write_text('[campaigns.news]\nid = "camp_1"\ntokens = ["frstName"]\n')
    done = leads("check", "--config", str(path))
    assert (done.returncode, done.stdout) == (0, "ok: 1 campaign, 0 sources\n")
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["warning", "warning"]
    assert "the lead's own is spelt 'firstName'" in done.stderr


def test_check_names_every_problem(tmp_path: Path) -> None:
    """Every problem has a line with its place and the remedy, under the name of the file."""
    (tmp_path / "wrong.toml").write_text('[sources.site]\nprovider = "fom"\ncampaign = "news"\nhoneypott = "x"\n')
    done = leads("check", "--config", "wrong.toml", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[0] == "wrong.toml: 1 problem:"
    assert "line 4: sources.site.honeypott: unknown key; did you mean 'honeypot'?" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "complaint"),
    [(None, "there is no such file"), (b"\xff\xfe", "cannot be read"), (b"[sources", "not TOML")],
)
def test_check_explains_a_file_that_it_cannot_read(tmp_path: Path, content: bytes | None, complaint: str) -> None:
    """A missing file, one in another encoding and one that is no TOML are named with what is wrong."""
    path = tmp_path / "enrollment.toml"
    if content is not None:
        path.write_bytes(content)
    done = leads("check", "--config", str(path))
    assert done.returncode == 1
    assert str(path) in done.stderr
    assert complaint in done.stderr


def test_dev_refuses_a_wrong_file_before_it_starts_anything(tmp_path: Path) -> None:
    """`leads dev` lists the problems as `leads check` does; the call was wrong, not a check."""
    path = tmp_path / "enrollment.toml"
    path.write_text('[sources.site]\nprovider = "form"\ncampaign = "news"\nauth = "none"\n')
    done = leads("dev", "--config", str(path))
    assert done.returncode == 2
    assert "line 3: sources.site.campaign: there is no [campaigns.news]" in done.stderr


def test_dev_wants_a_key_for_the_real_service() -> None:
    """The real service without a key is refused at once, with the two ways to give one."""
    done = leads("dev", "--leadterra-url", "https://app.leadterra.co")
    assert done.returncode == 2
    assert "--api-key" in done.stderr
    assert "LEADTERRA_API_KEY" in done.stderr


def test_dev_wants_the_real_service_for_a_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key without an address is refused, for it would go nowhere; in the environment it may be for other things."""
    done = leads("dev", "--api-key", "sk_live_x")
    assert done.returncode == 2
    assert "--leadterra-url" in done.stderr
    monkeypatch.setenv("LEADTERRA_API_KEY", "sk_live_x")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = leads("dev", "--no-browser", "--port", str(taken.getsockname()[1]), cwd=tmp_path)
    assert "--leadterra-url" not in done.stderr
    assert "is not free" in done.stderr


@pytest.mark.parametrize("command", ["dev", "check", "send"])
def test_help_tells_the_default_file(command: str) -> None:
    """Which file is read without --config is not cut off in a terminal of 80 columns."""
    assert "layers/config/enrollment.toml" in leads(command, "--help").stdout


@pytest.mark.parametrize("arguments", [("nonsense",), ("status", "--since", "0"), ("dev", "--port", "70000")])
def test_a_wrong_call_is_a_usage_error(arguments: tuple[str, ...]) -> None:
    """What the command does not know ends with 2, as everywhere."""
    assert leads(*arguments).returncode == 2


def test_send_without_an_event_lists_them() -> None:
    """Without an event the command lists the names, ready to paste."""
    done = leads("send")
    assert done.returncode == 0
    command = next(line for line in done.stdout.splitlines() if line.endswith("leads send website-form"))
    assert Path(command.split()[0]).samefile(LEADS)


def test_send_of_an_unknown_event_is_a_usage_error() -> None:
    """A misspelt event is answered with those that there are."""
    done = leads("send", "website-from")
    assert done.returncode == 2
    assert "website-form" in done.stderr


@pytest.mark.parametrize("command", [("status",), ("status", "--json"), ("send", "website-form")])
def test_no_stack_says_how_to_start_one(command: tuple[str, ...]) -> None:
    """Where nothing answers, the next step is named."""
    done = leads(*command, "--url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "no stack answers at http://127.0.0.1:9" in done.stderr
    assert "leads dev" in done.stderr
    assert "Traceback" not in done.stderr
