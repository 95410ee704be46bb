"""Hints: which leads of a refused request its error body seems to mean.

Nobody documents the shape of Leadterra's `errors`, so every one is read: an index, a path, a key, a place in a list,
an address or a value, in JSON, XML or words. A hint is only a suspicion: nobody is condemned on it alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Hints:
    """What a refusal says of the rows of its request.

    Attributes:
        named: the rows of which it shows something that is theirs alone: whichever way the server counts.
        indexed: the numbers that it gives to rows, as written: who counts from 1 means the row before, and row n last.
            Without those that what is echoed beside them contradicts.
        pairs: the number and the row of each error that tells both: how this server counts.
    """

    named: frozenset[int]
    indexed: frozenset[int]
    pairs: frozenset[tuple[int, int]]


def hints(content: Any, leads: Sequence[Mapping[str, Any]]) -> Hints:
    """Read a refusal of these leads, in the order in which they were sent; what is said of all of them is no hint."""
    # Its patterns take 40 ms, which a start need not wait for: most requests are not refused.
    from leads.search.refusal.suspicion import Suspicion  # noqa: PLC0415

    return Suspicion.of(content, leads).hints()
