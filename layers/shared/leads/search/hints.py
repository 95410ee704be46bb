"""Hints: the rows of a refused request that its JSON error body seems to mean.

Leadterra does not document its `errors`, so one rule reads the common shapes. A body consists of entries: the items of
its lists, and the members whose key names a row. An entry's row is the number in its path, its index, its text or its
key. A value that it repeats shows which lead it means, and whether rows are counted from 0 or from 1. A hint is only a
suspicion: a wrong one costs a request and condemns no lead.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from leads.search import error_body
from leads.search.error_body import bounded, path_number, plain, succeeded, text_numbers, tokens

type Basis = Literal["named", 0, 1]
"""How a row was found: by something of its own, or by a number that counts from 0 or from 1."""
BASES: Final[Sequence[Basis]] = ("named", 0, 1)
_COUNTS: Final[Sequence[Literal[0, 1]]] = (0, 1)
type Hints = Mapping[Basis, Sequence[int]]
"""The rows that are meant on each possible basis, the likeliest first."""


def hints(content: Any, leads: Sequence[Mapping[str, Any]]) -> Hints:
    """Read a refusal of these leads, which are in the order in which they were sent."""
    reader = _Reader(leads)
    entry = _Entry()
    reader.read("", bounded(content), entry)
    reader.close(entry)
    return reader.hints()


@dataclass(slots=True)
class _Entry:
    """What one error says. Numbers are as written; rows are those whose address it repeats."""

    paths: set[int] = field(default_factory=set)
    index: set[int] = field(default_factory=set)
    mentioned: set[int] = field(default_factory=set)
    place: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    mentioned_rows: set[int] = field(default_factory=set)
    echoes: list[Any] = field(default_factory=list)
    # It belongs to a row, whose own lists and maps have numbers of their own.
    inside: bool = False

    @property
    def numbers(self) -> set[int]:
        return self.paths or self.index or self.mentioned

    def inner(self) -> "_Entry":
        return _Entry(inside=self.inside or bool(self.numbers or self.place or self.rows))

    def add(self, other: "_Entry") -> None:
        self.paths |= other.paths
        self.index = self.index or other.index
        self.mentioned |= other.mentioned
        self.rows |= other.rows
        self.mentioned_rows |= other.mentioned_rows
        self.echoes += other.echoes


@dataclass
class _Reader:
    leads: Sequence[Mapping[str, Any]]
    named: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    # A number and the row that its entry shows.
    pairs: set[tuple[int, int]] = field(default_factory=set)

    def hints(self) -> Hints:
        size = len(self.leads)
        bases: list[Literal[0, 1]] = [
            base
            for base in _COUNTS
            if self.numbers
            and all(number - row == base for number, row in self.pairs)
            and all(0 <= number - base < size for number in self.numbers)
        ]
        counted: dict[Basis, Sequence[int]] = {
            base: sorted(self.named | {number - base for number in self.numbers}) for base in bases
        }
        named: dict[Basis, Sequence[int]] = {"named": sorted(self.named)} if self.named else {}
        return counted | named if self.pairs else named | counted

    # --- The tree ----------------------------------------------------------------------------------

    def read(self, name: str, node: Any, entry: _Entry) -> None:
        """Add what a part of the body says to its entry; entries inside it are closed."""
        if error_body.is_silent(name):
            return
        match node:
            case dict():
                self._read_object(node, entry)
            case list():
                self._read_list(name, node, entry)
            case _:
                self._read_scalar(name, node, entry)

    def _read_object(self, node: Mapping[str, Any], entry: _Entry) -> None:
        keyed = self._keyed(node, entry)
        for key, part in keyed.items():
            if succeeded(node[key]) is not True:
                self.read("", node[key], part)
                self.close(part)
        rest = [(key, child) for key, child in node.items() if key not in keyed]
        if isinstance(node.get("column"), int):
            # A place in the text of the request or of a query.
            return
        for key, child in rest:
            if not isinstance(child, dict | list):
                self.read(key, child, entry)
        parts = [self._part(key, child, entry) for key, child in rest if isinstance(child, dict)]
        several = len({frozenset(part.numbers) for part in (entry, *parts) if part.numbers}) > 1
        for part in parts:
            self.close(part) if several and part.numbers else entry.add(part)
        for key, child in rest:
            if isinstance(child, list):
                self.read(key, child, entry)

    def _part(self, name: str, node: Any, around: _Entry) -> _Entry:
        part = around.inner()
        if isinstance(node, dict) and error_body.is_echo(name) and not self.fields.isdisjoint(node):
            self._read_echo(node, part)
        else:
            self.read(name, node, part)
        return part

    def _keyed(self, node: Mapping[str, Any], entry: _Entry) -> dict[str, _Entry]:
        """The members whose key is a row's address, path or number."""
        found: dict[str, _Entry] = {}
        places = {key: int(key) for key in node if key.isdecimal() and len(key) <= error_body.MAX_DIGITS}
        for key in node:
            if (row := self._row_of(key)) is not None:
                found[key] = _Entry(rows={row})
            elif key not in places and (number := path_number(key)) is not None:
                found[key] = _Entry(paths={number})
            elif any(map(str.isdecimal, key)) and (numbers := text_numbers(key)):
                found[key] = _Entry(paths=numbers)
        if not entry.inner().inside and all(place <= len(self.leads) for place in places.values()):
            found |= {key: _Entry(place={place}) for key, place in places.items()}
        return found

    def _read_list(self, name: str, items: Sequence[Any], entry: _Entry) -> None:
        inside = entry.inner().inside
        if error_body.is_value(name) and not any(isinstance(item, dict | list) for item in items):
            entry.echoes.append(items)
            return
        if self._is_request(items) or (not inside and self._read_places(items)):
            return
        if (number := path_number(items)) is not None:
            entry.paths.add(number)
        elif not inside and self._may_list_rows(name) and (numbers := _as_numbers(items)):
            self.numbers |= {number for number in numbers if number <= len(self.leads)}
        else:
            for item in items:
                if succeeded(item) is not True:
                    self._join(entry, self._part(name, item, entry))

    def _may_list_rows(self, name: str) -> bool:
        return name in self.fields or error_body.may_list_rows(name)

    def _join(self, entry: _Entry, part: _Entry) -> None:
        """An item that has no number belongs to the entry around it; any other is an entry of its own."""
        if part.numbers or not (entry.numbers or entry.place or (entry.rows and not part.rows)):
            entry.place = set() if part.numbers else entry.place
            self.close(part)
        else:
            entry.add(part)

    def _read_places(self, items: Sequence[Any]) -> bool:
        """Read a list that has a place for each row, and something in those of bad rows."""
        bad = _bad_places(items, len(self.leads))
        parts = [(place, self._part("", items[place], _Entry(inside=True))) for place in bad]
        if not parts or any((part.paths or part.index) - {place, place + 1} for place, part in parts):
            return False
        for place, part in parts:
            part.rows, part.mentioned = {place}, set()
            self.close(part)
        return True

    # --- What is said ------------------------------------------------------------------------------

    def _read_scalar(self, name: str, value: Any, entry: _Entry) -> None:
        if value is None or isinstance(value, bool) or value == "":
            return
        number = error_body.index_number(name, value)
        if number is not None:
            entry.index = entry.index or {number}
        elif error_body.is_value(name):
            self._read_value(value, entry)
        elif isinstance(value, str):
            if error_body.is_address(name) and "@" in value and " " not in value:
                self._read_value(value, entry)
            else:
                self._read_text(value, entry)

    def _read_value(self, value: Any, entry: _Entry) -> None:
        text = plain(value)
        if (row := self._row_of(text)) is not None:
            entry.rows.add(row)
        elif not error_body.is_masked(text):
            entry.echoes.append(value)

    def _read_echo(self, echo: Mapping[str, Any], entry: _Entry) -> None:
        email = echo.get("email")
        row = self._row_of(email) if isinstance(email, str) else None
        if row is not None:
            entry.rows.add(row)
        else:
            entry.echoes.append(echo)

    def _read_text(self, text: str, entry: _Entry) -> None:
        if (number := path_number(text)) is not None:
            entry.paths.add(number)
        elif (row := self._row_of(text)) is not None:
            entry.rows.add(row)
        else:
            entry.mentioned |= text_numbers(text)
            rows = (self._row_of(token) for token in tokens(text))
            entry.mentioned_rows |= {row for row in rows if row is not None}

    # --- Entries -----------------------------------------------------------------------------------

    def close(self, entry: _Entry) -> None:
        """Take in an entry that is complete. One that contradicts itself is no hint."""
        numbers = {n for n in entry.numbers or entry.place if n <= len(self.leads)}
        rows = entry.rows or (set() if entry.paths or entry.index else entry.mentioned_rows)
        if rows:
            self.named |= rows
            self._pair(numbers, rows, sure=bool(entry.rows and entry.numbers))
        elif numbers:
            bases = [base for base in _COUNTS if all(self._has(n - base, e) for n in numbers for e in entry.echoes)]
            if bases:
                self.numbers |= numbers
                self._pair(numbers, {n - bases[0] for n in numbers if len(bases) == 1} or entry.mentioned_rows)
        else:
            self.named.update(*(self._holders.get(plain(echo), ()) for echo in entry.echoes))

    def _pair(self, numbers: set[int], rows: set[int], *, sure: bool = False) -> None:
        """Note how this server counts; a number that is not `sure` to be a row's has to agree."""
        for row in rows if len(rows) == 1 else ():
            agreeing = numbers & {row, row + 1}
            self.numbers |= agreeing
            self.pairs |= {(number, row) for number in (numbers if sure else agreeing)}

    def _has(self, row: int, echo: Any) -> bool:
        """Whether an echoed value, or an echoed part of a lead, is this row's."""
        if not 0 <= row < len(self.leads):
            return False
        lead = self.leads[row]
        if isinstance(echo, Mapping):
            return all(plain(lead.get(key)) == plain(value) for key, value in echo.items() if key in self.fields)
        return plain(echo) in error_body.values(lead)

    # --- The request -------------------------------------------------------------------------------

    def _row_of(self, text: str) -> int | None:
        """Whose address this is. A word of letters alone is no address, even if it was sent as one."""
        text = plain(text)
        return None if text.isalpha() else self._addresses.get(text)

    def _is_request(self, items: Sequence[Any]) -> bool:
        """Whether a list repeats the request."""
        return len(items) == len(self.leads) > 1 and items == list(self.leads)

    @cached_property
    def _addresses(self) -> dict[str, int]:
        return {plain(lead["email"]): row for row, lead in enumerate(self.leads) if lead.get("email")}

    @cached_property
    def fields(self) -> set[str]:
        return set[str]().union(*self.leads)

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        """The rows that have a value, for values that few have."""
        holders: dict[str, list[int]] = {}
        for row, lead in enumerate(self.leads):
            for value in error_body.values(lead):
                holders.setdefault(value, []).append(row)
        most = max(1, len(self.leads) // 10)
        return {value: rows for value, rows in holders.items() if len(rows) <= most}


def _as_numbers(items: Sequence[Any]) -> list[int]:
    """The items of a list that has nothing but numbers, or numbers as texts."""
    texts = [str(item) for item in items if isinstance(item, int | str)]
    fit = len(texts) == len(items) and all(text.isdecimal() and len(text) <= error_body.MAX_DIGITS for text in texts)
    return [int(text) for text in texts] if fit else []


def _bad_places(items: Sequence[Any], size: int) -> list[int]:
    """The places of bad rows in a list that has a place for each, at least up to the last bad one; else none."""
    if not 1 < len(items) <= size:
        return []
    found = [succeeded(item) for item in items]
    if len(items) == size and False in found:
        return [place for place, good in enumerate(found) if good is False] if len(set(found)) > 1 else []
    if len(items) == size or any(item is None or item == {} for item in items):
        return [place for place, good in enumerate(found) if good is None] if True in found else []
    return []
