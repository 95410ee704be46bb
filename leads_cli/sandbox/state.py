"""The Leadterra service as a state machine: campaigns, leads, suppression, keys. No I/O and no clock."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from threading import RLock
from typing import Self

from leads_cli.sandbox import records
from leads_cli.sandbox.behaviour import Behaviour, admission
from leads_cli.sandbox.faults import FaultSchedule
from leads_cli.sandbox.lead_store import LeadStore
from leads_cli.sandbox.records import (
    LeadEvent,
    RequestLog,
    SandboxCampaign,
    SandboxEnrollment,
    SuppressionCounts,
    UpsertCounts,
    normalise_address,
)
from leads_cli.sandbox.validation import InvalidLeadsError, SandboxError, unauthenticated

DEFAULT_API_KEY = "sk_live_sandbox"
# The guide and the reference agree on 422 for what is no address.
_SUPPRESSING = {"missing_email_status": 422, "invalid_lead_status": 422, "duplicates": "merge"}


class Sandbox:
    """Everything here may be called from any thread; `lock` makes several calls one step."""

    def __init__(
        self,
        campaigns: Iterable[SandboxCampaign] = (),
        *,
        api_keys: Iterable[str] = (DEFAULT_API_KEY,),
        behaviour: Behaviour | None = None,
        draw: Callable[[], float] | None = None,
    ) -> None:
        self.lock = RLock()
        self.behaviour = behaviour or Behaviour()
        # Seeded, so that two runs see the same faults; nothing secret is drawn.
        self.faults = FaultSchedule(draw or random.Random(0).random)  # noqa: S311
        self.requests = RequestLog()
        self._api_keys = frozenset(api_keys)
        self._campaigns = tuple(campaigns)
        self._initial_behaviour = self.behaviour
        self._leads = LeadStore()
        self._enrollments = self._fresh()

    @classmethod
    def for_campaigns(cls, ids: Iterable[str], *, api_keys: Iterable[str] = (DEFAULT_API_KEY,)) -> Self:
        """A sandbox in which these campaigns are running."""
        return cls(map(SandboxCampaign, ids), api_keys=api_keys)

    def reset(self) -> None:
        """Back to the start: no leads, faults or requests; campaigns and behaviour as they were given."""
        with self.lock:
            self._leads.clear()
            self._enrollments = self._fresh()
            self.behaviour = self._initial_behaviour
            self.faults.set(())
            self.requests.clear()

    def rotate_keys(self, api_keys: Iterable[str]) -> None:
        """Revoke every key but these."""
        with self.lock:
            self._api_keys = frozenset(api_keys)

    def authenticate(self, authorization: str) -> None:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or key.strip() not in self._api_keys:
            raise unauthenticated()

    def bulk_upsert(
        self, campaign: str, rows: Sequence[object], now: datetime, *, refuse_all: bool = False
    ) -> UpsertCounts:
        """Enroll every row, or raise InvalidLeadsError; whether the good rows stay then is `on_invalid`."""
        with self.lock:
            enrollment = self._enrollment(campaign)
            matching, mode = self.behaviour.matching, self.behaviour.on_invalid
            admitted = admission(rows, self.behaviour, refuse_all=refuse_all)
            if admitted.refused and mode == "atomic":
                raise InvalidLeadsError(admitted.refused)
            counts = Counter(self._leads.upsert(enrollment, row, matching, now) for row in admitted.good)
            if admitted.refused and (refuse_all or mode == "partial"):
                raise InvalidLeadsError(admitted.refused)
            stored = UpsertCounts(counts["enrolled"], counts["updated"], counts["skipped"], len(enrollment.leads))
            if admitted.refused and mode == "report":
                raise InvalidLeadsError(admitted.refused, stored)
            return stored

    def suppress(self, emails: Sequence[object]) -> SuppressionCounts:
        """Put addresses on the suppression list, all of them or, with InvalidLeadsError, none."""
        rows = [{"email": email} for email in emails]
        with self.lock:
            admitted = admission(rows, self.behaviour.model_copy(update=_SUPPRESSING), refuse_all=False)
            if admitted.refused:
                raise InvalidLeadsError(admitted.refused)
            addresses = dict.fromkeys(normalise_address(str(email)) for email in emails)
            new = self._leads.suppress(addresses)
            return SuppressionCounts(new, len(addresses) - new)

    def start(self, campaign: str, now: datetime) -> tuple[dict[str, object], int]:
        """The started campaign and the number of messages that this has queued; paused ones resume."""
        with self.lock:
            enrollment = self._enrollment(campaign)
            if not enrollment.leads:
                raise SandboxError(400, "no_leads_enrolled", "The campaign has no enrolled leads.")
            queued = 0 if enrollment.status == "running" else len(enrollment.leads)
            enrollment.status = "running"
            enrollment.started_at = enrollment.started_at or now
            return records.enrollment_as_json(enrollment), queued

    def stats(self, campaign: str) -> dict[str, object]:
        """The documented counters, and the status."""
        with self.lock:
            enrollment = self._enrollment(campaign)
            return {**records.metrics_as_json(enrollment), "status": enrollment.status}

    def snapshot(self, limit: int | None = None) -> dict[str, object]:
        """Everything, with the leads that were touched last first; at most `limit` of them."""
        with self.lock:
            return {
                "campaigns": [records.enrollment_as_json(e) for e in self._enrollments.values()],
                "leadCount": len(self._leads),
                "leads": [records.lead_as_json(lead) for lead in self._leads.latest(limit)],
                "suppressed": self._leads.suppressed(),
            }

    def history(self, email: str) -> list[LeadEvent]:
        """What happened to an address, oldest first."""
        with self.lock:
            return self._leads.history(email)

    def require(self, campaign: str) -> None:
        """Raise SandboxError unless there is such a campaign."""
        with self.lock:
            self._enrollment(campaign)

    def _enrollment(self, campaign: str) -> SandboxEnrollment:
        enrollment = self._enrollments.get(campaign)
        if enrollment is None:
            message = "No campaign exists for the provided id in your workspace."
            raise SandboxError(404, "campaign_not_found", message)
        return enrollment

    def _fresh(self) -> dict[str, SandboxEnrollment]:
        return {campaign.id: SandboxEnrollment(campaign, campaign.status) for campaign in self._campaigns}
