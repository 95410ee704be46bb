"""A line of a function's log, and which lines are wanted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# A crash writes no level; nothing is worse.
_UNKNOWN: Final = "ERROR"


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `id` is unique in its stack. `data` is {} if the line is no JSON object."""

    id: str
    when: datetime
    function: str
    text: str
    data: Mapping[str, Any]

    @property
    def level(self) -> str:
        """One of LEVELS."""
        # Lambda's own lines name it otherwise.
        said = self.data.get("level") or self.data.get("log_level") or ("INFO" if "message" in self.data else _UNKNOWN)
        found = str(said).upper()
        return {"WARN": "WARNING", "FATAL": "CRITICAL"}.get(found, found if found in LEVELS else _UNKNOWN)

    def as_written(self) -> dict[str, Any]:
        """As `/_leads/logs` has it."""
        return {"id": self.id, "when": self.when.isoformat(), "function": self.function, "text": self.text}

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it: the line as it was written, and where it is from."""
        said = dict(self.data) if self.data else {"message": self.text}
        return {"when": self.when.isoformat(timespec="milliseconds"), "function": self.function, **said}


def parse(line_id: str, when: datetime, function: str, text: str) -> Line | None:
    """A line as it was written; None for a metric, which repeats what the line beside it says."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = {}
    if not isinstance(data, dict):
        data = {}
    return None if "_aws" in data else Line(line_id, when, function, text.rstrip(), data)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which lines are wanted; None means any. `level` is the least one."""

    source: str | None = None
    campaign: str | None = None
    level: str | None = None

    def wants(self, line: Line) -> bool:
        """Whether a line is one of them."""
        if self.source is not None and line.data.get("source") != self.source:
            return False
        if self.campaign is not None and line.data.get("campaign") != self.campaign:
            return False
        return self.level is None or LEVELS.index(line.level) >= LEVELS.index(self.level)
