"""The page Flow: counts, waiting leads, the last hours, and the history of one person."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from nicegui import ui

from leads_cli.console import frame, live
from leads_cli.console.chart import draw
from leads_cli.console.failures.parts import address
from leads_cli.console.subject import Subject
from leads_cli.failures.person.search import find_person
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.queue_scan import DEAD_LETTERS
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.counts import StackStatus
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import duration

# As long as the logs are kept.
_LOOK_BACK: Final = timedelta(days=30)
_CHART_SECONDS: Final = 30.0


class FlowPage:
    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def build(self) -> None:
        self._trouble = frame.text("", "note bad").props('role="alert"')
        self._trouble.set_visibility(False)
        with frame.card("Counts"):
            self._counts = ui.html("<p>Asking for the counts ...</p>", sanitize=False)
        with frame.card("The last hours"):
            self._chart = ui.html(sanitize=False)
        with frame.card("Where they wait"):
            self._waiting = ui.html(sanitize=False)
            self._held = frame.text("", "note warn")
            self._release = frame.action_button("Try again now", self._try_again, "outline")
            self._held.set_visibility(False)
            self._release.set_visibility(False)
        self._person()
        with ui.element("div").classes("row"):
            ui.button("Refresh", icon="refresh", on_click=self._look).props("outline no-caps")
            frame.text(self._subject.counted, "soft")
        ui.timer(self._subject.pause, self._look)
        ui.timer(max(_CHART_SECONDS, self._subject.pause), self._draw)

    async def _look(self) -> None:
        try:
            status = await asyncio.to_thread(self._subject.status)
            letters = await asyncio.to_thread(self._dead_letters)
        except NotReachableError as error:
            self._trouble.content = frame.paragraph(str(error), "note bad")
            self._trouble.set_visibility(True)
            return
        self._trouble.set_visibility(False)
        self._counts.content = live.counts(status)
        waiting = status.waiting
        self._held.content = frame.paragraph(waiting.text if waiting else "", "note warn")
        self._held.set_visibility(waiting is not None)
        self._release.set_visibility(waiting is not None and self._subject.release is not None)
        link = f'<p><a href="{frame.FAILURES.path}">See the dead letters and their reasons</a></p>' if letters else ""
        self._waiting.content = frame.terms(dict(_waits(status, letters))) + link

    async def _draw(self) -> None:
        try:
            history = await asyncio.to_thread(self._subject.history)
        except NotReachableError:
            return  # the counts say it
        self._chart.content = draw(history)

    async def _try_again(self) -> None:
        if self._subject.release:
            await frame.notify_errors(asyncio.to_thread(self._subject.release))
            await self._look()

    def _dead_letters(self) -> int:
        running = self._subject.running
        return cloudwatch.count_messages(running.client("sqs"), running.outputs[f"{DEAD_LETTERS}Url"])

    def _person(self) -> None:
        with frame.card("Find a person"):
            with ui.element("div").classes("row"):
                self._email = ui.input("Address").props("outlined dense type=email")
                self._email.on("keydown.enter", self._search)
                frame.action_button("Search the logs", self._search, "outline")
            self._found = ui.html(sanitize=False).props('role="status"')

    async def _search(self) -> None:
        """The log about a person's leads, with links."""
        email = self._email.value.strip()
        if "@" not in email:
            self._found.content = frame.paragraph("Give the whole address, such as ava@example.com.")
            return
        self._found.content = frame.paragraph("Searching ...", "soft")
        read, _ = self._subject.log
        search = asyncio.to_thread(find_person, self._subject.running, read, email, datetime.now(UTC) - _LOOK_BACK)
        lines = "".join(
            f"<li>{line.when.astimezone():%m-%d %H:%M:%S} {line.function}: {escape(sentence)}</li>"
            for line, sentence in await frame.notify_errors(search) or ()
        )
        letters = f'<a href="{escape(address(Criteria(contains=email)))}">Failures with this address</a>'
        nothing = frame.paragraph("No line of the log is about this address.")
        self._found.content = (f"<ol>{lines}</ol>" if lines else nothing) + f"<p>{letters}</p>"


def _waits(status: StackStatus, letters: int) -> Iterator[tuple[str, str]]:
    counts = status.counts
    yield "on their way", f"{counts.queued:,}"
    yield "the oldest for", "-" if status.oldest_seconds is None else duration(status.oldest_seconds)
    yield "times held back", f"{counts.held:,}"
    yield "dead letters", f"{letters:,}"
    yield "requests to Leadterra", f"{counts.requests:,}"
    yield "of these to find bad leads", f"{counts.isolation_requests:,}"
