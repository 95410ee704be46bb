"""A first look through the dead-letter queue: what is there, and which letters are meant."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from leads_cli.failures.read.criteria import Criteria
from leads_cli.failures.read.letter import Letter, read_letter
from leads_cli.failures.read.queue_scan import QueueScan

# Of a beginning that is no letter's own: enough to choose from.
MOST_NAMED: Final = 10


class NoSuchLetterError(Exception):
    """No letter that can be seen has this id."""


class AmbiguousError(Exception):
    """Several letters' ids begin so; `ids` are some of them."""

    def __init__(self, ids: Iterable[str]) -> None:
        super().__init__("several dead letters have ids that begin so")
        self.ids = list(ids)


def letters(reading: QueueScan) -> Iterator[Letter]:
    """Every letter of a reading."""
    return map(read_letter, reading)


def chosen(reading: QueueScan, criteria: Criteria, letter_id: str | None = None) -> Iterator[Letter]:
    """The letters that are meant: those of an id, or all that meet the criteria.

    Raises:
        NoSuchLetterError, AmbiguousError: the id is no letter's, or the beginning of several.
    """
    if letter_id is None:
        return filter(criteria.accept, letters(reading))
    return iter(find(letters(reading), letter_id))


def find(found: Iterable[Letter], letter_id: str) -> list[Letter]:
    """The letters of an id, the lead's own or SQS's, or of its beginning; several if a lead was refused twice.

    Raises:
        NoSuchLetterError, AmbiguousError: it is no letter's, or the beginning of several.
    """
    exact: list[Letter] = []
    begun: dict[str, list[Letter]] = {}
    for letter in found:
        names = letter.names
        if letter_id in names:
            exact.append(letter)
        elif letter_id and any(name.startswith(letter_id) for name in names) and _has_room(begun, letter.id):
            begun.setdefault(letter.id, []).append(letter)
    if exact:
        return exact
    if not begun:
        raise NoSuchLetterError
    if len(begun) > 1:
        raise AmbiguousError(islice(begun, MOST_NAMED))
    return next(iter(begun.values()))


def _has_room(begun: dict[str, list[Letter]], letter_id: str) -> bool:
    return letter_id in begun or len(begun) <= MOST_NAMED
