"""Faults that can be switched on: what goes wrong, on which endpoint, how often and in which order."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from http import HTTPStatus
from threading import Lock
from typing import Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from leads_cli.sandbox.http import HTML, SandboxAnswer, error_answer, json_answer, unauthenticated

type Endpoint = Literal["bulk", "suppress", "start", "stats"]
type FaultKind = Literal[
    "latency",  # the answer comes `milliseconds` late; what was asked is done at once
    "rate_limited",  # 429
    "server_error",  # 5xx with an HTML body
    "redirect",  # 3xx to a login page
    "unauthorized",  # 401, as though the key had been rotated
    "status",  # any `status` with a JSON error, nothing done
    "refuse_all",  # every lead fails validation, as after a change of the schema
    "drop_before",  # the connection is reset, nothing done
    "hang",  # no answer for `milliseconds`, then the connection ends; nothing done
    "drop_after",  # done, but the connection is reset before the answer
    "truncated_answer",  # done, but the connection ends in the middle of the answer
    "no_counts",  # done, but the answer is JSON without counts
]

# What a fault of a kind cannot do without.
_NEEDED: Final = {"status": "status", "latency": "milliseconds", "hang": "milliseconds"}


class Fault(BaseModel):
    """One fault. Where several are due, the first in the list wins; latency adds to whatever wins.

    `after` requests pass first, then it concerns the `next` requests (all of them, if None). So a list of faults with
    `next` is a script that plays in order.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    on: Endpoint | Literal["any"] = "bulk"
    after: int = Field(default=0, ge=0)
    next: int | None = Field(default=None, ge=1)
    milliseconds: int = Field(default=0, ge=0)
    status: int | None = Field(default=None, ge=200, le=599)
    retry_after: int | None = None

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if (needed := _NEEDED.get(self.kind)) and getattr(self, needed) in (None, 0):
            raise ValueError(f"{self.kind} needs {needed}")
        return self

    def concerns(self, endpoint: Endpoint) -> bool:
        """Whether it could act on a request to this endpoint."""
        return self.on in {endpoint, "any"}


class FaultSchedule:
    """The faults still to come."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._faults: list[Fault] = []

    def set(self, faults: Iterable[Fault]) -> None:
        """Replace all faults. An empty list ends them."""
        with self._lock:
            self._faults = list(faults)

    def pending(self) -> list[Fault]:
        """The faults as they stand: `after` and `next` count down, and what is used up is gone."""
        return list(self._faults)

    def take(self, endpoint: Endpoint) -> tuple[int, Fault | None]:
        """The delay in milliseconds and the fault that this request gets."""
        delay = 0
        winner: Fault | None = None
        left: list[Fault] = []
        with self._lock:
            for fault in self._faults:
                waits = winner is not None and fault.kind != "latency"
                if waits or not fault.concerns(endpoint):
                    left.append(fault)
                    continue
                left.extend(_rest(fault))
                if fault.after:
                    continue
                if fault.kind == "latency":
                    delay += fault.milliseconds
                else:
                    winner = fault
            self._faults = left
        return delay, winner


def _rest(fault: Fault) -> list[Fault]:
    """What is left of a fault after a request that it concerns."""
    if fault.after:
        return [fault.model_copy(update={"after": fault.after - 1})]
    if fault.next is None:
        return [fault]
    return [fault.model_copy(update={"next": fault.next - 1})] if fault.next > 1 else []


def answer_instead(fault: Fault) -> SandboxAnswer | None:
    """The answer of a fault that keeps the request from being served; None if it is served."""
    if fault.kind not in _INSTEAD:
        return None
    answer = _INSTEAD[fault.kind](fault)
    if fault.retry_after is None:
        return answer
    return replace(answer, headers={**answer.headers, "Retry-After": str(fault.retry_after)})


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


def _page(status: int) -> SandboxAnswer:
    title = _phrase(status)
    html = f"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return SandboxAnswer(status, html.encode(), HTML)


_INSTEAD: Final[Mapping[FaultKind, Callable[[Fault], SandboxAnswer]]] = {
    "rate_limited": lambda fault: _plain_error(fault.status or 429),
    "status": lambda fault: _plain_error(fault.status or 500),
    "server_error": lambda fault: _page(fault.status or 503),
    "redirect": lambda fault: SandboxAnswer(fault.status or 302, headers={"Location": "/login"}),
    "unauthorized": lambda _: unauthenticated(),
    "drop_before": lambda _: SandboxAnswer(0, ending="reset"),
    "hang": lambda fault: SandboxAnswer(0, delay=fault.milliseconds, ending="silent"),
}
