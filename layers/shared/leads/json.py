"""Strict JSON, written in ASCII."""

import json
import re
from math import isfinite
from typing import Any, Final

from leads.errors import Malformed


def dumps(value: object) -> str:
    """Write JSON in ASCII: SQS refuses some characters, but no escapes."""
    return _ENCODER.encode(value)


def loads(body: str) -> Any:
    """Read JSON. `NaN` and infinity, also as `1e999`, are refused: Leadterra could not read them.

    Lone surrogates are removed: programs that shorten texts cut emoji in two, and UTF-8 cannot encode the halves.

    Raises:
        Malformed: it is not JSON.
    """
    try:
        found = _DECODER.decode(body)
        if _ESCAPED_HALF.search(body) and _HALF.search(whole := _READABLE.encode(found)):
            return _DECODER.decode(_HALF.sub("", whole))
    except (ValueError, RecursionError) as error:
        raise Malformed("body", "not JSON") from error
    return found


def loads_or_none(body: str | bytes) -> Any:
    """Read JSON; None for what is none, or not in UTF-8."""
    try:
        return loads(body if isinstance(body, str) else body.decode())
    except (Malformed, UnicodeDecodeError):
        return None


def at(value: Any, path: str) -> Any:
    """What is at a dotted path, numbers being places in lists; None where nothing is. A key may contain dots."""
    while path:
        # Asking for a Mapping takes ten times as long, and parsed content holds no other than these.
        if isinstance(value, dict) and path in value:
            return value[path]
        head, _, path = path.partition(".")
        match value:
            case dict() if head in value:
                value = value[head]
            case list() if head.isdecimal() and int(head) < len(value):
                value = value[int(head)]
            case _:
                return None
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


# Made once: `json.loads` and `json.dumps` with an option make one for each call.
_ENCODER: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))
_READABLE: Final = json.JSONEncoder(ensure_ascii=False)
_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
# Also of a whole character: only once it is read does a half stand alone.
_ESCAPED_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
_HALF: Final = re.compile("[\ud800-\udfff]")
