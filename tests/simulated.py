"""Helpers of the enroll tests: rows, a Leadterra without a socket, and a driver for `isolate`."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from leads.message.message import Message
from leads.request.batch import ReceivedMessage, Row, body
from leads.request.outcome import Held
from leads.request.reply import Reply
from leads.search.isolation import Settled, isolate
from leads_cli.sandbox import DEFAULT_API_KEY, Sandbox, SandboxRequest, respond
from tests.error_shapes import behaving

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CAMPAIGN = "camp_1"
BULK = f"/v1/campaigns/{CAMPAIGN}/leads/bulk"
# Flaws for which the sandbox refuses a lead, each as the fields of lead number n.
FLAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "format": lambda n: {"email": f"lead{n}.example.com"},
    "domain": lambda n: {"email": f"lead{n}@refused.example"},
    "company": lambda n: {"email": f"lead{n}@example.com", "company": n},
    "jobTitle": lambda n: {"email": f"lead{n}@example.com", "jobTitle": [n]},
}


def row(lead: dict[str, Any]) -> Row:
    """A row as `leads.request.batch` makes one. Its lead may be invalid."""
    message = Message(
        id=f"evt-{lead['email']}",
        source="website",
        campaign="newsletter",
        received_at=NOW,
        lead={"email": lead["email"]},
    )
    return Row(lead, [ReceivedMessage(message, [0])])


def rows(size: int, flaws: dict[int, str]) -> list[Row]:
    """This many rows, with flaws by index."""
    good: Callable[[int], dict[str, Any]] = lambda n: {"email": f"lead{n}@example.com", "firstName": "Ava"}  # noqa: E731
    return [row(FLAWS[flaws[n]](n) if n in flaws else good(n)) for n in range(size)]


def sandbox_reply(sandbox: Sandbox, sent: Sequence[Row]) -> Reply:
    """The sandbox's reply to these rows."""
    headers = {"authorization": f"Bearer {DEFAULT_API_KEY}"}
    answer = respond(sandbox, SandboxRequest("POST", BULK, headers, body(CAMPAIGN, sent)), NOW)
    return Reply(answer.status, answer.body, {name.lower(): value for name, value in answer.headers.items()})


def sandbox(**behaviour: Any) -> Sandbox:
    """A sandbox with one campaign."""
    return Sandbox([CAMPAIGN], behaviour=behaving(**behaviour))


@dataclass
class Run:
    """A delivered batch: its requests as row indexes with the replies, and the result."""

    rows: Sequence[Row]
    requests: list[tuple[list[int], Reply]] = field(default_factory=list)
    keys_read: int = 0
    settled: Settled = field(init=False)

    @property
    def kinds(self) -> str:
        """The outcomes as letters: accepted, rejected, held."""
        return "".join(type(outcome).__name__[0] for outcome in self.settled.outcomes)

    def singles(self, index: int) -> Iterator[Reply]:
        """The replies to requests with this row alone."""
        return (reply for sent, reply in self.requests if sent == [index])

    @property
    def accepted_by_reply(self) -> set[int]:
        return {index for sent, reply in self.requests if reply.status == 200 for index in sent}


type Service = Callable[[Sequence[Row]], Reply | None]
"""Replies to rows; None if there is no time left."""


def deliver(batch: Sequence[Row], service: Service) -> Run:
    """Drive `isolate` to its end."""
    places = {id(row): index for index, row in enumerate(batch)}
    run = Run(batch)
    search = isolate(batch)
    ask = next(search)
    try:
        while True:
            run.keys_read += ask.fresh_key
            reply = service(ask.rows)
            if reply is not None:
                reply = replace(reply, headers={**reply.headers, "x-request-id": f"req_{len(run.requests)}"})
                run.requests.append(([places[id(row)] for row in ask.rows], reply))
            ask = search.send((reply, NOW) if reply else Held("deadline"))
    except StopIteration as end:
        run.settled = end.value
    return run


def scripted(replies: Iterable[Reply | None]) -> Service:
    """A service that gives these replies in order."""
    script = iter(replies)
    return lambda _: next(script)


def counts(enrolled: int, updated: int = 0) -> Reply:
    return Reply(200, json.dumps({"enrolled": enrolled, "updated": updated}).encode())


def refusal(content: object, status: int = 422) -> Reply:
    return Reply(status, json.dumps(content).encode())
