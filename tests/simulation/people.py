"""The people who sign up and their true data, independent of the code under test.

A signup's number is a custom field and part of its event's id, so every result can be compared with its signup.
All data are computed from numbers, so a million people need no memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import pi, sin
from random import Random
from typing import Final

from tests.drill.leadterra import POISON, SCRIPT

_FIRST_NAMES: Final = ("Ava", "Ben", "Chiara", "Dmitri", "Edda", "Farid", "Grete", "Hugo", "Inés", "Jürgen", "Kim")
_PLANS: Final = ("free", "pro", "team")
# One in a hundred is refused by Leadterra, one in two hundred is on its suppression list.
_BAD_EVERY: Final = 100
_SUPPRESSED_EVERY: Final = 200
_SUPPRESSED_REST: Final = 77
# A firewall blocks one person in 250. The service fails at one signup in 2,000.
_BLOCKED_EVERY: Final = 250
_BLOCKED_REST: Final = 13
_POISON_EVERY: Final = 2_000
_POISON_REST: Final = 19
# Most events are a person's own form, most leads come in a list that a program sends.
_LISTS: Final = 0.115
_LIST_SIZES: Final = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
# The share of forms that are corrected at once.
_CORRECTED: Final = 0.02
_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Signup:
    """One signup of a person."""

    number: int
    person: int

    @property
    def bad(self) -> bool:
        return self.person % _BAD_EVERY == 0

    @property
    def blocked(self) -> bool:
        """Whether a firewall blocks it."""
        return self.person % _BLOCKED_EVERY == _BLOCKED_REST

    @property
    def address(self) -> str:
        domain = "example.com"
        if self.bad:
            domain = "refused.example"
        elif self.person % _SUPPRESSED_EVERY == _SUPPRESSED_REST:
            domain = "suppressed.example"
        return f"p{self.person}@{domain}"

    @property
    def fields(self) -> dict[str, str]:
        """All fields but the address. They differ between signups, and some are missing."""
        answers = {"signup": f"n{self.number}", "plan": _PLANS[self.number % len(_PLANS)]}
        if self.number % 3:
            answers["firstName"] = _FIRST_NAMES[self.person % len(_FIRST_NAMES)]
        if self.number % 2:
            answers["company"] = f"Company {self.person % 997} v{self.number}"
        if self.blocked:
            answers["company"] = f"{SCRIPT} v{self.number}"
        elif self.number % _POISON_EVERY == _POISON_REST:
            answers["company"] = POISON
        return answers

    @property
    def submission(self) -> dict[str, str]:
        """The fields as typed, sometimes with a capital."""
        address = self.address.capitalize() if self.number % 7 == 0 else self.address
        return {"email": address, **self.fields}


@dataclass(frozen=True, slots=True)
class Arrival:
    """One request at this time since the start, in seconds: a form with one signup, or a list."""

    moment: float
    form: bool
    signups: Sequence[Signup]

    @property
    def source(self) -> str:
        return "website" if self.form else "partner"

    @property
    def event_id(self) -> str:
        return f"e{self.signups[0].number}"


def arrivals(leads: int, days: float, seed: int) -> Iterator[Arrival]:
    """At least this many signups in order of time, more by day than by night."""
    chance = Random(seed)  # noqa: S311 - a simulation
    # 0 means a form.
    sizes: list[int] = []
    left = leads
    while left > 0:
        sizes.append(chance.choice(_LIST_SIZES) if chance.random() < _LISTS else 0)
        left -= sizes[-1] or 1
    number = 0
    for moment, size in zip(_moments(chance, len(sizes), days), sizes, strict=True):
        signups = [Signup(number + n, chance.randrange(1, leads + 1)) for n in range(size or 1)]
        number += len(signups)
        yield Arrival(moment, not size, signups)
        if not size and chance.random() < _CORRECTED:
            yield Arrival(moment + 2 * chance.random(), form=True, signups=[Signup(number, signups[0].person)])
            number += 1


def _moments(chance: Random, count: int, days: float) -> list[float]:
    """Times in this many days. 3 p.m. has nine times the traffic of 3 a.m."""
    hours = range(max(1, round(days * 24)))
    weights = [1 - 0.8 * sin(2 * pi * (hour + 3) / 24) for hour in hours]
    return sorted(3_600 * (hour + chance.random()) for hour in chance.choices(hours, weights, k=count))
