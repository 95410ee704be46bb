"""The form to correct a letter, and the dialog before it is saved."""

from typing import Final

from nicegui import ui

from leads.config.schema import Enrollment
from leads_cli.console import frame
from leads_cli.console.failures.editing import EditedField, edited_fields, parse_edits
from leads_cli.console.failures.parts import diff
from leads_cli.failures.change.cleaning import normalise
from leads_cli.failures.change.edits import ABSENT
from leads_cli.failures.change.mending import Mending, Repair
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
                    frame.icon_button(
                        "auto_fix_high", "Normalise the address", lambda: value.set_value(normalise("email", row.text))
                    )
                if row.before is not ABSENT:
                    frame.icon_button("drive_file_rename_outline", f"Rename {called}", lambda: _open(name))
                if row.before is not ABSENT or not row.was:
                    frame.icon_button("close", f"Remove {called}", lambda: self._remove(row))

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
        # The pressed button is gone, and with it the keyboard focus.
        _focus(self._adds)

    def _choices(self, letter: Letter) -> None:
        names, now, label = (
            (self._enrollment.campaigns, letter.campaign, "Campaign")
            if letter.is_lead
            else (self._enrollment.sources, letter.source, "Source")
        )
        options = list(dict.fromkeys([*([now] if now else []), *names]))
        self._choice = ui.select(options, value=now or None, label=label).props("outlined dense").classes("choice")

    def mending(self, *, replay: bool = False) -> Mending:
        """What was typed and chosen. Raises FormError if it cannot be meant."""
        is_lead = self._letter.is_lead
        chosen = self._choice.value or None
        if chosen == (self._letter.campaign if is_lead else self._letter.source):
            chosen = None
        named = {"campaign" if is_lead else "source": chosen}
        return Mending(parse_edits(self._rows, is_lead=is_lead), **named, replay=replay)


def _open(name: ui.input) -> None:
    name.set_visibility(True)
    _focus(name)


def _focus(element: ui.element) -> None:
    """Set the keyboard focus, once the browser has drawn the element."""
    ui.run_javascript(f"requestAnimationFrame(() => document.getElementById('{element.html_id}').focus())")


async def show_review(repair: Repair) -> str | None:
    """What to do with the changes; None: back to the form."""
    flaw = repair.letter.unreadable()

    def content() -> None:
        diff(repair.changes)
        if flaw:
            frame.text(f"It would still be refused at once: {flaw}.", "note warn")

    return await frame.ask("Review the changes", ["Save"] if flaw else ["Save and replay", "Save"], content)
