"""`leads dev` as a process: the smoke run, and stopping."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final
from urllib.request import Request, urlopen

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect
from samtranslator.yaml_helper import yaml_parse
from typer.testing import CliRunner, Result

from leads_cli.cli.main import app
from leads_cli.dev import smoke
from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.project import ROOT, TEMPLATE
from leads_cli.webhooks import webhooks
from leads_cli.webhooks.webhooks import WEBHOOK_CONFIG
from tests.combinations import EVERYTHING
from tests.e2e.conftest import started
from tests.without_pages import without_pages

LEADS: Final = Path(sys.executable).parent / "leads"
ONE_SOURCE: Final = """
[campaigns.news]
id = "camp_1"
[sources.{name}]
provider = "form"
campaign = "news"
auth = "none"
"""


def leads(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - a command of ours
        [LEADS, *arguments], capture_output=True, text=True, timeout=300, check=False
    )


def invoke(*arguments: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(app, arguments)


def test_smoke() -> None:
    """Every recorded event is answered as expected, every lead has its outcome, and the counts add up."""
    done = leads("dev", "--smoke")
    assert done.returncode == 0, done.stdout + done.stderr
    recordings = [webhooks.load(name) for name in webhooks.names()]
    events, made = 9 + len(recordings), 13 + sum(len(webhook.leads) for webhook in recordings)
    assert f"ok: {events} events made {made} leads, and each has its outcome" in done.stdout
    assert "skipped" not in done.stdout.partition("Waiting")[0]
    assert "The counts add up." in done.stdout


def test_smoke_with_every_parameter(tmp_path: Path) -> None:
    """With all conditions of the template on. Every call goes through the alias."""
    source = yaml_parse(TEMPLATE.read_text(encoding="utf-8"))
    for name, value in EVERYTHING.items():
        source["Parameters"][name]["Default"] = value
    # JSON is YAML.
    (tmp_path / "template.yaml").write_text(json.dumps(source))
    for folder in ("functions", "layers"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    journal = Journal()

    output: list[str] = []
    with Stack(
        WEBHOOK_CONFIG, template=tmp_path / "template.yaml", journal=journal, app=without_pages(journal)
    ) as stack:
        succeeded, status = smoke.run(stack.url, output.append)
        called = [(each.spec.arn.rpartition(":")[2], each.spec.version) for each in stack.functions.values()]
    assert succeeded, output
    assert status.counts.balanced
    assert called == [("live", "1")] * 2


def test_ctrl_c_ends_all_processes() -> None:
    """The exit code is 0."""
    with started() as (process, url):
        lead = Request(f"{url}/hooks/website", b"email=ava%40example.com", method="POST")  # noqa: S310 - http
        lead.add_header("Accept", "application/json")
        with urlopen(lead, timeout=60) as answer:  # noqa: S310 - http; it starts a function's process
            assert json.load(answer) == {"accepted": 1}
        # As a terminal sends Ctrl-C: to everything in the foreground.
        os.killpg(process.pid, signal.SIGINT)
        check_end(process)


def check_end(process: subprocess.Popen[str]) -> str:
    """Check that the process stops cleanly, and return its output."""
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "Stopped." in output
    assert "Traceback" not in output
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    return output


def test_a_configuration_that_becomes_invalid_is_reported(tmp_path: Path, browser: Browser) -> None:
    """The mistake is shown with line and remedy on every page, in every command, and once in the terminal.

    Accepted leads wait, and are delivered when the file is valid again. SIGTERM ends it like Ctrl-C.
    """
    path = tmp_path / "enrollment.toml"
    right = ONE_SOURCE.format(name="website")
    mistake = "line 6: sources.website.campain: unknown key; did you mean 'campaign'?"
    path.write_text(right)
    with started("--config", str(path), "--fast-retries") as (process, url):
        request = Request(f"{url}/hooks/website", b"email=ava%40example.com")  # noqa: S310 - http
        urlopen(request, timeout=60).close()  # noqa: S310 - http
        path.write_text(right.replace("campaign =", "campain ="))
        for _ in range(2):
            with pytest.raises(OSError, match="503"):
                urlopen(request, timeout=60)  # noqa: S310 - http
        for command in (["status"], ["secrets", "status"], ["failures", "list"], ["logs", "ava@example.com"]):
            assert invoke(*command, "--url", url).stderr.count(mistake) == 1, command
        page = browser.new_page(base_url=url)
        for address in ("/", "/flow", "/failures", "/failures/letter?id=x", "/campaigns", "/sources", "/nowhere"):
            page.goto(address)
            expect(page.get_by_role("alert").filter(has_text=mistake)).to_be_visible()
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []
        path.write_text(right)
        page.goto("/")
        expect(page.get_by_role("listitem").filter(has_text="ava@example.com")).to_contain_text("enrolled")
        expect(page.get_by_role("alert").filter(has_text="line")).to_have_count(0)
        page.close()
        process.send_signal(signal.SIGTERM)
        assert check_end(process).count(mistake) == 1
