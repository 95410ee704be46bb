"""The HTTP surface as a function from request to answer: the documented endpoints, and faults around them."""

import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from leads_cli.sandbox.behaviour import Dialect
from leads_cli.sandbox.control import control_answer
from leads_cli.sandbox.error_shapes import SHAPES
from leads_cli.sandbox.faults import Endpoint, Fault, answer_instead, answer_spoiled
from leads_cli.sandbox.http import SandboxAnswer, SandboxRequest, error_answer, json_answer, text_answer
from leads_cli.sandbox.records import LoggedRequest, SuppressionCounts, UpsertCounts
from leads_cli.sandbox.state import Sandbox
from leads_cli.sandbox.validation import InvalidLeadsError, SandboxError

CONTROL = "/_sandbox/"

_PATH = re.compile(r"/v1/(?:campaigns/([^/]+)/)?(leads/bulk|start|stats|suppression-list)")
_ENDPOINTS: dict[str, tuple[str, Endpoint]] = {
    "leads/bulk": ("POST", "bulk"),
    "start": ("POST", "start"),
    "stats": ("GET", "stats"),
    "suppression-list": ("POST", "suppress"),
}
# The reference's most addresses in a request.
_MOST_SUPPRESSED = 1_000
_UNREADABLE = object()


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a known endpoint; `body` is its JSON, or `_UNREADABLE`; the suppression list is of no campaign."""

    endpoint: Endpoint
    campaign: str | None
    authorization: str
    body: object

    @property
    def leads(self) -> list[object] | None:
        name = "emails" if self.endpoint == "suppress" else "leads"
        leads = self.body.get(name) if isinstance(self.body, dict) else None
        return leads if isinstance(leads, list) else None


class Api:
    """Answers requests; each one is a single step of the sandbox, however many threads ask."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def respond(self, request: SandboxRequest, now: datetime) -> SandboxAnswer:
        """The answer to any request, and what becomes of the connection."""
        with self.sandbox.lock:
            if request.target.startswith(CONTROL):
                return control_answer(self.sandbox, request)
            call = _call(request)
            if isinstance(call, SandboxAnswer):
                self._log(request, 0, call, None, now)
                return call
            count = len(call.leads or ())
            delay, fault = self.sandbox.faults.take(call.endpoint, len(request.body), count)
            answer = self._answer(call, now, fault)
            self._log(request, count, answer, fault, now)
            return replace(answer, delay=answer.delay + delay)

    def _answer(self, call: Call, now: datetime, fault: Fault | None) -> SandboxAnswer:
        instead = answer_instead(fault, now) if fault else None
        if instead is not None:
            return instead
        try:
            self.sandbox.authenticate(call.authorization)
            if call.campaign is None:
                answer = json_answer(suppression_answer(self._suppress(call), self.sandbox.behaviour.dialect))
            else:
                self.sandbox.require(call.campaign)
                answer = self._served(call, call.campaign, now, fault)
        except InvalidLeadsError as error:
            answer = self._refusal(error)
        except SandboxError as error:
            answer = error_answer(error.status, error.code, error.message)
        return answer_spoiled(answer, fault) if fault else answer

    def _refusal(self, error: InvalidLeadsError) -> SandboxAnswer:
        behaviour = self.sandbox.behaviour
        body = SHAPES[behaviour.error_shape](error.batch)
        if error.stored:
            errors = body if isinstance(body, dict) else {"errors": body}
            return json_answer({**bulk_answer(error.stored, behaviour.dialect), **errors}, behaviour.reported_status)
        return text_answer(body, error.status) if isinstance(body, str) else json_answer(body, error.status)

    def _served(self, call: Call, campaign: str, now: datetime, fault: Fault | None) -> SandboxAnswer:
        dialect = self.sandbox.behaviour.dialect
        match call.endpoint:
            case "bulk":
                tally = self._bulk(call, campaign, now, refuse_all=fault is not None and fault.kind == "refuse_all")
                return json_answer(bulk_answer(tally, dialect))
            case "start":
                return json_answer(start_answer(*self.sandbox.start(campaign, now), dialect))
            case _:
                return json_answer(stats_answer(self.sandbox.stats(campaign), dialect))

    def _suppress(self, call: Call) -> SuppressionCounts:
        if not call.leads or len(call.leads) > _MOST_SUPPRESSED:
            raise _invalid_request(f"emails must be an array of 1 to {_MOST_SUPPRESSED} addresses.")
        return self.sandbox.suppress(call.leads)

    def _bulk(self, call: Call, campaign: str, now: datetime, *, refuse_all: bool) -> UpsertCounts:
        if call.body is _UNREADABLE:
            raise _invalid_request("The request body is not valid JSON.")
        if not call.leads:
            raise _invalid_request("leads must be an array of at least one lead.")
        return self.sandbox.bulk_upsert(campaign, call.leads, now, refuse_all=refuse_all)

    def _log(
        self, request: SandboxRequest, leads: int, answer: SandboxAnswer, fault: Fault | None, now: datetime
    ) -> None:
        status = answer.status if answer.ending == "answered" else None
        kind = fault.kind if fault else None
        self.sandbox.requests.add(
            LoggedRequest(now, request.method, request.path, len(request.body), leads, status, kind)
        )


def _invalid_request(message: str) -> SandboxError:
    return SandboxError(400, "invalid_request", message)


def _call(request: SandboxRequest) -> Call | SandboxAnswer:
    match = _PATH.fullmatch(request.path)
    if match is None or (match[1] is None) != (match[2] == "suppression-list"):
        return error_answer(404, "not_found", "There is no such route.")
    method, endpoint = _ENDPOINTS[match[2]]
    if request.method != method:
        refusal = error_answer(405, "method_not_allowed", f"Use {method}.")
        return replace(refusal, headers={"Allow": method})
    authorization = request.headers.get("authorization", "")
    campaign = match[1] and unquote(match[1])
    return Call(endpoint, campaign, authorization, _json(request.body))


def _json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return _UNREADABLE


def bulk_answer(tally: UpsertCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a bulk request; the reference has no place for skipped leads, so they are in no count."""
    bare: dict[str, object] = {
        "enrolled": tally.enrolled,
        "updated": tally.updated,
        "total": tally.enrolled + tally.updated,
    }
    if dialect == "reference":
        return bare
    if dialect == "data":
        return {"data": bare}
    return {
        "result": {
            "enrolled": tally.enrolled,
            "updated": tally.updated,
            "skipped": tally.skipped,
            "totalInCampaign": tally.in_campaign,
        }
    }


def suppression_answer(tally: SuppressionCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a suppression request; the reference counts new addresses only."""
    if dialect == "guide":
        return {"result": {"suppressed": tally.new, "alreadySuppressed": tally.known, "total": tally.new + tally.known}}
    return {"suppressed": tally.new} if dialect == "reference" else {"data": {"suppressed": tally.new}}


def start_answer(campaign: dict[str, object], queued: int, dialect: Dialect) -> dict[str, object]:
    """A started campaign; `queued` is how many first messages the start has put in line."""
    bare = {name: campaign[name] for name in ("id", "status", "startedAt")}
    if dialect == "reference":
        return bare
    if dialect == "data":
        return {"data": bare}
    return {"campaign": {**bare, "leadsEnrolled": campaign["leads"], "queuedMessages": queued}}


def stats_answer(stats: dict[str, object], dialect: Dialect) -> dict[str, object]:
    """A campaign's metrics. The guide documents the campaign's status among them, the reference does not."""
    if dialect == "reference":
        return {name: value for name, value in stats.items() if name != "status"}
    return {"data": stats}
