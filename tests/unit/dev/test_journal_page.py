"""Parts of the page: the form of a source, the counts and the leads as HTML."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from leads.config.schema import Captcha, Enrollment, Source, parse
from leads_cli.console import live
from leads_cli.dev.invented import TEST_SECRETS, TEST_TOKENS, invent_secrets
from leads_cli.dev.page.form import open_form, signup_form
from leads_cli.logs.journal import LeadRow, LeadState
from leads_cli.stacks.counts import StackCounts, StackStatus

CONFIG = """
campaigns = {newsletter = {id = "camp_1"}, trial = {id = "camp_2"}}
sources.api = {provider = "json", campaign = "newsletter", auth = "token"}
[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"
"""


def config(more: str = "") -> Enrollment:
    return parse(CONFIG + more)


@dataclass
class Form(HTMLParser):
    """The controls of a form by name."""

    action: str = ""
    controls: dict[str, dict[str, str | None]] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    labels: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.action = f"{found['method']} {found['action']}"
        elif tag in {"input", "select"}:
            self.controls[str(found["name"])] = found
        elif tag == "label" and found.get("for"):
            self.labels.add(str(found["for"]))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "option":
            self.options.append(data)


def form(more: str = "") -> Form:
    found = open_form(config(more))
    assert found is not None
    parsed = Form()
    parsed.feed(signup_form(*found))
    return parsed


def test_fields_go_by_the_names_of_the_source() -> None:
    """A renamed field is sent under its configured name, and marked with the lead's."""
    found = form('[sources.website.fields]\njobTitle = "your_role"\n')
    assert found.controls["your_role"]["data-lead-field"] == "jobTitle"
    assert "jobTitle" not in found.controls


@pytest.mark.parametrize("value", ['"yes"', "true"])
def test_consent_is_asked_for(value: str) -> None:
    """A required consent is an unticked checkbox."""
    box = form(f"[sources.website.require]\nconsent = {value}\n").controls["consent"]
    assert (box["type"], box["value"], "checked" in box) == ("checkbox", value.strip('"'), False)


def test_hidden_fields() -> None:
    """Other required values are sent in hidden fields. The honeypot cannot be reached with the keyboard."""
    controls = form('honeypot = "nickname"\n[sources.website.require]\nformName = "signup & more"\n').controls
    assert (controls["formName"]["type"], controls["formName"]["value"]) == ("hidden", "signup & more")
    assert (controls["nickname"]["tabindex"], controls["nickname"]["autocomplete"]) == ("-1", "off")
    assert open_form(parse(CONFIG.partition("[sources.website]")[0])) is None


def test_a_choice_is_offered() -> None:
    """Several accepted values, or campaigns, are options to choose from."""
    found = form(
        'campaign_field = "list"\n[sources.website.campaigns]\nnews = "newsletter"\ntry = "trial"\n'
        '[sources.website.require]\nregion = ["eu", "us"]\n'
    )
    assert {"list", "region"} <= set(found.controls)
    assert found.options == ["news", "try", "eu", "us"]


@pytest.mark.parametrize(
    ("counts", "mood", "verdict"),
    [
        (StackCounts(), "", "No one signed up yet"),
        (StackCounts(accepted=2, enrolled=1, queued=1), "good", "Every lead is accounted for"),
        (StackCounts(accepted=2, queued=1), "", "Counting"),
        (StackCounts(accepted=2, enrolled=1, unaccounted=1), "warn", "answers leave 1 lead unaccounted for"),
        (
            StackCounts(accepted=2, enrolled=4, unaccounted=-2),
            "warn",
            "Leadterra counted 2 leads more than it was sent",
        ),
        (StackCounts(accepted=2, enrolled=1), "", "Does not add up: a difference of +1"),
        (StackCounts(enrolled=1), "", "Does not add up: a difference of -1"),
    ],
)
def test_the_verdict(counts: StackCounts, mood: str, verdict: str) -> None:
    """The page shows, also in colour, whether law 2 holds. Queued leads are not a failure."""
    shown = live.counts(StackStatus(counts))
    assert verdict in shown
    assert f"verdict {mood}" in shown


def test_the_age_of_the_oldest_lead() -> None:
    """It is shown in words."""
    assert "waiting for 90 s" not in live.counts(StackStatus(StackCounts(accepted=1, queued=1), 90))
    assert "waiting for 2 min" in live.counts(StackStatus(StackCounts(accepted=1, queued=1), 90))
    assert "Nothing is waiting" in live.counts(StackStatus(StackCounts()))


def test_markup_in_leads_is_escaped() -> None:
    """In an address and in Leadterra's message. A held lead is shown to need no action."""
    state = LeadState.HELD
    row = LeadRow("a", datetime.now(UTC), "<b>@example.com", "web<site", "news", state, "<script>no</script>")
    shown = live.leads([row])
    assert "<b>" not in shown
    assert "&lt;b&gt;@example.com" in shown
    assert "&lt;script&gt;no&lt;/script&gt;; it is tried again automatically" in shown


def test_the_fields_of_a_lead_are_shown() -> None:
    """As text, with long values cut and only some of many fields."""
    custom = {"plan": "<b>pro</b>", "seats": 12, "trial": True}
    name = {"firstName": "Ada", "lastName": "King"}
    lead = {"email": "a@example.com", **name, "company": "A & B", "customFields": custom}
    shown = live.leads([LeadRow("a", datetime.now(UTC), "a@example.com", lead=lead)])
    assert "Ada King · A &amp; B · plan: &lt;b&gt;pro&lt;/b&gt; · seats: 12 · trial: true" in shown
    many = {"email": "a@example.com", "jobTitle": "x" * 500, **{f"field{n}": n for n in range(20)}}
    shown = live.leads([LeadRow("a", datetime.now(UTC), "a@example.com", lead=many)])
    assert f"{'x' * live.LONGEST}… · field0: 0" in shown
    assert "field10: 10 · 9 more" in shown
    assert "fields" not in live.leads([LeadRow("a", datetime.now(UTC), "a@example.com", lead={"email": "a@x.example"})])


def test_a_long_list_is_cut() -> None:
    """The page shows the newest leads and the number of older ones."""
    rows = [LeadRow(str(n), datetime.now(UTC), f"{n}@example.com") for n in range(live.SHOWN + 2)]
    assert live.leads(rows).count("<li") == live.SHOWN
    assert ">2 older<" in live.leads(rows)
    assert "older" not in live.leads(rows[:-2])


@pytest.mark.parametrize("captcha", ["turnstile", "hcaptcha"])
def test_a_captcha_has_its_service_s_test_token(captcha: Captcha) -> None:
    """The form has the token, and the embedded stack the secret that accepts it."""
    enrollment = Enrollment(sources={"site": Source(provider="form", auth="none", captcha=captcha)})
    assert invent_secrets(enrollment) == {"site": TEST_SECRETS[captcha]}
    found = open_form(enrollment)
    assert found is not None
    name, token = TEST_TOKENS[captcha]
    assert f'<input type="hidden" name="{name}" value="{token}">' in signup_form(*found)
