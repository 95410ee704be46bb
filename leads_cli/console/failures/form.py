"""The form to correct a letter: its rows, what was typed there as edits, and the dialog before it is saved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nicegui import ui

from leads.config.schema import Enrollment
from leads.errors import Malformed
from leads.json import loads
from leads.model import LEAD_FIELDS
from leads_cli.console import frame
from leads_cli.console.failures.parts import diff
from leads_cli.failures.change.cleaning import normalise
from leads_cli.failures.change.edits import ABSENT, Absent, Edit, Remove, Rename, Set
from leads_cli.failures.change.mending import Mending, Repair
from leads_cli.failures.read.letter import Letter
from leads_cli.words import as_text

# A form with more is no form; the command edits any field by its path.
MOST_ROWS: Final = 200


class FormError(Exception):
    """An invalid value. The text says where, and what works."""


@dataclass(slots=True)
class EditedField:
    """A field and its value, as they are in the form.

    Attributes:
        path, text: as typed.
        was: the path that it had; "" for a row that was added.
        before: the value that it had.
        removed: it is to be left out.
    """

    path: str
    text: str = ""
    was: str = ""
    before: Any | Absent = ABSENT
    removed: bool = False

    @property
    def is_json(self) -> bool:
        """Whether the value is no text: it is typed as JSON and stays JSON."""
        return self.before is not ABSENT and not isinstance(self.before, str)


def edited_fields(letter: Letter) -> list[EditedField]:
    """The fields of a lead, including those that it lacks, or every value in an event."""
    if letter.is_lead:
        lead = dict(letter.lead)
        custom = lead.pop("customFields", None)
        known = {name: lead.pop(name, ABSENT) for name in LEAD_FIELDS}
        inner = custom.items() if isinstance(custom, dict) else ()
        found = [*known.items(), *lead.items(), *((f"customFields.{name}", value) for name, value in inner)]
    else:
        found = list(_leaves(letter.event)) if isinstance(letter.event, dict | list) else []
    return [EditedField(path, _shown(value), path, value) for path, value in found[:MOST_ROWS]]


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value that is no object or list, by its dotted path."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif path:
        yield path, value


def _shown(value: Any | Absent) -> str:
    return "" if value is ABSENT else as_text(value)


def parse_edits(rows: Sequence[EditedField], *, is_lead: bool) -> list[Edit]:
    """The edits: names first, then values.

    Raises:
        FormError: a value is no JSON where it has to be, or a field has no name.
    """
    kept = [row for row in rows if not row.removed]
    names: list[Edit] = [Remove(row.was) for row in rows if row.removed and row.before is not ABSENT]
    names += [Rename(row.was, row.path.strip()) for row in kept if row.before is not ABSENT and _renamed(row)]
    return [*names, *(edit for row in kept if (edit := _setting(row, is_lead=is_lead)))]


def _renamed(row: EditedField) -> bool:
    if not row.path.strip():
        raise FormError(f"{row.was} needs a name; to leave the field out, remove it")
    return row.path.strip() != row.was


def _setting(row: EditedField, *, is_lead: bool) -> Edit | None:
    path = row.path.strip()
    if row.text == _shown(row.before):
        return None
    if not path:
        raise FormError("a value needs the name of its field")
    # A lead's field is never meant to be empty. An event may have empty answers.
    if not row.text.strip() and is_lead:
        return None if row.before is ABSENT else Remove(path)
    return Set(path, _value(row) if row.is_json else row.text)


def _value(row: EditedField) -> Any:
    try:
        return loads(row.text)
    except Malformed as error:
        raise FormError(
            f'{row.path} was {_kind(row.before)} and takes JSON: 12, true, null, or a text in quotes such as "pro"'
        ) from error


def _kind(value: Any) -> str:
    kinds = {bool: "a truth value", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "no text")


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
        return bool(self._rows) or self._letter.is_lead

    def build(self) -> None:
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
        """The form as a mending. Raises FormError for an invalid value."""
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
    """The chosen button; None: back to the form."""
    flaw = repair.letter.unreadable()

    def content() -> None:
        diff(repair.changes)
        if flaw:
            frame.text(f"It would still be refused at once: {flaw}.", "note warn")

    return await frame.ask("Review the changes", ["Save"] if flaw else ["Save and replay", "Save"], content)
