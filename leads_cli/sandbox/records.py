"""What the sandbox remembers: campaigns, leads and what happened to each of them."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Literal

LEAD_FIELDS = ("firstName", "lastName", "company", "jobTitle")

type CampaignStatus = Literal["draft", "running", "paused"]
type EventKind = Literal["enrolled", "updated", "skipped"]


@dataclass(frozen=True, slots=True)
class SandboxCampaign:
    """A campaign as it is set up."""

    id: str
    name: str = ""
    status: CampaignStatus = "running"


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
    campaigns: dict[str, datetime] = field(default_factory=dict)
    history: list[LeadEvent] = field(default_factory=list)


@dataclass(slots=True)
class SandboxEnrollment:
    """A campaign in use: its present status, and its leads by normalised address."""

    campaign: SandboxCampaign
    status: CampaignStatus
    started_at: datetime | None = None
    leads: dict[str, SandboxLead] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UpsertCounts:
    """What one bulk request did, and how many leads its campaign then has."""

    enrolled: int
    updated: int
    skipped: int
    in_campaign: int


@dataclass(frozen=True, slots=True)
class SuppressionCounts:
    """How many addresses of a request are new on the suppression list, and how many were on it before."""

    new: int
    known: int


def normalise_address(email: str) -> str:
    """The form in which addresses are matched. Leadterra documents none, so plus-tags stay."""
    return email.strip().lower()


def sent_fields(row: Mapping[str, object]) -> dict[str, object]:
    """The fields of a row in either dialect; a top-level field beats a nested one of its name."""
    nested = row.get("customFields")
    top = {name: value for name, value in row.items() if name not in {"email", "customFields"}}
    return {**nested, **top} if isinstance(nested, dict) else top


def timestamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def lead_as_json(lead: SandboxLead) -> dict[str, object]:
    return {
        "email": lead.email,
        "fields": lead.fields,
        "campaigns": {campaign: timestamp(at) for campaign, at in lead.campaigns.items()},
        "history": [
            {"at": timestamp(e.at), "campaign": e.campaign, "kind": e.kind, "fields": e.fields} for e in lead.history
        ],
    }


def enrollment_as_json(enrollment: SandboxEnrollment) -> dict[str, object]:
    """A campaign as the reference shows one."""
    return {
        "id": enrollment.campaign.id,
        "name": enrollment.campaign.name,
        "status": enrollment.status,
        "startedAt": enrollment.started_at and timestamp(enrollment.started_at),
        "leads": len(enrollment.leads),
    }


def metrics_as_json(enrollment: SandboxEnrollment) -> dict[str, object]:
    """A campaign's metrics as the reference lists them. The sandbox sends no e-mail, so all messages are queued."""
    nothing = dict.fromkeys(("sent", "delivered", "bounced", "replied"), 0)
    return {
        "campaignId": enrollment.campaign.id,
        "totalEnrolled": len(enrollment.leads),
        **nothing,
        "queued": 0 if enrollment.status == "draft" else len(enrollment.leads),
        "openRate": 0.0,
        "replyRate": 0.0,
    }


KEPT = 1_000  # a long-running dev stack must not grow without bound


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request; `status` is None where the client got no answer; `path` is without its query."""

    at: datetime
    method: str
    path: str
    size: int
    leads: int
    status: int | None
    fault: str | None


class RequestLog:
    def __init__(self) -> None:
        self._lock = Lock()
        self._latest: deque[LoggedRequest] = deque(maxlen=KEPT)

    def add(self, entry: LoggedRequest) -> None:
        with self._lock:
            self._latest.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._latest.clear()

    def entries(self) -> list[LoggedRequest]:
        """The latest requests, oldest first."""
        with self._lock:
            return list(self._latest)
