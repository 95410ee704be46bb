"""The Leadterra service as a state machine: campaigns, leads, suppression, keys. No I/O and no clock."""

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import RLock
from typing import Final, Literal

from leads.message.message import timestamp
from leads_cli.sandbox.admission import (
    Behaviour,
    InvalidLeadsError,
    RefusedBatch,
    SandboxError,
    admit,
    normalise_address,
    sent_fields,
)
from leads_cli.sandbox.faults import FaultSchedule

DEFAULT_API_KEY: Final = "sk_live_sandbox"
# Addresses of this domain are suppressed, to cause a skipped lead on purpose.
SUPPRESSED_DOMAIN: Final = "suppressed.example"
_KEPT_REQUESTS: Final = 1_000  # a long-running dev stack must not grow without bound

type CampaignStatus = Literal["draft", "running", "paused"]
type EventKind = Literal["enrolled", "updated", "skipped"]


@dataclass(frozen=True, slots=True)
class LeadEvent:
    """One request's effect on one lead; `fields` are those that were sent."""

    at: datetime
    campaign: str
    kind: EventKind
    fields: dict[str, object]


@dataclass(slots=True)
class SandboxLead:
    """A lead. Custom fields are beside the others, in both dialects."""

    email: str
    fields: dict[str, object] = field(default_factory=dict)
    campaigns: set[str] = field(default_factory=set)
    history: list[LeadEvent] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        events = [{"at": timestamp(e.at), "campaign": e.campaign, "kind": e.kind} for e in self.history]
        return {"email": self.email, "fields": self.fields, "campaigns": sorted(self.campaigns), "history": events}


@dataclass(slots=True)
class SandboxCampaign:
    """A campaign; its leads by normalised address."""

    id: str
    status: CampaignStatus
    started_at: datetime | None = None
    leads: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, object]:
        """As the reference shows one."""
        started = self.started_at and timestamp(self.started_at)
        return {"id": self.id, "status": self.status, "startedAt": started, "leads": len(self.leads)}


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What one bulk request did, how many leads its campaign then has, and what was refused beside the counts."""

    enrolled: int
    updated: int
    skipped: int
    in_campaign: int
    refused: RefusedBatch | None = None


@dataclass(frozen=True, slots=True)
class SuppressionCounts:
    """How many addresses of a request are new on the suppression list, and how many were on it before."""

    new: int
    known: int


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request; `status` is None where the client got no answer; `path` is without its query."""

    method: str
    path: str
    leads: int
    status: int | None
    fault: str | None


class Sandbox:
    """Everything here may be called from any thread; `lock` makes several calls one step.

    Attributes:
        requests: the latest, oldest first.
    """

    def __init__(
        self,
        campaigns: Iterable[str] = (),
        *,
        statuses: Mapping[str, CampaignStatus] | None = None,
        api_keys: Iterable[str] = (DEFAULT_API_KEY,),
        behaviour: Behaviour | None = None,
    ) -> None:
        """Campaigns are running, but those in `statuses`."""
        self.lock = RLock()
        self.faults = FaultSchedule()
        self._api_keys = frozenset(api_keys)
        self._given: dict[str, CampaignStatus] = {**dict.fromkeys(campaigns, "running"), **(statuses or {})}
        self._initial_behaviour = behaviour or Behaviour()
        self.reset()

    def reset(self) -> None:
        """Back to the start: no leads, faults or requests; campaigns and behaviour as they were given."""
        with self.lock:
            self.behaviour = self._initial_behaviour
            self.requests: deque[LoggedRequest] = deque(maxlen=_KEPT_REQUESTS)
            self.faults.set(())
            self._campaigns = {name: SandboxCampaign(name, status) for name, status in self._given.items()}
            self._leads: dict[str, SandboxLead] = {}  # the one that was touched last is the last one
            self._suppressed: dict[str, None] = {}

    def rotate_keys(self, api_keys: Iterable[str]) -> None:
        """Revoke every key but these."""
        with self.lock:
            self._api_keys = frozenset(api_keys)

    def knows(self, authorization: str) -> bool:
        scheme, _, key = authorization.partition(" ")
        return scheme.lower() == "bearer" and key.strip() in self._api_keys

    def bulk_upsert(
        self, campaign: str, rows: Sequence[object], now: datetime, *, refuse_all: bool = False
    ) -> UpsertCounts:
        """Enroll every row, or raise InvalidLeadsError; whether the good rows stay then is `on_invalid`."""
        with self.lock:
            found, mode = self.campaign(campaign), self.behaviour.on_invalid
            good, refused = admit(rows, self.behaviour, refuse_all=refuse_all)
            if refused and mode == "atomic":
                raise InvalidLeadsError(refused)
            counts = Counter(self._upsert(found, row, now) for row in good)
            if refused and (refuse_all or mode == "partial"):
                raise InvalidLeadsError(refused)
            return UpsertCounts(counts["enrolled"], counts["updated"], counts["skipped"], len(found.leads), refused)

    def _upsert(self, campaign: SandboxCampaign, row: dict[str, object], now: datetime) -> EventKind:
        """Create or update a lead and enroll it; only fields that were sent are overwritten."""
        email = str(row["email"])
        address, fields = normalise_address(email), sent_fields(row)
        lead = self._leads.pop(address) if address in self._leads else SandboxLead(email)
        self._leads[address] = lead
        kind: EventKind = "updated" if lead.campaigns else "enrolled"
        if address in self._suppressed or address.endswith(f"@{SUPPRESSED_DOMAIN}"):
            kind = "skipped"
        else:
            lead.fields.update(fields)
            lead.campaigns.add(campaign.id)
            campaign.leads.add(address)
        lead.history.append(LeadEvent(now, campaign.id, kind, fields))
        return kind

    def suppress(self, emails: Sequence[object]) -> SuppressionCounts:
        """Put addresses on the suppression list, all of them or, with InvalidLeadsError, none."""
        with self.lock:
            # The guide and the reference agree on 422 for what is no address.
            alike = replace(self.behaviour, missing_email_status=422, invalid_lead_status=422, duplicates="merge")
            if refused := admit([{"email": email} for email in emails], alike).refused:
                raise InvalidLeadsError(refused)
            addresses = dict.fromkeys(normalise_address(str(email)) for email in emails)
            before = len(self._suppressed)
            self._suppressed |= addresses
            new = len(self._suppressed) - before
            return SuppressionCounts(new, len(addresses) - new)

    def start(self, campaign: str, now: datetime) -> tuple[dict[str, object], int]:
        """The started campaign and the number of messages that this has queued; paused ones resume."""
        with self.lock:
            found = self.campaign(campaign)
            if not found.leads:
                raise SandboxError(400, "no_leads_enrolled", "The campaign has no enrolled leads.")
            queued = 0 if found.status == "running" else len(found.leads)
            found.status = "running"
            found.started_at = found.started_at or now
            return found.as_json(), queued

    def stats(self, campaign: str) -> dict[str, object]:
        """The documented counters, and the status. The sandbox sends no e-mail, so all messages are queued."""
        with self.lock:
            found = self.campaign(campaign)
            return {
                "campaignId": found.id,
                "totalEnrolled": len(found.leads),
                **dict.fromkeys(("sent", "delivered", "bounced", "replied"), 0),
                "queued": 0 if found.status == "draft" else len(found.leads),
                **dict.fromkeys(("openRate", "replyRate"), 0.0),
                "status": found.status,
            }

    def snapshot(self) -> dict[str, object]:
        """Everything, with the leads that were touched last first."""
        with self.lock:
            return {
                "campaigns": [campaign.as_json() for campaign in self._campaigns.values()],
                "leadCount": len(self._leads),
                "leads": [lead.as_json() for lead in reversed(self._leads.values())],
                "suppressed": list(self._suppressed),
            }

    def history(self, email: str) -> list[LeadEvent]:
        """What happened to an address, oldest first."""
        with self.lock:
            lead = self._leads.get(normalise_address(email))
            return list(lead.history) if lead else []

    def campaign(self, name: str) -> SandboxCampaign:
        """The campaign of this id. Raises SandboxError if there is none."""
        if (found := self._campaigns.get(name)) is None:
            raise SandboxError(404, "campaign_not_found", "No campaign exists for the provided id in your workspace.")
        return found
