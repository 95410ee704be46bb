"""A soak: a week of a million leads in virtual time, with every kind of failure, and the outcome of each lead.

The real intake and delivery run; AWS, Leadterra, the network and the clock are those of tests/simulation. It takes
20 minutes; `--leads 20000 --days 1.5 --outage 8 --window 60` takes one. It fails if a lead was lost, or wrongly
rejected or enrolled, or if the counts did not add up at some hour. `--plot FILE` draws it.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "layers" / "shared")]

from tests.simulation.books import SETTLED  # noqa: E402 - the path comes first
from tests.simulation.deployed import Deployed  # noqa: E402
from tests.simulation.soak import HOUR, Soak  # noqa: E402
from tests.simulation.weather import Kind, of_a_week  # noqa: E402

DAY: Final = 24 * HOUR
SHADES: Final[dict[Kind, tuple[str, str]]] = {
    "throttling": ("tab:olive", "throttled"),
    "letters": ("tab:gray", "no dead-letter queue"),
    "table": ("tab:pink", "no table of deliveries"),
    "answers": ("tab:green", "odd answers"),
    "firewall": ("white", "a firewall blocks texts"),
    "poison": ("tab:blue", "a lead breaks it"),
    "key": ("tab:purple", "new key, old secret"),
    "secret": ("tab:brown", "no Secrets Manager"),
    "outage": ("tab:red", "Leadterra down"),
    "schema": ("tab:orange", "every lead refused"),
    "intake": ("tab:cyan", "LeadsQueue takes a part"),
}


def main() -> None:
    """Run it, say how it went, and draw it if that is wanted."""
    options = _options()
    deployed = Deployed.from_template(**({"BatchingWindow": options.window} if options.window else {}))
    soak = Soak(options.leads, options.days, of_a_week(options.days, options.outage), deployed, options.seed)
    started = time.process_time()
    soak.run()
    print("\n".join(report(soak)))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"took        {(time.process_time() - started) / 60:.1f} minutes CPU, {memory:.1f} GiB")
    if options.plot:
        draw(soak, options.plot)
    sys.exit(bool(soak.problems))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A week in virtual time.")
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--outage", type=float, default=72.0, help="hours that Leadterra is down")
    parser.add_argument("--window", type=int, help="BatchingWindow in seconds; default: the template's")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--plot", type=Path)
    return parser.parse_args()


def report(soak: Soak) -> Iterator[str]:
    """What was counted, what it took, and what was wrong, line by line."""
    yield from _accounts(soak)
    yield from _effort(soak)
    yield from _course(soak)
    yield from (f"WRONG       {number:,} {what}" for what, number in soak.problems.items())
    if not soak.problems:
        yield "nobody lost, nobody innocent dead-lettered, nobody bad enrolled; law 2 balanced at every hour"


def _accounts(soak: Soak) -> Iterator[str]:
    metrics = soak.books.metrics
    yield f"{soak.days:g} days, seed {soak.seed}: {_outage(soak):g} hours of outage, and every other trouble there is"
    yield f"accepted    {metrics['Accepted']:>11,}  {metrics['Redelivered']:,} events were sent again"
    for name in SETTLED:
        yield f"  {name.lower():10}{metrics[name]:>11,}"
    yield f"  queued    {len(soak.queue.messages):>11,}"
    again = soak.counted_again() + soak.intake.uncounted
    yield f"  less      {again:>11,}  settled or taken again after a kill, or as SQS delivered them again"
    yield f"duplicates  {metrics['Duplicates']:>11,}  twice in a batch"


def _effort(soak: Soak) -> Iterator[str]:
    service, queue, poller = soak.service, soak.queue, soak.poller
    leads = soak.books.metrics["Accepted"]
    statuses = ", ".join(f"{status or 'none'} {number:,}" for status, number in service.statuses.most_common())
    yield f"requests    {service.requests:>11,}  {1_000 * service.requests / leads:.0f} for 1,000 leads; {statuses}"
    signups = [soak.truth.signups[number][0] for number in soak.account.letters]
    blocked = sum(signup.blocked and not signup.bad for signup in signups)
    yield f"isolating   {soak.books.metrics['IsolationRequests']:>11,}  {soak.truth.bad:,} signups were bad"
    yield f"letters     {len(signups):>11,}  {blocked:,} of them because of a firewall"
    yield f"invocations {poller.invocations:>11,}  {poller.kills:,} killed, and {soak.intake.kills:,} of intake"
    yield f"receives    {queue.receives:>11,}  {queue.most_received} of one message; {queue.most_receives} are allowed"
    yield f"people      {soak.truth.people:>11,}  of {soak.truth.overtaken:,} an older value came last"


def _course(soak: Soak) -> Iterator[str]:
    yield "hour      queued  oldest"
    step = max(1, len(soak.samples) // 28)
    for sample in soak.samples[::step]:
        yield f"{sample.hour:4.0f} {sample.queued:>11,} {sample.oldest / HOUR:6.1f} h"


def _outage(soak: Soak) -> float:
    return sum(spell.end - spell.start for spell in soak.weather.spells if spell.kind == "outage") / HOUR


def draw(soak: Soak, path: Path) -> None:
    """What is queued and how old it is, hour by hour, with the troubles behind it."""
    import matplotlib as mpl  # noqa: PLC0415 - nobody who only wants the figures waits for it

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "soak", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot as plt  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415
    from matplotlib.ticker import MaxNLocator  # noqa: PLC0415

    days = [sample.hour / 24 for sample in soak.samples]
    lines = (
        ("leads accepted", [sample.accepted for sample in soak.samples]),
        ("leads queued", [sample.queued for sample in soak.samples]),
        ("oldest, hours", [sample.oldest / HOUR for sample in soak.samples]),
    )
    figure, plots = plt.subplots(len(lines), sharex=True, figsize=(8, 5), layout="constrained")
    for plot, (title, values) in zip(plots, lines, strict=True):
        plot.plot(days, values, color="black", linewidth=1)
        plot.set_ylabel(title)
        plot.set_ylim(bottom=0)
        plot.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        plot.yaxis.set_major_formatter("{x:,.0f}")
        for spell in soak.weather.spells:
            plot.axvspan(spell.start / DAY, spell.end / DAY, color=SHADES[spell.kind][0], alpha=0.3, linewidth=0.5)
    plots[-1].set_xlabel("day")
    legend = [Patch(color=shade, alpha=0.3, label=name) for shade, name in SHADES.values()]
    figure.legend(handles=legend, loc="outside upper center", ncols=4, frameon=False)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
