"""Kinds of values in `enrollment.toml`, and the messages for invalid ones."""

from collections.abc import Callable
from functools import cache
from math import isfinite
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator

DEFAULT_BASE_URL: Final = "https://app.leadterra.co"
# The guide: "split your array into batches of 500-1,000 leads per request".
MAX_BATCH_SIZE: Final = 1_000
SERVICE_ADDRESS: Final = "an https:// address such as https://app.leadterra.co; http:// is for this machine alone"
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


def _must_be[T](what: str, check: Callable[[T], bool]) -> Callable[[T], T]:
    def validate(value: T) -> T:
        if not check(value):
            raise ValueError(f"must be {what}")
        return value

    return validate


def _is_web_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and len(value.split()) == 1


@cache
def is_service_address(value: str) -> bool:
    """Whether this may be Leadterra's address: `https://`, or without TLS on this machine only."""
    try:
        return _is_web_address(value) and (value.startswith("https:") or urlsplit(value).hostname in _LOOPBACK)
    except ValueError:  # brackets that are no IPv6 address
        return False


def _origin(value: str) -> str:
    if value in {"*", "null"}:
        return value
    if not _is_web_address(value):
        raise ValueError("must be an origin such as https://www.example.com")
    # Browsers send origins in lower case and without a final slash.
    value = value.lower().rstrip("/")
    origin = "://".join(urlsplit(value)[:2])
    if value != origin:
        raise ValueError(f"an origin has no path: {origin}")
    return origin


def _is_scalar(value: object) -> bool:
    # TOML knows infinity, JSON does not.
    return isinstance(value, str | int) or (isinstance(value, float) and isfinite(value))


def _are_scalars(values: tuple[object, ...]) -> bool:
    return bool(values) and all(map(_is_scalar, values))


def _are_texts(values: tuple[object, ...]) -> bool:
    return bool(values) and all(isinstance(value, str) for value in values)


def _as_tuple(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


type Name = Annotated[str, Field(min_length=1, max_length=128)]
type Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
type Url = Annotated[
    str, AfterValidator(_must_be("an absolute address such as https://www.example.com", _is_web_address))
]
type ServiceUrl = Annotated[str, AfterValidator(_must_be(SERVICE_ADDRESS, is_service_address))]
type Origin = Annotated[str, AfterValidator(_origin)]
type Scalar = Annotated[
    str | bool | int | float, PlainValidator(_must_be("a text, a number, true or false", _is_scalar))
]
# One value or a list of them, always kept as several.
type Scalars = Annotated[
    tuple[str | bool | int | float, ...],
    PlainValidator(_must_be("a text, a number, true or false, or a list of these", _are_scalars)),
    BeforeValidator(_as_tuple),
]
type Texts = Annotated[
    tuple[str, ...],
    PlainValidator(_must_be("a text in quotes, or a list of texts", _are_texts)),
    BeforeValidator(_as_tuple),
]
