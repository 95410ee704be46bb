"""The HTTP surface as a function from request to answer: the documented endpoints, and faults around them.

Under `/_sandbox` are the state and the faults, which are no part of Leadterra's API and need no key.
"""

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import unquote

from pydantic import TypeAdapter, ValidationError

from leads_cli.sandbox.admission import Dialect, InvalidLeadsError, RefusedBatch, SandboxError
from leads_cli.sandbox.faults import Endpoint, Fault, answer_instead, answer_spoiled
from leads_cli.sandbox.http import TEXT, SandboxAnswer, SandboxRequest, error_answer, json_answer, unauthenticated
from leads_cli.sandbox.state import LoggedRequest, Sandbox, SuppressionCounts, UpsertCounts

_CONTROL: Final = "/_sandbox/"
_FAULTS: Final = TypeAdapter(list[Fault])
_PATH: Final = re.compile(r"/v1/(?:campaigns/([^/]+)/)?(leads/bulk|start|stats|suppression-list)")
_ENDPOINTS: Final[dict[str, tuple[str, Endpoint]]] = {
    "leads/bulk": ("POST", "bulk"),
    "start": ("POST", "start"),
    "stats": ("GET", "stats"),
    "suppression-list": ("POST", "suppress"),
}
# The reference's most addresses in a request.
_MOST_SUPPRESSED: Final = 1_000


class Call(NamedTuple):
    """A request to a known endpoint; `leads` is the list in its body; the suppression list is of no campaign."""

    endpoint: Endpoint
    campaign: str
    authorization: str
    leads: list[object] | None


def respond(sandbox: Sandbox, request: SandboxRequest, now: datetime) -> SandboxAnswer:
    """The answer to any request; each one is a single step of the sandbox, however many threads ask."""
    with sandbox.lock:
        if request.target.startswith(_CONTROL):
            return _control(sandbox, request)
        call = _call(request)
        fault, leads = None, 0
        if isinstance(call, SandboxAnswer):
            answer = call
        else:
            leads = len(call.leads or ())
            delay, fault = sandbox.faults.take(call.endpoint)
            answer = _answer(sandbox, call, now, fault)
            answer = replace(answer, delay=answer.delay + delay)
        status = answer.status if answer.ending == "answered" else None
        kind = fault.kind if fault else None
        sandbox.requests.append(LoggedRequest(request.method, request.path, leads, status, kind))
        return answer


def _call(request: SandboxRequest) -> Call | SandboxAnswer:
    found = _PATH.fullmatch(request.path)
    if found is None or (found[1] is None) != (found[2] == "suppression-list"):
        return error_answer(404, "not_found", "There is no such route.")
    method, endpoint = _ENDPOINTS[found[2]]
    if request.method != method:
        refusal = error_answer(405, "method_not_allowed", f"Use {method}.")
        return replace(refusal, headers={"Allow": method})
    leads = _listed(request.body, "emails" if endpoint == "suppress" else "leads")
    return Call(endpoint, unquote(found[1] or ""), request.headers.get("authorization", ""), leads)


def _answer(sandbox: Sandbox, call: Call, now: datetime, fault: Fault | None) -> SandboxAnswer:
    if fault and (instead := answer_instead(fault)):
        return instead
    try:
        answer = _serve(sandbox, call, now, refuse_all=fault is not None and fault.kind == "refuse_all")
    except InvalidLeadsError as error:
        body = sandbox.behaviour.error_shape(error.batch)
        text = SandboxAnswer(error.status, str(body).encode(), TEXT)
        answer = text if isinstance(body, str) else json_answer(body, error.status)
    except SandboxError as error:
        answer = error_answer(error.status, error.code, error.message)
    return answer_spoiled(answer, fault) if fault else answer


def _serve(sandbox: Sandbox, call: Call, now: datetime, *, refuse_all: bool) -> SandboxAnswer:
    if not sandbox.knows(call.authorization):
        return unauthenticated()
    dialect = sandbox.behaviour.dialect
    if call.endpoint == "suppress":
        if not call.leads or len(call.leads) > _MOST_SUPPRESSED:
            raise _invalid_request(f"emails must be an array of 1 to {_MOST_SUPPRESSED} addresses.")
        return json_answer(_suppression(sandbox.suppress(call.leads), dialect))
    sandbox.campaign(call.campaign)
    if call.endpoint == "start":
        return json_answer(_started(*sandbox.start(call.campaign, now), dialect))
    if call.endpoint == "stats":
        return json_answer(_stats(sandbox.stats(call.campaign), dialect))
    if not call.leads:
        raise _invalid_request("The body must be JSON with an array `leads` of at least one lead.")
    counts = sandbox.bulk_upsert(call.campaign, call.leads, now, refuse_all=refuse_all)
    answer = json_answer(_counts(counts, dialect))
    return _reported(sandbox, counts.refused, answer) if counts.refused else answer


def _reported(sandbox: Sandbox, refused: RefusedBatch, answer: SandboxAnswer) -> SandboxAnswer:
    """A 2xx with the errors beside the counts."""
    body = sandbox.behaviour.error_shape(refused)
    errors = body if isinstance(body, dict) else {"errors": body}
    return json_answer({**json.loads(answer.body), **errors}, sandbox.behaviour.reported_status)


def _invalid_request(message: str) -> SandboxError:
    return SandboxError(400, "invalid_request", message)


def _listed(body: bytes, name: str) -> list[object] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    found = content.get(name) if isinstance(content, dict) else None
    return found if isinstance(found, list) else None


def _counts(tally: UpsertCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a bulk request; the reference has no place for skipped leads, so they are in no count."""
    known = {"enrolled": tally.enrolled, "updated": tally.updated}
    if dialect == "guide":
        return {"result": {**known, "skipped": tally.skipped, "totalInCampaign": tally.in_campaign}}
    return _bare({**known, "total": tally.enrolled + tally.updated}, dialect)


def _suppression(tally: SuppressionCounts, dialect: Dialect) -> dict[str, object]:
    """Counts of a suppression request; the reference counts new addresses only."""
    if dialect == "guide":
        return {"result": {"suppressed": tally.new, "alreadySuppressed": tally.known, "total": tally.new + tally.known}}
    return _bare({"suppressed": tally.new}, dialect)


def _started(campaign: dict[str, object], queued: int, dialect: Dialect) -> dict[str, object]:
    """A started campaign; `queued` is how many first messages the start has put in line."""
    known = {name: campaign[name] for name in ("id", "status", "startedAt")}
    if dialect == "guide":
        return {"campaign": {**known, "leadsEnrolled": campaign["leads"], "queuedMessages": queued}}
    return _bare(known, dialect)


def _stats(stats: dict[str, object], dialect: Dialect) -> dict[str, object]:
    """A campaign's metrics. The guide documents the campaign's status among them, the reference does not."""
    if dialect == "reference":
        return {name: value for name, value in stats.items() if name != "status"}
    return {"data": stats}


def _bare(content: dict[str, object], dialect: Dialect) -> dict[str, object]:
    return {"data": content} if dialect == "data" else content


def _control(sandbox: Sandbox, request: SandboxRequest) -> SandboxAnswer:
    match request.method, request.path.removeprefix(_CONTROL):
        case "GET", "state":
            return json_answer(sandbox.snapshot())
        case "PUT", "faults":
            try:
                sandbox.faults.set(_FAULTS.validate_json(request.body))
            except ValidationError as error:
                problems = error.errors(include_url=False, include_context=False, include_input=False)
                return json_answer({"errors": problems}, 422)
        case "GET", "faults":
            pass
        case _:
            return error_answer(404, "not_found", "The routes are GET state, GET faults and PUT faults.")
    return json_answer([fault.model_dump(exclude_defaults=True) for fault in sandbox.faults.pending()])
