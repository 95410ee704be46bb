"""Outcomes of leads, and their counts."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple

from leads.message.dead_letter import Failure

type Why = Literal[
    "unavailable",
    "unauthorized",
    "not_found",
    "unexpected",
    "systemic",
    "firewall",
    "deadline",
    "rate_limit",
    "newer",
    "internal",
]
"""Why a lead is held: none of these is known to be the lead's own fault."""


def held_metric(why: Why) -> str:
    """The metric that counts what is held for this reason, for instance `HeldNotFound`."""
    return f"Held{why.title().replace('_', '')}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Leadterra has it: enrolled, updated or skipped. It says which for the whole request only."""


class Rejected(NamedTuple):
    """Refused in a request of its own."""

    failure: Failure


class Held(NamedTuple):
    """No outcome yet: the message is tried again. `retry_after` is what the destination asked for, in seconds."""

    why: Why
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Dropped:
    """Not sent: the person opted out after this signup."""


type Outcome = Accepted | Rejected | Held | Dropped

ACCEPTED = Accepted()
DROPPED = Dropped()


class Counts(NamedTuple):
    """What Leadterra says became of the rows of one request."""

    enrolled: int
    updated: int
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.enrolled + self.updated + self.skipped


def tally(counts: Counts, rows: int) -> Counter[str]:
    """The metrics of an accepted request; `Unaccounted` is below zero where Leadterra counts more than was sent."""
    unaccounted = rows - counts.total
    return Counter(Enrolled=counts.enrolled, Updated=counts.updated, Skipped=counts.skipped, Unaccounted=unaccounted)
