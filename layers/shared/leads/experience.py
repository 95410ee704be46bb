"""Experience: what a container has seen of a destination while it lives. It saves requests and raises doubts.

It proves nothing: every container has its own, which is gone when the container is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from leads.isolation import Settled
from leads.outcome import Accepted
from leads.reading import READINGS, Reading

# A campaign that took so many leads over so long a time is one that takes leads.
SEASONED_LEADS: Final = 100
SEASONED_TIME: Final = timedelta(minutes=10)
# Looks at 30 s doubling to 1 h: nobody is doubted for more than about two hours.
LOOKS: Final = 9
# Producers may write any text for a campaign; those that were longest not heard of are forgotten first.
MOST_CAMPAIGNS: Final = 256


@dataclass(frozen=True, slots=True)
class _Taken:
    """How many leads a campaign took, and when the first and the last of them."""

    number: int
    first: datetime
    last: datetime

    @property
    def seasoned(self) -> bool:
        return self.number >= SEASONED_LEADS and self.last - self.first >= SEASONED_TIME


@dataclass(slots=True)
class Experience:
    """What was seen of one destination.

    Attributes:
        readings: the ways to take its hints, the likeliest first.
    """

    readings: Sequence[Reading] = READINGS
    _taken: dict[str, _Taken] = field(default_factory=dict)

    def learn(self, campaign_id: str, settled: Settled, now: datetime) -> None:
        """Take in what became of a batch."""
        self.readings = settled.readings
        if accepted := sum(isinstance(outcome, Accepted) for outcome in settled.outcomes):
            before = self._taken.pop(campaign_id, _Taken(0, now, now))
            self._taken[campaign_id] = _Taken(before.number + accepted, before.first, now)
            if len(self._taken) > MOST_CAMPAIGNS:
                del self._taken[next(iter(self._taken))]

    def doubts(self, campaign_id: str, first_seen: datetime, looks: int) -> bool:
        """Whether a lead that was refused in a batch of which nothing got through may be fine all the same.

        A schema that changed refuses everybody, which with little traffic looks like one bad lead after the other. So
        where a campaign is known to take leads, a refusal is believed once somebody was taken after the lead was
        first seen.
        """
        taken = self._taken.get(campaign_id)
        return taken is not None and taken.seasoned and taken.last <= first_seen and looks <= LOOKS
