"""`enrollment.toml`: the campaigns and the sources, checked as a whole before anything runs.

Every problem is reported at once, by the key it is at, with what would be right there.
"""

import tomllib
from difflib import get_close_matches
from enum import StrEnum
from typing import Annotated, Any, Final, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    model_validator,
)

from leads.errors import ConfigError
from leads.providers import PROVIDERS, Provider

DEFAULT_BASE_URL: Final = "https://app.leadterra.co"
# The guide: "split your array into batches of 500-1,000 leads per request".
MAX_BATCH_SIZE: Final = 1_000


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = "an absolute address such as https://www.example.com/thanks"
        raise ValueError(msg)
    return value


def _origin(value: str) -> str:
    if value in {"*", "null"}:
        return value
    parts = urlsplit(_web_address(value))
    if parts.path.strip("/") or parts.query or parts.fragment:
        msg = f"an origin has no path: {parts.scheme}://{parts.netloc}"
        raise ValueError(msg)
    # Browsers send origins in lower case.
    return f"{parts.scheme}://{parts.netloc}".lower()


type Name = Annotated[str, Field(min_length=1, max_length=128)]
type Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
type WebAddress = Annotated[str, AfterValidator(_web_address)]
type Origin = Annotated[str, AfterValidator(_origin)]
type Value = StrictStr | StrictBool | StrictInt | StrictFloat


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

    base_url: WebAddress = DEFAULT_BASE_URL
    batch_size: int = Field(default=MAX_BATCH_SIZE, ge=1, le=MAX_BATCH_SIZE)
    custom_fields: CustomFieldStyle = CustomFieldStyle.TOP_LEVEL


class Campaign(_Table):
    """`[campaigns.<name>]`: where leads go and what its copy needs."""

    id: Name
    tokens: tuple[Name, ...] = ()
    on_missing_token: OnMissingToken = OnMissingToken.ENROLL
    defaults: dict[Name, Value] = {}

    @model_validator(mode="after")
    def _no_default_address(self) -> Self:
        if "email" in self.defaults:
            msg = "defaults: an address cannot have a default"
            raise ValueError(msg)
        return self


class Source(_Table):
    """`[sources.<name>]`: one place that signups come from."""

    provider: str
    campaign: Name | None = None
    campaign_field: Name | None = None
    campaigns: dict[str, Name] = {}
    auth: Auth | None = None
    allowed_origins: tuple[Origin, ...] = ()
    redirect: WebAddress | None = None
    honeypot: Name | None = None
    custom_fields: tuple[Name, ...] = ()
    fields: dict[Name, Name] = {}
    require: dict[Name, Value | tuple[Value, ...]] = {}
    match: dict[Name, StrictStr | tuple[StrictStr, ...]] = {}

    @property
    def preset(self) -> Provider:
        """What is known about this kind of source."""
        return PROVIDERS[self.provider]

    @property
    def authentication(self) -> Auth:
        """`auth`, or the provider's own scheme where the file leaves it out."""
        return self.auth or Auth.SIGNATURE

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        problems = [*_provider_problems(self), *_campaign_problems(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self


def _provider_problems(source: Source) -> list[str]:
    provider = PROVIDERS.get(source.provider)
    if provider is None:
        return [f"provider: {source.provider!r} is not known{_meant(source.provider, PROVIDERS)}"]
    if source.auth is None and not provider.signs:
        choices = '"token", "basic" or, for a form on a public page, "none"'
        return [f"auth: missing; a {source.provider!r} source does not sign: say how it proves who it is: {choices}"]
    if source.auth is Auth.SIGNATURE and not provider.signs:
        return [f'auth: a {source.provider!r} source does not sign; use "token", "basic" or "none"']
    return []


def _campaign_problems(source: Source) -> list[str]:
    if source.campaign is None and source.campaign_field is None:
        return ["campaign: missing; the name of a [campaigns.<name>] table"]
    if bool(source.campaign_field) != bool(source.campaigns):
        return ["campaign_field: goes together with a [sources.<name>.campaigns] table that maps its values"]
    return []


class Enrollment(_Table):
    """The whole file."""

    leadterra: Leadterra = Leadterra()
    campaigns: dict[Slug, Campaign] = {}
    sources: dict[Slug, Source] = {}

    def rules(self, campaign: str) -> Campaign:
        """The campaign that a message names; what is no name here is taken for a campaign's id."""
        if known := self.campaigns.get(campaign):
            return known
        return next((c for c in self.campaigns.values() if c.id == campaign), Campaign(id=campaign))


def parse(text: str) -> Enrollment:
    """Read the file's text.

    Raises:
        ConfigError: with one line for each problem, naming the line or the key and the remedy.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"not TOML: {error}"]) from error
    try:
        enrollment = Enrollment.model_validate(data)
    except ValidationError as error:
        raise ConfigError([line for item in error.errors() for line in _lines(item)]) from error
    if problems := _unknown_campaigns(enrollment):
        raise ConfigError(problems)
    return enrollment


def _unknown_campaigns(enrollment: Enrollment) -> list[str]:
    named = [
        (key, campaign)
        for name, source in enrollment.sources.items()
        for key, campaign in [
            (f"sources.{name}.campaign", source.campaign),
            *((f"sources.{name}.campaigns.{value}", campaign) for value, campaign in source.campaigns.items()),
        ]
        if campaign is not None
    ]
    return [
        f"{key}: there is no [campaigns.{campaign}]{_meant(campaign, enrollment.campaigns)}"
        for key, campaign in named
        if campaign not in enrollment.campaigns
    ]


_TABLES: Final[dict[str, type[BaseModel]]] = {
    "leadterra": Leadterra,
    "campaigns": Campaign,
    "sources": Source,
}


def _lines(error: Any) -> list[str]:
    """One validation error as `key: what is wrong; what would be right`."""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    key = ".".join(path[: _depth(path)])
    match error["type"]:
        case "extra_forbidden":
            return [f"{key}: unknown key{_meant(path[-1], _siblings(path))}"]
        case "missing":
            return [f"{key}: missing"]
        case "value_error":
            return [f"{key}{'.' if ':' in line else ': '}{line}" for line in str(error["ctx"]["error"]).split("\n")]
        case _:
            return [f"{key}: {error['msg']}"]


def _depth(path: list[str]) -> int:
    """How much of the location is the user's own: behind it pydantic names the member of a union it tried."""
    return next((i for i, part in enumerate(path) if part.startswith(("constrained-", "function-"))), len(path))


def _siblings(path: list[str]) -> list[str]:
    """The keys that would be right where an unknown one stands."""
    if len(path) == 1:
        return list(Enrollment.model_fields)
    return list(_TABLES[path[0]].model_fields)


def _meant(word: str, known: Any) -> str:
    """A remedy: the likely spelling, or all there are."""
    names = sorted(known)
    if close := get_close_matches(word, names, n=1):
        return f"; did you mean {close[0]!r}?"
    return f"; known are: {', '.join(names)}" if names else ""
