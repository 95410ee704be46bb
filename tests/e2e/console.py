"""Helpers of the console's tests."""

import re
from datetime import datetime
from typing import Final

from playwright.sync_api import Locator, Page, expect

TIMEOUT: Final = 30_000


def look(page: Page, contains: str) -> None:
    """Open the list of letters with this text, and wait until it is up to date."""
    requested_at = f"{datetime.now().astimezone():%H:%M:%S}"
    page.goto(f"/failures?contains={contains}")
    read_at = page.get_by_text(re.compile("^Read at"))
    expect(read_at).to_be_visible(timeout=TIMEOUT)
    read_at_time = read_at.inner_text().split()[2]
    if read_at_time <= requested_at:
        page.get_by_role("button", name="Refresh").click()
        # A reading takes longer than a second.
        expect(page.get_by_text(re.compile(f"^Read at (?!{read_at_time})"))).to_be_visible(timeout=TIMEOUT)


def dialog(page: Page, name: str) -> Locator:
    """An open dialog of the page."""
    return page.get_by_role("dialog", name=name).last
