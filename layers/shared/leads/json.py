"""JSON by the standard and nothing beyond it, written in ASCII."""

import json
from math import isfinite
from typing import Any, Final

from leads.errors import Malformed


def dumps(value: object) -> str:
    """Write JSON in ASCII: SQS refuses some characters, but no escapes."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def loads(body: str) -> Any:
    """Read JSON. `NaN` and infinity, also as `1e999`, are refused: Leadterra could not read them.

    Raises:
        Malformed: it is not JSON.
    """
    try:
        return _DECODER.decode(body)
    except (ValueError, RecursionError) as error:
        raise Malformed("body", "not JSON") from error


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


# Made once: `json.loads` with an option makes a decoder for each call.
_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
