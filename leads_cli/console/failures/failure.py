"""The page of one dead letter: what is wrong, what it holds, what happened to it, and a form to correct it."""

import asyncio
from collections.abc import Callable
from html import escape

from nicegui import ui

from leads_cli.console import frame
from leads_cli.console.asking import confirm, empty_note, notify_errors
from leads_cli.console.failures import report
from leads_cli.console.failures.actions import DISCARD, BackgroundWork, FailureActions
from leads_cli.console.failures.editing import FormError
from leads_cli.console.failures.entries import chip, letter_address
from leads_cli.console.failures.form import Form, show_review
from leads_cli.console.failures.history import show_history
from leads_cli.console.failures.known import letter_facts, show_payload
from leads_cli.console.failures.overview import REPLAY
from leads_cli.console.failures.sent import SentCard
from leads_cli.console.subject import Subject
from leads_cli.failures.change.mending import Mending, Plan, make_plan
from leads_cli.failures.read.advice import next_steps, replay_may_help
from leads_cli.failures.read.letter import Letter


class FailurePage:
    """The page in one browser tab."""

    def __init__(self, desk: FailureActions, subject: Subject, message_id: str) -> None:
        self._desk = desk
        self._subject = subject
        self._message_id = message_id

    def build(self) -> None:
        """Make the page; what takes time comes afterwards."""
        ui.link("← All failures", frame.FAILURES.path).classes("back")
        self._place = ui.element("div").classes("page")
        with self._place:
            empty_note("Reading the dead-letter queue ...")
        ui.timer(0, self._first, once=True)

    async def _first(self) -> None:
        if self._desk.found is None or self._desk.found.letter(self._message_id) is None:
            await notify_errors(asyncio.to_thread(self._desk.look))
        found = self._desk.found
        letter = None if found is None else found.letter(self._message_id)
        self._place.clear()
        with self._place:
            if letter is None:
                frame.text(
                    "This letter cannot be seen: it was replayed, edited or discarded, or somebody else has it in hand "
                    "at this moment.",
                    "note warn",
                )
            else:
                self._show(letter)

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
                kind = "unelevated" if replay_may_help(letter) else "outline"
                ui.button("Replay as it is ...", on_click=self._replay).props(f"{kind} no-caps")
                ui.button("Discard ...", on_click=self._discard, color="negative").props("outline no-caps")
        self._correct(letter)
        with frame.card("What happened"):
            show_history(letter)
        with frame.card("All that is known"):
            letter_facts(letter)
            show_payload(letter)

    # --- Correcting it -----------------------------------------------------------------------------

    def _correct(self, letter: Letter) -> None:
        self._form = Form(letter, self._subject.enrollment)
        with frame.card("Correct it"):
            if not self._form.possible:
                empty_note("This event is a text, not JSON: no field of it can be named. Correct it at its source.")
                return
            self._form.build()
            with ui.element("div").classes("row"):
                ui.button("Review the changes ...", on_click=self._review).props("unelevated no-caps")
            self._problem = frame.text("", "problem")
            self._problem.props('role="alert"')

    async def _review(self) -> None:
        try:
            wanted = self._form.wanted()
        except FormError as error:
            self._tell(str(error))
            return
        repair = Mending(wanted).judge(self._letter)
        self._tell(repair.problem or ("" if repair.changes else "Nothing is changed yet."))
        if repair.problem or not repair.changes:
            return
        chosen = await show_review(repair)
        if chosen == "save":
            await self._save(Mending(wanted))
        elif chosen == "replay":
            await self._send(Mending(wanted, replay=True), repair.letter)

    def _tell(self, words: str) -> None:
        self._problem.content = frame.paragraph(words, "problem")

    async def _save(self, mending: Mending) -> None:
        plan = await self._plan(mending)
        if plan is None:
            return
        if not await self._done(self._desk.save, plan, mending):
            return
        found = await notify_errors(asyncio.to_thread(self._desk.look))
        # SQS knows it by another id now; the operator does not.
        edited = [each for each in (found.letters if found else ()) if each.id == self._letter.id]
        if edited:
            ui.navigate.to(letter_address(edited[0]))
        else:
            ui.navigate.to(frame.FAILURES.path)

    # --- Sending it again, letting go of it --------------------------------------------------------

    async def _replay(self) -> None:
        problem = REPLAY.judge(self._letter).problem
        newer = await asyncio.to_thread(self._desk.newer, make_plan([self._letter], REPLAY))

        def content() -> None:
            if newer:
                frame.text(newer, "note warn")
            frame.text(
                problem or "It is sent again, to where it came from, with nothing changed.",
                "note warn" if problem else "",
            )

        if await confirm("Replay it as it is?", "Replay", content, possible=not problem):
            await self._send(REPLAY, self._letter)

    async def _send(self, mending: Mending, letter: Letter) -> None:
        plan = await self._plan(mending)
        if plan is None:
            return
        if not await self._done(self._desk.replay, plan, mending):
            return
        self._desk.found = None
        self._place.clear()
        with self._place:
            SentCard(self._subject, letter).build()

    async def _discard(self) -> None:
        def content() -> None:
            frame.text("It is deleted for good: nobody can bring it back. An export keeps a copy.")

        if not await confirm("Discard this letter?", "Discard for good", content, danger=True):
            return
        plan = await self._plan(DISCARD)
        if plan is None:
            return
        if not await self._done(self._desk.discard, plan):
            return
        self._desk.found = None
        self._place.clear()
        with self._place:
            frame.text("Discarded.", "note good")

    async def _done[**Arguments](
        self, begin: Callable[Arguments, BackgroundWork], *arguments: Arguments.args, **named: Arguments.kwargs
    ) -> bool:
        """Whether something was done to the letter; what went wrong is told."""
        work = await notify_errors(asyncio.to_thread(begin, *arguments, **named))
        if work is None:
            return False
        await asyncio.to_thread(work.wait)
        if not (succeeded := report.succeeded(work)):
            _complain(work)
        return succeeded

    async def _plan(self, mending: Mending) -> Plan | None:
        """What would be done now; None, and told, where nothing can be done any more."""
        plan = await notify_errors(asyncio.to_thread(self._desk.plan, self._letter.message_id, mending))
        if plan is None or plan.ids:
            return plan
        for problem in plan.problems or [
            "the letter cannot be seen any more: somebody else has it, or has dealt with it"
        ]:
            ui.notify(f"Nothing was done: {problem}.", type="negative")
        return None


def _complain(work: BackgroundWork) -> None:
    ui.notify(" ".join(report.result_text(work)), type="negative", multi_line=True, timeout=0, close_button="Close")
