"""`enrollment.toml`: the campaigns and the sources, checked as a whole before anything runs.

Problems are reported together, each by the key it is at, with what would be right there.
"""

import tomllib
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from enum import StrEnum
from math import isfinite
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StrictInt, ValidationError

from leads.errors import ConfigError
from leads.message import LEAD_FIELDS
from leads.names import canonical
from leads.providers import PROVIDERS, Provider

DEFAULT_BASE_URL: Final = "https://app.leadterra.co"
# The guide: "split your array into batches of 500-1,000 leads per request".
MAX_BATCH_SIZE: Final = 1_000


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or len(value.split()) != 1:
        msg = "must be an absolute address such as https://www.example.com/thanks"
        raise ValueError(msg)
    return value


def _origin(value: str) -> str:
    if value in {"*", "null"}:
        return value
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        msg = "must be an origin such as https://www.example.com"
        raise ValueError(msg)
    if parts.path.strip("/") or parts.query or parts.fragment:
        msg = f"an origin has no path: {parts.scheme}://{parts.netloc}"
        raise ValueError(msg)
    # Browsers send origins in lower case.
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_value(value: object) -> bool:
    # TOML knows infinity, JSON does not.
    return isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))


def _value(value: object) -> object:
    if not _is_value(value):
        msg = "must be a text, a number, true or false"
        raise ValueError(msg)
    return value


def _values(value: object) -> tuple[object, ...]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(map(_is_value, values)):
        msg = "must be a text, a number, true or false, or a list of these"
        raise ValueError(msg)
    return tuple(values)


def _texts(value: object) -> tuple[str, ...]:
    texts = value if isinstance(value, list) else [value]
    if not texts or not all(isinstance(item, str) for item in texts):
        msg = "must be a text in quotes, or a list of texts"
        raise ValueError(msg)
    return tuple(texts)


type Name = Annotated[str, Field(min_length=1, max_length=128)]
type Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
type WebAddress = Annotated[str, AfterValidator(_web_address)]
type Origin = Annotated[str, AfterValidator(_origin)]
type Value = Annotated[str | bool | int | float, PlainValidator(_value)]
type Values = Annotated[tuple[str | bool | int | float, ...], PlainValidator(_values)]
"""One value or a list of them, always kept as several."""
type Texts = Annotated[tuple[str, ...], PlainValidator(_texts)]


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
    redirect: WebAddress | None = None
    honeypot: Name | None = None
    custom_fields: tuple[Name, ...] = ()
    fields: dict[Name, Name] = {}
    require: dict[Name, Values] = {}
    match: dict[Name, Texts] = {}

    @property
    def preset(self) -> Provider:
        """What is known about this kind of source."""
        return PROVIDERS[self.provider]

    @property
    def authentication(self) -> Auth:
        """`auth`, or the provider's own scheme where the file leaves it out."""
        return self.auth or Auth.SIGNATURE


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
        raise ConfigError([_line(item) for item in error.errors()]) from error
    if problems := [*_campaign_problems(enrollment), *_source_problems(enrollment)]:
        raise ConfigError(problems)
    return enrollment


def _campaign_problems(enrollment: Enrollment) -> Iterator[str]:
    for name, campaign in enrollment.campaigns.items():
        key = f"campaigns.{name}.defaults"
        if "email" in campaign.defaults:
            yield f"{key}.email: an address cannot have a default"
        yield from _misspelt(key, campaign.defaults)


def _source_problems(enrollment: Enrollment) -> Iterator[str]:
    for name, source in enrollment.sources.items():
        key = f"sources.{name}"
        yield from _provider_problems(key, source)
        yield from _destination_problems(key, source, enrollment.campaigns)
        yield from _misspelt(f"{key}.fields", source.fields)


def _provider_problems(key: str, source: Source) -> Iterator[str]:
    provider = PROVIDERS.get(source.provider)
    if provider is None:
        yield f"{key}.provider: {source.provider!r} is not known{_meant(source.provider, PROVIDERS)}"
    elif not provider.signs and source.auth in {None, Auth.SIGNATURE}:
        choices = '"token", "basic" or, for a form on a public page, "none"'
        said = "missing; " if source.auth is None else ""
        yield f"{key}.auth: {said}a {source.provider!r} source does not sign: say how it proves who it is: {choices}"


def _destination_problems(key: str, source: Source, campaigns: Iterable[str]) -> Iterator[str]:
    if source.campaign is None and source.campaign_field is None:
        yield f"{key}.campaign: missing; the name of a [campaigns.<name>] table"
    if bool(source.campaign_field) != bool(source.campaigns):
        yield f"{key}.campaign_field: goes together with a [{key}.campaigns] table that maps its values"
    named = {"campaign": source.campaign, **{f"campaigns.{value}": name for value, name in source.campaigns.items()}}
    for place, campaign in named.items():
        if campaign is not None and campaign not in campaigns:
            yield f"{key}.{place}: there is no [campaigns.{campaign}]{_meant(campaign, campaigns)}"


def _misspelt(key: str, names: Iterable[str]) -> Iterator[str]:
    """A lead's own field in another spelling would quietly become a custom field beside it."""
    right = {canonical(field): field for field in LEAD_FIELDS}
    for name in names:
        field = right.get(canonical(name), name)
        if field != name:
            yield f"{key}.{name}: the lead's field is spelt {field!r}"


_TABLES: Final[dict[str, type[BaseModel]]] = {
    "leadterra": Leadterra,
    "campaigns": Campaign,
    "sources": Source,
}

# pydantic speaks to programmers; these speak of the file. What is not here it says well enough.
_TEXTS: Final = {
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "too long: at most 128 characters",
    "string_pattern_mismatch": "a name is part of an address: letters, digits, '.', '_' and '-', at most 64",
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "dict_type": "must be a table: a line [{key}], and its keys below",
    "model_type": "must be a table: a line [{key}], and its keys below",
}


def _line(error: Any) -> str:
    """One validation error as `key: what is wrong; what would be right`."""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    key = ".".join(path)
    match error["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key{_meant(path[-1], _siblings(path))}"
        case "missing":
            remedy = "the id that Leadterra shows" if path[-1] == "id" else f"known are: {', '.join(PROVIDERS)}"
            return f"{key}: missing; {remedy}"
        case "value_error":
            return f"{key}: {error['ctx']['error']}"
        case kind:
            return f"{key}: {_TEXTS.get(kind, error['msg']).format(key=key)}"


def _siblings(path: list[str]) -> Iterable[str]:
    """The keys that would be right where an unknown one stands."""
    return (Enrollment if len(path) == 1 else _TABLES[path[0]]).model_fields


def _meant(word: str, known: Iterable[str]) -> str:
    """A remedy: the likely spelling, and all there are."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    likely = f"; did you mean {close[0]!r}?" if close else ""
    return f"{likely}{' Known' if likely else '; known'} are: {', '.join(names)}" if names else ""
