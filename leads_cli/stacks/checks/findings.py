"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How severe a finding is. Only `fail` makes the check fail."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of the check; `remedy` is what to do, "" where there is nothing."""

    about: str
    verdict: Severity
    message: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """As `leads check --json` has it."""
        return {"about": self.about, "verdict": self.verdict.value, "message": self.message, "remedy": self.remedy}


def ok(about: str, message: str) -> Finding:
    return Finding(about, Severity.OK, message)


def warn(about: str, message: str, remedy: str) -> Finding:
    return Finding(about, Severity.WARN, message, remedy)


def fail(about: str, message: str, remedy: str) -> Finding:
    return Finding(about, Severity.FAIL, message, remedy)
