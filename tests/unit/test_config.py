"""The configuration file: what is right is read, and what is wrong is named with its remedy."""

import pytest

from leads.config import Auth, Campaign, CustomFieldStyle, Enrollment, OnMissingToken, parse
from leads.errors import ConfigError

# The example of docs and starter file; its second source is a `json` one.
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


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.problems


def test_the_example_says_what_it_says() -> None:
    """Every key of the example arrives under its own name."""
    config = parse(EXAMPLE)
    campaign, website, api = config.campaigns["newsletter"], config.sources["website"], config.sources["api"]
    assert (config.leadterra.batch_size, config.leadterra.custom_fields) == (1000, CustomFieldStyle.TOP_LEVEL)
    assert (campaign.id, campaign.tokens) == ("camp_01HZA1TPNQ8RD4KF", ("firstName", "company"))
    assert (campaign.on_missing_token, campaign.defaults) == (OnMissingToken.ENROLL, {"firstName": "there"})
    assert (website.authentication, api.authentication) == (Auth.NONE, Auth.TOKEN)
    assert website.allowed_origins == ("https://www.example.com",)
    assert (website.redirect, website.honeypot) == ("https://www.example.com/thanks", "nickname")
    assert (website.custom_fields, website.fields) == (("plan", "utm_source"), {"jobTitle": "your_role"})
    assert website.require == {"consent": ("yes",)}


def test_an_empty_file_has_defaults() -> None:
    """Nothing has to be said: no sources, a thousand leads a request, the service's own address."""
    assert parse("") == Enrollment()
    assert parse("").leadterra.base_url == "https://app.leadterra.co"


@pytest.mark.parametrize(
    ("value", "expected"),
    [('"yes"', ("yes",)), ("true", (True,)), ("3", (3,)), ("1.5", (1.5,)), ('["a", 2, false]', ("a", 2, False))],
)
def test_required_values_keep_their_types(value: str, expected: tuple[object, ...]) -> None:
    """A text, a number, a truth value or a list of these; one value is a list of one."""
    required = parse(f"{SOURCE}[sources.web.require]\nx = {value}").sources["web"].require["x"]
    assert [(type(one), one) for one in required] == [(type(one), one) for one in expected]


@pytest.mark.parametrize(
    ("given", "origin"),
    [("https://WWW.Example.com/", "https://www.example.com"), ("*", "*"), ("null", "null")],
)
def test_origins_are_as_browsers_send_them(given: str, origin: str) -> None:
    """An origin is compared with a header in lower case, without a path."""
    assert parse(f'{SOURCE}allowed_origins = ["{given}"]').sources["web"].allowed_origins == (origin,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[leadterra\nbatch_size = 1",
            "not TOML: Expected ']' at the end of a table declaration (at line 1, column 11)",
        ),
        (CAMPAIGN + CAMPAIGN, "not TOML: Cannot declare ('campaigns', 'news') twice (at line 3, column 16)"),
        (f"[leadterra]\nbatch_size = {'9' * 5000}", "not TOML: Exceeds the limit"),
        ("[leadterra]\nbatch_size = 0", "leadterra.batch_size: Input should be greater than or equal to 1"),
        ("[leadterra]\nbatch_size = 1001", "leadterra.batch_size: Input should be less than or equal to 1000"),
        ('[leadterra]\nbatch_size = "1000"', "leadterra.batch_size: Input should be a valid integer"),
        ("[leadterra]\nbatch_size = true", "leadterra.batch_size: Input should be a valid integer"),
        ('[leadterra]\ncustom_fields = "flat"', "leadterra.custom_fields: Input should be 'top-level' or 'nested'"),
        ('[leadterra]\nbase_url = "app"', "leadterra.base_url: must be an absolute address such as https://"),
        ("[leadterra]\nbatchsize = 1", "leadterra.batchsize: unknown key; did you mean 'batch_size'? Known are: "),
        ("leadterra = 1", "leadterra: must be a table: a line [leadterra], and its keys below"),
        ('[source.web]\nprovider = "form"', "source: unknown key; did you mean 'sources'? Known are: "),
        ("[campaigns.news]", "campaigns.news.id: missing; the id that Leadterra shows"),
        ('[campaigns.news]\nid = ""', "campaigns.news.id: must not be empty"),
        ("[campaigns.news]\nid = 5", "campaigns.news.id: must be a text in quotes"),
        (f'[campaigns.news]\nid = "{"x" * 129}"', "campaigns.news.id: too long: at most 128 characters"),
        ('[campaigns]\nnews = "camp_1"', "campaigns.news: must be a table: a line [campaigns.news], and its keys"),
        ('[campaigns."my news"]\nid = "c"', "campaigns.my news: a name is part of an address: letters, digits"),
        (f'{CAMPAIGN}tokens = "firstName"', 'campaigns.news.tokens: must be a list, such as ["one", "two"]'),
        (f'{CAMPAIGN}on_missing_token = "drop"', "campaigns.news.on_missing_token: Input should be 'enroll' or"),
        (f'{CAMPAIGN}[campaigns.news.defaults]\nemail = "x"', "campaigns.news.defaults.email: an address cannot"),
        (f"{CAMPAIGN}[campaigns.news.defaults]\nplan = [1]", "campaigns.news.defaults.plan: must be a text, a number"),
        (f"{CAMPAIGN}[campaigns.news.defaults]\nplan = inf", "campaigns.news.defaults.plan: must be a text, a number"),
        (
            f'{CAMPAIGN}[campaigns.news.defaults]\nfirst_name = "x"',
            "campaigns.news.defaults.first_name: the lead's field is spelt 'firstName'",
        ),
        (f'{SOURCE}honey_pot = "x"', "sources.web.honey_pot: unknown key; did you mean 'honeypot'? Known are: "),
        (f'{SOURCE}zzz = "x"', "sources.web.zzz: unknown key; known are: allowed_origins, auth, "),
        (f'{CAMPAIGN}[sources.web]\ncampaign = "news"', "sources.web.provider: missing; known are: form, json"),
        (SOURCE.replace('"form"', '"typefrm"'), "sources.web.provider: 'typefrm' is not known"),
        (SOURCE.replace('"none"', '"hmac"'), "sources.web.auth: Input should be 'signature', 'token', 'basic' or"),
        (
            SOURCE.replace('auth = "none"', ""),
            "sources.web.auth: missing; a 'form' source does not sign: say how it proves who it is: \"token\", ",
        ),
        (SOURCE.replace('"none"', '"signature"'), "sources.web.auth: a 'form' source does not sign: say how"),
        (SOURCE.replace('campaign = "news"', ""), "sources.web.campaign: missing; the name of a [campaigns.<name>]"),
        (
            SOURCE.replace('campaign = "news"', 'campaign = "new"'),
            "sources.web.campaign: there is no [campaigns.new]; did you mean 'news'? Known are: news",
        ),
        ('[sources.web]\nprovider = "form"\nauth = "none"\ncampaign = "x"', "there is no [campaigns.x]"),
        (
            f'{SOURCE}campaign_field = "list"',
            "sources.web.campaign_field: goes together with a [sources.web.campaigns]",
        ),
        (f'{SOURCE}[sources.web.campaigns]\nA = "news"', "sources.web.campaign_field: goes together with a"),
        (
            f'{SOURCE}campaign_field = "list"\n[sources.web.campaigns]\nA = "zzz"',
            "sources.web.campaigns.A: there is no [campaigns.zzz]; known are: news",
        ),
        (f'{SOURCE}allowed_origins = "https://a.example"', "sources.web.allowed_origins: must be a list, such as"),
        (f'{SOURCE}allowed_origins = ["a.example"]', "sources.web.allowed_origins.0: must be an origin such as https"),
        (f'{SOURCE}allowed_origins = ["https://a.example/x"]', "an origin has no path: https://a.example"),
        (f'{SOURCE}redirect = "/thanks"', "sources.web.redirect: must be an absolute address such as https://"),
        (f'{SOURCE}redirect = "javascript:alert(1)"', "sources.web.redirect: must be an absolute address such as"),
        (f'{SOURCE}redirect = "https://a.example/ b"', "sources.web.redirect: must be an absolute address such as"),
        (f'{SOURCE}custom_fields = "*"', 'sources.web.custom_fields: must be a list, such as ["one", "two"]'),
        (f'{SOURCE}[sources.web.fields]\nfirstname = "x"', "sources.web.fields.firstname: the lead's field is spelt"),
        (f"{SOURCE}[sources.web.require]\nx = 1979-05-27", "sources.web.require.x: must be a text, a number, true or"),
        (f"{SOURCE}[sources.web.require]\nx = []", "sources.web.require.x: must be a text, a number, true or false"),
        (f"{SOURCE}[sources.web.match]\nx = 5", "sources.web.match.x: must be a text in quotes, or a list of texts"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(text: str, expected: str) -> None:
    """One mistake makes one line that has the place of it and what would be right there."""
    (line,) = problems(text)
    assert expected in line


def test_all_mistakes_are_named_at_once() -> None:
    """Nobody has to start the check once for each of them."""
    text = SOURCE.replace('"form"', '"fax"') + '[sources.app]\nprovider = "json"\ncampaign = "other"\n'
    assert [line.partition(" ")[0] for line in problems(text)] == [
        "sources.web.provider:",
        "sources.app.auth:",
        "sources.app.campaign:",
    ]


@pytest.mark.parametrize(
    ("campaign", "expected"),
    [
        ("news", Campaign(id="camp_1", tokens=("firstName",))),
        ("camp_1", Campaign(id="camp_1", tokens=("firstName",))),
        ("camp_9", Campaign(id="camp_9")),
    ],
)
def test_a_message_names_a_campaign_or_has_its_id(campaign: str, expected: Campaign) -> None:
    """The rules are found by name and by id; anything else is the id of a campaign without rules."""
    assert parse(f'{CAMPAIGN}tokens = ["firstName"]').rules(campaign) == expected


def test_any_text_may_be_a_campaigns_id() -> None:
    """A producer's nonsense is Leadterra's to refuse, not a reason to stop."""
    assert Enrollment().rules("x" * 1000).id == "x" * 1000
