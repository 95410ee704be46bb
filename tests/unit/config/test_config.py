"""The configuration file: reading a valid file."""

import pytest

from leads.config.schema import Campaign, Enrollment, parse

# The example of the docs and the starter file, but with a `json` source as the second.
EXAMPLE = """
[leadterra]
batch_size = 1000              # leads per request, 1..1000
custom_fields = "top-level"    # or "nested": {"customFields": {...}}

[campaigns.newsletter]
id = "camp_01HZA1TPNQ8RD4KF"
tokens = ["firstName", "company"]      # personalization tokens that its copy uses
on_missing_token = "enroll"            # or "dead_letter"
[campaigns.newsletter.defaults]        # used where the lead lacks the field
firstName = "there"

[sources.website]
provider = "form"
campaign = "newsletter"
auth = "none"                          # must be said aloud: no source is open by accident
allowed_origins = ["https://www.example.com"]
redirect = "https://www.example.com/thanks"
honeypot = "nickname"
custom_fields = ["plan", "utm_source"] # allow list; nothing else is forwarded
[sources.website.fields]               # lead field = submission field; beats the automatic names
jobTitle = "your_role"
[sources.website.require]              # submissions that do not match are ignored (200, counted)
consent = "yes"

[sources.api]
provider = "json"
campaign = "newsletter"
auth = "token"
"""

CAMPAIGN = '[campaigns.news]\nid = "camp_1"\n'
SOURCE = f'{CAMPAIGN}[sources.web]\nprovider = "form"\ncampaign = "news"\nauth = "none"\n'


def test_every_key_of_the_example_is_read() -> None:
    """Every key of the example is read into its own setting."""
    config = parse(EXAMPLE)
    campaign, website, api = config.campaigns["newsletter"], config.sources["website"], config.sources["api"]
    assert (config.leadterra.batch_size, config.leadterra.custom_fields) == (1000, "top-level")
    assert (campaign.id, campaign.tokens) == ("camp_01HZA1TPNQ8RD4KF", ("firstName", "company"))
    assert (campaign.on_missing_token, campaign.defaults) == ("enroll", {"firstName": "there"})
    assert (website.authentication, api.authentication) == ("none", "token")
    assert website.allowed_origins == ("https://www.example.com",)
    assert (website.redirect, website.honeypot) == ("https://www.example.com/thanks", "nickname")
    assert (website.custom_fields, website.fields) == (("plan", "utm_source"), {"jobTitle": "your_role"})
    assert website.require == {"consent": ("yes",)}


def test_an_empty_file_has_defaults() -> None:
    """An empty file means no sources, 1,000 leads per request and the service's own address."""
    assert parse("") == Enrollment()
    assert parse("\ufeff") == Enrollment()
    assert parse("").leadterra.base_url == "https://app.leadterra.co"


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"yes"', ("yes",)), ("true", (True,)), ("3", (3,)), ("1.5", (1.5,)), ('["a", 2, false]', ("a", 2, False))],
)
def test_required_values_keep_their_types(value: str, expected: tuple[object, ...]) -> None:
    """A value may be text, a number, a boolean or a list of these. A single value is a list of one."""
    required = parse(f"{SOURCE}[sources.web.require]\nx = {value}").sources["web"].require["x"]
    assert [(type(one), one) for one in required] == [(type(one), one) for one in expected]


@pytest.mark.parametrize(
    ("given", "origin"), [("https://WWW.Example.com/", "https://www.example.com"), ("*", "*"), ("null", "null")]
)
def test_origins_are_as_browsers_send_them(given: str, origin: str) -> None:
    """Origins are stored in lower case and without a path."""
    assert parse(f'{SOURCE}allowed_origins = ["{given}"]').sources["web"].allowed_origins == (origin,)


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        ("news", Campaign(id="camp_1", tokens=("firstName",))),
        ("camp_1", Campaign(id="camp_1", tokens=("firstName",))),
        ("camp_9", Campaign(id="camp_9")),
        ("x" * 1000, Campaign.model_construct(id="x" * 1000)),
    ],
)
def test_a_message_names_a_campaign_or_has_its_id(campaign: str, expected: Campaign) -> None:
    """A campaign's rules are found by name and by id. An unknown id is a campaign without rules."""
    assert parse(f'{CAMPAIGN}tokens = ["firstName"]').rules(campaign) == expected


@pytest.mark.parametrize(("more", "secret"), [("", False), ('captcha = "turnstile"', True)])
def test_an_open_source_needs_a_secret_for_its_captcha_only(more: str, secret: bool) -> None:  # noqa: FBT001
    """An open source has a secret only if it has a captcha; every other source has one."""
    assert parse(SOURCE + more).sources["web"].has_secret is secret
    assert parse(EXAMPLE).sources["api"].has_secret
