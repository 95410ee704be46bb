"""The page of dead letters: in groups by what is wrong, one by one, and what can be done with all that are shown."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.asking import confirm, empty_note, notify_errors
from leads_cli.console.failures import report
from leads_cli.console.failures.actions import DISCARD, BackgroundWork, FailureActions
from leads_cli.console.failures.entries import GROUPED, address, group_entry, letter_entry, remarks, show_plan
from leads_cli.console.failures.found import MOST, ShownLetters
from leads_cli.failures import RATE
from leads_cli.failures.change.mending import Mending, Plan
from leads_cli.failures.read.advice import replay_may_help
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.queue_scan import DEAD_LETTERS
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import duration, number

REPLAY: Final = Mending(replay=True)
_SHOWN: Final = 50
# Who opens the page wants to see what is there; who comes back from a letter wants to go on.
_STALE: Final = timedelta(minutes=2)
# Asking a queue how much it holds costs next to nothing, and hides nothing.
_GLANCE_SECONDS: Final = 5.0


class FailuresPage:
    """The page in one browser tab."""

    def __init__(self, desk: FailureActions, wanted: Criteria) -> None:
        self._desk = desk
        self._wanted = wanted
        self._shown = _SHOWN
        self._watched: BackgroundWork | None = None
        self._working = False

    def build(self) -> None:
        """Make the page; what takes time comes afterwards."""
        self._bar()
        self._progress = ui.element("section").props('aria-label="Progress" role="status"')
        self._progress.set_visibility(False)
        with self._progress.classes("card"):
            self._said = frame.text("")
            self._line = ui.linear_progress(0.0, show_value=False).props('aria-hidden="true"')
            self._stop = ui.button("Stop", on_click=self._stop_work).props("flat no-caps")
        self._content()
        ui.timer(0, self._first, once=True)
        ui.timer(0.4, self._follow)
        ui.timer(_GLANCE_SECONDS, self._glance)

    def _bar(self) -> None:
        with ui.element("div").classes("row"):
            self._refresh = ui.button("Refresh", icon="refresh", on_click=self.read).props("outline no-caps")
            self._read_at = ui.label().classes("soft").props('role="status"')
            with ui.element("div").classes("row end"):
                ui.button("Export CSV", on_click=lambda: self._export("csv")).props("flat no-caps")
                ui.button("Export JSON lines", on_click=lambda: self._export("jsonl")).props("flat no-caps")

    async def _first(self) -> None:
        found = self._desk.found
        if found is None or datetime.now(UTC) - found.at > _STALE or await self._there() != found.total:
            await self.read()
        else:
            self._tell()

    async def read(self) -> None:
        """Read the queue now."""
        self._refresh.props("loading")
        self._read_at.text = "Reading the dead-letter queue ..."
        await notify_errors(asyncio.to_thread(self._desk.look))
        self._refresh.props(remove="loading")
        self._tell()

    def _tell(self) -> None:
        found = self._desk.found
        self._read_at.text = f"Read at {found.at.astimezone():%H:%M:%S}" if found else "Not read yet"
        self._content.refresh()

    async def _glance(self) -> None:
        found = self._desk.found
        if found is None or self._watched:
            return
        there = await self._there()
        if there is None:
            return
        news = "" if there == found.total else f" · the queue has {number(there, 'dead letter')} now"
        self._read_at.text = f"Read at {found.at.astimezone():%H:%M:%S}{news}"

    async def _there(self) -> int | None:
        """How many the queue has now; None: it does not say."""
        url = self._desk.running.outputs[f"{DEAD_LETTERS}Url"]
        try:
            return await asyncio.to_thread(cloudwatch.count_messages, self._desk.running.client("sqs"), url)
        except NotReachableError:
            return None

    async def _plan(self, mending: Mending) -> Plan | None:
        """What would be done; what came in since is shown before anybody is asked about it."""
        plan = await notify_errors(asyncio.to_thread(self._desk.plan, self._wanted, mending))
        found = self._desk.found
        if plan is not None and (found is None or len(plan.ids) != found.matching(self._wanted).total):
            await self.read()
        return plan

    # --- What is shown -----------------------------------------------------------------------------

    @ui.refreshable_method
    def _content(self) -> None:
        if self._desk.found is None:
            return
        found = self._desk.found.matching(self._wanted)
        self._filters(self._desk.found)
        remarks(found)
        if not found.total:
            with frame.card("Nothing here"):
                empty_note("No dead letters." if self._wanted == Criteria() else "No dead letter matches.")
            return
        self._doings(found)
        with (
            frame.card(f"{number(found.total, 'dead letter')} in {number(len(found.groups), 'group')}"),
            ui.element("ul"),
        ):
            for group in found.groups:
                group_entry(group)
        self._letters(found)

    def _filters(self, everything: ShownLetters) -> None:
        if self._wanted != Criteria():
            ui.link("← All failures", frame.FAILURES.path).classes("back")
        groups = everything.groups
        with ui.element("search").classes("row").props('aria-label="Filter"'):
            for name in GROUPED:
                values = sorted({getattr(group, name) for group in groups})
                chosen = getattr(self._wanted, name)
                options = {"*": f"any {name}"} | {f"={value}": value or f"no {name}" for value in values}
                now = "*" if chosen is None else f"={chosen}"
                select = ui.select(
                    options | ({now: chosen} if now not in options else {}), value=now, label=name.capitalize()
                )
                select.props("outlined dense options-dense").classes("filter")
                select.on_value_change(lambda event, name=name: self._filter(name, event.value))
            contains = ui.input("Contains", value=self._wanted.contains or "").props("outlined dense clearable")
            contains.classes("filter").on("keydown.enter", lambda: self._filter("contains", f"={contains.value or ''}"))
            contains.on("clear", lambda: self._filter("contains", "*"))

    def _filter(self, name: str, chosen: str) -> None:
        value = None if chosen == "*" or (name == "contains" and chosen == "=") else chosen.removeprefix("=")
        changed: dict[str, str | None] = {name: value}
        ui.navigate.to(address(replace(self._wanted, **changed)))  # type: ignore[arg-type]

    def _doings(self, found: ShownLetters) -> None:
        which = "all" if self._wanted == Criteria() else "these"
        with ui.element("div").classes("row"):
            # Primary only where it can help.
            kind = "unelevated" if any(map(replay_may_help, found.letters)) else "outline"
            ui.button(f"Replay {which} {found.total:,} ...", on_click=self._replay).props(f"{kind} no-caps")
            ui.button(f"Discard {which} {found.total:,} ...", on_click=self._discard, color="negative").props(
                "outline no-caps"
            )

    def _letters(self, found: ShownLetters) -> None:
        if not found.letters:
            frame.text(f"These are older than the newest {MOST:,}, which alone are shown one by one.", "note busy")
            return
        with frame.card("One by one, the newest first"):
            with ui.element("ul"):
                for letter in found.letters[: self._shown]:
                    letter_entry(letter)
            if len(found.letters) > self._shown:
                more = ui.button(f"Show {min(_SHOWN, len(found.letters) - self._shown)} more", on_click=self._more)
                more.props("flat no-caps")
            elif len(found.letters) < found.total:
                empty_note(f"{number(found.total - len(found.letters), 'older one')}: leads failures list --each")

    def _more(self) -> None:
        self._shown += _SHOWN
        self._content.refresh()

    # --- What is done ------------------------------------------------------------------------------

    async def _replay(self) -> None:
        plan = await self._plan(REPLAY)
        if plan is None:
            return
        count = len(plan.ids)
        newer = await asyncio.to_thread(self._desk.newer, plan)

        def content() -> None:
            if newer:
                frame.text(newer, "note warn")
            show_plan(plan, "sent again, to where they came from")
            if count:
                empty_note(
                    f"At most {RATE:.0f} a second, so that live leads come first: about {duration(count / RATE)}."
                )

        if await confirm(f"Replay {number(count, 'dead letter')}?", "Replay", content, possible=bool(count)):
            await self._begin(self._desk.replay, plan, REPLAY)

    async def _discard(self) -> None:
        plan = await self._plan(DISCARD)
        if plan is None:
            return
        title = f"Discard {number(len(plan.ids), 'dead letter')}?"

        def content() -> None:
            show_plan(plan, "deleted for good")
            empty_note("They cannot be brought back. An export keeps a copy.")

        if await confirm(title, "Discard for good", content, possible=bool(plan.ids), danger=True):
            await self._begin(self._desk.discard, plan)

    async def _begin[**Arguments](
        self, begin: Callable[Arguments, BackgroundWork], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> None:
        work = await notify_errors(asyncio.to_thread(begin, *arguments, **named))
        if work:
            self._watched = work
            self._show(work)

    def _stop_work(self) -> None:
        if self._watched:
            self._watched.stop()

    async def _follow(self) -> None:
        """Show what is being done, whichever tab has begun it; and the letters again when it has ended."""
        work = self._watched or self._desk.work
        if work is None or (work.ended and work is not self._watched) or self._working:
            return
        self._watched = work
        self._show(work)
        if work.ended:
            self._working = True
            await self.read()
            self._watched, self._working = None, False
            ui.notify(" ".join(report.result_text(work)), type="positive" if report.succeeded(work) else "warning")

    def _show(self, work: BackgroundWork) -> None:
        self._progress.set_visibility(True)
        said = " ".join(report.result_text(work)) if work.ended else report.progress_text(work)
        self._said.content = frame.paragraph(said, "")
        self._line.value = work.tally.handled / max(1, work.total)
        self._line.set_visibility(not work.ended)
        self._stop.set_visibility(not work.ended)

    async def _export(self, form: str) -> None:
        text = await notify_errors(asyncio.to_thread(self._desk.export, self._wanted, form))
        if text is not None:
            ui.download.content(text.encode(), f"dead-letters.{form}", "text/csv" if form == "csv" else "")
