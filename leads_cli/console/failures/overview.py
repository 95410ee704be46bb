"""The page of dead letters: in groups by what is wrong, one by one, and what can be done with all that are shown."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from nicegui import ui

from leads.model import LEAD_FIELDS
from leads_cli.console import frame
from leads_cli.console.failures.actions import MOST, BackgroundWork, FailureActions, FoundLetters
from leads_cli.console.failures.failure import REPLAY
from leads_cli.console.failures.parts import GROUPED, address, group_entry, letter_entry, show_plan
from leads_cli.console.subject import Subject
from leads_cli.failures.change.edits import Edit, Normalise, Remove, Rename, Set
from leads_cli.failures.change.mending import Mending
from leads_cli.failures.read.advice import replay_may_help
from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.listing import Listing
from leads_cli.failures.read.queue_scan import DEAD_LETTERS
from leads_cli.failures.work import RATE
from leads_cli.stacks import cloudwatch
from leads_cli.stacks.running import NotReachableError
from leads_cli.words import duration, number

_SHOWN: Final = 50
# A page that is opened again soon shows the last reading.
_STALE: Final = timedelta(minutes=2)
# Asking a queue how much it holds costs next to nothing, and hides nothing.
_GLANCE_SECONDS: Final = 5.0
_PROGRESS_SECONDS: Final = 0.5
_EDITS: Final[dict[str, Callable[[str, str], Edit]]] = {
    "tidy up": lambda field, _: Normalise(field),
    "set to": Set,
    "rename to": Rename,
    "remove": lambda field, _: Remove(field),
}


class FailuresPage:
    def __init__(self, actions: FailureActions, subject: Subject, wanted: Criteria) -> None:
        self._actions = actions
        self._subject = subject
        self._wanted = wanted
        self._most = _SHOWN
        self._watched: BackgroundWork | None = None
        self._reading = False

    def build(self) -> None:
        with ui.element("div").classes("row"):
            self._refresh = ui.button("Refresh", icon="refresh", on_click=self.read).props("outline no-caps")
            self._read_at = ui.label().classes("soft").props('role="status"')
            with ui.element("div").classes("row end"):
                frame.action_button("Export CSV", lambda: self._export("csv"), "flat")
                frame.action_button("Export JSON lines", lambda: self._export("jsonl"), "flat")
        self._progress = ui.element("section").props('aria-label="Progress" role="status"')
        self._progress.set_visibility(False)
        with self._progress.classes("card"):
            self._words = frame.text("")
            self._line = ui.linear_progress(0.0, show_value=False).props('aria-hidden="true"')
            self._stop = ui.button("Stop", on_click=self._stop_work).props("flat no-caps")
        self._content()
        ui.timer(0, self._first, once=True)
        ui.timer(_PROGRESS_SECONDS, self._follow)
        ui.timer(_GLANCE_SECONDS, self._glance)

    async def _first(self) -> None:
        found = self._actions.found
        if found is None or datetime.now(UTC) - found.at > _STALE or await self._there() != found.listing.total:
            await self.read()
        else:
            self._show_found()

    async def read(self) -> None:
        """Read the queue now; what is found so far is shown meanwhile."""
        self._reading = True
        self._refresh.props("loading")
        await frame.notify_errors(asyncio.to_thread(self._actions.look))
        self._reading = False
        self._refresh.props(remove="loading")
        self._show_found()

    def _show_found(self) -> None:
        found = self._found
        if self._reading and (found is None or found.whole):
            # Nothing to draw anew: a click on a button must not get lost.
            self._read_at.text = "Reading the dead-letter queue ..."
            return
        if self._reading and found:
            self._read_at.text = f"Reading: {number(found.reading.seen, 'dead letter')} so far ..."
        else:
            self._read_at.text = f"Read at {found.at.astimezone():%H:%M:%S}" if found else "Not read yet"
        self._content.refresh()

    @property
    def _found(self) -> FoundLetters | None:
        """The reading that the page shows: the one in progress once it has letters, else the last complete one."""
        growing = self._actions.growing
        return growing if self._reading and growing and growing.listing.total else self._actions.found

    async def _glance(self) -> None:
        found = self._actions.found
        if found is None or self._watched or self._reading:
            return
        there = await self._there()
        if there is not None and not self._reading:
            news = "" if there == found.listing.total else f" · the queue has {number(there, 'dead letter')} now"
            self._read_at.text = f"Read at {found.at.astimezone():%H:%M:%S}{news}"

    async def _there(self) -> int | None:
        """How many letters the queue holds now; None if SQS does not answer."""
        url = self._actions.running.outputs[f"{DEAD_LETTERS}Url"]
        try:
            return await asyncio.to_thread(cloudwatch.count_messages, self._actions.running.client("sqs"), url)
        except NotReachableError:
            return None

    # --- What is shown -----------------------------------------------------------------------------

    @ui.refreshable_method
    def _content(self) -> None:
        found = self._found
        if found is None:
            return
        listing = found.listing.matching(self._wanted)
        self._filters(found.listing)
        self._remarks(found)
        if not listing.groups:
            with frame.card("Nothing here"):
                frame.text("No dead letters." if self._wanted == Criteria() else "No dead letter matches.", "soft")
            return
        if found.whole:
            self._doings(listing)
        title = f"{number(listing.total, 'dead letter')} in {number(len(listing.groups), 'group')}"
        with frame.card(title), ui.element("ul"):
            for group in listing.groups:
                group_entry(group)
        if found.whole:
            self._letters(found, listing)

    def _remarks(self, found: FoundLetters) -> None:
        if expiry := found.listing.expiry(found.reading.retention):
            frame.text(expiry, "soft")
        for words in found.reading.remarks() if found.whole else ():
            frame.text(words, "note warn")

    def _filters(self, everything: Listing) -> None:
        if self._wanted != Criteria():
            ui.link("← All failures", frame.FAILURES.path).classes("back")
        with ui.element("search").classes("row").props('aria-label="Filter"'):
            for name in GROUPED:
                values = sorted({getattr(group.cause, name) for group in everything.groups})
                chosen = getattr(self._wanted, name)
                options = {"*": f"any {name}"} | {f"={value}": value or f"no {name}" for value in values}
                now = "*" if chosen is None else f"={chosen}"
                select = ui.select({now: chosen} | options, value=now, label=name.capitalize())
                select.props("outlined dense options-dense").classes("filter")
                select.on_value_change(lambda event, name=name: self._filter(name, event.value))
            contains = ui.input("Contains", value=self._wanted.contains or "").props("outlined dense clearable")
            contains.classes("filter").on("keydown.enter", lambda: self._filter("contains", f"={contains.value or ''}"))
            contains.on("clear", lambda: self._filter("contains", "*"))

    def _filter(self, name: str, chosen: str) -> None:
        value = None if chosen == "*" or (name == "contains" and chosen == "=") else chosen.removeprefix("=")
        changed: dict[str, Any] = {name: value}
        ui.navigate.to(address(replace(self._wanted, **changed)))

    def _doings(self, found: Listing) -> None:
        which = f"{'all' if self._wanted == Criteria() else 'these'} {found.total:,} ..."
        with ui.element("div").classes("row"):
            # Primary only where it can help.
            config = self._subject.enrollment
            kind = "unelevated" if any(replay_may_help(each, config) for each in found.newest) else "outline"
            frame.action_button(f"Replay {which}", self._replay, kind)
            frame.action_button(f"Fix {which}", self._fix, "outline")
            frame.action_button(f"Discard {which}", self._discard, "outline", "negative")

    def _letters(self, found: FoundLetters, listing: Listing) -> None:
        letters = [letter for letter in listing.newest if letter.message_id not in found.gone]
        if not letters:
            frame.text(f"Only the newest {MOST:,} are shown one by one; these are older.", "note busy")
            return
        with frame.card("One by one, the newest first"):
            with ui.element("ul"):
                for letter in letters[: self._most]:
                    letter_entry(letter)
            if len(letters) > self._most:
                more = ui.button(f"Show {min(_SHOWN, len(letters) - self._most)} more", on_click=self._more)
                more.props("flat no-caps")
            elif len(listing.newest) < listing.total:
                older = number(listing.total - len(listing.newest), "older one")
                frame.text(f"{older}: leads failures list --each", "soft")

    def _more(self) -> None:
        self._most += _SHOWN
        self._content.refresh()

    # --- What is done ------------------------------------------------------------------------------

    async def _replay(self) -> None:
        await self._do("Replay", "replayed", REPLAY, "to be sent again, to where they came from")

    async def _discard(self) -> None:
        await self._do("Discard for good", "discarded", None, "to be deleted for good; an export keeps a copy")

    async def _fix(self) -> None:
        chosen: dict[str, str] = {"field": self._wanted.field or "email", "edit": "tidy up", "value": ""}
        names = list(dict.fromkeys([chosen["field"], *LEAD_FIELDS]))

        def content() -> None:
            frame.text("One change for all shown letters. You see the result before it is saved.")
            field = ui.select(names, value=chosen["field"], label="Field", new_value_mode="add-unique")
            field.props("outlined dense use-input").bind_value_to(chosen, "field")
            edit = ui.select(list(_EDITS), value="tidy up", label="Change").props("outlined dense")
            edit.bind_value_to(chosen, "edit")
            # Always shown, so that nothing changes under the cursor while a person types.
            value = ui.input("Value").props('outlined dense hint="For set to and rename to"')
            value.bind_value_to(chosen, "value")

        if await frame.ask("Fix all that are shown", ["Show what changes"], content):
            edit = _EDITS[chosen["edit"]](chosen["field"], chosen["value"])
            mending = Mending([edit], replay=True)
            await self._do("Fix and replay", "fixed and replayed", mending, "to be changed and sent again")

    async def _do(self, verb: str, done: str, mending: Mending | None, what: str) -> None:
        """Show what would be done, ask, and begin."""
        work = await frame.notify_errors(asyncio.to_thread(self._actions.prepare, self._wanted, done, mending))
        if work is None:
            return
        found = self._actions.found
        if found is None or work.plan.concerned.total > found.listing.matching(self._wanted).total:
            # Letters that came in since are shown before the operator is asked.
            await self.read()
        question = f"{verb} {number(work.total, 'dead letter')}?"
        answers = [verb] if work.total else []
        if await frame.ask(question, answers, lambda: _show(work, what), danger=mending is None):
            self._watched = await frame.notify_errors(asyncio.to_thread(self._actions.start, work))

    def _stop_work(self) -> None:
        if self._watched:
            self._watched.stop.set()

    async def _follow(self) -> None:
        """Show the work in progress, also of another tab, and read the letters again when it ends."""
        if self._reading:
            self._show_found()
            return
        latest = self._actions.work
        work = self._watched or (latest if latest and not latest.ended.is_set() else None)
        if work is None:
            return
        self._watched = work
        self._progress.set_visibility(True)
        self._words.content = frame.paragraph(work.text)
        self._line.value = work.share
        self._line.set_visibility(not work.ended.is_set())
        self._stop.set_visibility(not work.ended.is_set())
        if work.ended.is_set():
            self._watched = None
            await self.read()
            succeeded = work.succeeded and not work.refused_again
            ui.notify(work.text, type="positive" if succeeded else "warning")

    async def _export(self, form: str) -> None:
        text = await frame.notify_errors(asyncio.to_thread(self._actions.export, self._wanted, form))
        if text is not None:
            ui.download.content(text.encode(), f"dead-letters.{form}", "text/csv" if form == "csv" else "")


def _show(work: BackgroundWork, what: str) -> None:
    if work.warning:
        frame.text(work.warning, "note warn")
    show_plan(work.plan, what)
    if work.mending and work.total:
        took = duration(work.total / RATE)
        frame.text(f"At most {RATE:.0f} a second, so that live leads come first: about {took}.", "soft")
