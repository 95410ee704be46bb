"""The counts of law 2: accepted and replayed leads equal their outcomes plus what is queued; and what waits and why."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from leads_cli.words import duration, number

HELD: Final = {
    "unavailable": "Leadterra is down or busy",
    "unauthorized": "Leadterra refused the API key",
    "not_found": "Leadterra knows no such campaign: is its id right in the configuration?",
    "unexpected": "Leadterra answered something unexpected",
    "systemic": "Leadterra refuses all leads: its requirements have probably changed",
    "firewall": "a firewall in front of Leadterra blocks the lead's text, or the functions' IP addresses",
    "deadline": "the function's time ran out",
    "rate_limit": "requests_per_minute is used up",
    "newer": "a newer release wrote it",
    "internal": "enroll failed: see its log",
}


def hold_words(why: str) -> str:
    return HELD.get(why, why)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is held.

    Attributes:
        leads: how many wait.
        why: causes in words, with how many leads each.
        since: seconds since the first of them came into the queue; None if unknown.
        until: seconds until the next attempt; None if SQS does not tell.
    """

    leads: int
    why: Mapping[str, int]
    since: float | None = None
    until: float | None = None

    @property
    def text(self) -> str:
        """The same in a sentence or two."""
        causes = "; ".join(f"{cause} ({count:,})" for cause, count in self.why.items()) or "see the log of enroll"
        times = [f"the first for {duration(self.since)}"] if self.since is not None else []
        times += [
            f"next attempt in {duration(max(0, self.until))}" if self.until is not None else "tried within an hour"
        ]
        verb = "waits" if self.leads == 1 else "wait"
        return f"{number(self.leads, 'lead')} {verb}: {causes}. {', '.join(times).capitalize()}."

    def as_json(self) -> dict[str, Any]:
        """As `leads status --json` has it."""
        return {"leads": self.leads, "why": dict(self.why), "sinceSeconds": self.since, "untilSeconds": self.until}

    @classmethod
    def from_json(cls, data: Any) -> Self | None:
        """What `/_leads/status` has; None where nothing waits."""
        if not isinstance(data, dict) or not data.get("leads"):
            return None
        return cls(data["leads"], data.get("why") or {}, data.get("sinceSeconds"), data.get("untilSeconds"))


@dataclass(frozen=True, slots=True)
class StackCounts:
    """What was taken on the left, what became of it on the right.

    `accepted + replayed = enrolled + updated + skipped + unaccounted + merged + rejected + suppressed + dropped
    + erased + queued`

    `suppressed` are opt-outs on Leadterra's suppression list; `dropped` are signups older than an opt-out of the same
    address. `replayed` and `erased` are an operator's doing: a dead letter that was counted before and went back into
    LeadsQueue, and a lead that was taken out before it had an outcome.

    The fields behind those tell the rest of the story and are no part of the sum: submissions that were ignored by
    rule, opted out, redelivered by their sender, refused or unmappable at intake; messages that SQS delivered twice;
    how often a message was held, and came again; messages that no lead could be read from; requests to Leadterra, and
    how many of them it took to find out who was refused.
    """

    accepted: int = 0
    enrolled: int = 0
    updated: int = 0
    skipped: int = 0
    unaccounted: int = 0
    merged: int = 0
    rejected: int = 0
    queued: int = 0
    replayed: int = 0
    erased: int = 0
    suppressed: int = 0
    dropped: int = 0
    ignored: int = 0
    opted_out: int = 0
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
        """Leads without an outcome. Negative: more outcomes than leads."""
        taken = self.accepted + self.replayed
        settled = self.enrolled + self.updated + self.skipped + self.unaccounted + self.merged + self.rejected
        return taken - settled - self.suppressed - self.dropped - self.erased - self.queued

    @property
    def balanced(self) -> bool:
        """Law 2 holds."""
        return self.difference == 0

    def as_json(self) -> dict[str, int | bool]:
        """Every count by its name, and the verdict."""
        counts = {name: getattr(self, name) for name in NAMES}
        return {**counts, "difference": self.difference, "balanced": self.balanced}


TAKEN: Final = ("accepted", "replayed")
OUTCOMES: Final = (
    "enrolled",
    "updated",
    "skipped",
    "unaccounted",
    "merged",
    "rejected",
    "suppressed",
    "dropped",
    "erased",
    "queued",
)
# Most stacks never see these: they are shown once there are some.
RARE: Final = frozenset({"replayed", "suppressed", "dropped", "erased"})
NAMES: Final = tuple(item.name for item in fields(StackCounts))
ASIDE: Final = tuple(name for name in NAMES if name not in {*TAKEN, *OUTCOMES})
# What the functions, and the commands of an operator, report under the same names in the embedded stack and in
# CloudWatch; the queue itself says what is still queued.
METRICS: Final = {name: name.title().replace("_", "") for name in NAMES if name != "queued"}


def from_metrics(sums: Mapping[str, float], *, queued: int) -> StackCounts:
    """Counts of the metrics (by their names) and of the messages in LeadsQueue."""
    return StackCounts(queued=queued, **{name: round(sums.get(metric, 0)) for name, metric in METRICS.items()})


def from_json(data: Mapping[str, object]) -> StackCounts:
    """The counts in a running stack's answer. Anything else in it is skipped."""
    return StackCounts(**{name: value for name in NAMES if isinstance(value := data.get(name), int)})


@dataclass(frozen=True, slots=True)
class StackStatus:
    """The counts of law 2 and what is going on.

    Attributes:
        oldest_seconds: how long the oldest lead has been in the queue; None: none is.
        waiting: what waits for its next attempt; None: nothing does.
        problem: why the configuration cannot be used; "" if it can.
    """

    counts: StackCounts
    oldest_seconds: float | None = None
    waiting: Waiting | None = None
    problem: str = ""

    @property
    def in_progress(self) -> bool:
        """Whether leads that are on their way explain the difference: they are counted one after the other."""
        return 0 < abs(self.counts.difference) <= self.counts.queued

    def as_json(self) -> dict[str, Any]:
        """As `leads status --json` and `/_leads/status` have it."""
        waiting = self.waiting.as_json() if self.waiting else None
        about = {"oldestSeconds": self.oldest_seconds, "waiting": waiting, "problem": self.problem or None}
        return {**self.counts.as_json(), "inProgress": self.in_progress, **about}
