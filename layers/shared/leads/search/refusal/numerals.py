"""Numerals: the numbers that a sentence gives to rows: `lead #3`, `rows 3, 9-11 and 17`, `the 4th item`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from leads.search.refusal.labels import THING, THINGS

_TOKEN: Final = re.compile(
    r"(?P<number>\d{1,6})(?P<nth>st|nd|rd|th)?(?![^\W_])|(?P<word>[^\W_]+)|(?P<mark>\.{2,3}|=>|[^\w\s]|_)", re.ASCII
)
_ONE: Final = frozenset({*THING.split("|"), "line", "index", "idx", "position", "pos"})
_MANY: Final = frozenset({*THINGS.split("|"), "lines", "indexes", "indices", "positions", "numbers", "nos", "s", "es"})
_NOUNS: Final = (_ONE | _MANY) - {"numbers", "nos", "s", "es"}
# Between such a word and its number: `row(s)`, `item no. 3`, `rows affected: 3, 9`.
_PLACES: Final = frozenset({"index", "indexes", "indices", "idx", "position", "positions", "number", "numbers"})
_SHORT: Final = frozenset({"no", "nos", "nr", "num"})
_LINKS: Final = _PLACES | _SHORT | {"is", "are", "was", "were", "s", "es", "=>", *"#:=()[]{}\"'`"}
_FAULTS: Final = frozenset(
    {"affected", "failed", "failing", "invalid", "rejected", "with", "having", "errors", "problems", "issues"}
)
# Between numbers.
_AND: Final = frozenset({",", ";", "and", "or", "&", "+"})
_TO: Final = frozenset({"-", "..", "...", "to", "through", "until"})
_DRESS: Final = frozenset("#\"'`")
_MAX_BETWEEN: Final = 8
# Behind the last number a sentence ends or goes on with a verb: in `row 3, 2 problems` one row is meant.
_VERBS: Final = frozenset(
    {
        "is", "are", "was", "were", "has", "have", "had", "must", "could", "can", "cannot", "contain", "contains", "do",
        "does", "did", "should",
    }
)  # fmt: skip
_MAX_JOIN: Final = 4
# Between ordinals and such a word: `the 3rd and 9th invalid rows`.
_SEVERAL: Final = frozenset({",", "and", "or", "&", "invalid", "bad", "failed", "rejected", "of", "the"})
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"), start=1
    )
}
# What else has a number behind `#`.
_OTHERS: Final = frozenset(
    {
        "error", "code", "request", "ticket", "case", "issue", "rule", "ref", "reference", "campaign", "batch", "job",
        "step", "page", "attempt", "workspace", "id", "(",
    }
)  # fmt: skip
_AFTER: Final = frozenset("%@")
_WITHIN: Final = frozenset(".:/")
_COLONS: Final = frozenset(":=-")
# A text that could not be read has lines and positions, and so has a program.
_OF_TEXTS: Final = frozenset({"line", "lines", "position", "positions", "pos"})
_OF_A_TEXT: Final = re.compile(
    r"\b(?:json|characters?|char|byte|token|offset|col(?:umn)?:?\s\d)|\.\w{1,4}:\d", re.IGNORECASE
)
# What an answer begins with that is no row's number.
_STATUSES: Final = frozenset({400, 422})


class _Token(NamedTuple):
    """A word, a number or a mark: `number` is set where it is one, `nth` where it is an ordinal."""

    text: str
    start: int
    end: int
    number: int | None = None
    nth: int | None = None


_END: Final = _Token("", -1, -1)


def numerals(sentence: str, *, listed: bool = False, counted: bool = False) -> Iterator[range]:
    """The numbers given to rows, as ranges.

    Args:
        sentence: without addresses and values, in which numbers mean nothing.
        listed: it is one of several, so that a number it begins with may be a row's.
        counted: it is told as well how many rows there were, and a lone number behind a plural may be such a count.
    """
    return _Reader(_tokens(sentence), _OF_A_TEXT.search(sentence) is not None, counted).ranges(listed=listed)


def _tokens(sentence: str) -> list[_Token]:
    found = []
    for match in _TOKEN.finditer(sentence):
        text = match[0].lower()
        number = int(match["number"]) if match["number"] else None
        nth = number if match["nth"] else _ORDINALS.get(text)
        found.append(_Token(text, match.start(), match.end(), None if match["nth"] else number, nth))
    return found


@dataclass(slots=True)
class _Reader:
    """Reads a sentence from left to right, once.

    Attributes:
        of_a_text: its lines and positions are those of a text.
        at: the next token's place.
    """

    tokens: list[_Token]
    of_a_text: bool
    counted: bool
    at: int = 0

    def ahead(self, by: int = 0) -> _Token:
        return self.tokens[self.at + by] if 0 <= self.at + by < len(self.tokens) else _END

    def ranges(self, *, listed: bool) -> Iterator[range]:
        if listed:
            yield from self._leading()
        ordinals = list[int]()
        while (token := self.ahead()) is not _END:
            self.at += 1
            if token.nth is not None:
                ordinals.append(token.nth)
                continue
            if token.text in _SEVERAL:
                continue
            if token.text in _NOUNS and not (self.of_a_text and token.text in _OF_TEXTS):
                yield from (range(nth, nth + 1) for nth in ordinals)
                yield from self._behind(token.text)
            elif token.text == "#" and self.ahead().start == token.end and self.ahead(-2).text not in _OTHERS:
                yield from _only(self.ahead().number)
            ordinals.clear()

    def _leading(self) -> Iterator[range]:
        """`[3] invalid` or `3: invalid`."""
        bracketed = self.ahead().text == "[" and self.ahead(2).text == "]"
        number = self.ahead(1 if bracketed else 0).number
        if number not in _STATUSES and (bracketed or self.ahead(1).text in _COLONS):
            yield from _only(number)

    def _behind(self, noun: str) -> Sequence[range]:
        """The numbers behind a word for rows."""
        links = [token.text for token in islice(self._links(noun), _MAX_BETWEEN)]
        first = self.ahead(len(links)).number
        if first is None or not self._whole(len(links)):
            return ()
        self.at += len(links) + 1
        many = not _MANY.isdisjoint([noun, *links])
        found = [range(first, first + 1)]
        while step := self._step(many=many):
            number, to = step
            found.append(range(found.pop().start if to else number, number + 1))
        if found == [range(first, first + 1)] and many and _PLACES.isdisjoint([noun, *links]):
            in_brackets = "(" in links and self.ahead().text == ")"
            lone = not self.counted and not in_brackets and self._ends(-1)
            return found if lone else ()
        return found

    def _links(self, noun: str) -> Iterator[_Token]:
        """What may stand between the word and its number."""
        by = 0
        allowed = _LINKS | _FAULTS if noun in _MANY else _LINKS
        while (token := self.ahead(by)).text in allowed or (token.text == "." and self.ahead(by - 1).text in _SHORT):
            yield token
            by += 1

    def _step(self, *, many: bool) -> tuple[int, bool] | None:
        """The next number of a list, and whether it ends a range."""
        texts = list[str]()
        while len(texts) < _MAX_JOIN and (text := self.ahead(len(texts)).text) in _AND | _TO | _DRESS:
            texts.append(text)
        number = self.ahead(len(texts)).number
        joined = not _DRESS.issuperset(texts)
        if number is None or not joined or not self._whole(len(texts)) or not (many or self._ends(len(texts))):
            return None
        self.at += len(texts) + 1
        return number, not _TO.isdisjoint(texts)

    def _whole(self, by: int) -> bool:
        """Whether that number is no part of a fraction, a share or a time; `3/200` is the third of two hundred."""
        number, mark, behind = (self.ahead(by + i) for i in range(3))
        if mark.start != number.end or mark.text not in _AFTER | _WITHIN:
            return True
        if mark.text in _AFTER or behind.start != mark.end or behind.number is None:
            return mark.text not in _AFTER
        return mark.text == "/" and number.number is not None and number.number <= behind.number

    def _ends(self, by: int) -> bool:
        """Whether the sentence ends behind that number, or goes on with a verb or another one."""
        text = self.ahead(by + 1).text
        return not text.isalnum() or text in _VERBS | _AND | _TO


def _only(number: int | None) -> Iterator[range]:
    if number is not None:
        yield range(number, number + 1)
