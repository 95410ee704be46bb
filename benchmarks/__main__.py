"""`make bench`: run the benchmarks and write docs/performance.md; fails where a claim does not hold.

`python -m benchmarks warm cost` runs some of them and prints them only.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from benchmarks import cold_start, cost, importing, letters, scale, throughput, warm
from benchmarks.artifact import Artifact
from benchmarks.report import Section, write


def main() -> None:
    """Run what is named, or everything."""
    names = sys.argv[1:]
    if unknown := set(names) - set(SECTIONS):
        sys.exit(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    sections = []
    for name in names or SECTIONS:
        for section in SECTIONS[name]():
            print("\n".join(section.as_markdown()), flush=True)
            sections.append(section)
    if not names:
        write(sections)
    sys.exit(not all(claim.holds for section in sections for claim in section.claims))


def _cold_start() -> Iterator[Section]:
    with tempfile.TemporaryDirectory() as folder:
        yield cold_start.measure(Artifact.build(Path(folder)))


def _cost_and_scale() -> Iterator[Section]:
    costs = cost.Costs.measure()
    yield cost.measure(costs)
    yield scale.measure(costs)


SECTIONS: Final[dict[str, Callable[[], Iterator[Section]]]] = {
    "cold": _cold_start,
    "warm": lambda: iter([warm.measure()]),
    "throughput": lambda: iter([throughput.measure()]),
    "cost": _cost_and_scale,
    "letters": lambda: iter([letters.measure()]),
    "import": lambda: iter([importing.measure()]),
}

# The stand-ins are processes of their own, which import this module again.
if __name__ == "__main__":
    main()
