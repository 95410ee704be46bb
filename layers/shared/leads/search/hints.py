"""Hints: the rows that the JSON body of a refusal names.

Leadterra does not document its `errors`, so one rule reads the common shapes. A body consists of entries: the items of
its lists, and the members whose key names a row. An entry names rows by the number in a path or under a name such as
`index`, by its key or its place in a list. The values that it repeats must be those of that row, and show whether rows
are counted from 0 or from 1; without a number they name the row themselves. A wrong hint costs a
request and rejects no lead.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from leads.json import loads_or_none
from leads.words import word_set

type Basis = Literal["named", 0, 1]
"""How a row was found: by a value of its own, or by a number that counts from 0 or from 1."""
BASES: Final[Sequence[Basis]] = ("named", 0, 1)
type Hints = Mapping[Basis, Sequence[int]]
"""The rows that are meant on each possible basis, the likeliest first."""

# A request of a thousand leads, repeated, is about half of this. It takes 0.2 s.
MAX_VALUES: Final = 100_000
MAX_DEPTH: Final = 24
# No request has more than a thousand rows.
_MAX_DIGITS: Final = 4
# An address may be as long.
_MAX_WORD: Final = 254
# What is below these was accepted, or is about the request as a whole.
_SILENT: Final = word_set("""accepted created enrolled succeeded success updated valid skipped suppressed
    alreadysuppressed warnings instance stack""")
# What positional lists of errors have for good rows. Lists of results have an object for each row.
_EMPTY: Final[Sequence[Any]] = (None, {}, [], "")
_RESULT_LEVELS: Final = 3
_ERROR: Final = re.compile("error|fail|invalid|reject|message|reason|detail", re.IGNORECASE)
# How names end.
_INDEX: Final = ("index", "idx", "row", "position", "lead", "item", "record", "rownumber", "row_number")
_INDEXES: Final = ("index", "indexes", "indices", "rows")
_ADDRESS: Final = ("email", "mail", "address", "recipient")
_VALUE: Final = ("value", "input")
# The first number in `leads[3].email`, `body/leads/3/email`, `/3/email`, `3.email` and the like.
_PATH: Final = re.compile(r"""(?:^|[^\W\d]\d*['"]?\]?)[./\[]+['"]?(\d{1,4})(?!\w)|^(\d{1,4})\.(?=[^\W\d])""")
_AROUND_WORDS: Final = " \t\r\n\"'`<>()[]{},.:;!?"
_WITHIN_WORDS: Final = re.compile("[,;:=]")


def hints(content: Any, leads: Sequence[Mapping[str, Any]]) -> Hints:
    """Read a refusal of these leads, which are in the order in which they were sent."""
    reader = _Reader(leads)
    reader.read_item(content, _Entry(), 0)
    found: dict[Basis, Sequence[int]] = {"named": sorted(reader.named)} if reader.named else {}
    for base in sorted(reader.bases) if reader.numbers else ():
        found[base] = sorted(reader.named | {number - base for number in reader.numbers})
    return found


def plain(value: object) -> str:
    """A value in the form in which values are compared."""
    return str(value).strip(_AROUND_WORDS).lower()


def values(lead: Mapping[str, Any]) -> set[str]:
    """A lead's values, custom ones included, in the form in which they are compared."""
    return {plain(value) for value in {**lead, **lead.get("customFields", {})}.values()}


@dataclass(slots=True)
class _Entry:
    """What one error says. Numbers are as written."""

    paths: set[int] = field(default_factory=set)
    index: set[int] = field(default_factory=set)
    # The values that it repeats.
    echoes: set[str] = field(default_factory=set)
    # The rows whose address is in a text.
    mentions: set[int] = field(default_factory=set)
    # It belongs to an entry that names a row. Places and keys in it are those of something else.
    inside: bool = False

    @property
    def numbers(self) -> set[int]:
        return self.paths or self.index

    @property
    def is_row(self) -> bool:
        return self.inside or bool(self.numbers)


@dataclass
class _Reader:
    leads: Sequence[Mapping[str, Any]]
    named: set[int] = field(default_factory=set)
    numbers: set[int] = field(default_factory=set)
    bases: set[Literal[0, 1]] = field(default_factory=lambda: {0, 1})
    # How many more values and words are read.
    left: int = MAX_VALUES

    def read_item(self, node: Any, around: _Entry, depth: int) -> None:
        """Read an item of a list. Without a number of its own it belongs to the entry around it, if that has one."""
        entry = _Entry(inside=around.is_row)
        self._read("", node, entry, depth)
        if around.numbers and not entry.numbers:
            around.echoes |= entry.echoes
        else:
            self._close(entry)

    def _read(self, name: str, node: Any, entry: _Entry, depth: int) -> None:
        self.left -= 1
        if self.left < 0 or depth > MAX_DEPTH or name in _SILENT:
            return
        match node:
            case dict():
                self._read_object(node, entry, depth)
            case list():
                self._read_list(name, node, entry, depth)
            case None | "":
                pass
            case _:
                self._read_scalar(name, node, entry, depth)

    def _read_object(self, node: Mapping[str, Any], entry: _Entry, depth: int) -> None:
        # The entry's own numbers come before what is inside it.
        for key, child in sorted(node.items(), key=lambda member: _is_nested(member[1])):
            self._read_member(key, child, entry, depth + 1)

    def _read_member(self, key: str, child: Any, around: _Entry, depth: int) -> None:
        """Read a member. If its key is a row's address, path or number, it is an entry of its own."""
        entry = _Entry(inside=around.is_row)
        self._read_text(key, entry)
        if not around.is_row:
            entry.index = set(_numbers([key]))
        if entry.numbers or entry.mentions:
            self._read("", child, entry, depth)
            self._close(entry)
        else:
            self._read(key.lower(), child, around, depth)

    def _read_list(self, name: str, items: Sequence[Any], entry: _Entry, depth: int) -> None:
        if items == self.leads and len(items) > 1:
            # The request, repeated.
            return
        if not entry.is_row and (places := self._bad_places(items)):
            self.named.update(places)
        elif not _is_nested(items) and (numbers := _numbers(items)):
            if len(numbers) < len(items):
                # The steps of a path. Its first number is the row's.
                entry.paths.add(numbers[0])
            elif name.endswith(_INDEXES):
                entry.index |= set(numbers)
        else:
            for item in items:
                self.read_item(item, entry, depth + 1)

    def _bad_places(self, items: Sequence[Any]) -> Sequence[int]:
        """The places of the bad rows in a list with a place for each row, at least up to the last bad one."""
        bad = [place for place, item in enumerate(items) if item not in _EMPTY]
        if len(bad) == len(self.leads) and all(isinstance(item, dict) for item in items):
            # Perhaps results: most rows are good, and alike.
            looks = [_look(item, _RESULT_LEVELS) for item in items]
            usual, number = Counter(looks).most_common(1)[0]
            is_good = 2 * number > len(looks) and not any(_ERROR.search(key) for key, _ in usual)
            bad = [place for place, look in enumerate(looks) if is_good and look != usual]
        return bad if len(bad) < len(items) <= len(self.leads) else ()

    def _read_scalar(self, name: str, value: Any, entry: _Entry, depth: int) -> None:
        text = plain(value)
        if name.endswith(_INDEX) and (number := _numbers([text.lstrip("#")])):
            entry.index = entry.index or set(number)
        elif name.endswith(_VALUE) or (name.endswith(_ADDRESS) and ("@" in text or text in self._rows_by_address)):
            entry.echoes.add(text)
        elif isinstance(value, str):
            # `error.message` of a validator may be its list of errors, as JSON.
            content = loads_or_none(value) if value.lstrip().startswith(("[", "{")) else None
            if isinstance(content, dict | list):
                self._read(name, content, entry, depth + 1)
            else:
                self._read_text(value, entry)

    def _read_text(self, text: str, entry: _Entry) -> None:
        # pydantic 1 writes `body -> leads -> 3 -> email`.
        for word in text.replace(" -> ", ".").split(maxsplit=max(self.left, 0)):
            parts = _WITHIN_WORDS.split(word, max(self.left, 0))
            self.left -= len(parts)
            addresses = self._rows_by_address.keys() & map(plain, (word, *parts))
            if addresses:
                entry.mentions.update(self._rows_by_address[address] for address in addresses)
            elif len(word) <= _MAX_WORD and "@" not in word and "://" not in word and (path := _PATH.search(word)):
                entry.paths.add(int(path[1] or path[2]))

    def _close(self, entry: _Entry) -> None:
        """Add a complete entry. An entry that contradicts itself is no hint."""
        if entry.numbers:
            bases = {b for b in (0, 1) if all(self._fits(n - b, entry.echoes) for n in entry.numbers)}
            if bases:
                self.numbers |= entry.numbers
                self.bases &= bases
        else:
            self.named |= entry.mentions
            self.named.update(*(self._rows_by_value.get(echo, ()) for echo in entry.echoes))

    def _fits(self, row: int, echoes: set[str]) -> bool:
        """Whether there is such a row and it has the values."""
        return 0 <= row < len(self.leads) and (not echoes or echoes <= values(self.leads[row]))

    @cached_property
    def _rows_by_address(self) -> dict[str, int]:
        return {plain(lead["email"]): row for row, lead in enumerate(self.leads) if lead.get("email")}

    @cached_property
    def _rows_by_value(self) -> dict[str, list[int]]:
        """The rows that have a value, for values that few have."""
        found: dict[str, list[int]] = {}
        for row, lead in enumerate(self.leads):
            for value in values(lead):
                found.setdefault(value, []).append(row)
        most = max(1, len(self.leads) // 10)
        return {value: rows for value, rows in found.items() if len(rows) <= most}


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict | list) for each in value))


def _look(value: Any, levels: int) -> frozenset[tuple[str, Any]]:
    """What a result has, without its values. Members that are empty or false count as missing."""
    members = value.items() if levels and isinstance(value, dict) else ()
    return frozenset(
        (key, _look(child, levels - 1)) for key, child in members if child is not False and child not in _EMPTY
    )


def _numbers(items: Sequence[Any]) -> list[int]:
    """The items that are numbers of rows, also as text."""
    texts = [str(item) for item in items if isinstance(item, int | str)]
    return [int(text) for text in texts if len(text) <= _MAX_DIGITS and text.isdecimal()]
