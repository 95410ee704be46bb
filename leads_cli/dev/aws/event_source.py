"""What a function is fed from."""

from dataclasses import dataclass
from typing import Final

# Lambda starts with so many pollers where the mapping sets no limit.
DEFAULT_CONCURRENCY: Final = 5


@dataclass(frozen=True, slots=True)
class EventSource:
    """A queue that Lambda polls for a function: logical ids, sizes in messages, the window in seconds."""

    function: str
    queue: str
    batch_size: int = 10
    window: int = 0
    concurrency: int = DEFAULT_CONCURRENCY
    partial_failures: bool = False
