"""Lines of the functions' logs: CloudWatch Logs for a deployed stack, the journal of `leads dev` for the embedded."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from leads_cli.logs.observed import json_object, without_metrics
from leads_cli.stacks.embedded import get_object
from leads_cli.stacks.running import NotReachableError, aws_errors

if TYPE_CHECKING:
    import boto3


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
        # Lambda's own lines name it otherwise.
        named = self.data.get("level") or self.data.get("log_level") or ("INFO" if "message" in self.data else _UNKNOWN)
        found = str(named).upper()
        return {"WARN": "WARNING", "FATAL": "CRITICAL"}.get(found, found if found in LEVELS else _UNKNOWN)

    def as_written(self) -> dict[str, Any]:
        """As `/_leads/logs` has it."""
        return {"id": self.id, "when": self.when.isoformat(), "function": self.function, "text": self.text}

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it: the line as it was written, and where it is from."""
        written = dict(self.data) if self.data else {"message": self.text}
        return {"when": self.when.isoformat(timespec="milliseconds"), "function": self.function, **written}


def parse(line_id: str, when: datetime, function: str, text: str) -> Line:
    """A line as it was written; its `data` is without the metrics."""
    return Line(line_id, when, function, text.rstrip(), without_metrics(json_object(text)))


FUNCTIONS: Final = ("intake", "enroll")
# CloudWatch shows a line some seconds after it was written, and not always in order.
_LATE: Final = timedelta(seconds=30)
# How often to look: CloudWatch Logs takes ten questions a second from a whole account.
DEPLOYED_SECONDS: Final = 5.0
EMBEDDED_SECONDS: Final = 0.5
# Looks in a row that may fail, once one has succeeded.
_PATIENCE: Final = 3

type Reader = Callable[[datetime, str | None], Iterable[Line]]
"""The lines since a moment, oldest first; only those with a text in them, where one is given."""
type LogReader = tuple[Reader, float]
"""Reads log lines, and how many seconds to wait between two looks."""


def read_embedded(url: str) -> Reader:
    def read(since: datetime, text: str | None) -> Iterator[Line]:
        found = get_object(url, "/_leads/logs", {"since": since.isoformat()})
        for item in found["lines"]:
            if text is None or text in item["text"]:
                yield parse(str(item["id"]), datetime.fromisoformat(item["when"]), item["function"], item["text"])

    return read


def read_deployed(stack: str, session: "boto3.Session") -> Reader:
    client = session.client("logs")

    def read(since: datetime, text: str | None) -> Iterator[Line]:
        lines = [line for name in FUNCTIONS for line in group(name, since, text)]
        yield from sorted(lines, key=lambda line: line.when)

    def group(name: str, since: datetime, text: str | None) -> Iterator[Line]:
        log_group = f"/aws/lambda/{stack}-{name}"
        # Quoted, it is looked for as it is.
        wanted = {} if text is None else {"filterPattern": json.dumps(text)}
        start = round(since.timestamp() * 1000)
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=log_group, startTime=start, **wanted)
        with aws_errors(f"the log {log_group}"):
            for page in pages:
                for event in page["events"]:
                    when = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
                    yield parse(event["eventId"], when, name, event["message"])

    return read


def follow(read: Reader, since: datetime, every: float, pause: Callable[[float], None] = time.sleep) -> Iterator[Line]:
    """New lines as they come, each once, without an end."""
    seen: dict[str, datetime] = {}
    patience = 1
    while True:
        try:
            lines = list(read(since, None))
            patience = _PATIENCE
        except NotReachableError:
            patience -= 1
            if patience <= 0:
                raise
            lines = []
        for line in lines:
            if line.id not in seen:
                seen[line.id] = line.when
                yield line
        if seen:
            since = max(since, max(seen.values()) - _LATE)
            seen = {key: when for key, when in seen.items() if when >= since}
        pause(every)
