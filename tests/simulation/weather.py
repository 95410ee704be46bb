"""The failures of a run, and when they happen."""

from dataclasses import dataclass
from typing import Final, Literal

type Kind = Literal[
    "outage",  # Leadterra: 503 with and without Retry-After, silence, lost connections, a maintenance page
    "throttling",  # Leadterra: most requests are answered 429 with Retry-After
    "answers",  # Leadterra: quotas, pages, redirects and other answers of the drill, with nothing stored
    "firewall",  # a page with 403 for a request with a certain text
    "poison",  # Leadterra: 500 for a request with a certain lead
    "key",  # Leadterra accepts the new key only, and the secret has the old one
    "schema",  # Leadterra refuses every lead alike
    "letters",  # DeadLetterQueue accepts nothing
    "secret",  # Secrets Manager does not answer
    "table",  # the table of deliveries does not answer
    "intake",  # LeadsQueue accepts only some entries
]

_HOUR: Final = 3_600.0
_DAY: Final = 24 * _HOUR
_WEEK: Final = 7 * _DAY


@dataclass(frozen=True, slots=True)
class Spell:
    """A kind of failure and its period in seconds since the start."""

    kind: Kind
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Weather:
    """The failures of a run: in periods, and at any time.

    Attributes:
        answers_lost: the share of requests that Leadterra serves without an answer.
        answers_spoiled: ... with an answer without counts.
        killed: the share of invocations that are killed.
        hides_failed: the share of calls to hide messages that fail.
        resent: the share of accepted events that are sent again.
    """

    spells: tuple[Spell, ...]
    answers_lost: float = 0.0
    answers_spoiled: float = 0.0
    killed: float = 0.0
    hides_failed: float = 0.0
    resent: float = 0.0

    def during(self, kind: Kind, start: float, end: float) -> bool:
        """Whether a period of this kind overlaps the time from `start` to `end`."""
        return any(spell.kind == kind and spell.start <= end and spell.end >= start for spell in self.spells)

    def now(self, kind: Kind, moment: float) -> bool:
        return any(spell.kind == kind and spell.start <= moment < spell.end for spell in self.spells)


def of_a_week(days: float = 7, outage_hours: float = 72) -> Weather:
    """A week's failures in this many days. Only the outage keeps its length."""
    scale = days * _DAY / _WEEK
    # In a short run failures are shorter and more frequent, so that each kind happens.
    short, often = max(scale, 0.25), min(10.0, 1 / scale)

    def at(day: float, minutes: float, kind: Kind) -> Spell:
        start = day * _DAY * scale
        return Spell(kind, start, start + minutes * 60 * short)

    start = 2 * _DAY * scale
    end = start + outage_hours * _HOUR
    spells = (
        at(0.4, 40, "throttling"),
        at(0.8, 10, "letters"),
        at(1.1, 15, "table"),
        at(1.3, 25, "key"),
        at(1.6, 10, "secret"),
        at(1.8, 120, "answers"),
        Spell("firewall", 0, 6.5 * _DAY * scale),
        Spell("poison", 5 * _DAY * scale, 6.5 * _DAY * scale),
        Spell("outage", start, end),
        # After the outage a new release refuses all held leads at once.
        Spell("schema", end, end + _HOUR * short),
        # Then the bad leads among them are dead-lettered at once.
        Spell("letters", end + _HOUR * short, end + 1.2 * _HOUR * short),
        # At night, when batches are small.
        at(6.1, 60, "schema"),
        at(6.3, 10, "intake"),
    )
    return Weather(
        spells,
        answers_lost=0.002 * often,
        answers_spoiled=0.001 * often,
        killed=0.003 * often,
        hides_failed=0.001 * often,
        resent=0.001 * often,
    )
