"""The last hours as bars: what was taken, what Leadterra accepted, and what it refused."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from typing import Final

from leads_cli.logs.observed import objects, texts
from leads_cli.logs.reading import Line

BARS: Final = 72
STEP: Final = timedelta(minutes=5)
SPAN: Final = BARS * STEP
NAMES: Final = ("taken", "accepted", "refused")
_HEIGHT: Final = 40
_KINDS: Final = {"taken": "busy", "accepted": "good", "refused": "bad"}


@dataclass(frozen=True, slots=True)
class History:
    """Leads taken, accepted and refused, in steps of five minutes up to `end`, the oldest first."""

    end: datetime
    numbers: dict[str, list[int]] = field(default_factory=lambda: {name: [0] * BARS for name in NAMES})

    def add(self, name: str, when: datetime, number: int) -> None:
        """Count leads; what is older than the first step is left out."""
        place = BARS - 1 - (self.end - when) // STEP
        if 0 <= place < BARS:
            self.numbers[name][place] += number


def count_lines(lines: Iterable[Line], end: datetime) -> History:
    found = History(end)
    for line in lines:
        data = line.data
        if data.get("message") == "taken":
            found.add("taken", line.when, len(texts(data.get("ids"))))
        elif data.get("message") == "batch settled":
            found.add("accepted", line.when, len(texts(data.get("accepted"))))
            found.add("refused", line.when, len(objects(data.get("rejected"))))
    return found


def draw(history: History) -> str:
    """The charts as HTML, each scaled to its highest bar and described in words."""
    charts = "".join(_bars(name, values) for name, values in history.numbers.items())
    since = (history.end - SPAN).astimezone()
    until = history.end.astimezone()
    steps = f"{since:%H:%M} to {until:%H:%M}, in steps of five minutes. The leads of an import are not among the taken."
    return f'<div class="charts">{charts}</div><p class="soft">{escape(steps)}</p>'


def _bars(name: str, values: Sequence[int]) -> str:
    highest = max(values)
    most = f", highest bar {highest:,}" if highest else ""
    says = f"{name}: {sum(values):,} in the last {SPAN // timedelta(hours=1)} hours{most}"
    bars = "".join(
        f'<rect x="{place}" y="{_HEIGHT - height:.2f}" width="0.8" height="{height:.2f}"/>'
        for place, value in enumerate(values)
        if value and (height := value * _HEIGHT / highest)
    )
    return (
        f'<figure class="{_KINDS[name]}"><figcaption>{escape(says)}</figcaption>'
        f'<svg viewBox="0 0 {BARS} {_HEIGHT}" preserveAspectRatio="none" role="img" aria-label="{escape(says)}">'
        f'{bars}<path d="M0 {_HEIGHT}H{BARS}"/></svg></figure>'
    )
