"""Terminal output of `leads dev`: the banner, and a configuration that becomes invalid."""

import sys
from pathlib import Path

import pytest

from leads.config.schema import parse
from leads_cli import project
from leads_cli.dev.banner import banner
from leads_cli.dev.serve import ConfigWatch
from leads_cli.project import CONFIG

RIGHT = '[campaigns.news]\nid = "camp_1"\n'


def banner_of(text: str, url: str = "http://127.0.0.1:3000") -> str:
    return banner(url, parse(text), {"api": "t0p", "shop": "it"}, None, Path("enrollment.toml"))


def test_the_banner_has_the_token() -> None:
    """A source's secret is on a line of its own and in the command. A captcha's secret is not shown."""
    text = banner_of(CONFIG.read_text(encoding="utf-8"))
    assert '\n    TOKEN=t0p\n    curl http://127.0.0.1:3000/hooks/api -H "Authorization: Bearer t0p"' in text
    assert text.count("TOKEN=") == 1
    shop = '[sources.shop]\nprovider = "json"\ncampaign = "news"\nauth = "basic"\n'
    assert "\n    PASSWORD=it\n" in banner_of(RIGHT + shop)
    form = '[sources.shop]\nprovider = "form"\ncampaign = "news"\nauth = "none"\ncaptcha = "turnstile"\n'
    assert "=it\n" not in banner_of(RIGHT + form)


@pytest.mark.parametrize(
    ("source", "event"), [("website", " website-form"), ("api", " api-batch"), ("shop", " json"), ("", "")]
)
def test_the_banner_s_event_fits_the_configuration(source: str, event: str) -> None:
    """An event of an existing source, else a provider's request, else no event."""
    text = f'[sources.{source}]\nprovider = "json"\ncampaign = "news"\nauth = "token"\n' if source else ""
    assert f"    leads send{event} --url http://127.0.0.1:1\n" in banner_of(RIGHT + text, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("running", "path", "expected"),
    [
        ("bin/leads", "bin", "leads"),
        ("bin/leads", "elsewhere", "bin/leads"),
        ("leads", "elsewhere", "{here}/leads"),
        ("bin/pytest", "elsewhere", "leads"),
    ],
)
def test_commands_run_as_they_are_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, running: str, path: str, expected: str
) -> None:
    """If the shell does not find `leads`, messages have the path by which it was called."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "leads").touch(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / path))
    monkeypatch.setattr(sys, "argv", [str(tmp_path / running)])
    assert project.command() == expected.format(here=tmp_path)


def test_a_broken_file_is_reported_once(tmp_path: Path) -> None:
    """Each change is reported once, with the lines of `leads check`."""
    path = tmp_path / "enrollment.toml"
    path.write_text(RIGHT)
    lines: list[str] = []
    watch = ConfigWatch(path, lines.append)
    reloaded: list[str] = []
    watch.on_valid = lambda: reloaded.append(path.read_text())
    assert not watch.broken()
    path.write_text(f"{RIGHT}tokenz = []\n")
    assert [watch.broken() for _ in range(3)] == [True] * 3
    (text,) = lines
    assert f"{path}: 1 problem:\n  line 3: campaigns.news.tokenz: unknown key; did you mean 'tokens'?" in text
    path.unlink()
    assert watch.broken()
    path.write_text(RIGHT)
    assert [watch.broken() for _ in range(2)] == [False] * 2
    assert lines[2:] == [f"{path}: read again."]
    assert reloaded == [RIGHT]
