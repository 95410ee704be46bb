"""Kinds of values in `enrollment.toml`, and what to say of anything else."""

from collections.abc import Callable
from math import isfinite
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, PlainValidator

DEFAULT_BASE_URL: Final = "https://app.leadterra.co"
# The guide: "split your array into batches of 500-1,000 leads per request".
MAX_BATCH_SIZE: Final = 1_000


def _web_address(example: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc or len(value.split()) != 1:
            msg = f"must be an absolute address such as {example}"
            raise ValueError(msg)
        return value

    return check


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


def _list_of(is_one: Callable[[object], bool], wanted: str) -> Callable[[object], tuple[Any, ...]]:
    def check(value: object) -> tuple[Any, ...]:
        values = value if isinstance(value, list) else [value]
        if not values or not all(map(is_one, values)):
            raise ValueError(wanted)
        return tuple(values)

    return check


_values = _list_of(_is_value, "must be a text, a number, true or false, or a list of these")
_texts = _list_of(lambda value: isinstance(value, str), "must be a text in quotes, or a list of texts")

type Name = Annotated[str, Field(min_length=1, max_length=128)]
type Slug = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
type BaseUrl = Annotated[str, AfterValidator(_web_address(DEFAULT_BASE_URL))]
type PageUrl = Annotated[str, AfterValidator(_web_address("https://www.example.com/thanks"))]
type Origin = Annotated[str, AfterValidator(_origin)]
type Value = Annotated[str | bool | int | float, PlainValidator(_value)]
type Values = Annotated[tuple[str | bool | int | float, ...], PlainValidator(_values)]
"""One value or a list of them, always kept as several."""
type Texts = Annotated[tuple[str, ...], PlainValidator(_texts)]
