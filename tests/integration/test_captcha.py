"""Sources with a captcha, with a real HTTP server in place of the captcha's service."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest

from leads.io import captcha
from tests.integration.intaking import FORM, Intake
from tests.integration.stand_in import StandIn, stand_in

CONFIG = """
[campaigns.news]
id = "camp_news"
[sources.site]
provider = "form"
campaign = "news"
auth = "none"
captcha = "turnstile"
redirect = "https://www.example.com/thanks"
custom_fields = ["*", "cf-turnstile-response"]
[sources]
other = {provider = "json", campaign = "news", auth = "none", captcha = "hcaptcha"}
"""
SECRET = "0x4AAA-marked"
BROWSER = {"content-type": FORM, "accept": "text/html,application/xhtml+xml"}
PERSON = b"email=ava%40example.com&cf-turnstile-response=token-1"


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    """The service. By default it accepts every token."""
    with stand_in() as made:
        made.answers = [(200, {"success": True})]
        for kind in captcha.SERVICES:
            monkeypatch.setitem(captcha.SERVICES, kind, f"{made.url}/siteverify")
        yield made


def verifications(service: StandIn) -> list[dict[str, list[str]]]:
    return [parse_qs(each.content.decode()) for each in service.asked]


@pytest.fixture
def site(intake: Intake) -> Intake:
    """The function with two captcha sources and their secrets."""
    intake.cloud.settings.config_path.write_text(CONFIG)
    intake.cloud.set_secret(sources={"site": [SECRET, "0x-previous"], "other": SECRET})
    return intake


def refusal(*codes: str) -> dict[str, object]:
    """Both services' answer to a wrong token."""
    return {"success": False, "error-codes": codes}


def test_a_person_who_solved_it_is_enrolled(site: Intake, service: StandIn) -> None:
    """One request to the service with the newest secret. The token is not a custom field."""
    assert site.post("site", PERSON + b"&plan=pro", headers=BROWSER).status == 303
    assert verifications(service) == [{"secret": [SECRET], "response": ["token-1"]}]
    (message,) = site.received()
    assert message["lead"] == {"email": "ava@example.com", "customFields": {"plan": "pro"}}


@pytest.mark.parametrize("name", ["h-captcha-response", "g-recaptcha-response"])
def test_hcaptcha_in_json(site: Intake, service: StandIn, name: str) -> None:
    """A script may send the token as JSON, under either of the widget's names."""
    body = {"email": "ava@example.com", name: "token-2"}
    assert site.post("other", body, headers={"content-type": "application/json"}).status == 200
    assert verifications(service) == [{"secret": [SECRET], "response": ["token-2"]}]


@pytest.mark.parametrize("token", [None, "", "x" * 10_001, "<script>alert(1)</script>", "a b", "\ud800"])
def test_without_a_token_the_service_is_not_called(site: Intake, service: StandIn, token: str | None) -> None:
    """A missing or impossible token is refused without a request that could fail."""
    body = {"email": "ava@example.com", "cf-turnstile-response": token}
    answer = site.post("site", body, headers={"content-type": "application/json"})
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    problem = {"field": "captcha", "message": "the captcha was not solved, or its token has expired"}
    assert answer.body["errors"] == [problem]
    assert (service.asked, site.received()) == ([], [])


@pytest.mark.parametrize(
    "codes",
    [("invalid-input-response",), ("timeout-or-duplicate",), ()],
)
def test_a_wrong_token_is_refused(site: Intake, service: StandIn, codes: tuple[str, ...]) -> None:
    """For every error that a sender can cause: a script gets a 422, and it is counted."""
    service.answers = [(200, refusal(*codes))]
    assert site.post("site", PERSON, headers={"content-type": FORM}).status == 422
    assert site.received() == []
    assert site.metrics()["site", "Refused"] == 1


def test_a_person_gets_a_page(site: Intake, service: StandIn) -> None:
    """A visitor gets a page with what to do and nothing from the request."""
    service.answers = [(200, refusal("timeout-or-duplicate"))]
    answer = site.post("site", PERSON, headers=BROWSER)
    assert (answer.status, answer.headers["content-type"]) == (422, "text/html; charset=utf-8")
    assert "Go back" in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (503, b""),
        (302, b""),
        (200, b"<html>"),
        (200, []),
        (200, {"success": "yes"}),
        (200, refusal("internal-error")),
        (200, refusal("invalid-input-secret")),
    ],
)
def test_if_the_service_is_down_the_signup_passes(site: Intake, service: StandIn, status: int, answer: object) -> None:
    """Losing a lead is worse than accepting a bot's. A metric counts it, and the log has no token or secret."""
    service.answers = [(status, answer)]
    assert site.post("site", PERSON, headers=BROWSER).status == 303
    written = site.output()
    assert '"CaptchaUnchecked":[1' in written.replace(" ", "")
    assert "captcha not checked" in written
    assert "token-1" not in written
    assert SECRET not in written
    assert site.emails() == ["ava@example.com"]


@pytest.mark.parametrize("missing", ["service", "secret"])
def test_an_unreachable_service_or_a_missing_secret_lets_the_signup_pass(
    site: Intake, service: StandIn, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    """`leads check --live` reports a missing secret."""
    if missing == "service":
        monkeypatch.setitem(captcha.SERVICES, "turnstile", "http://127.0.0.1:1/")
    else:
        site.cloud.set_secret(sources={})
    assert site.post("site", PERSON, headers=BROWSER).status == 303
    assert (service.asked, site.metrics()["site", "CaptchaUnchecked"]) == ([], 1)


def test_a_mistake_in_the_form_uses_up_no_token(site: Intake, service: StandIn) -> None:
    """A token is valid once, so it is checked only if there is a lead."""
    body = b"email=ava%40&cf-turnstile-response=token-1"
    assert site.post("site", body, headers={"content-type": FORM}).body["errors"][0]["field"] == "email"
    assert service.asked == []


def test_a_queued_event_needs_no_captcha(site: Intake, service: StandIn) -> None:
    """Senders to EventsQueue are authorised by IAM."""
    assert site.deliver({"email": "ava@example.com"}, source="site") == []
    assert (site.emails(), service.asked) == (["ava@example.com"], [])
