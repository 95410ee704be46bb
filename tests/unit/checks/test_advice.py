"""The warnings of `leads check` about files that are valid."""

import pytest

from leads.config.schema import parse
from leads_cli.project import CONFIG
from leads_cli.stacks.checks.advice import PLACEHOLDER, find_doubts

WHOLE = """
[campaigns.news]
id = "camp_1"
{campaign}
[sources.web]
provider = "form"
campaign = "news"
auth = "none"
{source}
"""


def warnings(campaign: str = "", source: str = "") -> list[str]:
    return list(find_doubts(parse(WHOLE.format(campaign=campaign, source=source))))


def test_correct_names_cause_no_warning() -> None:
    """Correctly spelt lead fields, and custom fields with other names, cause no warning."""
    tokens = 'tokens = ["email", "firstName", "lastName", "company", "jobTitle", "companySize", "title", "plan"]'
    assert warnings(tokens, '[sources.web.fields]\njobTitle = "role"\nplan = "your_plan"') == []
    assert warnings(source='honeypot = "email"\n[sources.web.fields]\nemail = "contact_address"') == []


@pytest.mark.parametrize(
    ("old", "new", "start", "end"),
    [
        ("camp_1", "https://app.leadterra.example/campaigns/9", "campaigns.news.id: ", "its last part"),
        ("camp_1", "camp_1 ", "campaigns.news.id: 'camp_1 ' has a space in it", ""),
        ('"none"', '"none"\nhoneypot = "E-Mail"', "sources.web.honeypot: every submission with an", ""),
        ("[sources", '[leadterra]\nbase_url = "https://app.leadterra.co/v1/"\n[sources',
         "leadterra.base_url: it is without /v1", ""),
        ('"form"', '"typeform"', "sources.web.auth: typeform signs, but the signature is not checked", ""),
        ("[sources", '[campaigns.news.defaults]\nfirstName = "there"\n[sources',
         "campaigns.news.defaults: they also replace what Leadterra knows of a person", ""),
        ('"none"', '"token"\nopt_outs = "suppress"',
         "sources.web.opt_outs: an opt-out that ", "for all campaigns of the workspace; the API cannot undo it"),
    ],
)  # fmt: skip
def test_a_valid_setting_that_is_likely_a_mistake_is_a_warning(old: str, new: str, start: str, end: str) -> None:
    """The warning names the setting and what it does."""
    (line,) = find_doubts(parse(WHOLE.format(campaign="", source="").replace(old, new)))
    assert line.startswith(start)
    assert end in line


def test_an_empty_file() -> None:
    """An empty file is valid, but gets a warning for missing campaigns and for missing sources."""
    campaign, source = find_doubts(parse(""))
    assert "there is no campaign" in campaign
    assert "there is no source" in source


def test_the_placeholder() -> None:
    """The campaign id of the starter file is reported as a placeholder."""
    (line,) = find_doubts(parse(CONFIG.read_text(encoding="utf-8")))
    assert line.startswith(f"campaigns.newsletter.id: {PLACEHOLDER} is a placeholder")


@pytest.mark.parametrize("name", ["frstName", "firstname", "first_name", "fristName", "firstNames"])
def test_a_misspelt_token(name: str) -> None:
    """A token that nearly matches a standard lead field is reported with the correct spelling."""
    (line,) = warnings(f'tokens = ["{name}", "company"]')
    assert line == f"campaigns.news.tokens: '{name}' is a custom field; the lead's own is spelt 'firstName'"


def test_a_misspelt_field() -> None:
    """A key that nearly matches a standard lead field is reported."""
    assert "sources.web.fields: 'jobTitel'" in warnings(source='[sources.web.fields]\njobTitel = "role"')[0]
    assert "campaigns.news.defaults: 'compny'" in warnings('[campaigns.news.defaults]\ncompny = "you"')[0]


SOURCES = """
[campaigns.news]
id = "camp_1"
[sources.app]
provider = "{provider}"
campaign = "news"
auth = "token"
{rules}
"""


RULE = "[sources.app.require]\n"
TRAP = 'honeypot = "nick"\n[sources.app.require]'


def rule_warnings(provider: str, rules: str) -> list[str]:
    return list(find_doubts(parse(SOURCES.format(provider=provider, rules=rules))))


@pytest.mark.parametrize(
    ("provider", "rules", "advice"),
    [
        ("json", '[sources.app.require]\n"!" = "x"', "require.!: no event meets it: '!' has no letter and no digit"),
        ("json", '[sources.app.require]\n"-" = false', "require.-: it always holds: '-' has no letter and no digit"),
        ("json", '[sources.app.fields]\ncompany = "?"', "fields.company: it finds nothing: '?' has no letter"),
        ("json", f'{TRAP}\nNick = "x"', "require.Nick: no event meets it: it is the ho"),
        ("json", f"{TRAP}\nnick = false", "require.nick: it always holds: it is the h"),
        ("clerk", f'{RULE}"user.plan" = "pro"', "require.user.plan: no event meets it: the recorded ev"),
        ("clerk", f'{RULE}"user.spam" = false', "require.user.spam: it always holds: the recorded eve"),
        (
            "clerk",
            '[sources.app.fields]\nplan = "user.plan"',
            "fields.plan: it finds nothing: the recorded events of C",
        ),
    ],
)
def test_a_rule_that_does_nothing(provider: str, rules: str, advice: str) -> None:
    """A rule on a field that no event has is reported with its effect and the reason."""
    (line,) = rule_warnings(provider, rules)
    assert line.startswith(f"sources.app.{advice}")


@pytest.mark.parametrize(
    ("provider", "rules"),
    [
        ("json", '[sources.app.require]\n"user.plan" = "pro"'),
        ("clerk", '[sources.app.require]\n"data.public_metadata.settings.plan" = "pro"'),
        ("clerk", '[sources.app.require]\n"public_metadata.plan" = "pro"\nplan = "pro"\n"header:x.y" = "z"'),
        ("clerk", '[sources.app.require]\n"detail.kind" = "pro"'),
        ("typeform", '[sources.app.fields]\njobTitle = "Your role, e.g. CTO?"'),
        ("stripe", '[sources.app.require]\n"data.object.consent.promotions" = "opt_in"'),
        ("shopify", '[sources.app.require]\n"email_marketing_consent.state" = "subscribed"'),
    ],
)
def test_a_rule_that_an_event_may_meet(provider: str, rules: str) -> None:
    """A rule on a field that such an event may have causes no warning."""
    assert rule_warnings(provider, rules) == []


def test_a_match_that_an_earlier_source_covers() -> None:
    """The first source that matches gets the event, so narrower rules after it get none."""
    second = '\n[sources.late]\nprovider = "json"\ncampaign = "news"\nauth = "token"\nmatch = '
    first = 'match = {kind = ["a", "b"]}'
    (line,) = rule_warnings("json", f'{first}{second}{{kind = "a", region = "eu"}}')
    assert line == "sources.late.match: no event meets it: all that would go to sources.app, which comes first"
    assert rule_warnings("json", f'{first}{second}{{kind = ["a", "c"]}}') == []
