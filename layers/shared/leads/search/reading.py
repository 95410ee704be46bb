"""Readings: the ways in which a refusal's hints can be taken to mean rows.

A name (an echoed address or value) means its row. A number may count from 0 or from 1: the server does not say, and
only the answers to single leads show which it was.
"""

from collections.abc import Sequence
from enum import Enum

from leads.search.hints import Hints


class Reading(Enum):
    """One way to take hints."""

    NAMED = "named"
    FROM_ZERO = 0
    FROM_ONE = 1

    def places(self, told: Hints, size: int) -> list[int]:
        """The places in a request of so many rows that are meant, in order; none where the reading does not fit."""
        if self is Reading.NAMED:
            return sorted(told.named)
        # A number that no row has, or that stands beside another row's name, shows that this server counts otherwise.
        if any(number - row != self.value for number, row in told.pairs):
            return []
        places = [number - self.value for number in sorted(told.indexed)]
        return places if all(0 <= place < size for place in places) else []


READINGS: Sequence[Reading] = tuple(Reading)
"""What is tried first is what misleads least."""
