"""Leads that wait for their next attempt: how many, why, since when and until when."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    """A cause of the log in words."""
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
