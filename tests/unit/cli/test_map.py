"""`leads map`: how intake would handle a body."""

import json
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner, Result

from leads_cli.cli.main import app
from leads_cli.webhooks import webhooks

CONFIG: Final = """
campaigns.news.id = "camp_1"
[sources]
list = {provider = "json", campaign = "news", auth = "token", custom_fields = ["*"]}
crm = {provider = "hubspot", campaign = "news"}
[sources.site]
provider = "form"
campaign = "news"
auth = "none"
honeypot = "nick"
custom_fields = ["plan"]
require.consent = "yes"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "enrollment.toml"
    path.write_text(CONFIG)
    return path


def map_body(body: str | bytes, config: Path, *more: str) -> Result:
    return CliRunner().invoke(app, ["map", "-", "--config", str(config), *more], input=body)


def people(body: str, config: Path, *more: str) -> list[dict[str, Any]]:
    (result,) = json.loads(map_body(body, config, "--json", *more).output)
    found: list[dict[str, Any]] = result["people"]
    return found


def test_a_lead_and_what_is_left_out(config: Path) -> None:
    """Shows the lead, its campaign with the id, and each omitted field with the reason. Secrets are not shown."""
    body = "email=Ada@example.com&first_name=Ada&company=*|C|*&plan=pro&color=red&api_key=hush&consent=yes"
    done = map_body(body, config, "--source", "site")
    assert done.exit_code == 0
    lines = [" ".join(line.split()) for line in done.output.splitlines()]
    assert lines == [
        "site: 1 person",
        "",
        "1. a lead for news (camp_1)",
        "email ada@example.com",
        "firstName Ada",
        "plan (custom) pro",
        "Left out:",
        "company a placeholder, a null word or a web address",
        "color not in custom_fields",
        "api_key a secret",
        "consent not in custom_fields",
        "Nothing was sent.",
    ]


@pytest.mark.parametrize(
    ("body", "result", "why"),
    [
        ("email=a@example.com", "ignored", ["require.consent is not met"]),
        ("email=a@example.com&unsubscribed=yes", "opted out", ["an answer says so: unsubscribed"]),
        ("email=a&consent=yes", "unusable", ["email: not an e-mail address: An email address must have an @-sign."]),
        ("[]", "unusable", ["body: a list: this source takes one person at a time"]),
    ],
)
def test_why_there_is_no_lead(config: Path, body: str, result: str, why: list[str]) -> None:
    """A person who is not enrolled is shown with the rule, the flag or the problem that decided it."""
    (person,) = people(body, config, "--source", "site")
    assert (person["result"], person["why"], person["lead"]) == (result, why, {})


def test_each_person_of_a_list(config: Path) -> None:
    """The people of a list are judged separately, in order. One unusable person makes the exit code 1."""
    body = json.dumps([{"email": "a@example.com", "x": 1}, {"email": "b"}, {"email": "c@example.com"}])
    assert [person["result"] for person in people(body, config, "--source", "list")] == ["lead", "unusable", "lead"]
    assert map_body(body, config, "--source", "list").exit_code == 1


def test_a_multipart_form_needs_no_content_type(config: Path) -> None:
    """The boundary is read from the body, unless a content type is given."""
    body = b'--xx\r\nContent-Disposition: form-data; name="email"\r\n\r\na@example.com\r\n--xx--\r\n'
    assert "email" in map_body(body, config, "--source", "list").output
    wrong = map_body(body, config, "--source", "list", "--header", "Content-Type: multipart/form-data; boundary=yy")
    assert wrong.exit_code == 1
    assert "the sender is answered 400: not multipart/form-data with that boundary" in wrong.output


def test_headers_are_part_of_the_event(config: Path) -> None:
    """`require` can refer to a header given with --header. A malformed --header is refused."""
    config.write_text(CONFIG.replace('require.consent = "yes"', 'require.x-tenant = "blue"'))
    assert people("email=a@example.com", config, "--source", "site")[0]["result"] == "ignored"
    named = people("email=a@example.com", config, "--source", "site", "--header", "X-Tenant: blue")
    assert named[0]["result"] == "lead"
    wrong = map_body("email=a@example.com", config, "--source", "site", "--header", "X-Tenant")
    assert (wrong.exit_code, "write it as 'Name: value'" in wrong.output) == (2, True)


def test_a_missing_or_unknown_source_lists_the_choices(config: Path) -> None:
    """Without a source, or with an unknown one, the configured sources are listed."""
    for arguments in ([], ["--source", "shop"]):
        done = map_body("email=a@example.com", config, *arguments)
        assert "has: list, crm, site" in done.output
        assert done.exit_code == 2


def test_an_unreadable_event_of_a_provider(config: Path) -> None:
    """An unreadable event of a provider becomes a dead letter instead of an error."""
    done = map_body("nothing", config, "--source", "crm")
    assert done.exit_code == 1
    assert "the body cannot be read: a dead letter: neither JSON nor a form" in done.output


@pytest.mark.parametrize(
    ("name", "leads"),
    [("website-form", 1), ("api-batch", 3), ("events-queue-sns", 1), ("events-queue-eventbridge", 1), ("clerk", 1)],
)
def test_recorded_events(name: str, leads: int) -> None:
    """Recorded HTTP requests and SQS events are unwrapped."""
    done = CliRunner().invoke(app, ["map", name, "--config", str(webhooks.WEBHOOK_CONFIG), "--json"])
    found = [person for result in json.loads(done.output) for person in result["people"]]
    assert [person["result"] for person in found].count("lead") == leads
    missing = CliRunner().invoke(app, ["map", f"{name}-2", "--config", str(webhooks.WEBHOOK_CONFIG)])
    assert (missing.exit_code, "no such event or file" in missing.output) == (2, True)


def test_other_values_of_the_event_are_listed(config: Path) -> None:
    """Values outside the answers are listed, because rules may use them."""
    body = json.dumps({"vid": 7, "properties": {"email": {"value": "a@example.com"}}})
    assert people(body, config, "--source", "crm")[0]["elsewhere"] == ["vid"]
