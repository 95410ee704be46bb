"""JSON as queues and other programs take it: ASCII out, the standard and nothing beyond it in."""

import json
from math import isfinite
from typing import Any, Final

from leads.errors import Malformed


def dumps(value: object) -> str:
    """JSON in ASCII: SQS refuses characters outside XML 1.0, escapes are always inside."""
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"))


def loads(body: str) -> Any:
    """JSON as the standard has it: `NaN` and infinity, also as `1e999`, which Leadterra could not read, are refused.

    Raises:
        Malformed: it is something else.
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


# Made once: `json.loads` with any option makes one for every call.
_DECODER: Final = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
