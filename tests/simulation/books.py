"""The counts that an operator could keep from the functions' output and the queue.

Law 2: accepted by intake = enrolled + updated + skipped + unaccounted + merged + rejected + suppressed +
dropped + still queued. Messages that SQS delivers again after they were settled are counted separately, by the ids in
the log.
"""

import io
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import get_ident
from typing import Any

SETTLED = ("Enrolled", "Updated", "Skipped", "Unaccounted", "Merged", "Rejected", "Suppressed", "Dropped")


@dataclass
class Books:
    """Sums of all metrics, and how often each message was settled.

    Attributes:
        settled: count by signup, from the ids in the log.
        numbers: signups by the id in the log.
        with_address: lines with an address. There must be none.
    """

    metrics: Counter[str] = field(default_factory=Counter)
    settled: Counter[int] = field(default_factory=Counter)
    why: Counter[str] = field(default_factory=Counter)
    with_address: int = 0
    unexpected: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def read(self, line: str) -> None:
        """Read one line of a function's output."""
        self.with_address += "@" in line
        written = json.loads(line)
        if "_aws" in written:
            names = [metric["Name"] for metric in written["_aws"]["CloudWatchMetrics"][0]["Metrics"]]
            counts = {name: int(sum(written[name])) for name in names}
            self.metrics.update(counts)
        if written["message"] == "batch settled":
            self._settle(written)
        elif written["message"] == "unexpected":
            self.unexpected.append(line)

    def _settle(self, line: dict[str, Any]) -> None:
        self.settled.update(self.numbers[name] for name in line["accepted"])
        self.settled.update(self.numbers[name] for name in line.get("dropped", ()))
        self.settled.update(self.numbers[rejected["id"]] for rejected in line["rejected"])
        self.why.update(line["why"])

    def difference(self, queued: int, uncounted: int, repeated: int) -> int:
        """Leads without an outcome: 0, or law 2 is broken.

        `uncounted` were accepted by a function that was killed before it counted them, or re-sent by the operator.
        """
        accepted = self.metrics["Accepted"] + uncounted + repeated
        return accepted - sum(self.metrics[name] for name in SETTLED) - queued


class Output(io.TextIOBase):
    """Standard output: each line is counted, and its writer may be killed before or after it."""

    def __init__(self, books: Books) -> None:
        self.books = books
        self._partial_line = ""
        self._effects: dict[int, Callable[[], None]] = {}

    def watch(self, effect: Callable[[], None]) -> None:
        """Call `effect` before and after each line that this thread writes."""
        self._effects[get_ident()] = effect

    def write(self, text: str) -> int:
        *lines, self._partial_line = (self._partial_line + text).split("\n")
        effect = self._effects.get(get_ident())
        for line in lines:
            if effect:
                effect()
            self.books.read(line)
            if effect:
                effect()
        return len(text)
