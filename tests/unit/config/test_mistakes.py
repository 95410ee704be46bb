"""Mistakes in the configuration file: each is reported with its place and its remedy."""

import re

import pytest
from pydantic import BaseModel

from leads.config.schema import Campaign, Enrollment, LeadterraTable, Source, parse
from leads.errors import ConfigError

CAMPAIGN = '[campaigns.news]\nid = "camp_1"\n'
SOURCE = f'{CAMPAIGN}[sources.web]\nprovider = "form"\ncampaign = "news"\nauth = "none"\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[leadterra\nbatch_size = 1", "line 1: not TOML: the name of a table stands in brackets"),
        (CAMPAIGN + CAMPAIGN, "line 3: not TOML: this table or key is there twice; keep one of them"),
        (f'{CAMPAIGN}id = "camp_2"', "line 3: not TOML: this table or key is there twice; keep one of them"),
        (f"{SOURCE}redirect = yes", "line 7: not TOML: a value is a text in quotes, a number, true, false or a list"),
        (f'{CAMPAIGN}tokens: ["plan"]', "line 3: not TOML: a line is a key, an equals sign and a value, such as"),
        (f'{SOURCE}redirect = "https://a.example', "line 7: not TOML: a text ends with a quote on the same line"),
        (f"{SOURCE}redirect = 'https://a.example", "line 7: not TOML: a text ends with a quote"),
        (f'{CAMPAIGN}tokens = ["plan"\non_missing_token = "enroll"', "line 4: not TOML: a list ends with a bracket"),
        (f'{SOURCE}honeypot = "a\\c"', "line 7: not TOML: a backslash in a text is written twice"),
        ('[sources.web] provider = "form"', "line 1: not TOML: a line has one key and its value; something follows"),
        (f'{SOURCE}honeypot = """a\n[b]\n', "line 7: not TOML: a text ends with a quote"),
        ("x = {a = 1", "line 1: not TOML: Unclosed inline table"),
        (f"[leadterra]\nbatch_size = {'9' * 5000}", "not TOML: Exceeds the limit"),
        ("[leadterra]\nbatch_size = 0", "leadterra.batch_size: must be a whole number from 1 to 1000, not 0"),
        ("[leadterra]\nbatch_size = 1001", "leadterra.batch_size: must be a whole number from 1 to 1000, not 1001"),
        ("[leadterra]\nbatch_size = true", "leadterra.batch_size: must be a whole number from 1 to 1000, not true"),
        ('[leadterra]\ncustom_fields = "flat"', 'leadterra.custom_fields: must be "top-level" or "nested", not "flat"'),
        *((f'[leadterra]\nbase_url = "{url}"', "leadterra.base_url: must be an https:// address such as https://app")
          for url in ("app", "http://app.leadterra.co", "http://127.0.0.1.evil.example", "ftp://localhost", "http://[")),
        ("[leadterra]\nrequests_per_minute = 0", "requests_per_minute: must be a whole number above 0, not 0"),
        ("[leadterra]\nbatchsize = 1", "leadterra.batchsize: unknown key; did you mean 'batch_size'? Known are: "),
        ("leadterra = 1", "leadterra: must be a table: a line [leadterra], and its keys below"),
        ('[source.web]\nprovider = "form"', "source: unknown key; did you mean 'sources'? Known are: "),
        ("[campaigns.news]", "campaigns.news.id: missing: the id that Leadterra shows"),
        ('[campaigns.news]\nid = ""', "campaigns.news.id: must not be empty"),
        ("[campaigns.news]\nid = 5", "campaigns.news.id: must be a text in quotes"),
        (f'[campaigns.news]\nid = "{"x" * 129}"', "campaigns.news.id: too long: at most 128 characters"),
        ('[campaigns]\nnews = "camp_1"', "campaigns.news: must be a table: a line [campaigns.news], and its keys"),
        ('[campaigns."my news"]\nid = "c"', "campaigns.my news: a name is part of an address: letters, digits"),
        (f'{CAMPAIGN}tokens = "firstName"', 'campaigns.news.tokens: must be a list, such as ["one", "two"]'),
        (f'{CAMPAIGN}on_missing_token = "drop"', 'on_missing_token: must be "enroll" or "dead_letter", not "drop"'),
        (f'{CAMPAIGN}[campaigns.news.defaults]\nemail = "x"', "campaigns.news.defaults.email: an address cannot"),
        (f"{CAMPAIGN}[campaigns.news.defaults]\nfirstName = 3", "campaigns.news.defaults.firstName: must be a text in"),
        (f"{CAMPAIGN}[campaigns.news.defaults]\nplan = [1]", "campaigns.news.defaults.plan: must be a text, a number"),
        (f"{CAMPAIGN}[campaigns.news.defaults]\nplan = inf", "campaigns.news.defaults.plan: must be a text, a number"),
        (f'{CAMPAIGN}[campaigns.news.defaults]\nfirst_name = "x"',
         "campaigns.news.defaults.first_name: the lead's field is spelt 'firstName'"),
        (f'{SOURCE}honey_pot = "x"', "sources.web.honey_pot: unknown key; did you mean 'honeypot'? Known are: "),
        ('[sources.web]\nprovider = "form"\nauth = "none"\n[sources.web.campaigns]\nA = "news"\n' + CAMPAIGN,
         "sources.web.campaign_field: goes together with a [sources.web.campaigns] table"),
        (f'{SOURCE}token = "x"', "sources.web.token: secrets do not belong in this file: put it into the stack's"),
        (f'{SOURCE}api_key = "x"', "put it into the stack's secret, at sources.web"),
        ('[leadterra]\napi_key = "x"', "put it into the stack's secret, at leadterra_api_key"),
        (f'{CAMPAIGN}token = "x"', "campaigns.news.token: unknown key; did you mean 'tokens'? Known are: "),
        (f'{SOURCE}zzz = "x"', "sources.web.zzz: unknown key; known are: allowed_origins, auth, "),
        (f'{CAMPAIGN}[sources.web]\ncampaign = "news"', "sources.web.provider: missing: known are: form, json"),
        (SOURCE.replace('"form"', '"typefrm"'), "sources.web.provider: 'typefrm' is not known"),
        (SOURCE.replace('"none"', '"bearer"'),
         'sources.web.auth: "bearer" is not known: it must be "token" (they send'),
        (SOURCE.replace('"none"', "5"), "sources.web.auth: 5 is not known: it must be"),
        (SOURCE.replace('"none"', f'"{"x" * 99}"'), f'sources.web.auth: "{"x" * 59}... is not known'),
        (SOURCE.replace('auth = "none"', ""),
         'sources.web.auth: missing: say how its senders prove who they are: "token" (they send'),
        (SOURCE.replace('"none"', '"signature"'),
         'sources.web.auth: a "form" source does not sign: it must be "token"'),
        (SOURCE.replace('campaign = "news"', ""), "sources.web.campaign: missing: the name of a [campaigns.<name>]"),
        (SOURCE.replace('campaign = "news"', 'campaign = "new"'),
         "sources.web.campaign: there is no [campaigns.new]; did you mean 'news'? Known are: news"),
        ('[sources.web]\nprovider = "form"\nauth = "none"\ncampaign = "x"', "there is no [campaigns.x]"),
        (f'{SOURCE}campaign_field = "list"',
         "sources.web.campaign_field: goes together with a [sources.web.campaigns]"),
        (f'{SOURCE}[sources.web.campaigns]\nA = "news"', "sources.web.campaign_field: goes together with a"),
        (f'{SOURCE}campaign_field = "list"\n[sources.web.campaigns]\nA = "zzz"',
         "sources.web.campaigns.A: there is no [campaigns.zzz]; known are: news"),
        (f'{SOURCE}allowed_origins = "https://a.example"', "sources.web.allowed_origins: must be a list, such as"),
        (f'{SOURCE}allowed_origins = ["a.example"]', "sources.web.allowed_origins.0: must be an origin such as https"),
        (f'{SOURCE}allowed_origins = ["https://a.example/x"]', "an origin has no path: https://a.example"),
        (f'{SOURCE}redirect = "/thanks"', "sources.web.redirect: must be an absolute address such as https://"),
        (f'{SOURCE}redirect = "javascript:alert(1)"', "sources.web.redirect: must be an absolute address such as"),
        (f'{SOURCE}redirect = "https://a.example/ b"', "sources.web.redirect: must be an absolute address such as"),
        (f'{SOURCE}opt_outs = "suppress"', 'opt_outs: "suppress" does not go with auth = "none": anyone could'),
        (f'{SOURCE}captcha = "recaptcha"', 'sources.web.captcha: must be "turnstile" or "hcaptcha", not "recaptcha"'),
        (f'{SOURCE}captcha = "turnstile"'.replace('"none"', '"token"'),
         "sources.web.captcha: only a browser can solve"),
        (f'{SOURCE}captcha = "hcaptcha"'.replace('"form"', '"typeform"'), 'it needs auth = "none" and provider "form"'),
        (f'{SOURCE}opt_outs = "drop"', "sources.web.opt_outs: must be"),
        (f'{SOURCE}custom_fields = "*"', 'sources.web.custom_fields: must be a list, such as ["one", "two"]'),
        (f'{SOURCE}[sources.web.fields]\nfirstname = "x"', "sources.web.fields.firstname: the lead's field is spelt"),
        (f"{SOURCE}[sources.web.require]\nx = 1979-05-27", "sources.web.require.x: must be a text, a number, true or"),
        (f"{SOURCE}[sources.web.require]\nx = []", "sources.web.require.x: must be a text, a number, true or false"),
        (f"{SOURCE}[sources.web.match]\nx = 5", "sources.web.match.x: must be a text in quotes, or a list of texts"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_remedy(text: str, expected: str) -> None:
    """One mistake gives one line with its place and the accepted values."""
    (line,) = problems(text)
    assert expected in line


@pytest.mark.parametrize("value", ["5", "1.5", "true", '"x y"', "[5]", "[]", "{x = 5}", "{x = {y = 5}}", "1979-05-27"])
@pytest.mark.parametrize(
    ("table", "model"),
    [("leadterra", LeadterraTable), ("campaigns.news", Campaign), ("sources.web", Source), ("sources", Enrollment)],
)
def test_no_message_is_pydantics_own(table: str, model: type[BaseModel], value: str) -> None:
    """Messages describe the file, and contain no wording of the validation library."""
    for key in model.model_fields:
        try:
            parse(f"[{table}]\n{key} = {value}")
        except ConfigError as error:
            assert not re.search("Input should|valid (integer|string|list|dict)|type=", str(error))  # noqa: PT017


def test_signature_is_the_first_choice_of_a_provider_that_signs() -> None:
    """The choices for `auth` begin with "signature" where the provider has a signature scheme."""
    (line,) = problems(SOURCE.replace('"form"', '"typeform"').replace('"none"', '"hmac"'))
    assert 'it must be "signature" (its own scheme), "token"' in line


def test_all_mistakes_are_named_at_once() -> None:
    """One check reports every mistake."""
    text = SOURCE.replace('"form"', '"fax"') + '[sources.app]\nprovider = "json"\ncampaign = "other"\n'
    assert [line.split(": ")[:2] for line in problems(text)] == [
        ["line 4", "sources.web.provider"],
        ["line 7", "sources.app.auth"],
        ["line 9", "sources.app.campaign"],
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"# a comment\n\n{SOURCE}honeypott = 'x'", 9),
        (f"\ufeff{SOURCE}honeypott = 'x'".replace("\n", "\r\n"), 7),
        (f'{SOURCE}allowed_origins = [\n  "https://a.example",\n\n  # nothing\n  "b.example",\n]\n', 7),
        (f'{SOURCE}custom_fields = ["a",\n "b"]\n# why\nhoneypott = """\nx\n"""\n', 10),
        (f'{CAMPAIGN}[sources]\nweb = {{provider = "form", campaign = "new", auth = "none"}}\n', 4),
        (f'{CAMPAIGN}[sources."a.b"]\nprovider = "form"\nauth = "none"\ncampaign = "new"\n', 6),
        (f'{CAMPAIGN}sources.web.provider = "form"\n', 3),
        (f"{SOURCE}[sources.app]\n[sources.app.require]\nplan = 'x'\n", 7),
    ],
)
def test_a_mistake_has_the_line_at_which_its_key_begins(text: str, line: int) -> None:
    """Also with comments, lists over several lines, dotted keys and Windows line endings."""
    assert problems(text)[0].startswith(f"line {line}: ")


KINDS = """
[campaigns.news]
id = "camp_1"
[sources.app]
provider = "{provider}"
campaign = "news"
auth = "token"
[sources.app.{table}]
{rule}
"""


@pytest.mark.parametrize(
    ("provider", "table", "rule", "choices"),
    [
        ("clerk", "require", 'type = "user.updated"', '"user.created", "waitlistEntry.created"'),
        ("clerk", "match", 'type = ["user.deleted", "user.updated"]', '"user.created", "waitlistEntry.created"'),
        ("calendly", "require", "event = true", '"invitee.created"'),
        ("woocommerce", "require", 'X-WC-Webhook-Topic = "order.updated"', '"customer.created", "order.created"'),
    ],
)
def test_a_rule_that_no_event_can_meet(provider: str, table: str, rule: str, choices: str) -> None:
    """A rule that requires a kind of event that the provider's source never accepts is a mistake."""
    name = rule.partition(" ")[0]
    expected = f"sources.app.{table}.{name}: no event can meet it: a {provider} source takes only {choices}"
    assert problems(KINDS.format(provider=provider, table=table, rule=rule)) == [f"line 9: {expected}"]


@pytest.mark.parametrize(
    ("provider", "table", "rule"),
    [
        ("clerk", "require", 'type = ["user.deleted", "User.Created"]'),
        ("clerk", "require", "type = false"),
        ("clerk", "require", 'type = "user.deleted"'),
        ("woocommerce", "require", 'X-WC-Webhook-Topic = "order.deleted"'),
        ("clerk", "require", 'kind = "user.deleted"'),
        ("json", "require", 'type = "customer.subscription.deleted"'),
        ("clerk", "match", 'Type = "Notification"'),
    ],
)
def test_a_rule_that_an_event_can_meet(provider: str, table: str, rule: str) -> None:
    """One accepted kind is enough, an event without a kind meets `false`, and an envelope has its own keys."""
    assert parse(KINDS.format(provider=provider, table=table, rule=rule)).sources
