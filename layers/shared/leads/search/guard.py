"""The guard against schema changes: where everything is refused, it is not the leads that are bad.

It asks for a few single leads from all over the batch before it says so, since bad leads may stand side by side.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.search.complaint import alike

# With fewer rows than this, all of them being bad is a plain coincidence.
GUARD_ROWS: Final = 10
# Leads refused alike before anything got through: enough to ask whether all would be. Not fewer, since a service
# that names one bad lead at a time shows four of them before the others get through.
ALIKE: Final = 5
# ... and this many more, spread over the batch, to answer it: a schema change refuses every one of them.
PROBES: Final = 7
# ... three in four of them alike, as some may be bad for a reason of their own.
_SHARE: Final = 0.75
# So many, whatever the words, are enough to ask that as well ...
MANY: Final = 8
# ... and so many, with nothing got through, are no coincidence. A service that names one lead of each request takes two
# requests for each of them; fewer than forty have to do.
ENOUGH: Final = 21

type Refusal = tuple[Failure, Mapping[str, Any]]
"""What was said of a lead in a request of its own."""


def suspicious(refusals: Sequence[Refusal]) -> bool:
    """Whether so many were refused, alike or not, that single leads from all over the batch should be asked."""
    return len(refusals) >= MANY or (len(refusals) >= ALIKE and alike(refusals) >= ALIKE)


def systemic(refusals: Sequence[Refusal]) -> bool:
    """Whether so many were refused, and nothing accepted, that it is about everybody."""
    return len(refusals) >= ENOUGH or (len(refusals) >= ALIKE + PROBES and mostly_alike(refusals))


def mostly_alike(refusals: Sequence[Refusal]) -> bool:
    return alike(refusals) >= _SHARE * len(refusals)


def probes(left: Sequence[int]) -> Sequence[int]:
    """A few from all over."""
    step = max(1, len(left) // PROBES)
    return left[step // 2 :: step][:PROBES]
