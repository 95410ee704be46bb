"""The page of the flow: what was taken and what became of it, how fast, and what waits."""

import asyncio
import time
from collections.abc import Iterator

from nicegui import ui

from leads_cli.console import frame, live
from leads_cli.console.asking import notify_errors
from leads_cli.console.person import PersonSearch
from leads_cli.console.rate import Rate
from leads_cli.console.subject import Subject
from leads_cli.failures.read.queue_scan import DEAD_LETTERS
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.counts import StackStatus
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import duration


class FlowPage:
    """The page in one browser tab."""

    def __init__(self, subject: Subject, rate: Rate) -> None:
        self._subject = subject
        self._rate = rate

    def build(self) -> None:
        """Make the page, and keep it up to date."""
        self._trouble = frame.text("", "note bad").props('role="alert"')
        self._trouble.set_visibility(False)
        with frame.card("Counts"):
            self._counts = ui.html("<p>Asking for the counts ...</p>", sanitize=False)
        with frame.card("Pace"):
            self._pace = ui.html(sanitize=False)
        with frame.card("Where they wait"):
            self._waiting = ui.html(sanitize=False)
            self._held = frame.text("", "note warn")
            self._release = ui.button("Try again now", on_click=self._try_again).props("outline no-caps")
            self._held.set_visibility(False)
            self._release.set_visibility(False)
        PersonSearch(self._subject).build()
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
            frame.text(self._subject.counted, "soft")
        ui.timer(self._subject.pause, self._look)

    async def _look(self) -> None:
        try:
            status = await asyncio.to_thread(self._subject.status)
            letters = await asyncio.to_thread(self._dead_letters)
        except NotReachableError as error:
            self._trouble.content = frame.paragraph(str(error), "note bad")
            self._trouble.set_visibility(True)
            return
        self._trouble.set_visibility(False)
        self._rate.add(time.monotonic(), status.counts)
        self._counts.content = live.counts(status)
        self._pace.content = frame.terms(dict(self._paces(status)))
        waiting = status.waiting
        self._held.content = frame.paragraph(waiting.text if waiting else "", "note warn")
        self._held.set_visibility(waiting is not None)
        self._release.set_visibility(waiting is not None and self._subject.release is not None)
        self._waiting.content = frame.terms(dict(_waits(status, letters))) + _link(letters)

    async def _try_again(self) -> None:
        if self._subject.release:
            await notify_errors(asyncio.to_thread(self._subject.release))
            await self._look()

    def _dead_letters(self) -> int:
        running = self._subject.running
        return cloudwatch.count_messages(running.client("sqs"), running.outputs[f"{DEAD_LETTERS}Url"])

    def _paces(self, status: StackStatus) -> Iterator[tuple[str, str]]:
        pace = self._rate.per_minute()
        taken, settled = ("…", "…") if pace is None else (f"{each:,.0f}" for each in pace)
        yield "taken a minute", taken
        yield "settled a minute", settled
        counts = status.counts
        yield "requests to Leadterra", f"{counts.requests:,}"
        yield "of these to find bad leads", f"{counts.isolation_requests:,}"
        yield "repeated", f"{counts.retries:,}"


def _waits(status: StackStatus, letters: int) -> Iterator[tuple[str, str]]:
    yield "on their way", f"{status.counts.queued:,}"
    yield "the oldest for", "-" if status.oldest_seconds is None else duration(status.oldest_seconds)
    yield "times held back", f"{status.counts.held:,}"
    yield "dead letters", f"{letters:,}"


def _link(letters: int) -> str:
    return f'<p><a href="{frame.FAILURES.path}">See what was refused, and why</a></p>' if letters else ""
