"""What a console is about: one stack, embedded or deployed, with everything that its pages ask for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from leads.config import Enrollment
from leads_cli.dev.journal import LeadRow
from leads_cli.running import Running, Status

# Of the embedded stack; each look at a deployed one's counts is some sixty metrics, at a cent per thousand.
LIVE_SECONDS: Final = 1.0
SPARING_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Subject:
    """A stack as it is shown.

    Attributes:
        name: which one, for the head of each page.
        pause: seconds between two looks at its counts.
        status: the counts now.
        leads: the newest leads; None where only ids are known of them.
        seen: when each source was last heard of, as far as that is known.
        command: what `leads` wants to be told to mean this stack.
    """

    name: str
    running: Running
    enrollment: Enrollment
    pause: float
    status: Callable[[], Status]
    leads: Callable[[int], Sequence[LeadRow]] | None
    seen: Callable[[], Mapping[str, datetime]]
    command: Sequence[str] = ()
    counts_of: str = ""

    @property
    def embedded(self) -> bool:
        return self.leads is not None
