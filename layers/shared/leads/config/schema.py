"""`enrollment.toml`: the campaigns and the sources, checked as a whole before anything runs.

Problems are reported together, each by the key it is at, with what would be right there.
"""

import tomllib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, StrictInt, ValidationError

from leads.config import mistakes
from leads.config.values import (
    DEFAULT_BASE_URL,
    MAX_BATCH_SIZE,
    BaseUrl,
    Name,
    Origin,
    PageUrl,
    Slug,
    Texts,
    Value,
    Values,
)
from leads.errors import ConfigError
from leads.presets.provider import Provider
from leads.presets.providers import PROVIDERS


class CustomFieldStyle(StrEnum):
    """How custom fields are written: the reference and the guide disagree, so the user chooses."""

    TOP_LEVEL = "top-level"
    NESTED = "nested"


class OnMissingToken(StrEnum):
    """What becomes of a lead that lacks a field its campaign's copy uses."""

    ENROLL = "enroll"
    DEAD_LETTER = "dead_letter"


class Auth(StrEnum):
    """How a sender proves who it is."""

    SIGNATURE = "signature"
    TOKEN = "token"  # noqa: S105 - the word, not a secret
    BASIC = "basic"
    NONE = "none"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Leadterra(_Table):
    """`[leadterra]`: the service."""

    base_url: BaseUrl = DEFAULT_BASE_URL
    batch_size: StrictInt = Field(default=MAX_BATCH_SIZE, ge=1, le=MAX_BATCH_SIZE)
    custom_fields: CustomFieldStyle = CustomFieldStyle.TOP_LEVEL


class Campaign(_Table):
    """`[campaigns.<name>]`: where leads go and what its copy needs."""

    id: Name
    tokens: tuple[Name, ...] = ()
    on_missing_token: OnMissingToken = OnMissingToken.ENROLL
    defaults: dict[Name, Value] = {}


class Source(_Table):
    """`[sources.<name>]`: one place that signups come from."""

    provider: str
    campaign: Name | None = None
    campaign_field: Name | None = None
    campaigns: dict[str, Name] = {}
    auth: Auth | None = None
    allowed_origins: tuple[Origin, ...] = ()
    redirect: PageUrl | None = None
    honeypot: Name | None = None
    custom_fields: tuple[Name, ...] = ()
    fields: dict[Name, Name] = {}
    require: dict[Name, Values] = {}
    match: dict[Name, Texts] = {}
    public_url: PageUrl | None = None

    @property
    def preset(self) -> Provider:
        """What is known about this kind of source."""
        return PROVIDERS[self.provider]

    @property
    def authentication(self) -> Auth:
        """`auth`, or what is usual for the provider; nobody is let in where neither says."""
        return self.auth or Auth(self.preset.auth or Auth.SIGNATURE)


class Enrollment(_Table):
    """The whole file."""

    leadterra: Leadterra = Leadterra()
    campaigns: dict[Slug, Campaign] = {}
    sources: dict[Slug, Source] = {}

    def rules(self, campaign: str) -> Campaign:
        """The campaign that a message names; what is no name here is taken for a campaign's id."""
        if known := self.campaigns.get(campaign):
            return known
        # Not validated: a message may hold any text, and Leadterra is to say that there is no such campaign.
        literal = Campaign.model_construct(id=campaign)
        return next((c for c in self.campaigns.values() if c.id == campaign), literal)


def parse(text: str) -> Enrollment:
    """Read the file's text.

    Raises:
        ConfigError: with one line for each problem, naming the line or the key and the remedy.
    """
    try:
        data = tomllib.loads(text)
    except ValueError as error:
        raise ConfigError([f"not TOML: {error}"]) from error
    try:
        enrollment = Enrollment.model_validate(data)
    except ValidationError as error:
        raise ConfigError([mistakes.line(item, data, _siblings) for item in error.errors()]) from error
    if problems := list(mistakes.found(enrollment)):
        raise ConfigError(problems)
    return enrollment


_TABLES: Final[dict[str, type[BaseModel]]] = {"leadterra": Leadterra, "campaigns": Campaign, "sources": Source}


def _siblings(path: Sequence[str]) -> Iterable[str]:
    """The keys that would be right where an unknown one stands."""
    return (Enrollment if len(path) == 1 else _TABLES[path[0]]).model_fields
