"""Dotted paths into JSON: `email`, `customFields.plan`, `answers.0.email`. Values are copied, not changed."""

from collections.abc import Sequence
from typing import Any

type KeyPath = Sequence[str | int]


class NoSuchPathError(Exception):
    """A path leads through something that has no parts, or to no place in a list."""


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
    """The value at the end of these steps."""
    for key in route:
        value = value[key]
    return value


def put(value: Any, path: str, new: Any) -> Any:
    """The value with something at a path, in the place of what is there; objects on the way are made.

    Raises:
        NoWayError: the way leads through a text or a number, or into a list at no place of it.
    """
    if (route := locate(value, path)) is not None:
        return _replaced(value, route, new)
    if isinstance(value, list):
        first, _, rest = path.partition(".")
        if rest and first.isdecimal() and int(first) < len(value):
            return _replaced(value, [int(first)], put(value[int(first)], rest, new))
        raise NoSuchPathError
    if not isinstance(value, dict):
        raise NoSuchPathError
    own = next((key for key in value if path.startswith(f"{key}.")), None)
    first, rest = (own, path[len(own) + 1 :]) if own is not None else _parted(path)
    return {**value, first: put(value.get(first, {}), rest, new) if rest else new}


def _parted(path: str) -> tuple[str, str]:
    first, _, rest = path.partition(".")
    return first, rest


def _replaced(value: Any, route: KeyPath, new: Any) -> Any:
    if not route:
        return new
    first, *rest = route
    inner = _replaced(value[first], rest, new)
    if isinstance(value, list):
        return [inner if place == first else item for place, item in enumerate(value)]
    return {key: inner if key == first else item for key, item in value.items()}


def remove(value: Any, route: KeyPath) -> Any:
    """A copy without the value at the end of these steps."""
    *way, last = route
    parent = get(value, way)
    if isinstance(parent, list):
        left: Any = [item for place, item in enumerate(parent) if place != last]
    else:
        left = {key: item for key, item in parent.items() if key != last}
    return _replaced(value, way, left)
