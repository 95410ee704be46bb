"""The counts of law 2: what intake took equals what became of it, plus what is still queued."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final


@dataclass(frozen=True, slots=True)
class Counts:
    """`accepted = enrolled + updated + skipped + unaccounted + merged + rejected + queued`.

    The fields behind those tell the rest of the story and are no part of the sum: submissions that were
    ignored by rule, redelivered by their sender, refused or unmappable at intake; messages that SQS delivered
    twice; how often a message was held, and came again; messages that no lead could be read from; requests to
    Leadterra, and how many of them it took to find out who was refused.
    """

    accepted: int = 0
    enrolled: int = 0
    updated: int = 0
    skipped: int = 0
    unaccounted: int = 0
    merged: int = 0
    rejected: int = 0
    queued: int = 0
    ignored: int = 0
    redelivered: int = 0
    refused: int = 0
    unmappable: int = 0
    duplicates: int = 0
    held: int = 0
    malformed: int = 0
    requests: int = 0
    retries: int = 0
    isolation_requests: int = 0

    @property
    def difference(self) -> int:
        """Accepted leads that nothing accounts for; negative: more outcomes than accepted leads."""
        settled = self.enrolled + self.updated + self.skipped + self.unaccounted + self.merged + self.rejected
        return self.accepted - settled - self.queued

    @property
    def balanced(self) -> bool:
        """Law 2 holds."""
        return self.difference == 0

    def as_json(self) -> dict[str, int | bool]:
        """Every count by its name, and the verdict."""
        counts = {name: getattr(self, name) for name in NAMES}
        return {**counts, "difference": self.difference, "balanced": self.balanced}


OUTCOMES: Final = ("enrolled", "updated", "skipped", "unaccounted", "merged", "rejected", "queued")
NAMES: Final = tuple(item.name for item in fields(Counts))
ASIDE: Final = tuple(name for name in NAMES if name not in {"accepted", *OUTCOMES})
# What the functions report, under the same names in the embedded stack and in CloudWatch; the queue itself
# says what is still queued.
METRICS: Final = {name: name.title().replace("_", "") for name in NAMES if name != "queued"}


def from_metrics(sums: Mapping[str, float], *, queued: int) -> Counts:
    """Counts of the functions' metrics (by metric name) and of the messages in LeadsQueue."""
    return Counts(queued=queued, **{name: round(sums.get(metric, 0)) for name, metric in METRICS.items()})


def from_json(data: Mapping[str, object]) -> Counts:
    """The counts that a running stack answered; what is no count in it is passed over."""
    return Counts(**{name: value for name in NAMES if isinstance(value := data.get(name), int)})
