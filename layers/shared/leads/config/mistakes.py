"""Mistakes in `enrollment.toml`, each as one line: the key it is at, what is wrong, what would be right."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from leads.config.values import MAX_BATCH_SIZE
from leads.fields.names import canonical
from leads.model import LEAD_FIELDS
from leads.presets.providers import PROVIDERS

if TYPE_CHECKING:
    from leads.config.schema import Enrollment, Source

type Siblings = Callable[[Sequence[str]], Iterable[str]]
"""The keys that would be right where an unknown one stands."""

_MAX_SHOWN: Final = 60
# As `canonical` leaves them. No key of the file has such a name.
_SECRETS: Final = frozenset(
    {"token", "secret", "password", "key", "apikey", "secretkey", "signingsecret", "webhooksecret", "accesstoken"}
)


def found(enrollment: "Enrollment") -> Iterator[str]:
    """What is wrong although every value by itself would do."""
    for name, campaign in enrollment.campaigns.items():
        key = f"campaigns.{name}.defaults"
        if "email" in campaign.defaults:
            yield f"{key}.email: an address cannot have a default"
        yield from _misspelt(key, campaign.defaults)
    for name, source in enrollment.sources.items():
        key = f"sources.{name}"
        yield from _provider_mistakes(key, source)
        yield from _destination_mistakes(key, source, enrollment.campaigns)
        yield from _misspelt(f"{key}.fields", source.fields)


def _provider_mistakes(key: str, source: "Source") -> Iterator[str]:
    provider = PROVIDERS.get(source.provider)
    if provider is None:
        yield f"{key}.provider: {source.provider!r} is not known{_meant(source.provider, PROVIDERS)}"
    elif (source.auth or provider.auth) is None:
        yield f"{key}.auth: missing: say how its senders prove who they are: {_auths(source.provider)}"
    elif not provider.signs and source.auth == "signature":
        yield f'{key}.auth: a "{source.provider}" source does not sign: it must be {_auths(source.provider)}'


def _auths(provider: object) -> str:
    """What `auth` may be for a kind of source."""
    known = PROVIDERS.get(provider) if isinstance(provider, str) else None
    signs = '"signature" (its own scheme), ' if known and known.signs else ""
    return (
        f'{signs}"token" (they send the source\'s secret), "basic" (the secret is the password) '
        'or, for a form on a public page, "none"'
    )


def _destination_mistakes(key: str, source: "Source", campaigns: Iterable[str]) -> Iterator[str]:
    if not (source.campaign or source.campaign_field or source.campaigns):
        yield f"{key}.campaign: missing: the name of a [campaigns.<name>] table"
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


# pydantic speaks to programmers; these speak of the file.
_TEXTS: Final = {
    "string_type": "must be a text in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "too long: at most 128 characters",
    "string_pattern_mismatch": "a name is part of an address: letters, digits, '.', '_' and '-', at most 64",
    "tuple_type": 'must be a list, such as ["one", "two"]',
    "dict_type": "must be a table: a line [{key}], and its keys below",
    "model_type": "must be a table: a line [{key}], and its keys below",
}
_NUMBERS: Final = frozenset({"int_type", "greater_than_equal", "less_than_equal"})


def line(error: Any, data: Mapping[str, Any], siblings: Siblings) -> str:
    """One validation error of pydantic's, in the words of the file; `data` is what the file says."""
    path = [str(part) for part in error["loc"] if part != "[key]"]
    key = ".".join(path)
    match error["type"]:
        case "extra_forbidden":
            text = _unknown(path, siblings(path))
        case "missing":
            known = "the id that Leadterra shows" if path[-1] == "id" else f"known are: {', '.join(PROVIDERS)}"
            text = f"missing: {known}"
        case "value_error":
            text = str(error["ctx"]["error"])
        case "enum" if path[-1] == "auth":
            auths = _auths(data["sources"][path[1]].get("provider"))
            text = f"{_shown(error['input'])} is not known: it must be {auths}"
        case "enum":
            choices = error["ctx"]["expected"].replace("'", '"')
            text = f"must be {choices}, not {_shown(error['input'])}"
        case kind if kind in _NUMBERS:
            # The file has one number.
            text = f"must be a whole number from 1 to {MAX_BATCH_SIZE}, not {_shown(error['input'])}"
        case kind:
            text = _TEXTS.get(kind, error["msg"]).format(key=key)
    return f"{key}: {text}"


def _unknown(path: Sequence[str], siblings: Iterable[str]) -> str:
    if canonical(path[-1]) in _SECRETS and path[0] in {"leadterra", "sources"}:
        place = "leadterra_api_key" if path[0] == "leadterra" else f"sources.{path[1]}"
        return f"secrets do not belong in this file: put it into the stack's secret, at {place}"
    return f"unknown key{_meant(path[-1], siblings)}"


def _shown(value: object) -> str:
    """A value nearly as the file has it, as far as it helps."""
    text = str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}..."


def _meant(word: str, known: Iterable[str]) -> str:
    """A remedy: the likely spelling, and all there are."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1)
    likely = f"; did you mean {close[0]!r}?" if close else ""
    return f"{likely}{' Known' if likely else '; known'} are: {', '.join(names)}" if names else ""
