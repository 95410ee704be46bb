"""Complaints: what a refusal of a single lead says of it, for a person to read."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.search.refusal.values import values

_WORD: Final = re.compile(r"[^\s\"'<>(),;\[\]{}`]+")
_DIGIT: Final = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Complaint:
    """The field that is refused, if any is named, and the words."""

    field: str | None
    message: str


def complaint(content: Any, lead: Mapping[str, Any]) -> Complaint:
    """Read the refusal of a request that had this lead alone."""
    # See `hints`.
    from leads.search.refusal.words import words  # noqa: PLC0415

    return Complaint(*words(content, lead))


def alike(refusals: Sequence[tuple[Failure, Mapping[str, Any]]]) -> int:
    """How many of these refusals have the commonest reason, leaving out numbers, ids and what is some lead's own."""
    own = {word for _, lead in refusals for value in values(lead) for word in _words(value)}
    reasons = Counter(
        (failure.status, failure.field, *(w for w in _words(failure.message) if w not in own and not _DIGIT.search(w)))
        for failure, _ in refusals
    )
    return max(reasons.values(), default=0)


def _words(text: str) -> list[str]:
    return [word.strip(".:") for word in _WORD.findall(text.lower())]
