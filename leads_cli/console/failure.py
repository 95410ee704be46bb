"""The page of one dead letter: what is wrong, what it holds, what happened to it, and a form to correct it."""

import asyncio
import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from nicegui import ui

from leads_cli.console import frame, report
from leads_cli.console.asking import confirmed, nothing, told
from leads_cli.console.desk import DISCARD, Desk, Work
from leads_cli.console.editing import FormError, Row, edits, rows
from leads_cli.console.failures import REPLAY, chip, letter_address
from leads_cli.console.history import history
from leads_cli.console.subject import Subject
from leads_cli.dev.journal import SET_ASIDE, LeadRow, State
from leads_cli.failures.advice import next_steps
from leads_cli.failures.cleaning import normalised
from leads_cli.failures.edits import ABSENT, Absent, Change
from leads_cli.failures.letter import Letter
from leads_cli.failures.listing import described
from leads_cli.failures.mending import Mending, Plan
from leads_cli.failures.repair import Repair, Wanted

# A lead that was sent again a moment ago is among these.
_NEWEST: Final = 1_000
_LOOK_SECONDS: Final = 0.5
_LONGEST: Final = 300
# What of a letter's description is a fact that the page does not tell elsewhere, by what a person calls it.
_FACTS: Final = {
    "id": "Id",
    "messageId": "SQS's id",
    "source": "Source",
    "campaign": "Campaign",
    "status": "Leadterra's status",
    "detail": "Leadterra's answer",
    "attempts": "Attempts",
    "requestId": "Request id",
    "queue": "Goes back to",
    "unreadable": "As it is",
    "others": "Other keys",
}
_MOODS: Final = {State.QUEUED: "busy", State.HELD: "warn"} | dict.fromkeys(SET_ASIDE, "bad")


class FailurePage:
    """The page in one browser tab."""

    def __init__(self, desk: Desk, subject: Subject, message_id: str) -> None:
        self._desk = desk
        self._subject = subject
        self._message_id = message_id

    def build(self) -> None:
        """Make the page; what takes time comes afterwards."""
        ui.link("← All failures", frame.FAILURES.path).classes("back")
        self._place = ui.element("div").classes("page")
        with self._place:
            nothing("Reading the dead-letter queue ...")
        ui.timer(0, self._first, once=True)

    async def _first(self) -> None:
        if self._desk.found is None or self._desk.found.letter(self._message_id) is None:
            await told(asyncio.to_thread(self._desk.look))
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
                ui.button("Replay as it is ...", on_click=self._replay).props("outline no-caps")
                ui.button("Discard ...", on_click=self._discard, color="negative").props("outline no-caps")
        self._form(letter)
        with frame.card("What happened"):
            history(letter)
        with frame.card("All that is known"):
            _facts(letter)
            _payload(letter)

    # --- Correcting it -----------------------------------------------------------------------------

    def _form(self, letter: Letter) -> None:
        self._rows = rows(letter)
        with frame.card("Correct it"):
            if not self._rows and not letter.is_lead:
                nothing("This event is a text, not JSON: no field of it can be named. Correct it at its source.")
                return
            self._fields()
            with ui.element("div").classes("row"):
                ui.button("Add a field", icon="add", on_click=self._add).props("flat no-caps")
            self._choices(letter)
            with ui.element("div").classes("row"):
                ui.button("Review the changes ...", on_click=self._review).props("unelevated no-caps")
            self._problem = frame.text("", "problem")
            self._problem.props('role="alert"')

    @ui.refreshable_method
    def _fields(self) -> None:
        with ui.element("div").classes("fields"):
            for row in self._rows:
                if not row.removed:
                    self._field(row)

    def _field(self, row: Row) -> None:
        called = row.path or "the new field"
        with ui.element("div").classes("field"):
            name = (
                ui.input(f"New name of {row.was}" if row.was else "Name of the field", value=row.path)
                .props("outlined dense")
                .classes("name")
            )
            name.bind_value_to(row, "path").set_visibility(not row.was)
            label = (row.was or "Value") + (" (JSON)" if row.is_json else "")
            value = ui.input(label, value=row.text).props("outlined dense autogrow").bind_value_to(row, "text")
            if self._blamed(row):
                value.props["error"] = True
                value.props["error-message"] = self._letter.says[:_LONGEST]
            with ui.element("div").classes("row"):
                if row.was == "email":
                    _icon(
                        "auto_fix_high", "Tidy up the address", lambda: value.set_value(normalised("email", row.text))
                    )
                if row.before is not ABSENT:
                    _icon("drive_file_rename_outline", f"Rename {called}", lambda: name.set_visibility(True))
                if row.before is not ABSENT or not row.was:
                    _icon("close", f"Remove {called}", lambda: self._remove(row))

    def _blamed(self, row: Row) -> bool:
        return bool(row.was) and row.was.removeprefix("customFields.") == self._letter.field

    def _add(self) -> None:
        self._rows.append(Row("customFields." if self._letter.is_lead else ""))
        self._fields.refresh()

    def _remove(self, row: Row) -> None:
        row.removed = True
        self._fields.refresh()

    def _choices(self, letter: Letter) -> None:
        enrollment = self._subject.enrollment
        names, now, label = (
            (enrollment.campaigns, letter.campaign, "Campaign")
            if letter.is_lead
            else (enrollment.sources, letter.source, "Source")
        )
        options = list(dict.fromkeys([*([now] if now else []), *names]))
        self._choice = ui.select(options, value=now or None, label=label).props("outlined dense").classes("choice")

    def _wanted(self) -> Wanted:
        found = edits(self._rows, is_lead=self._letter.is_lead)
        chosen = self._choice.value or None
        if self._letter.is_lead:
            return Wanted(found, campaign=chosen if chosen != self._letter.campaign else None)
        return Wanted(found, source=chosen if chosen != self._letter.source else None)

    async def _review(self) -> None:
        try:
            wanted = self._wanted()
        except FormError as error:
            self._tell(str(error))
            return
        repair = Mending(wanted).judge(self._letter)
        self._tell(repair.problem or ("" if repair.changes else "Nothing is changed yet."))
        if repair.problem or not repair.changes:
            return
        chosen = await _reviewed(repair)
        if chosen == "save":
            await self._save(Mending(wanted))
        elif chosen == "replay":
            await self._send(Mending(wanted, replay=True))

    def _tell(self, words: str) -> None:
        self._problem.content = frame.paragraph(words, "problem")

    async def _save(self, mending: Mending) -> None:
        plan = await self._plan(mending)
        if plan is None:
            return
        work = self._desk.save(plan, mending)
        await asyncio.to_thread(work.wait)
        if not report.succeeded(work):
            _complain(work)
            return
        found = await told(asyncio.to_thread(self._desk.look))
        # SQS knows it by another id now; the operator does not.
        edited = [each for each in (found.letters if found else ()) if each.id == self._letter.id]
        if edited:
            ui.navigate.to(letter_address(edited[0]))
        else:
            ui.navigate.to(frame.FAILURES.path)

    # --- Sending it again, letting go of it --------------------------------------------------------

    async def _replay(self) -> None:
        problem = REPLAY.judge(self._letter).problem

        def content() -> None:
            frame.text(
                problem or "It is sent again, to where it came from, with nothing changed.",
                (problem and "note warn") or "",
            )

        if await confirmed("Replay it as it is?", "Replay", content, possible=not problem):
            await self._send(REPLAY)

    async def _send(self, mending: Mending) -> None:
        plan = await self._plan(mending)
        if plan is None:
            return
        work = self._desk.replay(plan, mending)
        await asyncio.to_thread(work.wait)
        if not report.succeeded(work):
            _complain(work)
            return
        self._desk.found = None
        self._place.clear()
        with self._place:
            Sent(self._subject, self._letter).build()

    async def _discard(self) -> None:
        def content() -> None:
            frame.text("It is deleted for good: nobody can bring it back. An export keeps a copy.")

        if not await confirmed("Discard this letter?", "Discard for good", content, danger=True):
            return
        plan = await self._plan(DISCARD)
        if plan is None:
            return
        work = self._desk.discard(plan)
        await asyncio.to_thread(work.wait)
        if not report.succeeded(work):
            _complain(work)
            return
        self._desk.found = None
        self._place.clear()
        with self._place:
            frame.text("Discarded.", "note good")

    async def _plan(self, mending: Mending) -> Plan | None:
        """What would be done now; None, and told, where nothing can be done any more."""
        plan = await told(asyncio.to_thread(self._desk.plan, self._letter.message_id, mending))
        if plan is None or plan.ids:
            return plan
        for problem in plan.problems or [
            "the letter cannot be seen any more: somebody else has it, or has dealt with it"
        ]:
            ui.notify(f"Nothing was done: {problem}.", type="negative")
        return None


def _icon(icon: str, says: str, on_click: Callable[[], object]) -> None:
    button = ui.button(icon=icon, on_click=on_click).props("flat round dense")
    button.props["aria-label"] = says
    button.tooltip(says)


class Sent:
    """What becomes of a letter that was sent again, as far as it can be seen."""

    def __init__(self, subject: Subject, letter: Letter) -> None:
        self._subject = subject
        self._letter = letter

    def build(self) -> None:
        with frame.card("Sent again"):
            with ui.element("div").classes("row"):
                self._chip = ui.label("queued").classes("chip busy")
                ui.label(self._letter.email or self._letter.id).classes("what")
            self._reason = frame.text("")
            if self._subject.leads is None or not self._letter.is_lead:
                nothing(
                    "It is on its way. Should it be refused once more, it comes back to the failures within minutes."
                )
                self._chip.set_visibility(False)
            else:
                leads = self._subject.leads
                ui.timer(_LOOK_SECONDS, lambda: self._follow(leads))

    async def _follow(self, leads: Callable[[int], Sequence[LeadRow]]) -> None:
        found = await asyncio.to_thread(leads, _NEWEST)
        row = next((row for row in found if row.id == self._letter.id), None)
        if row:
            self._chip.text = row.state.value
            self._chip.classes(replace=f"chip {_MOODS.get(row.state, 'good')}")
            self._reason.content = frame.paragraph(row.reason)


def _complain(work: Work) -> None:
    ui.notify(" ".join(report.result(work)), type="negative", multi_line=True, timeout=0, close_button="Close")


async def _reviewed(repair: Repair) -> str | None:
    """What to do with the changes; None: back to the form."""
    flaw = repair.letter.unreadable()
    with ui.dialog() as dialog, ui.card().props('role="dialog" aria-label="Review the changes"'):
        ui.html("<h2>Review the changes</h2>", sanitize=False)
        diff(repair.changes)
        if flaw:
            frame.text(f"It would still be refused at once: {flaw}.", "note warn")
        with ui.element("div").classes("row"):
            if not flaw:
                ui.button("Save and replay", on_click=lambda: dialog.submit("replay")).props("unelevated no-caps")
            ui.button("Save", on_click=lambda: dialog.submit("save")).props("outline no-caps")
            ui.button("Cancel", on_click=dialog.close).props("flat no-caps")
    chosen = await dialog
    return chosen if isinstance(chosen, str) else None


def diff(changes: Sequence[Change]) -> None:
    """What changes, a line for what was there and one for what will be."""
    lines = [
        f'<div class="{kind}">{mark} {escape(change.path)}: {escape(json.dumps(value, ensure_ascii=False))}</div>'
        for change in changes
        for kind, mark, value in (("before", "-", change.before), ("after", "+", change.after))
        if not isinstance(value, Absent)
    ]
    ui.html(f'<div class="diff">{"".join(lines)}</div>', sanitize=False)


def _facts(letter: Letter) -> None:
    told_of = described(letter)
    lines = [
        f"<dt>{escape(name)}</dt><dd>{escape(_text(told_of[key]))}</dd>"
        for key, name in _FACTS.items()
        if told_of[key] not in (None, "", {}, [])
    ]
    ui.html(f'<dl class="facts">{"".join(lines)}</dl>', sanitize=False)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _payload(letter: Letter) -> None:
    shown = letter.content or letter.received.body
    with ui.expansion("The whole message").classes("payload"):
        ui.html(f"<pre>{escape(json.dumps(shown, ensure_ascii=False, indent=2))}</pre>", sanitize=False)
