"""Experience: what was seen of a destination. It saves requests and raises doubts, and proves nothing.

A container has its own while it lives; what all of them have seen of a campaign is kept where they can ask for it.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from leads.request.outcome import Accepted, Held
from leads.search.guard import GUARD_ROWS
from leads.search.isolation import Settled
from leads.search.reading import READINGS, Reading

# A campaign that took so many leads over so long a time is one that takes leads.
SEASONED_LEADS: Final = 25
SEASONED_TIME: Final = timedelta(hours=1)
# Nobody waits longer for somebody else to be taken, unless so many wait that it is about everybody. Looks at 30 s
# doubling to 1 h are about eight until then.
PATIENCE: Final = timedelta(hours=2)
# Others hear at most so often of who was taken.
NEWS_EVERY: Final = timedelta(minutes=1)
# Producers may write any text for a campaign; those that were longest not heard of are forgotten first.
MOST_CAMPAIGNS: Final = 256
# Leads of a campaign that were refused alone and wait; as for campaigns.
MOST_LEADS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """How many leads a campaign took, and when the first and the last of them."""

    number: int
    first: datetime
    last: datetime

    @property
    def seasoned(self) -> bool:
        return self.number >= SEASONED_LEADS and self.last - self.first >= SEASONED_TIME

    def __or__(self, other: "Taken | None") -> "Taken":
        if other is None:
            return self
        return Taken(self.number + other.number, min(self.first, other.first), max(self.last, other.last))


@dataclass(frozen=True, slots=True)
class Told:
    """What all containers have seen of a campaign.

    Attributes:
        waiting: leads that were refused alone since the last was taken.
        alarmed: when everybody of a batch was refused, unless somebody was taken since.
    """

    taken: Taken | None
    waiting: int = 0
    alarmed: datetime | None = None


@dataclass(slots=True)
class _Campaign:
    # As it was last told, and what nobody else has heard yet.
    told: Taken | None = None
    news: Taken | None = None
    news_at: datetime | None = None
    # When a lead was refused for the first time.
    refused: dict[Hashable, datetime] = field(default_factory=dict)
    waiting: int = 0
    alarmed: datetime | None = None

    @property
    def taken(self) -> Taken | None:
        return self.news | self.told if self.news else self.told


@dataclass(slots=True)
class Experience:
    """What a container knows of one destination.

    Attributes:
        readings: the ways to take its hints, the likeliest first.
    """

    readings: Sequence[Reading] = READINGS
    _campaigns: dict[str, _Campaign] = field(default_factory=dict)

    def learn(self, campaign_id: str, settled: Settled, now: datetime) -> None:
        """Take in what became of a batch."""
        self.readings = settled.readings
        if accepted := sum(isinstance(outcome, Accepted) for outcome in settled.outcomes):
            known = self._known(campaign_id)
            known.news = Taken(accepted, now, now) | known.news
            known.waiting, known.alarmed = 0, None

    def alarm(self, campaign_id: str, now: datetime) -> None:
        """Take in that everybody of a batch was refused, which was held for that."""
        self._known(campaign_id).alarmed = now

    # --- What is known to others -------------------------------------------------------------------

    def news(self, now: datetime) -> Iterator[tuple[str, Taken]]:
        """Who was taken by each campaign and nobody else has heard of, as far as it is time to tell."""
        for campaign_id, known in self._campaigns.items():
            if known.news and (known.news_at is None or known.refused or now - known.news_at >= NEWS_EVERY):
                known.news_at = now
                yield campaign_id, known.news

    def heard(self, campaign_id: str) -> None:
        """The campaign's news are known to others now."""
        known = self._known(campaign_id)
        known.told, known.news = known.taken, None

    def told(self, campaign_id: str, told: Told) -> None:
        """Take in what others have seen as well."""
        known = self._known(campaign_id)
        known.told, known.waiting = told.taken, told.waiting
        known.alarmed = max(filter(None, (told.alarmed, known.alarmed)), default=None)

    # --- Doubts ------------------------------------------------------------------------------------

    def refused(self, campaign_id: str, lead: Hashable, at: datetime) -> datetime:
        """When a lead of a batch of which nothing got through was refused for the first time, as far as is known."""
        refused = self._known(campaign_id).refused
        refused[lead] = since = min(at, refused.get(lead, at))
        if len(refused) > MOST_LEADS:
            del refused[next(iter(refused))]
        return since

    def seasoned(self, campaign_id: str) -> bool:
        """Whether the campaign is known to take leads, so that a refusal may be doubted."""
        known = self._campaigns.get(campaign_id)
        return known is not None and known.taken is not None and known.taken.seasoned

    def was_there(self, campaign_id: str, since: datetime | None) -> bool:
        """Whether a lead that comes again was on its way when everybody was refused, and nobody was taken since.

        `since` is when it was received for the first time; None: that is now. Its batch was held, and comes again in
        pieces too small to show that it is about everybody.
        """
        known = self._campaigns.get(campaign_id)
        if since is None or known is None or known.alarmed is None or since > known.alarmed:
            return False
        # Another container may have heard of somebody who was taken meanwhile.
        return known.taken is None or known.taken.last <= known.alarmed

    def doubts(self, campaign_id: str, lead: Hashable, now: datetime) -> Held | None:
        """Why a lead that was `refused` may be fine all the same; None: it is believed to be bad, and forgotten.

        A schema that changed refuses everybody, which with little traffic looks like one bad lead after the other. So
        where a campaign is known to take leads, a refusal is believed once somebody was taken after the first one.
        How often a lead was received says nothing of that: it may have waited through an outage.
        """
        known = self._known(campaign_id)
        since = known.refused.get(lead)
        if since is not None and known.taken and known.taken.seasoned and known.taken.last <= since:
            last = known.taken.last
            if max(known.waiting, sum(at >= last for at in known.refused.values())) >= GUARD_ROWS:
                return Held("systemic")
            if now - since < PATIENCE:
                return Held("unproven")
        known.refused.pop(lead, None)
        return None

    def _known(self, campaign_id: str) -> _Campaign:
        known = self._campaigns.pop(campaign_id, None) or _Campaign()
        self._campaigns[campaign_id] = known
        if len(self._campaigns) > MOST_CAMPAIGNS:
            del self._campaigns[next(iter(self._campaigns))]
        return known
