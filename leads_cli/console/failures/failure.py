"""The page of one dead letter: what is wrong, what it holds, what happened to it, and a form to correct it."""

import asyncio
import time
from collections.abc import Sequence
from html import escape
from typing import Final

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.failures.actions import BackgroundWork, FailureActions, FoundLetters
from leads_cli.console.failures.form import Form, FormError, show_review
from leads_cli.console.failures.parts import chip, letter_address, letter_facts, show_history
from leads_cli.console.subject import Subject
from leads_cli.failures.change.mending import Mending
from leads_cli.failures.read.advice import next_steps, replay_may_help
from leads_cli.failures.read.letter import Letter
from leads_cli.logs.journal import SET_ASIDE, LeadRow, LeadState

REPLAY: Final = Mending(replay=True)
# A lead that was sent again a moment ago is among these.
_NEWEST: Final = 1_000
_LOOK_SECONDS: Final = 0.5
# Until enroll takes it, it is known as what it was before: refused.
_UNTIL_TAKEN_SECONDS: Final = 10
_MOODS: Final = {LeadState.QUEUED: "busy", LeadState.HELD: "warn"} | dict.fromkeys(SET_ASIDE, "bad")


class FailurePage:
    def __init__(self, actions: FailureActions, subject: Subject, letter_id: str) -> None:
        self._actions = actions
        self._subject = subject
        self._letter_id = letter_id

    def build(self) -> None:
        with ui.element("div").classes("row"):
            ui.link("← All failures", frame.FAILURES.path).classes("back")
            self._next = ui.element("div").classes("row end")
        self._place = ui.element("div").classes("page")
        with self._place:
            frame.text("Reading the dead-letter queue ...", "soft")
        ui.timer(0, self._first, once=True)

    async def _first(self) -> None:
        found = self._actions.found
        if found is None or found.letter(self._letter_id) is None:
            found = await frame.notify_errors(asyncio.to_thread(self._actions.look, self._letter_id))
        letter = found.letter(self._letter_id) if found else None
        self._place.clear()
        with self._place:
            if found is None or letter is None:
                frame.text(
                    "This letter cannot be seen: it was replayed, edited or discarded, or another command is reading "
                    "it now.",
                    "note warn",
                )
            else:
                self._show(letter)
                self._show_next(found, letter)

    def _show_next(self, found: FoundLetters, letter: Letter) -> None:
        """Link to another letter, of the same cause if there is one."""
        others = [each for each in found.newest if each.id != letter.id]
        following = next((each for each in others if each.cause == letter.cause), next(iter(others), None))
        if following:
            with self._next:
                ui.link("Next failure →", letter_address(following.message_id)).classes("back")

    def _show(self, letter: Letter) -> None:
        self._letter = letter
        with frame.card(letter.email or letter.id):
            with ui.element("div").classes("row"):
                chip(letter.reason)
                ui.label(letter.field).classes("what")
            frame.text(letter.says, "says")
            steps = "".join(f"<li>{escape(step.text)}.</li>" for step in next_steps(letter))
            ui.html(f'<ul class="steps">{steps}</ul>', sanitize=False)
            with ui.element("div").classes("row"):
                kind = "unelevated" if replay_may_help(letter, self._subject.enrollment) else "outline"
                frame.action_button("Replay as it is ...", self._replay, kind)
                frame.action_button("Discard ...", self._discard, "outline", "negative")
        self._correct(letter)
        with frame.card("What happened"):
            show_history(letter)
        with frame.card("All that is known"):
            letter_facts(letter)

    def _correct(self, letter: Letter) -> None:
        self._form = Form(letter, self._subject.enrollment)
        with frame.card("Correct it"):
            if not self._form.possible:
                frame.text("This event is a text, not JSON: no field of it can be named. Correct it at its source.")
                return
            self._form.build()
            with ui.element("div").classes("row"):
                frame.action_button("Review the changes ...", self._review, "unelevated")
            self._problem = frame.text("", "problem")
            self._problem.props('role="alert"')

    async def _review(self) -> None:
        try:
            mending = self._form.mending()
        except FormError as error:
            self._show_message(str(error))
            return
        repair = mending.judge(self._letter)
        self._show_message(repair.problem or ("" if repair.changes else "Nothing is changed yet."))
        if repair.problem or not repair.changes:
            return
        chosen = await show_review(repair)
        if chosen == "Save" and await self._done("saved", mending):
            await frame.notify_errors(asyncio.to_thread(self._actions.look, self._letter.id))
            # SQS knows it by another id now; the operator does not.
            ui.navigate.to(letter_address(self._letter.id))
        elif chosen == "Save and replay" and await self._done("replayed", self._form.mending(replay=True)):
            self._sent(repair.letter)

    def _show_message(self, words: str) -> None:
        self._problem.content = frame.paragraph(words, "problem")

    async def _replay(self) -> None:
        if (work := await self._prepare("replayed", REPLAY)) is None:
            return
        problem = next(iter(work.plan.problems), "")

        def content() -> None:
            if work.warning:
                frame.text(work.warning, "note warn")
            frame.text(
                problem or "It is sent again, unchanged, to the queue that it came from.",
                "note warn" if problem else "",
            )

        answers = [] if problem else ["Replay"]
        if await frame.ask("Replay it as it is?", answers, content) and await self._carry_out(work):
            self._sent(self._letter)

    async def _discard(self) -> None:
        def content() -> None:
            frame.text("It is deleted for good and cannot be restored. An export keeps a copy.")

        if not await frame.ask("Discard this letter?", ["Discard for good"], content, danger=True):
            return
        if await self._done("discarded", None):
            self._place.clear()
            with self._place:
                frame.text("Discarded.", "note good")

    async def _done(self, done: str, mending: Mending | None) -> bool:
        """Do something to the letter now, and show an error."""
        work = await self._prepare(done, mending)
        return work is not None and await self._carry_out(work)

    async def _prepare(self, done: str, mending: Mending | None) -> BackgroundWork | None:
        """Plan something for the letter; None after an error. This reads the whole queue."""
        message_id = self._letter.message_id
        return await frame.notify_errors(asyncio.to_thread(self._actions.prepare, message_id, done, mending))

    async def _carry_out(self, work: BackgroundWork) -> bool:
        if not work.total:
            gone = "the letter cannot be seen any more: another command is reading it or has handled it"
            frame.complain(f"Nothing was done: {next(iter(work.plan.problems), gone)}.")
            return False
        if await frame.notify_errors(asyncio.to_thread(self._actions.start, work)) is None:
            return False
        await asyncio.to_thread(work.handled.wait)
        if work.succeeded and self._actions.found:
            self._actions.found.gone.add(self._letter.message_id)
        else:
            frame.complain(work.text)
        return work.succeeded

    def _sent(self, letter: Letter) -> None:
        self._place.clear()
        with self._place:
            SentCard(self._subject, self._actions, letter).build()


class SentCard:
    """The outcome of a replayed letter, as far as it is known."""

    def __init__(self, subject: Subject, actions: FailureActions, letter: Letter) -> None:
        self._subject = subject
        self._actions = actions
        self._letter = letter
        self._since = time.monotonic()

    def build(self) -> None:
        with frame.card("Sent again"):
            with ui.element("div").classes("row"):
                self._chip = ui.label("queued").classes("chip busy")
                ui.label(self._letter.email or self._letter.id).classes("what")
            self._reason = frame.text("It is on its way.").props('role="status"')
            ui.timer(_LOOK_SECONDS, self._follow)

    async def _follow(self) -> None:
        if self._subject.leads and self._letter.is_lead:
            self._show(await asyncio.to_thread(self._subject.leads, _NEWEST))
        elif (work := self._actions.work) and work.ended.is_set():
            self._chip.set_visibility(False)
            self._reason.content = frame.paragraph(work.text)

    def _show(self, rows: Sequence[LeadRow]) -> None:
        row = next((row for row in rows if row.id == self._letter.id), None)
        if row and (row.state not in SET_ASIDE or time.monotonic() > self._since + _UNTIL_TAKEN_SECONDS):
            self._chip.text = row.state.value
            self._chip.classes(replace=f"chip {_MOODS.get(row.state, 'good')}")
            self._reason.content = frame.paragraph(row.reason)
