"""Dotted paths into JSON: `email`, `customFields.plan`, `answers.0.email`. Values are changed in place."""

from collections.abc import Sequence
from typing import Any

type KeyPath = Sequence[str | int]


class NoSuchPathError(Exception):
    """A path leads through a text or a number, or beyond a list."""


def locate(value: Any, path: str) -> KeyPath | None:
    """The steps to a path; None if nothing is there. A name may contain dots."""
    if isinstance(value, list):
        first, _, rest = path.partition(".")
        if not first.isdecimal() or int(first) >= len(value):
            return None
        return [int(first)] if not rest else _further(int(first), locate(value[int(first)], rest))
    if not isinstance(value, dict):
        return None
    if path in value:
        return [path]
    ways = (_further(key, locate(value[key], path[len(key) + 1 :])) for key in value if path.startswith(f"{key}."))
    return next((way for way in ways if way is not None), None)


def _further(key: str | int, rest: KeyPath | None) -> KeyPath | None:
    return None if rest is None else [key, *rest]


def get(value: Any, route: KeyPath) -> Any:
    for key in route:
        value = value[key]
    return value


def put(value: Any, path: str, new: Any) -> None:
    """Put something at a path, in the place of what is there. Objects on the way are made.

    Raises:
        NoSuchPathError: the way leads through a text or a number, or into a list at no place of it.
    """
    if (route := locate(value, path)) is not None:
        *way, last = route
        get(value, way)[last] = new
        return
    first, _, rest = path.partition(".")
    if isinstance(value, list):
        if not (rest and first.isdecimal() and int(first) < len(value)):
            raise NoSuchPathError
        put(value[int(first)], rest, new)
        return
    if not isinstance(value, dict):
        raise NoSuchPathError
    if (own := next((key for key in value if path.startswith(f"{key}.")), None)) is not None:
        first, rest = own, path[len(own) + 1 :]
    if rest:
        put(value.setdefault(first, {}), rest, new)
    else:
        value[first] = new


def remove(value: Any, route: KeyPath) -> None:
    *way, last = route
    del get(value, way)[last]
