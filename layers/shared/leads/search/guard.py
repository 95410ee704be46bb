"""The guard against schema changes: where every lead is refused, the leads are not at fault."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from leads.message.dead_letter import Failure
from leads.request.batch import Row
from leads.search.complaint import alike

# With fewer leads of a campaign than this, all of them being bad is a plain coincidence.
GUARD_ROWS: Final = 10
# So many leads, each refused alike in a request of its own, are none ...
ALIKE: Final = 12
# ... nor are so many refused for any reasons. Finding each may take two requests: fewer than forty in all.
ENOUGH: Final = 21

# Bad leads often stand side by side, so after so many refusals single leads from all over the batch are asked.
FIRST: Final = 5
_PROBES: Final = ALIKE - FIRST

type Refusal = tuple[Failure, Mapping[str, Any]]
"""The reason for which a lead was refused in a request of its own."""


def is_replayed(row: Row) -> bool:
    """Whether an operator sent this lead again: then a person waits for its outcome."""
    return any("replay" in received.message.extra for received in row.messages)


def is_systemic(refusals: Sequence[Refusal], leads: int) -> bool:
    """Whether so many of these leads were refused that it is not about them. None may have got through."""
    if leads < GUARD_ROWS or len(refusals) < min(ALIKE, leads):
        return False
    return len(refusals) >= ENOUGH or alike(refusals) >= min(ALIKE, leads)


def probes(left: Sequence[int]) -> Sequence[int]:
    """Some of the rows that are left, from all over the batch."""
    step = max(1, len(left) // _PROBES)
    return left[step // 2 :: step][:_PROBES]
