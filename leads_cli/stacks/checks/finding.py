"""A finding: what was looked at, how it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How it is; only `fail` is a failure of the check."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the check; `remedy` is what to do, "" where there is nothing."""

    about: str
    verdict: Severity
    told: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """As `leads check --json` has it."""
        return {"about": self.about, "verdict": self.verdict.value, "told": self.told, "remedy": self.remedy}


def ok(about: str, told: str) -> Finding:
    return Finding(about, Severity.OK, told)


def warn(about: str, told: str, remedy: str) -> Finding:
    return Finding(about, Severity.WARN, told, remedy)


def fail(about: str, told: str, remedy: str) -> Finding:
    return Finding(about, Severity.FAIL, told, remedy)
