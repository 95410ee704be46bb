"""Which requests arrived and how they were answered: counts and sizes, nothing of what was in them."""

from collections import Counter, deque
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock

from leads_cli.sandbox.records import timestamp

KEPT = 1_000  # a long-running dev stack must not grow without bound; the counts go on


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request; `status` is None where the client got no answer; `path` is without its query."""

    at: datetime
    method: str
    path: str
    size: int
    leads: int
    status: int | None
    fault: str | None


class RequestLog:
    def __init__(self) -> None:
        self._lock = Lock()
        self._latest: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._statuses: Counter[str] = Counter()

    def add(self, entry: LoggedRequest) -> None:
        with self._lock:
            self._latest.append(entry)
            self._statuses["none" if entry.status is None else str(entry.status)] += 1

    def clear(self) -> None:
        with self._lock:
            self._latest.clear()
            self._statuses.clear()

    def entries(self) -> list[LoggedRequest]:
        """The latest requests, oldest first."""
        with self._lock:
            return list(self._latest)

    def as_json(self) -> dict[str, object]:
        """Counts since the start, and the latest requests."""
        with self._lock:
            return {
                "count": self._statuses.total(),
                "statuses": dict(sorted(self._statuses.items())),
                "latest": [{**asdict(entry), "at": timestamp(entry.at)} for entry in self._latest],
            }
