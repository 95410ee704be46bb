"""Filters for dead letters: by cause, origin, age or content."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from leads_cli.failures.read.letter import EXHAUSTED, Cause, Letter

REASONS: Final = ("rejected", "missing_token", "unmappable", "malformed", EXHAUSTED)

# Of the letters whose ids begin alike: enough to choose from.
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Criteria:
    """What a letter must match; None means any.

    Attributes:
        text: the kind of message, as `Cause` has it.
        since: failed then or later.
        before: failed earlier than that.
        contains: a text anywhere in it, whatever its case.
    """

    reason: str | None = None
    field: str | None = None
    status: int | None = None
    source: str | None = None
    campaign: str | None = None
    text: str | None = None
    since: datetime | None = None
    before: datetime | None = None
    contains: str | None = None

    def accept(self, letter: Letter) -> bool:
        return (
            self.accept_cause(letter.cause)
            and (self.since is None or letter.failed_at >= self.since)
            and (self.before is None or letter.failed_at < self.before)
            and (self.contains is None or self.contains.casefold() in _readable(letter).casefold())
        )

    def accept_cause(self, cause: Cause) -> bool:
        """Whether letters of this cause may meet them."""
        wanted = (self.reason, self.field, self.status, self.source, self.campaign, self.text)
        return all(one is None or one == found for one, found in zip(wanted, cause, strict=True))


def _readable(letter: Letter) -> str:
    """All text of a letter, without the escapes that SQS requires."""
    if not letter.content:
        return letter.received.body
    return json.dumps(letter.content, ensure_ascii=False)


class NoSuchLetterError(Exception):
    """No letter that can be seen has this id."""


class AmbiguousError(Exception):
    """Several letters' ids begin so; `ids` are some of them."""

    def __init__(self, ids: Iterable[str]) -> None:
        super().__init__("several dead letters have ids that begin so")
        self.ids = list(ids)


def choose(letters: Iterable[Letter], criteria: Criteria, letter_id: str | None = None) -> Iterator[Letter]:
    """The letters of an id, or all that meet the criteria.

    Raises:
        NoSuchLetterError, AmbiguousError: the id is no letter's, or the beginning of several.
    """
    return filter(criteria.accept, letters) if letter_id is None else iter(find(letters, letter_id))


def find(letters: Iterable[Letter], letter_id: str) -> list[Letter]:
    """The letters of an id, the lead's own, SQS's or the log's, or of its beginning; several if refused twice.

    Raises:
        NoSuchLetterError, AmbiguousError: it is no letter's, or the beginning of several.
    """
    exact: list[Letter] = []
    begun: dict[str, list[Letter]] = {}
    for letter in letters:
        if letter_id in letter.names:
            exact.append(letter)
        elif letter_id and any(name.startswith(letter_id) for name in letter.names):
            begun.setdefault(letter.id, []).append(letter)
            # One more than is named is enough to know that there are several.
            while len(begun) > _MOST_NAMED + 1:
                begun.popitem()
    if exact:
        return exact
    if not begun:
        raise NoSuchLetterError
    if len(begun) > 1:
        raise AmbiguousError(islice(begun, _MOST_NAMED))
    return next(iter(begun.values()))
