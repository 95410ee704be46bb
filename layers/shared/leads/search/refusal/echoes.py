"""Echoes: what a refusal repeats of the leads that were sent, and whose it is."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any, Final
from urllib.parse import unquote

from leads.model import LEAD_FIELDS
from leads.search.refusal.labels import squashed
from leads.search.refusal.values import fields, plain, values

MAX_ECHO: Final = 512
# A thousand rows are given some numbers each; a range takes few letters to mean all of them again and again.
MAX_NUMBERS: Final = 50_000

_ADDRESS: Final = re.compile(r"[^\s@]{1,64}@[^\s@]{1,255}")
_TAG: Final = re.compile(r"\+[^@]*(?=@)")
_MASKED: Final = re.compile(r"[*•…]|\.\.\.|\[\w{1,32}\]|<\w{1,32}>|redacted", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\s\"<>(),;:\[\]{}|`]+")
_AROUND: Final = " \t\r\n'\"`<>()[]{}.,;:!?“”"
# What a word may begin with that is no part of an address: `?email=ava@example.com`.
_BEFORE: Final = re.compile(r".*['=/?&#!*$]", re.DOTALL)
# An address that is written in another way than it was sent has one of these.
_DRESSED: Final = re.compile(r"[\"'`<>()\[\]{}.,;:!?“”%&]")
_DOMAIN: Final = re.compile(r"[\w.-]+")
_SIGN: Final = re.compile(r"[\W\d_]")
_LETTER: Final = re.compile(r"[^\W\d_]")
# Words of JSON and of sentences: that they are somebody's value as well says nothing.
_COMMON: Final = frozenset(
    {"true", "false", "yes", "no", "on", "off", "null", "none", "undefined", "string", "number", "integer", "boolean"}
)


def is_address(text: str) -> bool:
    """Whether a text can only be somebody's address: no sentence, and none with its middle hidden."""
    return _ADDRESS.fullmatch(text) is not None and not is_masked(text)


def is_masked(text: str) -> bool:
    return _MASKED.search(text) is not None


@dataclass
class Sent:
    """The leads of a request, found by what a refusal may repeat of them.

    Attributes:
        leads: in the order in which they were sent.
        spare: how many numbers may still be given to them.
    """

    leads: Sequence[Mapping[str, Any]]
    spare: int = MAX_NUMBERS

    @cached_property
    def addresses(self) -> dict[str, int]:
        found = ((lead.get("email"), row) for row, lead in enumerate(self.leads))
        whole = {plain(email): row for email, row in found if isinstance(email, str) and email}
        # A service may leave out what only the owner of a mailbox tells apart: `ava+news@example.com`.
        return {_TAG.sub("", email): row for email, row in whole.items() if "+" in email} | whole

    @cached_property
    def fields(self) -> frozenset[str]:
        """The names of the leads' fields, in the form in which names are compared."""
        custom = (c for lead in self.leads if isinstance(c := lead.get("customFields"), dict))
        return frozenset(map(squashed, set(LEAD_FIELDS).union(*self.leads, *custom)))

    @cached_property
    def _holders(self) -> dict[str, list[int]]:
        """The rows by the texts that they have."""
        holders: dict[str, list[int]] = {}
        for row, lead in enumerate(self.leads):
            for value in {value.strip().lower() for value in fields(lead).values() if isinstance(value, str)}:
                holders.setdefault(value, []).append(row)
        return holders

    @cached_property
    def numbers(self) -> frozenset[int]:
        """The numbers that a service may give to rows: the last one is n where it counts from 1."""
        return frozenset(range(len(self.leads) + 1))

    def within(self, ranges: Iterable[range]) -> set[int]:
        """The numbers in these ranges, of those that end among the rows."""
        found = set[int]()
        for numbers in ranges:
            if numbers.stop - 1 in self.numbers and len(numbers) <= self.spare:
                self.spare -= len(numbers)
                found.update(numbers)
        return found

    def is_all(self, items: Sequence[Any]) -> bool:
        """Whether a list is the request's own, repeated."""
        emails = (item.get("email") if isinstance(item, dict) else None for item in items)
        return len(items) == len(self.leads) > 1 and all(
            isinstance(email, str) and self.row_of(email, expected=True) == row for row, email in enumerate(emails)
        )

    def row_of(self, text: str, *, expected: bool = False) -> int | None:
        """Whose address this text is, however it is written.

        Where none is `expected`, a word of letters alone is only that, even if it was somebody's idea of an address.
        """
        text = plain(text[:MAX_ECHO])
        if not (expected or _SIGN.search(text)):
            return None
        row = self.addresses.get(text)
        if row is None and _DRESSED.search(text):
            row = self.addresses.get(text.strip(_AROUND))
            if row is None:
                row = self.addresses.get(unquote(unescape(text)).strip(_AROUND).removeprefix("mailto:"))
        return row

    def addresses_in(self, text: str) -> Iterator[tuple[int, int, int | None]]:
        """Where the addresses in a text begin and end, and whose they are; None for nobody's."""
        for match in _WORD.finditer(text):
            word = match[0][:MAX_ECHO].lower()
            row = next((row for form in _forms(word) if (row := self.addresses.get(form)) is not None), None)
            if row is not None or is_address(word.strip(_AROUND)):
                yield match.start(), match.end(), row

    def knows(self, value: str) -> bool:
        """Whether it is a value of some row, and telling enough to be recognised in a sentence."""
        value = plain(value)
        telling = _LETTER.search(value) is not None and value not in _COMMON and squashed(value) not in self.fields
        return telling and value in self._holders

    def holders(self, value: str) -> Sequence[int]:
        """The rows that have a value, unless they are too many for it to mean them."""
        rows = self._holders[plain(value)] if self.knows(value) else ()
        return rows if len(rows) <= max(1, len(self.leads) // 10) else ()

    def holders_of(self, values: Sequence[object]) -> set[int]:
        """The rows that all of these values mean, or each of them if they are of different leads."""
        rows = [set(holders) for value in values if (holders := self.holders(plain(value)))]
        return set[int].intersection(*rows) or set[int].union(*rows) if rows else set()

    def has(self, row: int, echo: object) -> bool:
        """Whether an echoed value, or an echoed lead without an address, may be this row's."""
        if not 0 <= row < len(self.leads):
            return False
        if isinstance(echo, dict):
            lead = fields(self.leads[row])
            shared = {key: value for key, value in fields(echo).items() if key in lead}
            return bool(shared) and all(plain(lead[key]) == plain(value) for key, value in shared.items())
        return not values(self.leads[row]).isdisjoint({plain(echo), plain(echo).strip(_AROUND)})


def _forms(word: str) -> Iterator[str]:
    """What a word of a sentence may be without the signs around it."""
    bare = word.strip(_AROUND)
    if not _SIGN.search(bare):
        return
    yield bare
    yield bare.strip("*_")
    local, at, domain = bare.rpartition("@")
    if at and (host := _DOMAIN.match(domain)):
        yield f"{_BEFORE.sub('', local)}@{host[0].rstrip('._-')}"
