"""Fault: what one error of an error body says of its row, taken in member by member."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

from leads.search.refusal.echoes import Sent, is_address, is_masked
from leads.search.refusal.labels import label, squashed
from leads.search.refusal.numerals import numerals
from leads.search.refusal.paths import number_of, row_behind, row_in, steps_of

# A thousand numbers.
MAX_LISTING: Final = 8_000
# One number, or several, and nothing else.
_LISTING: Final = re.compile(r"[\[({]?\s*#?\d{1,6}(?:[\s,;&#.\[\](){}-]|and|to|or|\d)*", re.ASCII)
# Two steps in one: `leads[3]`.
_BRACKETED: Final = re.compile(r"\w{0,64}\[\d{1,6}\]", re.ASCII)
# `3 of 200`, `3/200`, `3rd`.
_SHARE: Final = re.compile(r"#?(\d{1,6})(?:\s?(?:/|(?:out )?of)\s?\d|st\b|nd\b|rd\b|th\b)", re.ASCII)
_DIGIT: Final = re.compile(r"\d", re.ASCII)
_OF_A_LEAD: Final = frozenset({"id", "customfields", "createdat", "updatedat"})


@dataclass(slots=True)
class Fault:
    """What one error says.

    Attributes:
        paths: its row's number, in a path.
        indexes: the same, as an index.
        lines: the same, as what might also be a line of a file.
        places: the same, as the key that it stands under: that may be its own number among the errors.
        rows: those whose address it repeats, or whose place it stands in.
        values: what else it repeats.
        stranger: it repeats an address that is nobody's.
        texts: its words, and whether they are one item of several.
    """

    paths: set[int] = field(default_factory=set)
    indexes: set[int] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    places: set[int] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    values: list[Any] = field(default_factory=list)
    stranger: bool = False
    texts: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def numbers(self) -> set[int]:
        """The surest of the numbers that it has by itself."""
        return self.paths or self.indexes or self.lines

    @property
    def echoes(self) -> bool:
        """Whether it repeats anything."""
        return bool(self.rows or self.values or self.stranger)

    def add(self, other: Self) -> None:
        self.paths |= other.paths
        self.indexes |= other.indexes
        self.lines |= other.lines
        self.places |= other.places
        self.rows |= other.rows
        self.values += other.values
        self.stranger |= other.stranger
        self.texts += other.texts

    def take_scalar(self, name: str, value: object, sent: Sent, *, listed: bool = False) -> None:
        about = label(name)
        match value:
            case str() if text := value.strip():
                self._take_text(name, text, sent, listed=listed)
            case int() | float() if (number := number_of(value)) is not None:
                if about.row:
                    self._numbers_of(name).add(number)
                elif about.path:
                    self.paths.add(number)
                elif about.value:
                    self.values.append(value)

    def _take_text(self, name: str, text: str, sent: Sent, *, listed: bool) -> None:
        about = label(name)
        if (row := sent.row_of(text, expected=about.email or about.value)) is not None:
            self.rows.add(row)
        elif about.value or (about.email and is_address(text)):
            self._take_value(text)
        elif numbers := _listing(text, sent) if about.row or about.rows or about.bad else set():
            # A lone number may count what is bad.
            if len(numbers) > 1 or about.row or about.rows:
                self._numbers_of(name).update(numbers)
        elif about.row and (share := _SHARE.match(text)):
            self._numbers_of(name).add(int(share[1]))
        elif _DIGIT.search(text) and (number := row_of_path(steps_of(text), name, sent)) is not None:
            self.paths.add(number)
        elif squashed(name) in sent.fields and sent.knows(text):
            self.values.append(text)
        else:
            self.texts.append((text, listed))

    def _take_value(self, text: str) -> None:
        if is_address(text):
            self.stranger = True
        elif not is_masked(text):
            self.values.append(text)

    def take_lead(self, name: str, lead: Mapping[str, Any], sent: Sent) -> bool:
        """Take in a lead that is repeated; false if it is something else."""
        about = label(name)
        if not lead:
            return True
        names = {squashed(key) for key in lead}
        pure = names <= sent.fields | _OF_A_LEAD
        # What was refused is not searched for errors, whatever the service has added to it.
        if not pure and not (about.value and names & sent.fields):
            return False
        email = next((value for key, value in lead.items() if label(key).email and isinstance(value, str)), "")
        if (row := sent.row_of(email, expected=True)) is not None:
            self.rows.add(row)
        elif is_address(email) and (about.value or about.row):
            self.stranger = True
        elif pure and about.value:
            self.values.append(lead)
        # Without an address of its own, messages by field look like a lead.
        return row is not None or about.value or self.stranger

    def take_list(self, name: str, items: Sequence[Any], sent: Sent, *, of_rows: bool) -> bool:
        """Take in a path in steps, or numbers of rows where such may stand; false if it is something else."""
        about = label(name)
        if about.value or any(isinstance(item, dict | list) for item in items):
            return about.value
        steps = [step for item in items for step in (steps_of(item) if _BRACKETED.fullmatch(str(item)) else [item])]
        if (number := row_of_path(steps, name, sent)) is not None:
            self.paths.add(number)
            return True
        if about.path and not any(" " in str(item) for item in items):
            return True
        if not of_rows or not 0 < len(items) <= len(sent.numbers):
            return False
        numbers = [{n} if (n := number_of(item)) is not None else _listing(str(item), sent) for item in items]
        # A service may count from elsewhere; but whether a list without a name for rows is of rows, its numbers show.
        if not all(numbers) or not (about.rows or about.row or set[int]().union(*numbers) <= sent.numbers):
            return False
        self._numbers_of(name).update(*numbers)
        return True

    def _numbers_of(self, name: str) -> set[int]:
        return self.lines if label(name).row and not squashed(name).endswith(("index", "idx")) else self.indexes


def row_of_path(steps: Sequence[object], name: str, sent: Sent) -> int | None:
    """The number of a path's row; under the name of a path it need not stand behind a word for rows."""
    return row_in(steps, sent.fields) if label(name).path else row_behind(steps)


def _listing(text: str, sent: Sent) -> set[int]:
    return sent.within(numerals(f"rows {text}")) if len(text) <= MAX_LISTING and _LISTING.fullmatch(text) else set()
