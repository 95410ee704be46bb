"""A letter as rows of a form, and what was typed there as edits."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.errors import Malformed
from leads.json import loads
from leads.model import LEAD_FIELDS
from leads_cli.failures.change.edits import ABSENT, Absent, Edit, Remove, Rename, Set
from leads_cli.failures.read.letter import Letter

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
        """Whether the value is a number, a truth, a list: typed as JSON, and to stay one."""
        return self.before is not ABSENT and not isinstance(self.before, str)


def edited_fields(letter: Letter) -> list[EditedField]:
    """The fields of a lead, those included that it lacks; or every value in an event."""
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
    """Every value that has no parts, by its dotted path."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif path:
        yield path, value


def _shown(value: Any | Absent) -> str:
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def parse_edits(rows: Sequence[EditedField], *, is_lead: bool) -> list[Edit]:
    """What has to be done: names first, then values.

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
