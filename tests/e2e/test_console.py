"""The console of the embedded stack in a real browser: refused leads are shown, corrected, replayed and discarded."""

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.console import dialog, look

# For the batching window, two cold starts and a busy machine.
TIMEOUT: Final = 60_000
LONG: Final = "long" * 12
PEOPLE: Final[dict[str, dict[str, str]]] = {
    "mistyped": {},
    "keys": {"plan": "gold"},
    "one.again": {},
    "two.again": {},
    "one.typo": {},
    "two.typo": {},
    "gone": {},
    "file": {},
    LONG: {"company": "x" * 200},
}
OUTLINED: Final = re.compile("q-btn--outline")
PAGES: Final = ("/flow", "/failures", "/campaigns", "/sources")


@pytest.fixture(scope="module")
def refused(dev: str) -> None:
    """A refused lead for each test. Accepted leads in between keep the schema guard from holding all."""
    httpx.post(f"{dev}/hooks/website", timeout=60, data={"email": "fine@example.com"})
    for name, more in PEOPLE.items():
        form = {"email": f"{name}@refused.example", "first_name": "Ada", **more}
        assert httpx.post(f"{dev}/hooks/website", timeout=60, data=form).json() == {"accepted": 1}
    wait_until(lambda: {name for name in PEOPLE if state(dev, name) != "rejected"} == set())


def state(dev: str, name: str) -> str:
    """The state of a person's lead."""
    rows = httpx.get(f"{dev}/_leads/leads", timeout=60).json()
    return next((row["state"] for row in rows if row["email"] == f"{name}@refused.example"), "")


def is_settled(dev: str) -> bool:
    status = httpx.get(f"{dev}/_leads/status", timeout=60).json()
    return bool(status["balanced"]) and status["queued"] == 0


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT / 1000
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.fixture
def page(browser: Browser, dev: str, refused: None) -> Iterator[Page]:  # noqa: ARG001 - they have to be there
    context = browser.new_context(base_url=dev)
    yield context.new_page()
    context.close()


def open_letter(page: Page, address: str) -> None:
    look(page, address)
    page.get_by_role("link", name=address).click()
    expect(page.get_by_role("heading", name=address)).to_be_visible()


def test_a_refused_person_is_corrected_and_enrolled(page: Page) -> None:
    """The reason is shown at the field. The edited lead is reviewed, replayed and enrolled."""
    open_letter(page, "mistyped@refused.example")
    expect(page.get_by_role("alert").filter(has_text="email domain does not accept mail")).to_be_visible()
    # The address is wrong, so correcting is suggested instead of replaying.
    expect(page.get_by_role("button", name="Replay as it is")).to_have_class(OUTLINED)
    expect(page.get_by_role("button", name="Review the changes")).not_to_have_class(OUTLINED)
    email = page.get_by_label("email", exact=True)
    expect(email).to_have_accessible_description("email domain does not accept mail")
    email.fill("typo@example.com")
    page.get_by_role("button", name="Review the changes").click()
    review = dialog(page, "Review the changes")
    expect(review).to_contain_text('- email: "mistyped@refused.example"')
    expect(review).to_contain_text('+ email: "typo@example.com"')
    review.get_by_role("button", name="Save and replay").click()
    sent = page.get_by_role("region", name="Sent again")
    expect(sent).to_contain_text("enrolled", timeout=TIMEOUT)
    look(page, "mistyped@refused.example")
    expect(page.get_by_text("No dead letter matches.")).to_be_visible()


def test_correcting_needs_no_mouse(page: Page) -> None:
    """By keyboard: open a letter, rename a field, leave the review with Escape, and save."""
    look(page, "keys@refused.example")
    page.get_by_role("link", name="keys@refused.example").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Rename customFields.plan").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("New name of customFields.plan")).to_be_focused()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type("customFields.tier")
    review = page.get_by_role("button", name="Review the changes")
    review.focus()
    page.keyboard.press("Enter")
    expect(dialog(page, "Review the changes")).to_contain_text('+ customFields.tier: "gold"')
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Review the changes")).to_have_count(0)
    expect(review).to_be_focused()
    page.keyboard.press("Enter")
    save = dialog(page, "Review the changes").get_by_role("button", name="Save", exact=True)
    expect(save).to_be_visible()
    while not save.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Corrected by an operator")).to_be_visible()
    expect(page.get_by_label("customFields.tier", exact=True)).to_have_value("gold")
    expect(page.get_by_text("Sent again")).to_have_count(0)


def test_a_group_is_replayed(page: Page, dev: str) -> None:
    """All shown letters are re-sent after a yes. A lead that is refused again has its history."""
    look(page, ".again@refused")
    heading = page.get_by_role("heading", name="Leadterra Enroll")
    place = heading.bounding_box()
    # The second click, while the letters are read, does not ask again.
    page.get_by_role("button", name="Replay these 2").dblclick()
    question = dialog(page, "Replay 2 dead letters?")
    expect(question).to_contain_text("At most 50 a second")
    assert heading.bounding_box() == place, "the page behind the question moved"
    question.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Replay these 2").click()
    dialog(page, "Replay 2 dead letters?").get_by_role("button", name="Replay").click()
    expect(page.get_by_role("status", name="Progress")).to_contain_text("Replayed: 2.")
    wait_until(lambda: is_settled(dev))
    look(page, "one.again@refused.example")
    page.get_by_role("link", name="one.again@refused.example").click()
    expect(page.get_by_text("Sent again once")).to_be_visible()


def test_discarding_asks_first(page: Page) -> None:
    """A letter is discarded only after a yes."""
    open_letter(page, "gone@refused.example")
    page.get_by_role("button", name="Discard").click()
    dialog(page, "Discard this letter?").get_by_role("button", name="Cancel").click()
    look(page, "gone@refused.example")
    page.get_by_role("link", name="gone@refused.example").click()
    page.get_by_role("button", name="Discard").click()
    dialog(page, "Discard this letter?").get_by_role("button", name="Discard for good").click()
    expect(page.get_by_text("Discarded.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("This letter cannot be seen")).to_be_visible()
    look(page, "gone@refused.example")
    expect(page.get_by_text("No dead letter matches.")).to_be_visible()


def test_an_export(page: Page) -> None:
    """The shown letters can be downloaded as a file."""
    look(page, "file@refused.example")
    with page.expect_download() as found:
        page.get_by_role("button", name="Export JSON lines").click()
    assert found.value.suggested_filename == "dead-letters.jsonl"
    lines = found.value.path().read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["email"] for line in lines] == ["file@refused.example"]


def test_many_letters_are_fixed_at_once(page: Page) -> None:
    """All shown letters are changed after a preview."""
    look(page, ".typo@refused")
    page.get_by_role("button", name="Fix these 2").click()
    question = dialog(page, "Fix all that are shown")
    question.get_by_label("Change").click()
    page.get_by_role("option", name="set to").click()
    question.get_by_label("Field").click()
    page.get_by_role("option", name="company").click()
    question.get_by_label("Value").fill("Acme")
    question.get_by_role("button", name="Show what changes").click()
    review = dialog(page, "Fix and replay 2 dead letters?")
    expect(review).to_contain_text('+ company: "Acme"')
    review.get_by_role("button", name="Fix and replay").click()
    expect(page.get_by_role("status", name="Progress")).to_contain_text("Fixed and replayed: 2.")


def test_the_flow(page: Page) -> None:
    """It has the counts, the last hours, and the number of dead letters."""
    page.goto("/flow")
    expect(page.get_by_role("region", name="Counts")).to_contain_text(re.compile(r"accepted\s*\d+"))
    chart = page.get_by_role("img", name=re.compile(r"taken: [1-9]\d* in the last 6 hours"))
    expect(chart).to_be_visible(timeout=TIMEOUT)
    expect(page.get_by_role("region", name="Where they wait")).to_contain_text(re.compile(r"dead letters\s*[1-9]\d*"))
    page.get_by_role("link", name="See the dead letters").click()
    expect(page).to_have_url(re.compile("/failures$"))


def test_a_campaign(page: Page) -> None:
    """Leadterra's numbers and the token coverage are shown. A running campaign cannot be started."""
    page.goto("/campaigns")
    campaign = page.get_by_role("region", name="newsletter")
    expect(campaign).to_contain_text("running")
    expect(campaign).to_contain_text("total enrolled")
    expect(campaign).to_contain_text(re.compile(r"\d+% have it; the others get a gap"))
    expect(campaign).to_contain_text("of this run")
    expect(campaign.get_by_role("button", name="Start newsletter")).to_be_hidden()


def test_the_sources(page: Page, dev: str) -> None:
    """Each source has its address to copy, the state of its secret, and a working test command."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/sources")
    website = page.get_by_role("region", name="website")
    expect(website).to_contain_text("not needed")
    expect(website).to_contain_text(re.compile("Last event.* ago"))
    website.get_by_role("button", name="Copy the address of website").click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{dev}/hooks/website"
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject() }")
    website.get_by_role("button", name="Copy the address of website").click()
    expect(page.get_by_text("did not allow copying")).to_be_visible()
    api = page.get_by_role("region", name="api")
    expect(api.get_by_text("set", exact=True)).to_be_visible()
    api.get_by_text("Send a test").click()
    expect(api.get_by_text("Authorization: Bearer")).to_be_visible()
    header = re.search(r"Bearer ([^\"]+)", api.locator("pre").last.inner_text())
    assert header
    answer = httpx.post(
        f"{dev}/hooks/api", timeout=60, json={"email": "ava@example.com"}, headers={"X-Api-Key": header[1]}
    )
    assert answer.json()["accepted"] == 1


def test_a_body_is_tried(page: Page, dev: str) -> None:
    """A pasted body is shown as its lead, with omitted fields and reasons. No one is enrolled."""
    page.set_viewport_size({"width": 360, "height": 800})
    page.goto("/sources")
    source = page.get_by_role("region", name="website")
    source.get_by_text("Try a body").click()
    body = source.get_by_label("Paste a request body")
    body.fill(f"email=tried@example.com&plan=%3Cimg+src=x%3E&color=red&{LONG * 5}=x")
    source.get_by_role("button", name="Show what becomes of it").click()
    result = source.get_by_role("status")
    expect(result).to_contain_text(re.compile("A lead for newsletter.*tried@example.com", re.DOTALL))
    expect(result).to_contain_text("<img src=x>")
    expect(result).to_contain_text(re.compile("Left out.*colornot in custom_fields", re.DOTALL))
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    body.fill('--b\nContent-Disposition: form-data; name="email"\n\ntried@\n--b--\n')
    source.get_by_role("button", name="Show what becomes of it").click()
    expect(result).to_contain_text("No lead can be made")
    expect(result).to_contain_text("email: not an e-mail address")
    body.fill("nothing")
    source.get_by_role("button", name="Show what becomes of it").click()
    expect(result).to_contain_text("The body cannot be read: the sender is answered 400")
    assert "tried@example.com" not in httpx.get(f"{dev}/_leads/leads", timeout=60).text


@pytest.mark.parametrize(("scheme", "width"), [("light", 360), ("dark", 1280)])
@pytest.mark.usefixtures("refused")
def test_every_page(browser: Browser, dev: str, scheme: Any, width: int) -> None:
    """In light and dark, on a phone and a desktop: axe finds no violation, and there is no sideways scrolling.

    Axe checks contrast, landmarks, heading order, lists and names. No page loads anything from another host.
    """
    size: Any = {"width": width, "height": 800}
    context = browser.new_context(base_url=dev, color_scheme=scheme, viewport=size)
    shown = context.new_page()
    question: list[str] = []
    shown.on("request", lambda request: question.append(request.url))
    found: list[tuple[str, str]] = []

    def check(path: str) -> None:
        assert shown.evaluate("document.documentElement.scrollWidth") == width, path
        found.extend((path, each["id"]) for each in Axe().run(shown).response["violations"])

    for path in ("/", *PAGES, "/nowhere"):
        shown.goto(path)
        expect(shown.get_by_role("heading", level=2).first).to_be_visible()
        if path in PAGES:
            expect(shown.get_by_role("button", name="Refresh")).to_be_visible()
        check(path)
    # This letter's address and reason have the maximum length.
    open_letter(shown, f"{LONG}@refused.example")
    shown.get_by_text("The whole message").click()
    expect(shown.locator("pre").first).to_be_visible()
    check("letter")
    assert found == []
    assert question
    assert [url for url in question if not url.startswith((dev, "data:"))] == []
    context.close()


@pytest.mark.parametrize("headers", [{"Host": "rebound.example:3000"}, {"Origin": "https://www.example.com"}])
def test_only_this_machine_has_access(dev: str, headers: dict[str, str]) -> None:
    """Other host names and other pages' scripts are refused, also at the WebSocket."""
    for path in ("/", *PAGES, "/failures/letter?id=x", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        assert httpx.get(f"{dev}{path}", timeout=60, headers=headers).status_code == 403, path
