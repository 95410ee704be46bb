"""The page in a real browser, as a new user sees it."""

import re
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from leads_cli.stacks import embedded, secret

# For the batching window, two cold starts and a busy machine.
TIMEOUT: Final = 60_000


@pytest.fixture
def page(browser: Browser, dev: str) -> Iterator[Page]:
    context = browser.new_context(base_url=dev)
    page = context.new_page()
    page.goto("/")
    expect(page.get_by_role("region", name="Counts")).to_contain_text("accepted")
    yield page
    context.close()


def lead(page: Page, address: str) -> Locator:
    return page.get_by_role("region", name="Leads").get_by_role("listitem").filter(has_text=address)


def sign_up(page: Page, address: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_role("button", name="Sign up").click()


def test_a_newcomer_sees_a_person_enrolled(page: Page) -> None:
    """After submitting the form the page says that it was accepted, and seconds later that the lead is enrolled."""
    page.get_by_label("First name").fill("Ada")
    page.get_by_label("Last name").fill("King")
    page.get_by_label("Company").fill("Analytical Engines")
    page.get_by_label("Job title").fill("Countess")
    sign_up(page, "ada.king@example.com")
    expect(page.get_by_role("status")).to_contain_text("Taken")
    expect(page.get_by_label("E-mail address")).to_have_value("")
    expect(lead(page, "ada.king@example.com")).to_contain_text("enrolled", timeout=TIMEOUT)
    expect(lead(page, "ada.king@example.com")).to_contain_text("website → newsletter")
    expect(lead(page, "ada.king@example.com")).to_contain_text("Ada King · Analytical Engines · Countess")
    expect(page.get_by_text("Every lead is accounted for")).to_be_visible(timeout=TIMEOUT)


def test_the_form_needs_no_mouse(page: Page) -> None:
    """Tab goes through the fields in order without the honeypot, and Enter submits."""
    page.get_by_label("E-mail address").focus()
    page.keyboard.type("keys@example.com")
    for answer in ("Kay", "Board", "Cherry & Co", "Typist"):
        page.keyboard.press("Tab")
        page.keyboard.type(answer)
    expect(page.get_by_label("Job title")).to_have_value("Typist")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sign up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(lead(page, "keys@example.com")).to_contain_text("enrolled", timeout=TIMEOUT)


def test_an_empty_address_is_asked_for(page: Page) -> None:
    """Without an address nothing is sent, and the field asks for it."""
    page.get_by_role("button", name="Sign up").click()
    field = page.get_by_label("E-mail address")
    expect(field).to_have_accessible_description("Please fill in an e-mail address.")
    expect(field).to_be_focused()


def test_a_bad_address_is_shown_at_its_field(page: Page) -> None:
    """The field shows the problem, has the focus, and keeps the typed text."""
    sign_up(page, "nobody-at-all")
    field = page.get_by_label("E-mail address")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile("must have an @-sign"))
    expect(field).to_be_focused()
    expect(field).to_have_value("nobody-at-all")
    expect(lead(page, "nobody-at-all")).to_have_count(0)
    sign_up(page, "visitor@example.com")
    expect(field).not_to_have_attribute("aria-invalid", "true")
    expect(lead(page, "visitor@example.com")).to_contain_text("enrolled", timeout=TIMEOUT)


def test_the_form_works_without_scripts(browser: Browser, dev: str, page: Page) -> None:
    """Without JavaScript the form posts itself, and the browser is redirected to the source's page."""
    context = browser.new_context(base_url=dev, java_script_enabled=False)
    visited: list[str] = []

    def thanks(route: Route) -> None:
        visited.append(route.request.url)
        route.fulfill(body="Thank you")

    context.route("https://www.example.com/**", thanks)
    plain = context.new_page()
    plain.goto("/")
    sign_up(plain, "plain@example.com")
    expect(plain.get_by_text("Thank you")).to_be_visible()
    assert visited == ["https://www.example.com/thanks"]
    context.close()
    expect(lead(page, "plain@example.com")).to_contain_text("enrolled", timeout=TIMEOUT)


def test_an_opt_out_arrives_as_a_suppression(page: Page, dev: str) -> None:
    """The page shows it, the sandbox lists the address, and the counts add up."""
    (token,) = secret.read_secret(embedded.find(dev)).values("crm")
    event = {"type": "contact.unsubscribed", "email": "ava@opted-out.example"}
    answer = httpx.post(f"{dev}/hooks/crm", timeout=60, json=event, headers={"X-Api-Key": token})
    assert answer.json() == {"accepted": 0}
    expect(lead(page, "ava@opted-out.example")).to_contain_text(
        re.compile("suppressed.*suppression list", re.DOTALL), timeout=TIMEOUT
    )
    leadterra = embedded.find(dev).leadterra_url
    assert "ava@opted-out.example" in httpx.get(f"{leadterra}/_sandbox/state", timeout=60).json()["suppressed"]
    expect(page.get_by_text("Every lead is accounted for")).to_be_visible(timeout=TIMEOUT)
    expect(page.get_by_role("region", name="Counts")).to_contain_text(re.compile(r"[1-9]\d* opted out"))
