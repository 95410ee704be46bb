"""What error bodies are made of: a request, its bad rows, and the ways in which a service may write about them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

type Lead = Mapping[str, Any]


@dataclass(frozen=True)
class Bad:
    """A row that is refused.

    Attributes:
        row: its place, from 0.
        number: the same, as the service counts.
    """

    row: int
    number: int
    lead: Lead
    field: str = "email"
    message: str = "must be a valid email address"

    @property
    def value(self) -> str:
        return str(self.lead[self.field])

    @property
    def path(self) -> list[str | int]:
        return ["leads", self.number, self.field]


@dataclass(frozen=True)
class Refused:
    """A request and its bad rows."""

    leads: Sequence[Lead]
    bad: Sequence[Bad]

    @property
    def places(self) -> list[Bad | None]:
        """Each row's fault."""
        found = {bad.row: bad for bad in self.bad}
        return [found.get(row) for row in range(len(self.leads))]


def refused(leads: Sequence[Lead], rows: Iterable[int], base: int = 0) -> Refused:
    """A request of these leads, of which these rows are bad, to a service that counts from `base`."""
    return Refused(leads, [Bad(row, row + base, leads[row]) for row in sorted(rows)])


type Shape = Callable[[Refused], object]
type Entry = Callable[[Bad], object] | object
"""What an error body says of a bad row. Anything but a function is the same for all rows."""


def entry_of(entry: Entry, bad: Bad) -> object:
    return entry(bad) if callable(entry) else entry


def each(entry: Entry, *envelope: str) -> Shape:
    """A list with an entry for each bad row, in these objects."""
    return lambda refused: within([entry_of(entry, bad) for bad in refused.bad], *envelope)


def by(key: Callable[[Bad], str], entry: Entry, *envelope: str) -> Shape:
    """A map with an entry for each bad row, in these objects."""
    return lambda refused: within({key(bad): entry_of(entry, bad) for bad in refused.bad}, *envelope)


def placed(entry: Entry, *envelope: str, good: object) -> Shape:
    """A list with a place for each row, in these objects."""
    return lambda refused: within([entry_of(entry, bad) if bad else good for bad in refused.places], *envelope)


def within(content: object, *envelope: str) -> object:
    for name in reversed(envelope):
        content = {name: content}
    return content


def said(sentence: Callable[[Refused], str], *envelope: str) -> Shape:
    """Words alone, in these objects."""
    return lambda refused: within(sentence(refused), *envelope)


def numbers(refused: Refused) -> list[int]:
    return [bad.number for bad in refused.bad]


def dotted(bad: Bad) -> str:
    return f"leads.{bad.number}.{bad.field}"


def bracketed(bad: Bad) -> str:
    return f"leads[{bad.number}].{bad.field}"


def pointer(bad: Bad) -> str:
    return f"/leads/{bad.number}/{bad.field}"


def messages(bad: Bad) -> dict[str, list[str]]:
    return {bad.field: [bad.message]}


def nested(bad: Bad) -> dict[str, Any]:
    """A key for the number, a key for the field."""
    return {str(bad.number): messages(bad)}


def merged(entries: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {key: value for entry in entries for key, value in entry.items()}


def joined(entry: Callable[[Bad], str], by: str) -> Callable[[Refused], str]:
    return lambda refused: by.join(map(entry, refused.bad))
