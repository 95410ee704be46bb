"""What a fault looks like on the wire."""

from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

from leads_cli.sandbox.faults.faults import DEFAULT_STATUS, Fault
from leads_cli.sandbox.faults.refusals import AuthenticationError
from leads_cli.sandbox.http import HTML, SandboxAnswer, error_answer, json_answer


def answer_instead(fault: Fault, now: datetime) -> SandboxAnswer | None:
    """The answer of a fault that keeps the request from being served; None if it is served."""
    answer = _instead(fault, fault.status or DEFAULT_STATUS.get(fault.kind, 0))
    return replace(answer, headers={**answer.headers, **_retry_after(fault, now)}) if answer else None


def _instead(fault: Fault, status: int) -> SandboxAnswer | None:
    answer: SandboxAnswer | None = None
    match fault.kind:
        case "rate_limited" | "status" | "too_large" | "too_many":
            answer = _plain_error(status)
        case "server_error":
            answer = _page(status, _phrase(status))
        case "maintenance_page":
            answer = _page(200, "We will be right back")
        case "quota":
            errors = [{"message": "Daily lead quota exceeded"}]
            answer = json_answer({"success": False, "enrolled": 0, "updated": 0, "total": 0, "errors": errors})
        case "redirect":
            answer = SandboxAnswer(status, headers={"Location": "/login"})
        case "unauthorized":
            error = AuthenticationError()
            answer = error_answer(status, error.code, error.message)
        case "drop_before":
            answer = SandboxAnswer(0, ending="reset")
        case "hang":
            answer = SandboxAnswer(0, delay=fault.milliseconds, ending="silent")
    return answer


def answer_spoiled(answer: SandboxAnswer, fault: Fault) -> SandboxAnswer:
    """The answer to a request that was served, as it reaches the client."""
    match fault.kind:
        case "drop_after":
            return replace(answer, ending="reset")
        case "truncated_answer":
            return replace(answer, ending="cut")
        case "no_counts" if answer.status == HTTPStatus.OK:
            return json_answer({"status": "accepted"})
        case _:
            return answer


def _plain_error(status: int) -> SandboxAnswer:
    if status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        return SandboxAnswer(status)  # HTTP allows these no body
    phrase = _phrase(status)
    return error_answer(status, phrase.lower().replace(" ", "_"), phrase)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown"


def _page(status: int, title: str) -> SandboxAnswer:
    html = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return SandboxAnswer(status, html.encode(), HTML)


def _retry_after(fault: Fault, now: datetime) -> dict[str, str]:
    if fault.retry_after is None:
        return {}
    match fault.retry_after_form:
        case "seconds":
            return {"Retry-After": str(fault.retry_after)}
        case "http-date":
            return {"Retry-After": format_datetime(now + timedelta(seconds=fault.retry_after), usegmt=True)}
        case "nonsense":
            return {"Retry-After": "in a while"}
