"""The latest lines of the functions' logs, for `leads logs` and `leads tail`."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from threading import Lock
from typing import Any, Final

# A day of playing by hand; under load it is the last few minutes.
CAPACITY: Final = 20_000


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line; `function` as its log names it: intake, enroll."""

    id: int
    when: datetime
    function: str
    text: str

    def as_json(self) -> dict[str, Any]:
        """As `/_leads/logs` has it."""
        return {"id": self.id, "when": self.when.isoformat(), "function": self.function, "text": self.text}


class LogLines:
    """Keeps the latest `capacity` lines that several threads add."""

    def __init__(self, capacity: int = CAPACITY, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._ids = count(1)
        self._lock = Lock()
        self._lines: deque[LogLine] = deque(maxlen=capacity)

    def add(self, function: str, text: str) -> None:
        """Keep a line of a function, by its logical id in the template; metrics are counted elsewhere."""
        if text.startswith('{"_aws"'):
            return
        name = function.removesuffix("Function").lower()
        with self._lock:
            self._lines.append(LogLine(next(self._ids), self._now(), name, text))

    def since(self, moment: datetime) -> list[LogLine]:
        """The lines of that moment and later, oldest first."""
        with self._lock:
            return [line for line in self._lines if line.when >= moment]
