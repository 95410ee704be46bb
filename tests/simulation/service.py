"""Leadterra without a socket: the sandbox, with scheduled failures."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import Final
from urllib.parse import unquote

import httpx

from leads_cli.sandbox import Sandbox, SandboxRequest, respond
from leads_cli.sandbox.admission import admit
from tests.drill.leadterra import AT_A_LEAD, AT_ANY_REQUEST, POISON, SCRIPT, Answer
from tests.simulation.weather import Weather

_MAINTENANCE: Final = b"<!doctype html><html><body><h1>We will be right back</h1></body></html>"
# The time of a request, and of each lead in it.
_SECONDS: Final = 0.2
_SECONDS_A_LEAD: Final = 0.001
_THROTTLED: Final = 0.7
_SPOILED: Final = b'{"status": "accepted"}'
# The drill's answers that do not belong to an outage or to throttling.
_ODD: Final = {kind: answer for kind, answer in AT_ANY_REQUEST.items() if answer[0] < httpx.codes.TOO_MANY_REQUESTS}

type Check = Callable[[str, list[dict[str, object]]], None]


@dataclass
class Service:
    """A Leadterra. `requests` and `rows` count everything that arrived, `statuses` the answers (0: none)."""

    sandbox: Sandbox
    weather: Weather
    chance: Random
    start: datetime
    requests: int = 0
    rows: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    # The times of requests, in seconds.
    arrived: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._start_millis = self.start.timestamp() * 1_000

    def moment(self, seconds: float) -> datetime:
        return self.start + timedelta(seconds=seconds)

    def millis(self, seconds: float) -> str:
        """A time in SQS's format."""
        return str(int(self._start_millis + seconds * 1_000))


@dataclass
class Wire(httpx.BaseTransport):
    """A container's connection to Leadterra.

    Attributes:
        wait: waits for some seconds.
        check: gets the campaign and the accepted rows of every request.
    """

    service: Service
    clock: Callable[[], float]
    wait: Callable[[float], None]
    effect: Callable[[], None]
    check: Check

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.effect()
        body = request.read()
        rows = body.count(b'"email"')
        self.service.requests += 1
        self.service.arrived.append(self.clock())
        self.service.rows += rows
        try:
            response = self._failed(request, body, rows) or self._served(request, body, rows)
        except httpx.TransportError:
            self.service.statuses[0] += 1
            raise
        self.service.statuses[response.status_code] += 1
        self.effect()
        return response

    def _failed(self, request: httpx.Request, body: bytes, rows: int) -> httpx.Response | None:
        """The answer during a failure or to a certain lead. Nothing is stored."""
        service, chance = self.service, self.service.chance.random
        if service.weather.now("outage", self.clock()):
            return self._down(request, chance())
        if service.weather.now("throttling", self.clock()) and chance() < _THROTTLED:
            self.wait(_SECONDS)
            return httpx.Response(429, headers={"Retry-After": str(rows % 90)})
        if service.weather.now("answers", self.clock()):
            # A 413 for a single lead would mean a bad lead.
            return _response(service.chance.choice([_ODD[kind] for kind in _ODD if kind != "413" or rows > 1]))
        if service.weather.now("firewall", self.clock()) and SCRIPT.encode() in body:
            return _response(AT_A_LEAD["a firewall's 403 for a text"])
        if service.weather.now("poison", self.clock()) and POISON.encode() in body:
            return _response(AT_A_LEAD["500 for a lead"])
        return None

    def _down(self, request: httpx.Request, lot: float) -> httpx.Response:
        """A random kind of outage."""
        if lot < 0.1:
            self.wait(request.extensions["timeout"]["read"])
            raise httpx.ReadTimeout("silence", request=request)
        self.wait(_SECONDS)
        if lot < 0.2:
            raise httpx.ConnectError("connection refused", request=request)
        if lot < 0.3:
            raise httpx.RemoteProtocolError("cut off", request=request)
        if lot < 0.45:
            return httpx.Response(200, headers={"Content-Type": "text/html"}, content=_MAINTENANCE)
        if lot < 0.55:
            return httpx.Response(503, headers={"Retry-After": "300"})
        if lot < 0.6:
            later = self.service.moment(self.clock() + 600)
            return httpx.Response(503, headers={"Retry-After": format_datetime(later, usegmt=True)})
        return httpx.Response(503, content=b"<h1>Service Unavailable</h1>")

    def _served(self, request: httpx.Request, body: bytes, rows: int) -> httpx.Response:
        service, chance = self.service, self.service.chance.random
        self.wait((_SECONDS + _SECONDS_A_LEAD * rows) * (1 + chance()))
        path = request.url.raw_path.decode()
        headers = {"authorization": request.headers["authorization"]}
        asked = SandboxRequest("POST", path, headers, body)
        answer = respond(service.sandbox, asked, service.moment(self.clock()))
        if answer.status in {httpx.codes.OK, httpx.codes.MULTI_STATUS}:
            stored = admit(json.loads(body)["leads"], service.sandbox.behaviour).good
            self.check(unquote(path.split("/")[3]), stored)
            if chance() < service.weather.answers_lost:
                raise httpx.ReadError("lost after all was done", request=request)
            if chance() < service.weather.answers_spoiled:
                return httpx.Response(200, content=_SPOILED)
        return httpx.Response(answer.status, headers={"Content-Type": answer.content_type}, content=answer.body)


def _response(answer: Answer) -> httpx.Response:
    status, body, headers = answer
    content = {"html": body} if isinstance(body, str) else {"json": body}
    return httpx.Response(status, headers=headers, **content)
