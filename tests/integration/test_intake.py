"""Intake over HTTP: every row of the contract's table."""

import json
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import pytest

from leads.message.message import MAX_MESSAGE_BYTES
from tests.integration.intaking import FORM, TOKEN, Intake

AVA = {"email": "ava@example.com", "firstName": "Ava"}
BASIC = {"authorization": f"Basic {b64encode(b'any:partner-password').decode()}"}
ORIGIN = "https://www.example.com"
DEEP: Any = "x"
for _ in range(20):
    DEEP = {"a": DEEP}


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


def test_a_lead_is_in_the_queue_before_it_is_acknowledged(intake: Intake) -> None:
    """The answer is exactly 200 with the number of leads."""
    answer = intake.post(body={**AVA, "plan": "pro", "trial": True})
    assert (answer.status, answer.body) == (200, {"accepted": 1})
    (message,) = intake.received()
    assert (message["version"], message["source"], message["campaign"]) == (1, "api", "news")
    assert message["lead"] == {**AVA, "customFields": {"plan": "pro", "trial": True}}


def test_bad_leads_of_a_list_are_reported_and_the_others_accepted(intake: Intake) -> None:
    """With their index in the request."""
    answer = intake.post(body=[AVA, {"email": "no"}, {"name": "Bea"}, DEEP, {"email": "bea@example.com"}])
    assert (answer.status, answer.body["accepted"]) == (200, 2)
    assert [(bad["index"], bad["field"]) for bad in answer.body["rejected"]] == [
        (1, "email"),
        (2, "email"),
        (3, "body"),
    ]
    assert "error" not in answer.body
    assert intake.emails() == ["ava@example.com", "bea@example.com"]
    assert intake.letters() == []


def test_a_provider_s_bad_leads_are_also_dead_lettered(intake: Intake) -> None:
    """They are reported in the answer, but providers do not fix them."""
    path = intake.cloud.settings.config_path
    path.write_text(f'{path.read_text()}\n[sources.ads]\nprovider = "meta-lead-ads"\ncampaign = "news"\n')
    intake.cloud.set_secret(sources={"ads": "ads-token"})
    people = [{"field_data": [{"name": "email", "values": [email]}]} for email in ("ava@example.com", "no")]
    answer = intake.post("ads", {"data": people}, headers={"authorization": "Bearer ads-token"})
    assert (answer.status, answer.body["accepted"]) == (200, 1)
    assert [bad["index"] for bad in answer.body["rejected"]] == [1]
    assert intake.emails() == ["ava@example.com"]
    assert [letter.failure["reason"] for letter in intake.letters()] == ["unmappable"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"accept": "text/html,application/xhtml+xml", "sec-fetch-mode": "navigate", "origin": ORIGIN}, 303),
        ({"accept": "application/json"}, 200),
    ],
)
def test_a_browser_is_redirected_to_the_configured_page(intake: Intake, headers: dict[str, str], status: int) -> None:
    """And to no address from the form. A script gets the answer itself."""
    body = form(email="ava@example.com", _next="https://evil.example", redirect="https://evil.example")
    answer = intake.post("website", body, headers={"Content-Type": FORM, **headers}, encoded=True)
    assert (answer.status, answer.headers.get("location")) == (
        (303, "https://www.example.com/thanks") if status == 303 else (200, None)
    )
    assert intake.emails() == ["ava@example.com"]


@pytest.mark.parametrize(
    ("source", "fields"),
    [("website", {"nickname": "robot"}), ("choosy", {}), ("choosy", {"consent": "no"})],
)
def test_ignored_submissions_get_success(intake: Intake, source: str, fields: dict[str, str]) -> None:
    """A filled honeypot or an unmet rule is counted, and no one is enrolled."""
    body = form(email="ava@example.com", **fields)
    answer = intake.post(source, body, headers={"content-type": FORM, "accept": "application/json"})
    assert (answer.status, answer.body) == (200, {"accepted": 0})
    assert intake.metrics() == {(source, "Ignored"): 1}
    assert (intake.received(), intake.letters()) == ([], [])


@pytest.mark.parametrize(
    ("source", "headers", "path"),
    [
        ("api", {"authorization": "Bearer wrong"}, None),
        ("api", {"x-api-key": "other-token"}, None),
        ("api", {}, "/hooks/api/wrong"),
        ("partner", {"authorization": "Bearer partner-password"}, None),
        ("unknown", TOKEN, None),
        ("api", TOKEN, "/"),
        ("api", TOKEN, "/hooks/api/newest-token/more"),
        ("website", {"origin": "https://evil.example"}, None),
    ],
)
def test_a_stranger_learns_nothing(intake: Intake, source: str, headers: dict[str, str], path: str | None) -> None:
    """Wrong secret, unknown source, other path, foreign page: always 401, never 404, and no one is enrolled."""
    answer = intake.post(source, AVA, headers={"content-type": "application/json", **headers}, path=path)
    assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.body["detail"] == "unknown source, wrong credentials, or an origin that is not allowed"
    assert answer.headers["www-authenticate"] == 'Bearer realm="hooks"'
    assert intake.received() == []


@pytest.mark.parametrize("source", ["api", "website", "unknown"])
def test_a_large_body_is_refused_before_verification(intake: Intake, source: str) -> None:
    """Credentials may be in the body, so its size is checked first, for unknown sources too."""
    assert intake.post(source, b"[" * (MAX_MESSAGE_BYTES + 1), headers={}).status == 413


@pytest.mark.parametrize(
    ("source", "body", "fields"),
    [
        ("api", {"firstName": "Ava"}, ["email"]),
        ("api", {"email": "ava@"}, ["email"]),
        ("api", [{"email": "ava@"}, "text"], ["email", "email"]),
        ("partner", {"list": "?"}, ["email", "list"]),
    ],
)
def test_problems_of_a_lead_are_reported(intake: Intake, source: str, body: Any, fields: list[str]) -> None:
    """Form and JSON senders get a 422 that names each field, and there is no dead letter."""
    headers = TOKEN if source == "api" else BASIC
    answer = intake.post(source, body, headers=headers)
    assert (answer.status, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [found["field"] for found in answer.body["errors"]] == fields
    assert (intake.received(), intake.letters()) == ([], [])


@pytest.mark.parametrize("body", [b"", b"{", b"hello", b'"text"', b'{"email": NaN}', json.dumps(DEEP).encode()])
def test_an_unreadable_body_is_a_400(intake: Intake, body: bytes) -> None:
    """With the reason, so that the sender can fix it."""
    answer = intake.post(body=body)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert intake.letters() == []


def test_a_form_sent_as_get_is_a_405(intake: Intake) -> None:
    """Instead of a 200 that looks like success."""
    request = {
        "rawPath": "/hooks/website",
        "rawQueryString": urlencode({"your-email": "ava@example.com", "your-name": "Ava"}),
        "headers": {"host": "hooks.example.com"},
        "requestContext": {"http": {"method": "GET"}},
    }
    answer = intake.invoke(request)
    assert (answer.status, answer.headers["allow"], intake.received()) == (405, "POST, OPTIONS", [])
    assert "POST" in answer.body["detail"]
    assert "ava" not in answer.text


@pytest.mark.parametrize(
    ("method", "status"), [("GET", 200), ("HEAD", 200), ("PUT", 405), ("DELETE", 405), ("PATCH", 405)]
)
def test_other_methods_enroll_no_one(intake: Intake, method: str, status: int) -> None:
    """GET and HEAD show that the hook exists. Others get a 405 with the allowed ones."""
    answer = intake.post("website", AVA, headers={}, method=method)
    assert answer.status == status
    assert ("allow" in answer.headers) is (status == 405)
    assert intake.post("unknown", AVA, headers={}, method=method).status == 401
    assert intake.post("api", AVA, headers={}, method=method).status == 401
    assert intake.received() == []


@pytest.mark.parametrize(("origin", "allowed"), [(ORIGIN, True), ("https://evil.example", False)])
def test_cors(intake: Intake, origin: str, allowed: bool) -> None:  # noqa: FBT001
    """A configured page may read preflight and answer, another page may not."""
    asked = intake.post("website", headers={"origin": origin}, method="OPTIONS")
    assert asked.status == 204
    headers = {"origin": origin, "content-type": "application/json"}
    answers = [asked, intake.post("website", AVA, headers=headers)]
    assert [answer.headers.get("access-control-allow-origin") for answer in answers] == [
        origin if allowed else None
    ] * 2
    assert answers[1].status == (200 if allowed else 401)
    assert [answer.headers["vary"] for answer in answers] == ["Origin"] * 2


@pytest.mark.parametrize("source", ["unknown", "api"])
def test_a_source_without_pages_is_like_an_unknown_one(intake: Intake, source: str) -> None:
    """Its preflight reveals nothing."""
    answer = intake.post(source, headers={"origin": ORIGIN}, method="OPTIONS")
    assert (answer.status, "access-control-allow-origin" in answer.headers) == (401, False)
