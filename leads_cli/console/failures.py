"""The page of dead letters: in groups by what is wrong, one by one, and what can be done with all that are shown."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from nicegui import ui

from leads_cli import cloudwatch
from leads_cli.console import frame, report
from leads_cli.console.asking import confirmed, nothing, number, told
from leads_cli.console.desk import DISCARD, Desk, Work
from leads_cli.console.found import MOST, Found
from leads_cli.console.subject import Subject
from leads_cli.failures import RATE
from leads_cli.failures.box import DEAD_LETTERS
from leads_cli.failures.criteria import Criteria
from leads_cli.failures.grouping import Group
from leads_cli.failures.letter import Letter
from leads_cli.failures.mending import Mending, Plan
from leads_cli.running import NotReachableError, duration

REPLAY: Final = Mending(replay=True)
# What can be asked for in the page's address.
_GROUPED: Final = ("reason", "field", "source", "campaign")
_FILTERS: Final = (*_GROUPED, "contains")
_SHOWN: Final = 50
# Who opens the page wants to see what is there; who comes back from a letter wants to go on.
_STALE: Final = timedelta(minutes=2)
# Asking a queue how much it holds costs next to nothing, and hides nothing.
_GLANCE_SECONDS: Final = 5.0
_MOODS: Final = {"rejected": "bad", "missing_token": "warn", "unmappable": "warn", "malformed": "warn"}


def criteria(query: Mapping[str, str]) -> Criteria:
    """What the page's address asks for."""
    reason, field, source, campaign = (query.get(name) for name in _GROUPED)
    return Criteria(reason, field, source, campaign, contains=query.get("contains") or None)


def address(wanted: Criteria) -> str:
    """The page that shows what meets the criteria."""
    asked = {name: value for name, value in asdict(wanted).items() if name in _FILTERS and value is not None}
    return f"{frame.FAILURES.path}?{urlencode(asked)}" if asked else frame.FAILURES.path


def letter_address(letter: Letter) -> str:
    """The page of one letter."""
    return f"{frame.FAILURES.path}/letter?{urlencode({'id': letter.message_id})}"


def chip(reason: str) -> None:
    """A reason, in the colour of how bad it is."""
    ui.label(reason).classes(f"chip {_MOODS.get(reason, 'busy')}")


def ago(when: datetime) -> str:
    """How long since."""
    return f"{duration(max(0, (datetime.now(UTC) - when).total_seconds()))} ago"


class FailuresPage:
    """The page in one browser tab."""

    def __init__(self, desk: Desk, subject: Subject, wanted: Criteria) -> None:
        self._desk = desk
        self._subject = subject
        self._wanted = wanted
        self._shown = _SHOWN
        self._watched: Work | None = None
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
        if found is None or datetime.now(UTC) - found.at > _STALE:
            await self.read()
        else:
            self._tell()

    async def read(self) -> None:
        """Read the queue now."""
        self._refresh.props("loading")
        self._read_at.text = "Reading the dead-letter queue ..."
        await told(asyncio.to_thread(self._desk.look))
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
        url = self._desk.running.outputs[f"{DEAD_LETTERS}Url"]
        try:
            there = await asyncio.to_thread(cloudwatch.waiting, self._desk.running.client("sqs"), url)
        except NotReachableError:
            return
        news = "" if there == found.total else f" · the queue has {number(there)} now"
        self._read_at.text = f"Read at {found.at.astimezone():%H:%M:%S}{news}"

    # --- What is shown -----------------------------------------------------------------------------

    @ui.refreshable_method
    def _content(self) -> None:
        if self._desk.found is None:
            return
        found = self._desk.found.matching(self._wanted)
        self._filters(self._desk.found)
        self._remarks(found)
        if not found.total:
            with frame.card("Nothing here"):
                nothing("No dead letters." if self._wanted == Criteria() else "No dead letter matches.")
            return
        self._doings(found)
        with frame.card(f"{number(found.total)} in {number(len(found.groups), 'group')}"), ui.element("ul"):
            for group in found.groups:
                self._group(group)
        self._letters(found)

    def _filters(self, everything: Found) -> None:
        if self._wanted != Criteria():
            ui.link("← All failures", frame.FAILURES.path).classes("back")
        groups = everything.groups
        with ui.element("search").classes("row").props('aria-label="Filter"'):
            for name in _GROUPED:
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

    def _remarks(self, found: Found) -> None:
        if found.expires:
            left = duration(max(0, (found.expires - datetime.now(UTC)).total_seconds()))
            frame.text(f"SQS forgets the first of them in {left}.", "soft")
        if found.elsewhere:
            frame.text(
                f"About {number(found.elsewhere, 'more dead letter')} cannot be seen right now: somebody else has them "
                "in hand. They come back by themselves within minutes.",
                "note warn",
            )
        if not found.whole:
            frame.text("More came in while it was read, so that its end was not reached.", "note warn")

    def _doings(self, found: Found) -> None:
        which = "all" if self._wanted == Criteria() else "these"
        with ui.element("div").classes("row"):
            ui.button(f"Replay {which} {found.total:,} ...", on_click=self._replay).props("unelevated no-caps")
            ui.button(f"Discard {which} {found.total:,} ...", on_click=self._discard, color="negative").props(
                "outline no-caps"
            )

    def _group(self, group: Group) -> None:
        own = Criteria(reason=group.reason, field=group.field, source=group.source, campaign=group.campaign)
        with _linked(address(own)):
            with ui.item_section().props("side top"):
                ui.label(f"{group.count:,}").classes("count")
            with ui.item_section():
                with ui.element("div").classes("row"):
                    chip(group.reason)
                    ui.label(group.field).classes("what")
                ui.label(group.says).classes("says")
                ui.label(f"{_way(group.source, group.campaign)} · newest {ago(group.newest)}").classes("soft")

    def _letters(self, found: Found) -> None:
        if not found.letters:
            frame.text(f"These are older than the newest {MOST:,}, which alone are shown one by one.", "note busy")
            return
        with frame.card("One by one, the newest first"):
            with ui.element("ul"):
                for letter in found.letters[: self._shown]:
                    self._letter(letter)
            if len(found.letters) > self._shown:
                more = ui.button(f"Show {min(_SHOWN, len(found.letters) - self._shown)} more", on_click=self._more)
                more.props("flat no-caps")
            elif len(found.letters) < found.total:
                nothing(f"Older ones: {number(found.total - len(found.letters))}, see leads failures list --each.")

    def _letter(self, letter: Letter) -> None:
        with _linked(letter_address(letter)), ui.item_section():
            with ui.element("div").classes("row"):
                ui.label(letter.email or letter.id).classes("what")
                chip(letter.reason)
            ui.label(letter.says).classes("says")
            ui.label(f"{_way(letter.source, letter.campaign)} · {ago(letter.failed_at)}").classes("soft")

    def _more(self) -> None:
        self._shown += _SHOWN
        self._content.refresh()

    # --- What is done ------------------------------------------------------------------------------

    async def _replay(self) -> None:
        plan = await told(asyncio.to_thread(self._desk.plan, self._wanted, REPLAY))
        if plan is None:
            return
        count = len(plan.ids)

        def content() -> None:
            _planned(plan, "sent again, to where they came from")
            if count:
                nothing(f"At most {RATE:.0f} a second, so that live leads come first: about {duration(count / RATE)}.")

        if await confirmed(f"Replay {number(count)}?", "Replay", content, possible=bool(count)):
            self._begin(self._desk.replay(plan, REPLAY))

    async def _discard(self) -> None:
        plan = await told(asyncio.to_thread(self._desk.plan, self._wanted, DISCARD))
        if plan is None:
            return
        title = f"Discard {number(len(plan.ids))}?"

        def content() -> None:
            _planned(plan, "deleted for good")
            nothing("Nobody can bring them back. An export keeps a copy.")

        if await confirmed(title, "Discard for good", content, possible=bool(plan.ids), danger=True):
            self._begin(self._desk.discard(plan))

    def _begin(self, work: Work) -> None:
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
            ui.notify(" ".join(report.result(work)), type="positive" if report.succeeded(work) else "warning")

    def _show(self, work: Work) -> None:
        self._progress.set_visibility(True)
        said = " ".join(report.result(work)) if work.ended else report.progress(work)
        self._said.content = frame.paragraph(said, "")
        self._line.value = work.tally.handled / max(1, work.total)
        self._line.set_visibility(not work.ended)
        self._stop.set_visibility(not work.ended)

    async def _export(self, form: str) -> None:
        text = await told(asyncio.to_thread(self._desk.export, self._wanted, form))
        if text is not None:
            ui.download.content(text.encode(), f"dead-letters.{form}", "text/csv" if form == "csv" else "")


@contextmanager
def _linked(where: str) -> Iterator[None]:
    """An entry of a list that leads somewhere."""
    # Quasar would call it an item of a list, and hide from a screen reader that it is a link.
    with ui.element("li"), ui.item().props(f'href="{where}" clickable role="link"'):
        yield


def _way(source: str, campaign: str) -> str:
    return " → ".join(part for part in (source, campaign) if part) or "nobody says from where"


def _planned(plan: Plan, what: str) -> None:
    if plan.ids:
        frame.text(f"These are {what}:")
        with ui.list().props("dense separator"):
            for group in plan.groups.sorted():
                with ui.item():
                    with ui.item_section().props("side"):
                        ui.label(f"{group.count:,}").classes("count")
                    with ui.item_section(), ui.element("div").classes("row"):
                        chip(group.reason)
                        ui.label(group.field).classes("what")
                        ui.label(_way(group.source, group.campaign)).classes("soft")
    for problem, count in plan.problems.most_common():
        frame.text(f"{number(count)} left alone: {problem}.", "note warn")
