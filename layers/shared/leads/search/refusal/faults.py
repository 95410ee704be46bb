"""Faults: the single errors that an error body is made of.

An error has its row's number in a member, in a path, in the key or place that it stands in, or in its words, and may
repeat what was sent. What belongs together is collected here; `hints` decides what it comes to.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final, Self

from leads.search.refusal.echoes import Sent
from leads.search.refusal.fault import Fault
from leads.search.refusal.labels import MAX_NAME, label, squashed
from leads.search.refusal.numerals import numerals
from leads.search.refusal.paths import number_of, row_behind, row_in, steps_of
from leads.search.refusal.verdicts import bad_places, verdict

# Only such a key may have a row's number in it.
_DIGIT: Final = re.compile(r"\d", re.ASCII)
_COLUMNS: Final = frozenset({"column", "col", "columnnumber", "offset", "character"})
_STATUSES: Final = frozenset(str(status.value) for status in HTTPStatus)
_REFUSALS: Final = frozenset({"400", "422"})


@dataclass(frozen=True, slots=True)
class _Scope:
    """What is known where a part of the body stands.

    Attributes:
        numbers: of the row that it is about.
        rows: the same, by an echo.
        inside: it is about a row's own fields, where a number is that of a tag or a phone.
        bad: it is about what was refused.
        here: its own name says so.
        listed: it is an item of a list, or in one.
    """

    numbers: frozenset[int] = frozenset()
    rows: frozenset[int] = frozenset()
    inside: bool = False
    bad: bool = False
    here: bool = False
    listed: bool = False

    def under(self, name: str) -> Self:
        return replace(self, bad=self.bad or label(name).bad, here=label(name).bad)

    def of(self, fault: Fault, *, inside: bool = False) -> Self:
        """In that error."""
        numbers, rows = frozenset(fault.numbers or fault.places), frozenset(fault.rows)
        inside = self.inside or inside or bool(numbers)
        return replace(self, numbers=numbers or self.numbers, rows=rows or self.rows, inside=inside)


def faults(document: Any, sent: Sent) -> Sequence[Fault]:
    """All errors of a bounded document."""
    reader = _Reader(sent)
    reader.closed.append(reader.read(document, "", _Scope()))
    return reader.closed


@dataclass(slots=True)
class _Reader:
    """Reads a document to its ends.

    Attributes:
        closed: the errors that are whole.
    """

    sent: Sent
    closed: list[Fault] = field(default_factory=list)

    def read(self, node: Any, name: str, scope: _Scope, *, sparse: bool = False) -> Fault:
        """What a part of the body says that is not closed: it belongs to the error around it."""
        scope = scope.under(name)
        match node:
            case dict():
                return self._read_object(node, scope)
            case list():
                return self._read_list(node, name, scope, sparse=sparse)
            case _:
                fault = Fault()
                fault.take_scalar(name, node, self.sent, listed=True)
                return fault

    def _read_object(self, node: Mapping[str, Any], scope: _Scope) -> Fault:
        keyed = self._keyed(node, scope)
        self._close_keyed(node, keyed, scope)
        fault = Fault()
        rest = [(key, child) for key, child in node.items() if key not in keyed]
        rest = [(key, child) for key, child in rest if not self._take(fault, key, node, scope)]
        self._join(fault, [self.read(child, key, scope.of(fault)) for key, child in rest if isinstance(child, dict)])
        for key, child in rest:
            if isinstance(child, list):
                # In zod's tree the items go as far as the last bad one.
                sparse = key == "items" and "errors" in node
                fault.add(self.read(child, key, scope.of(fault), sparse=sparse))
        return fault

    def _take(self, fault: Fault, name: str, node: Mapping[str, Any], scope: _Scope) -> bool:
        """Take in what a member says of its error; false if there is more in it."""
        about, child = label(name), node[name]
        if about.silent:
            return True
        if about.good and not (isinstance(child, list) and all(isinstance(item, bool) for item in child)):
            return True
        match child:
            case dict():
                return fault.take_lead(name, child, self.sent)
            case list():
                return fault.take_list(name, child, self.sent, of_rows=self._may_be_rows(name, scope))
            case _:
                if not (about.row and _is_of_a_text(node)):
                    fault.take_scalar(name, child, self.sent)
                return True

    def _may_be_rows(self, name: str, scope: _Scope) -> bool:
        """Whether numbers in a list of that name are rows': of bad ones, or of those with a fault of that name."""
        about = label(name)
        of_field = scope.here or (scope.bad and (" " in name or squashed(name) in self.sent.fields))
        return not scope.inside and not about.measure and (about.rows or about.row or about.bad or of_field)

    def _join(self, fault: Fault, parts: Sequence[Fault]) -> None:
        """Parts of one error, unless they are about different rows: then each is one by itself."""
        different = {frozenset(part.numbers) for part in (fault, *parts) if part.numbers}
        for part in parts:
            if len(different) > 1 and part.numbers:
                self.closed.append(part)
            else:
                fault.add(part)

    def _keyed(self, node: Mapping[str, Any], scope: _Scope) -> dict[str, Fault]:
        """What keys say of their rows: an address, a path, or a number if all are such that they may be rows'."""
        found, places = dict[str, Fault](), dict[str, int]()
        for key in node:
            if (row := self.sent.row_of(key)) is not None:
                found[key] = Fault(rows={row})
            elif "@" in key and (rows := {row for _, _, row in self.sent.addresses_in(key) if row is not None}):
                found[key] = Fault(rows=rows)
            elif (place := number_of(key)) is not None:
                places[key] = place
            elif _DIGIT.search(key):
                steps = steps_of(key)
                if (number := row_behind(steps)) is not None:
                    found[key] = Fault(paths={number})
                elif (place := row_in(steps, self.sent.fields)) is not None:
                    places[key] = place
                elif len(key) <= MAX_NAME and (numbers := self.sent.within(numerals(key))):
                    found[key] = Fault(paths=numbers)
        if places and not scope.inside and self._are_rows(places, node):
            found |= {key: Fault(places={place}) for key, place in places.items()}
        return found

    def _are_rows(self, places: Mapping[str, int], node: Mapping[str, Any]) -> bool:
        """Whether a map's keys are numbers of rows, not of statuses or codes, and its values are no counts."""
        if all(key in _STATUSES and isinstance(node[key], str) for key in places) or (
            _REFUSALS.issuperset(places) and not any(isinstance(node[key], dict) for key in places)
        ):
            return False
        counts = any(isinstance(node[key], int | float) and verdict(node[key]) is None for key in places)
        return not counts and self.sent.numbers.issuperset(places.values())

    def _close_keyed(self, node: Mapping[str, Any], keyed: Mapping[str, Fault], scope: _Scope) -> None:
        truths_are_bad = scope.bad and all(node[key] is True for key in keyed)
        for key, fault in keyed.items():
            if truths_are_bad or verdict(node[key]) is not True:
                before = len(self.closed)
                inner = self.read(node[key], "", scope.of(fault, inside=True))
                if fault.rows:
                    inner.rows.clear()
                if any(part.numbers or part.rows for part in self.closed[before:]):
                    # The key numbers the errors: they know their rows by themselves.
                    fault.places.clear()
                fault.add(inner)
                self.closed.append(fault)

    def _read_list(self, items: Sequence[Any], name: str, scope: _Scope, *, sparse: bool) -> Fault:
        if self._read_places(items, name, scope, sparse=sparse) or self.sent.is_all(items):
            return Fault()
        inner = replace(scope, listed=True)
        parts = [self._read_item(item, name, inner) for item in items if verdict(item) is not True]
        return self._gathered(parts, scope)

    def _read_places(self, items: Sequence[Any], name: str, scope: _Scope, *, sparse: bool) -> bool:
        """Read a list with a place for each row; false if it is another."""
        about = label(name)
        # An error has lists as well, of arguments and the like, which may be as long by chance.
        if scope.inside or about.path or about.value or (scope.listed and not (about.list or about.rows or about.bad)):
            return False
        bad = bad_places(items, name, len(self.sent.leads), sparse=sparse)
        if bad is None:
            return False
        parts = {place: self._read_item(items[place], name, replace(scope, inside=True)) for place in bad}
        if not all(_stands_in(place, part) for place, part in parts.items()):
            return False
        for place, part in parts.items():
            part.rows.add(place)
        self.closed += parts.values()
        return True

    def _read_item(self, item: Any, name: str, scope: _Scope) -> Fault:
        match item:
            case [int(number), str() | dict(), *_] if scope.bad and number in self.sent.numbers:
                # `[3, "invalid email"]`
                fault = self._read_list(item[1:], name, replace(scope, numbers=frozenset({number})), sparse=False)
                fault.indexes.add(number)
                return fault
            case list() if (fault := Fault()).take_list(name, item, self.sent, of_rows=False):
                return fault
            case dict() if (fault := Fault()).take_lead(name, item, self.sent):
                return fault
            case _:
                return self.read(item, name, scope)

    def _gathered(self, parts: Iterable[Fault], scope: _Scope) -> Fault:
        """The items that say more of the error around them, as one; the others are errors by themselves."""
        fault = Fault()
        for part in parts:
            if scope.numbers:
                belongs = not part.numbers or part.numbers == scope.numbers
            else:
                belongs = bool(scope.rows) and not part.numbers and not part.rows
            if belongs:
                fault.add(part)
                continue
            if not part.echoes:
                part.rows |= scope.rows
            self.closed.append(part)
        return fault


def _is_of_a_text(node: Mapping[str, Any]) -> bool:
    """Whether its line is one of a text that could not be read, or of a program; a table's columns have names."""
    names = {squashed(name): value for name, value in node.items()}
    return "file" in names or any(isinstance(names[name], int) for name in _COLUMNS.intersection(names))


def _stands_in(place: int, fault: Fault) -> bool:
    """Whether what an item of a list says agrees with its place, however one counts."""
    in_place = not fault.rows or place in fault.rows
    return in_place and (not fault.numbers or not fault.numbers.isdisjoint({place, place + 1}))
