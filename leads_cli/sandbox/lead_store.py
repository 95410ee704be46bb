"""All leads of the workspace, matched by normalised address, and the suppression list."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from leads_cli.sandbox.behaviour import Matching
from leads_cli.sandbox.records import (
    EventKind,
    LeadEvent,
    SandboxEnrollment,
    SandboxLead,
    normalise_address,
    sent_fields,
)

SUPPRESSED_DOMAIN = "suppressed.example"
"""Addresses of this domain are suppressed, to cause a skipped lead on purpose."""


class LeadStore:
    def __init__(self) -> None:
        self._suppressed: dict[str, None] = {}
        self._leads: dict[tuple[str, str], SandboxLead] = {}
        self._keys: dict[str, set[tuple[str, str]]] = {}

    def __len__(self) -> int:
        return len(self._leads)

    def clear(self) -> None:
        self._suppressed.clear()
        self._leads.clear()
        self._keys.clear()

    def latest(self, limit: int | None = None) -> Iterator[SandboxLead]:
        """Those that were touched last come first."""
        return islice(reversed(self._leads.values()), limit)

    def history(self, email: str) -> list[LeadEvent]:
        """What happened to an address, oldest first; in how many places it is stored is a matter of `matching`."""
        stored = [self._leads[key] for key in self._keys.get(normalise_address(email), ())]
        return sorted((event for lead in stored for event in lead.history), key=lambda event: event.at)

    def upsert(
        self, enrollment: SandboxEnrollment, row: dict[str, object], matching: Matching, now: datetime
    ) -> EventKind:
        """Create or update a lead and enroll it; only fields that were sent are overwritten."""
        email = str(row["email"])
        address = normalise_address(email)
        campaign = enrollment.campaign.id
        key = (campaign if matching == "campaign" else "", address)
        lead = self._leads.pop(key, None) or SandboxLead(email)
        self._leads[key] = lead  # taken out and put back, so that the order is that of the last touch
        self._keys.setdefault(address, set()).add(key)
        fields = sent_fields(row)
        kind = self._kind(address, lead)
        lead.history.append(LeadEvent(now, campaign, kind, fields))
        if kind != "skipped":
            lead.fields.update(fields)
            lead.campaigns.setdefault(campaign, now)
            enrollment.leads[address] = lead
        return kind

    def suppress(self, addresses: Iterable[str]) -> int:
        """Put addresses on the suppression list; how many are new there."""
        before = len(self._suppressed)
        self._suppressed |= dict.fromkeys(map(normalise_address, addresses))
        return len(self._suppressed) - before

    def suppressed(self) -> list[str]:
        """The addresses on the suppression list, in the order in which they came."""
        return list(self._suppressed)

    def _kind(self, address: str, lead: SandboxLead) -> EventKind:
        if address in self._suppressed or address.endswith("@" + SUPPRESSED_DOMAIN):
            return "skipped"
        return "updated" if lead.campaigns else "enrolled"
