"""The smoke run against stacks that fail."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from leads.config.schema import Enrollment, parse
from leads_cli.console.server import LocalServer
from leads_cli.dev import smoke
from leads_cli.dev.page import page
from leads_cli.logs.journal import LeadRow
from leads_cli.logs.reading import Line
from leads_cli.stacks import embedded
from leads_cli.stacks.counts import StackCounts, StackStatus
from leads_cli.stacks.running import NotReachableError

if TYPE_CHECKING:
    from starlette.requests import Request

    from leads_cli.dev.page.view import StackView

CONFIG = """
campaigns.news.id = "camp_1"
[sources]
website = {provider = "form", campaign = "news", auth = "none"}
"""


@dataclass
class Fake:
    """A stack with one source that gives every event the same answer, and has these counts."""

    status_code: int = 200
    answer: dict[str, object] = field(default_factory=lambda: {"accepted": 1})
    counts: StackCounts = field(default_factory=StackCounts)
    oldest: float | None = None
    enrollment: Enrollment = field(default_factory=lambda: parse(CONFIG))
    accepted: int = 0

    def description(self) -> dict[str, Any]:
        sources = [
            {"name": name, "auth": its.authentication, "provider": its.provider}
            for name, its in self.enrollment.sources.items()
        ]
        return {"sources": sources, "outputs": {}}

    def status(self) -> StackStatus:
        done = {name: getattr(self.counts, name) for name in ("rejected", "queued")}
        return StackStatus(
            StackCounts(accepted=self.accepted, enrolled=self.counts.enrolled * self.accepted, **done), self.oldest
        )

    def leads(self, limit: int) -> Sequence[LeadRow]:
        return [][:limit]

    def logs(self, _: datetime) -> Sequence[Line]:
        return []

    def release(self) -> int:
        return 2

    async def hook(self, _: "Request") -> JSONResponse:
        self.accepted += self.status_code == 200
        return JSONResponse(self.answer, self.status_code)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    server = LocalServer()
    server.start(app)
    try:
        yield server.url
    finally:
        server.stop()


def smoke_of(fake: Fake) -> tuple[bool, str]:
    output: list[str] = []
    hook = Route("/hooks/{source}", fake.hook, methods=["POST"])
    with serving(Starlette(routes=[*page.routes(cast("StackView", fake)), hook])) as url:
        succeeded, _ = smoke.run(url, output.append, patience=0.5)
    return succeeded, "\n".join(output)


def test_a_stack_is_asked_to_try_again() -> None:
    """Only by a POST, so that a link cannot do it."""
    with serving(Starlette(routes=list(page.routes(cast("StackView", Fake()))))) as url:
        assert embedded.release(url) == 2
        with pytest.raises(NotReachableError):
            embedded.get_json(url, "/_leads/release")


def test_a_run_that_sends_nothing_fails() -> None:
    """It says so without waiting."""
    succeeded, output = smoke_of(Fake(enrollment=parse(CONFIG.replace("website", "elsewhere"))))
    assert not succeeded
    assert "failed: nothing was sent" in output
    assert "leave out --config" in output
    assert "Waiting" not in output


def test_an_event_that_is_refused() -> None:
    """The run fails, and shows the event and the answer."""
    succeeded, output = smoke_of(Fake(status_code=422, answer={"detail": "no lead"}))
    assert not succeeded
    assert (
        'FAILED   website-form: POST /hooks/website 422, it was to be taken; the answer: {"detail":"no lead"}' in output
    )
    assert "failed: 3 of the events went wrong, see above" in output


def test_leads_that_stay_queued() -> None:
    """The run fails although the counts add up, and shows how long they have waited."""
    succeeded, output = smoke_of(Fake(counts=StackCounts(queued=3), oldest=90))
    assert not succeeded
    assert "failed: 3 leads still queued, the oldest for 2 min" in output


def test_leads_that_are_lost() -> None:
    """A difference in the counts fails the run."""
    succeeded, output = smoke_of(Fake(counts=StackCounts(enrolled=1, rejected=-1)))
    assert not succeeded
    assert "failed: the counts do not add up: a difference of +1" in output
