"""`enrollment.toml`: the campaigns and the sources, checked as a whole before anything runs.

All problems are reported together.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from copy import replace
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from leads.config.mistakes import Mistake, auth_choices, explain, explain_syntax, plain_name, suggestion
from leads.config.values import (
    DEFAULT_BASE_URL,
    MAX_BATCH_SIZE,
    Name,
    Origin,
    Scalar,
    Scalars,
    ServiceUrl,
    Slug,
    Texts,
    Url,
)
from leads.errors import ConfigError
from leads.model import LEAD_FIELDS
from leads.presets.provider import Provider
from leads.presets.providers import PROVIDERS

type Auth = Literal["signature", "token", "basic", "none"]
type Captcha = Literal["turnstile", "hcaptcha"]
type CustomFields = Literal["top-level", "nested"]
"""How custom fields are sent. Leadterra's reference and guide disagree, so the user chooses."""
type _Key = tuple[str, ...]

# A rule that names such a kind of event includes it, for example for a win-back campaign.
_DELETION: Final = re.compile(r"delet|remov|destroy|redact|eras")


class _Table(BaseModel):
    # Built at first use: most models are only read as a part of another, and building each slows a cold start.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class LeadterraTable(_Table):
    """`[leadterra]`."""

    base_url: ServiceUrl = DEFAULT_BASE_URL
    batch_size: StrictInt = Field(default=MAX_BATCH_SIZE, ge=1, le=MAX_BATCH_SIZE)
    custom_fields: CustomFields = "top-level"
    requests_per_minute: Annotated[StrictInt, Field(ge=1)] | None = None


class Campaign(_Table):
    """`[campaigns.<name>]`: where leads go and what its copy needs."""

    id: Name
    tokens: tuple[Name, ...] = ()
    on_missing_token: Literal["enroll", "dead_letter"] = "enroll"  # noqa: S105 - no password
    defaults: dict[Name, Scalar] = {}


class Source(_Table):
    """`[sources.<name>]`: a place that signups come from."""

    provider: str
    campaign: Name | None = None
    campaign_field: Name | None = None
    campaigns: dict[str, Name] = {}
    auth: Auth | None = None
    allowed_origins: tuple[Origin, ...] = ()
    redirect: Url | None = None
    honeypot: Name | None = None
    captcha: Captcha | None = None
    custom_fields: tuple[Name, ...] = ()
    fields: dict[Name, Name] = {}
    require: dict[Name, Scalars] = {}
    match: dict[Name, Texts] = {}
    public_url: Url | None = None
    opt_outs: Literal["ignore", "suppress"] = "ignore"

    @property
    def preset(self) -> Provider:
        """What this kind of source sends and expects. A `require` that names a kind of deletion admits that kind."""
        preset = PROVIDERS[self.provider]
        required = {_plain_place(name): values for name, values in self.require.items()}
        only = {
            place: kinds | set(filter(_DELETION.search, map(str, required.get(_plain_place(place), ()))))
            for place, kinds in preset.only.items()
        }
        return preset if only == preset.only else replace(preset, only=only)

    @property
    def authentication(self) -> Auth:
        """`auth`, or the provider's default; `parse` refuses a source that has neither."""
        return self.auth or self.preset.auth or "signature"

    @property
    def has_secret(self) -> bool:
        """Whether the stack's secret must have something for it: its senders' secret, or the captcha's."""
        return self.authentication != "none" or self.captcha is not None


class Enrollment(_Table):
    """The whole file."""

    leadterra: LeadterraTable = LeadterraTable()
    campaigns: dict[Slug, Campaign] = {}
    sources: dict[Slug, Source] = {}

    def rules(self, campaign: str) -> Campaign:
        """The campaign of a message, by name or by id. Anything else is the id of a campaign without rules."""
        if known := self.campaigns.get(campaign):
            return known
        # Not validated: a message may hold any text, and Leadterra knows whether it is a campaign.
        literal = Campaign.model_construct(id=campaign)
        return next((c for c in self.campaigns.values() if c.id == campaign), literal)


def parse(text: str) -> Enrollment:
    """Read the file's text.

    Raises:
        ConfigError: with one line for each problem, naming the line, the key and what would be right.
    """
    # Windows writes a mark before the first line. The line break gives a mistake in the last line its number.
    file = f"{text.removeprefix('\ufeff')}\n"
    try:
        data = tomllib.loads(file)
    except ValueError as error:
        raise ConfigError([explain_syntax(error, file)]) from error
    try:
        enrollment = Enrollment.model_validate(data)
    except ValidationError as error:
        mistakes = [explain(each, data, _known_keys(each["loc"])) for each in error.errors()]
        raise ConfigError([each.with_line(file) for each in mistakes]) from error
    if problems := [each.with_line(file) for each in _inconsistencies(enrollment)]:
        raise ConfigError(problems)
    return enrollment


_TABLES: Final[dict[object, type[BaseModel]]] = {"leadterra": LeadterraTable, "campaigns": Campaign, "sources": Source}


def _known_keys(path: Sequence[object]) -> Iterable[str]:
    """The keys that may stand at the place of an unknown one."""
    return (Enrollment if len(path) == 1 else _TABLES[path[0]]).model_fields


def _inconsistencies(enrollment: Enrollment) -> Iterator[Mistake]:
    """Mistakes that concern several values together."""
    for name, campaign in enrollment.campaigns.items():
        key = ("campaigns", name, "defaults")
        if "email" in campaign.defaults:
            yield Mistake((*key, "email"), "an address cannot have a default")
        for field in campaign.defaults.keys() & set(LEAD_FIELDS):
            if not isinstance(campaign.defaults[field], str):
                yield Mistake((*key, field), "must be a text in quotes")
        yield from _misspelt(key, campaign.defaults)
    for name, source in enrollment.sources.items():
        yield from _provider_mistakes(("sources", name), source)
        yield from _destination_mistakes(("sources", name), source, enrollment.campaigns)
        yield from _misspelt(("sources", name, "fields"), source.fields)
        yield from _rule_mistakes(("sources", name), source)


def _rule_mistakes(key: _Key, source: Source) -> Iterator[Mistake]:
    """Rules that require a kind of event that the provider's own rules exclude."""
    only = source.preset.only if source.provider in PROVIDERS else {}
    plain = {_plain_place(place): taken for place, taken in only.items()}
    asked = {("require", name): (values, plain.get(_plain_place(name))) for name, values in source.require.items()}
    # SNS's envelope has a `Type` of its own, so here the spelling counts.
    asked |= {("match", name): (values, only.get(name)) for name, values in source.match.items()}
    for rule, (values, taken) in asked.items():
        # An event without a kind is accepted, and meets `false`.
        if taken and False not in values and {str(value).lower() for value in values}.isdisjoint(map(str.lower, taken)):
            choices = ", ".join(f'"{kind}"' for kind in sorted(taken))
            yield Mistake((*key, *rule), f"no event can meet it: a {source.provider} source takes only {choices}")


def _provider_mistakes(key: _Key, source: Source) -> Iterator[Mistake]:
    provider = PROVIDERS.get(source.provider)
    choices = auth_choices(source.provider)
    if provider is None:
        text = f"{source.provider!r} is not known{suggestion(source.provider, PROVIDERS)}"
        yield Mistake((*key, "provider"), text)
    elif (source.auth or provider.auth) is None:
        yield Mistake((*key, "auth"), f"missing: say how its senders prove who they are: {choices}")
    elif provider.signature is None and source.auth == "signature":
        yield Mistake((*key, "auth"), f'a "{source.provider}" source does not sign: it must be {choices}')
    if source.captcha and (source.auth != "none" or (provider and not provider.interactive)):
        text = 'only a browser can solve one: it needs auth = "none" and provider "form" or "json"'
        yield Mistake((*key, "captcha"), text)
    if source.opt_outs == "suppress" and source.auth == "none":
        text = (
            '"suppress" does not go with auth = "none": anyone could suppress any address for good; '
            'it must be "ignore", or set auth'
        )
        yield Mistake((*key, "opt_outs"), text)


def _destination_mistakes(key: _Key, source: Source, campaigns: Iterable[str]) -> Iterator[Mistake]:
    if not (source.campaign or source.campaign_field or source.campaigns):
        yield Mistake((*key, "campaign"), "missing: the name of a [campaigns.<name>] table")
    if bool(source.campaign_field) != bool(source.campaigns):
        text = f"goes together with a [{'.'.join(key)}.campaigns] table that maps its values"
        yield Mistake((*key, "campaign_field"), text)
    named: dict[_Key, str | None] = {("campaign",): source.campaign}
    named |= {("campaigns", value): campaign for value, campaign in source.campaigns.items()}
    for place, campaign in named.items():
        if campaign is not None and campaign not in campaigns:
            text = f"there is no [campaigns.{campaign}]{suggestion(campaign, campaigns)}"
            yield Mistake((*key, *place), text)


def _plain_place(place: str) -> str:
    """A place in an event in canonical spelling."""
    return plain_name(place.removeprefix("header:"))


def _misspelt(key: _Key, names: Iterable[str]) -> Iterator[Mistake]:
    """Lead fields in another spelling, which would become custom fields."""
    for name in names:
        for field in LEAD_FIELDS:
            if plain_name(name) == plain_name(field) and name != field:
                yield Mistake((*key, name), f"the lead's field is spelt {field!r}")
