"""What the tests of the enroll half share: rows, a Leadterra without a socket, and a driver for `isolate`."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
# Reasons for which the sandbox refuses a lead, as what is wrong with the lead of that number.
FLAWS: dict[str, Callable[[int], dict[str, Any]]] = {
    "format": lambda n: {"email": f"lead{n}.example.com"},
    "domain": lambda n: {"email": f"lead{n}@refused.example"},
    "company": lambda n: {"email": f"lead{n}@example.com", "company": n},
    "jobTitle": lambda n: {"email": f"lead{n}@example.com", "jobTitle": [n]},
}


def row(lead: dict[str, Any]) -> Row:
    """A row as `leads.request.batch` makes one, of a lead that need not be valid."""
    message = Message(
        id=f"evt-{lead['email']}",
        source="website",
        campaign="newsletter",
        receivedAt=NOW,
        lead={"email": lead["email"]},
    )
    return Row(lead, [ReceivedMessage(message, [0])])


def rows(size: int, flaws: dict[int, str]) -> list[Row]:
    """So many rows, with what is wrong with some of them by their index."""
    good: Callable[[int], dict[str, Any]] = lambda n: {"email": f"lead{n}@example.com", "firstName": "Ava"}  # noqa: E731
    return [row(FLAWS[flaws[n]](n) if n in flaws else good(n)) for n in range(size)]


def sandbox_reply(sandbox: Sandbox, sent: Sequence[Row]) -> Reply:
    """What the sandbox answers to these rows."""
    headers = {"authorization": f"Bearer {DEFAULT_API_KEY}"}
    answer = respond(sandbox, SandboxRequest("POST", BULK, headers, body(CAMPAIGN, sent)), NOW)
    return Reply(answer.status, answer.body, {name.lower(): value for name, value in answer.headers.items()})


def sandbox(**behaviour: Any) -> Sandbox:
    """A sandbox with one campaign."""
    return Sandbox([CAMPAIGN], behaviour=behaving(**behaviour))


@dataclass
class Run:
    """A batch that was delivered: its requests as indexes of rows with what was replied, and how it ended."""

    rows: Sequence[Row]
    requests: list[tuple[list[int], Reply]] = field(default_factory=list)
    keys_read: int = 0
    settled: Settled = field(init=False)

    @property
    def kinds(self) -> str:
        """The outcomes as letters: accepted, rejected, held."""
        return "".join(type(outcome).__name__[0] for outcome in self.settled.outcomes)

    def singles(self, index: int) -> Iterator[Reply]:
        """The replies to the requests that this row had to itself."""
        return (reply for sent, reply in self.requests if sent == [index])

    @property
    def accepted_by_reply(self) -> set[int]:
        return {index for sent, reply in self.requests if reply.status == 200 for index in sent}


type Service = Callable[[Sequence[Row]], Reply | None]
"""Answers to rows; None where there is no time left to ask."""


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
    """A service that says these, one after the other."""
    script = iter(replies)
    return lambda _: next(script)


def counts(enrolled: int, updated: int = 0) -> Reply:
    return Reply(200, json.dumps({"enrolled": enrolled, "updated": updated}).encode())


def refusal(content: object, status: int = 422) -> Reply:
    return Reply(status, json.dumps(content).encode())
