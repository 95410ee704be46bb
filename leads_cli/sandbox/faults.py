"""Faults that can be switched on: what goes wrong, on which endpoint, how often and in which order."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus
from threading import Lock
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from leads_cli.sandbox.http import HTML, SandboxAnswer, error_answer, json_answer
from leads_cli.sandbox.validation import unauthenticated

type Endpoint = Literal["bulk", "suppress", "start", "stats"]
type FaultKind = Literal[
    "latency",  # the answer comes `milliseconds` late; what was asked is done at once
    "rate_limited",  # 429
    "server_error",  # 5xx with an HTML body
    "maintenance_page",  # 200 with an HTML body, nothing done
    "quota",  # 200 whose body says that nothing was stored, without naming a lead
    "redirect",  # 3xx to a login page
    "unauthorized",  # 401, as though the key had been rotated
    "status",  # any `status` with a JSON error, nothing done
    "too_large",  # 413 for a body of more than `limit` bytes
    "too_many",  # 413 for more than `limit` leads
    "refuse_all",  # every lead fails validation, as after a change of the schema
    "drop_before",  # the connection is reset, nothing done
    "hang",  # no answer for `milliseconds`, then the connection ends; nothing done
    "drop_after",  # done, but the connection is reset before the answer
    "truncated_answer",  # done, but the connection ends in the middle of the answer
    "no_counts",  # done, but the answer is JSON without counts
]

DEFAULT_STATUS = {
    "rate_limited": 429,
    "server_error": 503,
    "redirect": 302,
    "unauthorized": 401,
    "too_large": 413,
    "too_many": 413,
}


class Fault(BaseModel):
    """One fault. Where several are due, the first in the list wins; latency adds to whatever wins.

    `after` requests pass first, then it concerns the `next` requests (all of them, if None), each with
    `probability`. So a list of faults with `next` is a script that plays in order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    on: Endpoint | Literal["any"] = "bulk"
    after: int = Field(default=0, ge=0)
    next: int | None = Field(default=None, ge=1)
    probability: float = Field(default=1.0, ge=0, le=1)
    milliseconds: int = Field(default=0, ge=0)
    status: int | None = Field(default=None, ge=200, le=599)
    limit: int | None = Field(default=None, ge=0)
    retry_after: int | None = None
    retry_after_form: Literal["seconds", "http-date", "nonsense"] = "seconds"

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind in {"too_large", "too_many"} and self.limit is None:
            raise ValueError(f"{self.kind} needs a limit")
        if self.kind == "status" and self.status is None:
            raise ValueError("status needs a status")
        if self.kind in {"latency", "hang"} and self.milliseconds == 0:
            raise ValueError(f"{self.kind} needs milliseconds")
        if self.retry_after is None and self.retry_after_form != "seconds":
            raise ValueError("retry_after_form needs retry_after")
        return self

    def concerns(self, endpoint: Endpoint, size: int, leads: int) -> bool:
        """Whether it could act on a request of `size` bytes with so many `leads`."""
        if self.on not in {endpoint, "any"}:
            return False
        measured = {"too_large": size, "too_many": leads}.get(self.kind)
        return measured is None or self.limit is None or measured > self.limit


class FaultSchedule:
    """The faults still to come; `draw` gives numbers in [0, 1) for those with a probability."""

    def __init__(self, draw: Callable[[], float]) -> None:
        self._draw = draw
        self._lock = Lock()
        self._faults: list[Fault] = []

    def set(self, faults: Iterable[Fault]) -> None:
        """Replace all faults. An empty list ends them."""
        with self._lock:
            self._faults = list(faults)

    def pending(self) -> list[Fault]:
        """The faults as they stand: `after` and `next` count down, and what is used up is gone."""
        return list(self._faults)

    def take(self, endpoint: Endpoint, size: int, leads: int) -> tuple[int, Fault | None]:
        """The delay in milliseconds and the fault that this request gets."""
        delay = 0
        winner: Fault | None = None
        left: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                waits = winner is not None and fault.kind != "latency"
                if waits or not fault.concerns(endpoint, size, leads):
                    left.append(fault)
                    continue
                left.extend(_rest(fault))
                if fault.after or not self._strikes(fault):
                    continue
                if fault.kind == "latency":
                    delay += fault.milliseconds
                else:
                    winner = fault
            self._faults = left
        return delay, winner

    def _strikes(self, fault: Fault) -> bool:
        return fault.probability >= 1 or self._draw() < fault.probability


def _rest(fault: Fault) -> list[Fault]:
    """What is left of a fault after a request that it concerns."""
    if fault.after:
        return [fault.model_copy(update={"after": fault.after - 1})]
    if fault.next is None:
        return [fault]
    return [fault.model_copy(update={"next": fault.next - 1})] if fault.next > 1 else []


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
            error = unauthenticated()
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
