"""Requests that it takes to find d bad leads among n in a service that says nothing but "refused".

Against the least that any method needs in the mean (log2 of the number of ways to choose them), plain halving, and one
by one. `--docs` writes the table and the pictures of docs/delivery.md anew.
"""

import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from statistics import mean
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "layers" / "shared")]

from leads.search.search import Search  # noqa: E402 - the path is set above

SIZES: Final = (100, 500, 1_000)
BAD: Final = (1, 2, 5, 10, 20, 50, 100, 250)
# So that the mean of the rarest cases is within a percent.
SAMPLES: Final = 200
START: Final = "<!-- isolation:start -->"
END: Final = "<!-- isolation:end -->"


def group_testing(size: int, bad: set[int]) -> int:
    """Ours, without any hint."""
    search = Search(size)
    requests = 0
    while question := search.next():
        requests += 1
        if bad.isdisjoint(question.indexes):
            search.accepted(question)
        else:
            search.refused(question)
    return requests


def halving(size: int, bad: set[int]) -> int:
    """Halves of halves; the second half of a refused group is not asked about where the first one was fine."""
    requests = 0
    groups = [(range(size), False)]
    while groups:
        group, known = groups.pop()
        refused = not bad.isdisjoint(group)
        if not known or len(group) == 1:
            requests += 1
        if refused and len(group) > 1:
            left, right = group[: len(group) // 2], group[len(group) // 2 :]
            groups += [(right, bad.isdisjoint(left)), (left, False)]
    return requests


def allowed(size: int, bad: int) -> float:
    """What this project promises."""
    return 1.1 * bits(size, bad) + 0.75 * bad + 6


def bits(size: int, bad: int) -> float:
    return math.log2(math.comb(size, bad))


def cost(method: Callable[[int, set[int]], int], size: int, bad: int) -> float:
    chance = Random(size * bad)  # noqa: S311 - a simulation
    samples = SAMPLES if bad <= 50 else SAMPLES // 10  # noqa: PLR2004 - the law of large numbers helps by then
    return mean(method(size, set(chance.sample(range(size), bad))) for _ in range(samples))


type Line = tuple[int, int, float, float, float, float, int]


def lines() -> list[Line]:
    return [
        (n, d, bits(n, d), cost(group_testing, n, d), allowed(n, d), cost(halving, n, d), n + 1)
        for n in SIZES
        for d in BAD
        if d <= n // 4
    ]


def table(found: Sequence[Line]) -> str:
    """As Markdown."""
    head = "| leads | bad | at the least | **Enroll** | its promise | plain halving | one by one |"
    rule = "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    body = (
        f"| {n:,} | {d} | {least:.1f} | **{ours:.1f}** | {promise:.1f} | {half:.1f} | {one:,} |"
        for n, d, least, ours, promise, half, one in found
    )
    return "\n".join([head, rule, *body])


def draw(found: Sequence[Line], folder: Path) -> None:
    """The pictures of docs/delivery.md."""
    import matplotlib as mpl  # noqa: PLC0415 - only for the pictures

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "the same file for the same figures"
    draw_search(40, {12, 29}, folder / "search.svg")
    draw_costs(found, folder / "isolation.svg")


def draw_search(size: int, bad: set[int], path: Path) -> None:
    """One search, a line for each request: who was in it and what came back."""
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 4.6))
    search = Search(size)
    number = 0
    while question := search.next():
        number += 1
        clean = bad.isdisjoint(question.indexes)
        spots = list(question.indexes)
        axes.scatter(spots, [number] * len(spots), marker="s", s=22, color="#2f6f5e" if clean else "#c2553a")
        (search.accepted if clean else search.refused)(question)
    for index in bad:
        axes.axvline(index, color="#c2553a", linewidth=0.8, alpha=0.5, zorder=0)
    axes.set(xlabel=f"the {size} leads of a batch (the lines are the two bad ones)", ylabel="request")
    axes.set_yticks(range(1, number + 1))
    axes.invert_yaxis()
    axes.scatter([], [], marker="s", color="#2f6f5e", label="accepted: these are enrolled")
    axes.scatter([], [], marker="s", color="#c2553a", label="refused: one of these is bad")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=2, frameon=False)
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


def draw_costs(found: Sequence[Line], path: Path) -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 4.2))
    of_1000 = [line for line in found if line[0] == max(SIZES)]
    bad = [line[1] for line in of_1000]
    for label, place, style in (
        ("one by one", 6, ":"), ("plain halving", 5, "--"), ("Enroll", 3, "o-"), ("at the least", 2, "-."),
    ):  # fmt: skip
        axes.plot(bad, [line[place] for line in of_1000], style, label=label)
    axes.set(xscale="log", yscale="log", xlabel="bad leads among 1,000", ylabel="requests, in the mean")
    axes.set_xticks(bad, [str(number) for number in bad], minor=False)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})


def main() -> None:
    found = lines()
    print(table(found))
    if "--docs" in sys.argv[1:]:
        page = ROOT / "docs" / "delivery.md"
        before, _, rest = page.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        page.write_text(f"{before}{START}\n{table(found)}\n{END}{after}", encoding="utf-8")
        draw(found, ROOT / "docs" / "images")


if __name__ == "__main__":
    main()
