"""What the tests of the console do again and again."""

import re
from typing import Final

from playwright.sync_api import Locator, Page, expect

PATIENCE: Final = 30_000


def look(page: Page, contains: str) -> None:
    """The letters that have a text in them, as they are now."""
    page.goto(f"/failures?contains={contains}")
    read_at = page.get_by_text(re.compile("^Read at"))
    expect(read_at).to_be_visible()
    before = " ".join(read_at.inner_text().split()[:3])
    page.get_by_role("button", name="Refresh").click()
    # A reading takes longer than a second.
    expect(page.get_by_text(re.compile(f"^Read at (?!{before.removeprefix('Read at ')})"))).to_be_visible(
        timeout=PATIENCE
    )


def dialog(page: Page, name: str) -> Locator:
    """A question that the page asks."""
    return page.get_by_role("dialog", name=name).last
