"""A running `leads dev`, started as by a user."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from leads_cli.project import CONFIG

LEADS: Final = Path(sys.executable).parent / "leads"
# The same names as in the Makefile.
BROWSERS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET: Final = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`leads dev` in its own process group, and its address. The group is killed at the end."""
    process = subprocess.Popen(  # noqa: S603 - a command of ours
        [LEADS, "dev", "--no-browser", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process, read_address(process, "runs at")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def read_address(process: subprocess.Popen[str], words: str) -> str:
    """Read a command's output up to these words, and return the address after them."""
    assert process.stdout
    output = []
    for line in process.stdout:
        output.append(line)
        if found := re.search(rf"{words} (http://127\.0\.0\.1:\d+)", line):
            return found[1]
    pytest.fail(f"the command ended before it was ready: {''.join(output)}")


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a shared stack with the shipped configuration and a source that suppresses opt-outs."""
    path = tmp_path_factory.mktemp("dev") / "enrollment.toml"
    crm = '\n[sources.crm]\nprovider = "json"\ncampaign = "newsletter"\nauth = "token"\nopt_outs = "suppress"\n'
    path.write_text(CONFIG.read_text(encoding="utf-8") + crm, encoding="utf-8")
    with started("--config", str(path)) as (_, url):
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Other tests run at the same time, so pages may be slow.
    expect.set_options(timeout=30_000)
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=found, args=[*QUIET, "--disable-sync"])
        yield browser
        browser.close()
