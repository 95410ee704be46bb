"""What a benchmark reports: a section of docs/performance.md, and claims that must hold."""

import os
import platform
import statistics
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "performance.md"
IMAGES: Final = ROOT / "docs" / "images"


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of this run against its limit. `reason` says what keeps it from its limit, if it is missed."""

    text: str
    value: float
    limit: float
    at_least: bool = False
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether the figure is within its limit."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        bound = "at least" if self.at_least else "at most"
        verdict = "holds" if self.holds else f"**missed**. {self.reason}".rstrip(". ")
        return f"{self.text}: {_figure(self.value)} ({bound} {_figure(self.limit)}): {verdict}"


def ratio(these: Sequence[float], those: Sequence[float]) -> float:
    """The median of ratios within a round: what else the machine does meanwhile slows both alike."""
    return statistics.median(this / that for this, that in zip(these, those, strict=True))


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page.

    Attributes:
        columns: the head of the table; columns after the first hold figures.
        draw: writes a picture into the folder that it is given and returns its name and what it shows.
    """

    title: str
    text: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    claims: Sequence[Claim] = ()
    draw: Callable[[Path], tuple[str, str]] | None = None

    def as_markdown(self, images: Path | None = None) -> Iterator[str]:
        """The lines of the section. Its picture is drawn into `images`; without a folder there is none."""
        yield from (f"## {self.title}", "", self.text, "")
        if self.rows:
            yield from (*_table(self.columns, self.rows), "")
        if self.draw and images:
            name, shown = self.draw(images)
            yield from (f"![{shown}](images/{name})", "")
        if self.claims:
            yield from (*(f"- {claim}" for claim in self.claims), "")


def write(sections: Iterable[Section]) -> None:
    """Write docs/performance.md anew."""
    day = datetime.now(UTC).date()
    cpu, cores = _processor(), os.cpu_count()
    lines = [
        "# Performance",
        "",
        "`make bench` writes this page. All figures are medians of one run: compare them with each other, not with",
        "other machines. CPU time is the measured process's user and system time.",
        "",
        f"Run on {day} with Python {platform.python_version()} on {cores} cores of {cpu} ({platform.system()}).",
        "",
        *(line for section in sections for line in section.as_markdown(IMAGES)),
    ]
    PAGE.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"| --- |{' ---: |' * (len(columns) - 1)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"  # noqa: PLR2004 - three digits


def _processor() -> str:
    """The processor's name, if the system gives it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
