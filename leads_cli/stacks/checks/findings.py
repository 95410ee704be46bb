"""What a check found."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the check, as `--json` has it. Only `fail` makes the check fail.

    `remedy` is what to do, "" where there is nothing.
    """

    about: str
    verdict: Literal["ok", "warn", "fail"]
    message: str
    remedy: str = ""


def ok(about: str, message: str) -> Finding:
    return Finding(about, "ok", message)


def warn(about: str, message: str, remedy: str) -> Finding:
    return Finding(about, "warn", message, remedy)


def fail(about: str, message: str, remedy: str) -> Finding:
    return Finding(about, "fail", message, remedy)
