"""Edits: changes of a lead or an event, and their result."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from leads.errors import Malformed
from leads.fields.address import NotAnAddress, normalise_address
from leads.json import dumps, loads
from leads.model import LEAD_FIELDS
from leads_cli.errors import UsageError
from leads_cli.failures.change import path as paths
from leads_cli.failures.change.cleaning import normalise
from leads_cli.words import did_you_mean


class Absent(Enum):
    """No value, as opposed to null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Set:
    """`field=text`, or `field:=value` with any JSON."""

    path: str
    value: Any


@dataclass(frozen=True, slots=True)
class Rename:
    """`old=new`: the value moves."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Remove:
    path: str


@dataclass(frozen=True, slots=True)
class Normalise:
    path: str


type Edit = Set | Rename | Remove | Normalise


@dataclass(frozen=True, slots=True)
class Change:
    path: str
    before: Any | Absent
    after: Any | Absent


# In a command that is shown, the place of what only the operator knows.
GAP: Final = "..."


class InapplicableError(Exception):
    """An edit that does not fit a letter. The text names fields, never values."""


def parse_setting(text: str) -> Set:
    """Read `field=text` or `field:=value`. Raises UsageError if it is neither."""
    path, found, value = text.partition("=")
    if not found or not path.strip(" :"):
        raise UsageError("write field=value, for instance email=ava@example.com or customFields.seats:=12")
    if value == GAP:
        raise UsageError(f"put the value itself in place of {GAP}")
    if not path.endswith(":"):
        return Set(path.strip(), value)
    try:
        return Set(path[:-1].strip(), loads(value))
    except Malformed as error:
        raise UsageError("after := write JSON: a number, true, null, or a text in quotes") from error


def parse_renaming(text: str) -> Rename:
    old, found, new = (part.strip() for part in text.partition("="))
    if not (old and found and new):
        raise UsageError("write old=new, for instance mail=email")
    return Rename(old, new)


def apply_edits(document: Any, edits: Sequence[Edit], *, is_lead: bool) -> tuple[Any, list[Change]]:
    """A copy of the document after all edits, one after the other, and what has changed.

    What an edit names and the document lacks is no fault: one edit is for many letters.

    Raises:
        InapplicableError: an edit makes no sense here.
    """
    # Through JSON: `deepcopy` fails at a nesting that JSON allows.
    document = loads(dumps(document))
    return document, [change for edit in edits for change in _apply(document, edit, is_lead=is_lead)]


def _apply(document: Any, edit: Edit, *, is_lead: bool) -> list[Change]:
    place = _custom_place(document, edit.path) if is_lead else edit.path
    route = paths.locate(document, place)
    before = ABSENT if route is None else paths.get(document, route)
    match edit:
        case Set(_, value):
            if is_lead and place == "email":
                _check_address(value)
            if before is ABSENT or not _same(before, value):
                _put(document, place, value, is_lead=is_lead)
                return [Change(place, before, value)]
        case Remove() if route is not None:
            paths.remove(document, route)
            return [Change(place, before, ABSENT)]
        case Rename(_, to) if route is not None:
            target = _custom_place(document, to) if is_lead else to
            if paths.locate(document, target) is not None:
                raise InapplicableError(f"{target} has a value already")
            paths.remove(document, route)
            _put(document, target, before, is_lead=is_lead)
            return [Change(place, before, ABSENT), Change(target, ABSENT, before)]
        case Normalise() if isinstance(before, str) and (after := normalise(place, before)) != before:
            _put(document, place, after, is_lead=is_lead)
            return [Change(place, before, after)]
    return []


def _check_address(value: Any) -> None:
    try:
        normalise_address(str(value))
    except NotAnAddress as error:
        raise InapplicableError(f"email would be no e-mail address: {str(error).removesuffix('.')}") from error


def _same(one: Any, other: Any) -> bool:
    # 1 is no true, and true no 1.
    return type(one) is type(other) and one == other


def _custom_place(lead: Any, path: str) -> str:
    """A field's path in a lead. A custom field may be named without `customFields`."""
    inside = f"customFields.{path}"
    return inside if paths.locate(lead, path) is None and paths.locate(lead, inside) is not None else path


def _put(document: Any, path: str, value: Any, *, is_lead: bool) -> None:
    if is_lead and paths.locate(document, path) is None and not _is_known(path):
        meant = did_you_mean(path, LEAD_FIELDS)
        raise InapplicableError(f"a lead has no field {path}{meant}; a custom field is written customFields.{path}")
    try:
        paths.put(document, path, value)
    except paths.NoSuchPathError as error:
        raise InapplicableError(f"{path} does not exist: a part of the way is neither an object nor a list") from error


def _is_known(path: str) -> bool:
    return path in LEAD_FIELDS or path.startswith("customFields.")
