"""The form in which a letter is corrected, and the question before that is done."""

import json
from collections.abc import Callable, Sequence
from html import escape
from typing import Final

from nicegui import ui

from leads.config.schema import Enrollment
from leads_cli.console import frame
from leads_cli.console.failures.editing import EditedField, edited_fields, parse_edits
from leads_cli.failures.change.cleaning import normalise
from leads_cli.failures.change.edits import ABSENT, Absent, Change
from leads_cli.failures.change.repair import Repair, RequestedEdits
from leads_cli.failures.read.letter import Letter

_LONGEST: Final = 300


class Form:
    """A row for each field, and the choice of another campaign or source."""

    def __init__(self, letter: Letter, enrollment: Enrollment) -> None:
        self._letter = letter
        self._enrollment = enrollment
        self._rows = edited_fields(letter)
        self._added: EditedField | None = None

    @property
    def possible(self) -> bool:
        """Whether there is anything that can be named."""
        return bool(self._rows) or self._letter.is_lead

    def build(self) -> None:
        """Make the form."""
        self._fields()
        with ui.element("div").classes("row"):
            self._adds = ui.button("Add a field", icon="add", on_click=self._add).props("flat no-caps")
        self._choices(self._letter)

    @ui.refreshable_method
    def _fields(self) -> None:
        with ui.element("div").classes("fields"):
            for row in self._rows:
                if not row.removed:
                    self._field(row)

    def _field(self, row: EditedField) -> None:
        called = row.was or "the new field"
        with ui.element("div").classes("field"):
            name = (
                ui.input(f"New name of {row.was}" if row.was else "Name of the field", value=row.path)
                .props("outlined dense")
                .classes("name")
            )
            name.bind_value_to(row, "path").set_visibility(not row.was)
            if row is self._added:
                name.props("autofocus")
            label = (row.was or "Value") + (" (JSON)" if row.is_json else "")
            value = ui.input(label, value=row.text).props("outlined dense autogrow").bind_value_to(row, "text")
            if self._blamed(row):
                value.props["error"] = True
                with value.add_slot("error"):
                    says = ui.label(self._letter.says[:_LONGEST]).props('role="alert"')
                value.props["aria-describedby"] = says.html_id
            with ui.element("div").classes("row"):
                if row.was == "email":
                    _icon("auto_fix_high", "Tidy up the address", lambda: value.set_value(normalise("email", row.text)))
                if row.before is not ABSENT:
                    _icon("drive_file_rename_outline", f"Rename {called}", lambda: _open(name))
                if row.before is not ABSENT or not row.was:
                    _icon("close", f"Remove {called}", lambda: self._remove(row))

    def _blamed(self, row: EditedField) -> bool:
        return bool(row.was) and row.was.removeprefix("customFields.") == self._letter.field

    def _add(self) -> None:
        self._rows.append(EditedField("customFields." if self._letter.is_lead else ""))
        self._added = self._rows[-1]
        self._fields.refresh()

    def _remove(self, row: EditedField) -> None:
        row.removed = True
        self._added = None
        self._fields.refresh()
        # The button that was pressed is gone, and with it the place of whoever uses the keyboard.
        _focus(self._adds)

    def _choices(self, letter: Letter) -> None:
        names, now, label = (
            (self._enrollment.campaigns, letter.campaign, "Campaign")
            if letter.is_lead
            else (self._enrollment.sources, letter.source, "Source")
        )
        options = list(dict.fromkeys([*([now] if now else []), *names]))
        self._choice = ui.select(options, value=now or None, label=label).props("outlined dense").classes("choice")

    def wanted(self) -> RequestedEdits:
        """What was typed and chosen.

        Raises:
            FormError: it cannot be meant.
        """
        found = parse_edits(self._rows, is_lead=self._letter.is_lead)
        chosen = self._choice.value or None
        if self._letter.is_lead:
            return RequestedEdits(found, campaign=chosen if chosen != self._letter.campaign else None)
        return RequestedEdits(found, source=chosen if chosen != self._letter.source else None)


def _open(name: ui.input) -> None:
    name.set_visibility(True)
    _focus(name)


def _focus(element: ui.element) -> None:
    """Where the keyboard goes on, once the browser has drawn it."""
    ui.run_javascript(f"requestAnimationFrame(() => document.getElementById('{element.html_id}').focus())")


def _icon(icon: str, says: str, on_click: Callable[[], object]) -> None:
    button = ui.button(icon=icon, on_click=on_click).props("flat round dense")
    button.props["aria-label"] = says
    button.tooltip(says)


async def show_review(repair: Repair) -> str | None:
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
