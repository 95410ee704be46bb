"""Scale: a model of the whole system, checked against the embedded stack."""

import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from pathlib import Path
from typing import Final

from benchmarks.cost import Costs
from benchmarks.embedded import stack
from benchmarks.report import Claim, Section
from benchmarks.stand_in import aws
from benchmarks.workload import batch
from leads_cli.stacks import embedded
from leads_cli.stacks.running import Running

# AWS's quotas of a new account in us-east-1, read on 2026-11-22.
API_REQUESTS_PER_SECOND: Final = 10_000.0
LAMBDA_CONCURRENCY: Final = 1_000
FIRST_POLLERS: Final = 5
MORE_POLLERS_PER_SECOND: Final = 300 / 60
_STEP: Final = 0.05
_MINUTES: Final = 10
_BURST: Final = 1_000_000
_CHECKED: Final = 20_000
_CHECKED_LATENCY: Final = 3.0
_PATIENCE: Final = 180.0
TEXT: Final = f"""\
A model in steps of {_STEP * 1_000:.0f} ms: arrivals, the API's quota, intake's concurrency, the queue, SQS's pollers,
the batching window, and Leadterra's answers after 0.3 s. Each rate lasts {_MINUTES} minutes. The burst is {_BURST:,}
signups at once, whose senders try again while the API answers 429. The stack's throttles are raised to the account's
quota; `MaximumConcurrency` is 5, the default. Costs are those of forms.

The first limit is API Gateway's quota of {API_REQUESTS_PER_SECOND:,.0f} requests a second, the next one the account's
{LAMBDA_CONCURRENCY:,} concurrent Lambda invocations. Both can be raised. `MaximumConcurrency` and
`requests_per_minute` limit the requests to Leadterra."""


@dataclass(frozen=True, slots=True)
class System:
    """What the model knows; times are in seconds, rates are per second."""

    api_rate: float = API_REQUESTS_PER_SECOND
    intake_seconds: float = 0.03
    max_concurrency: int = 5
    window: float = 2.0
    batch_size: int = 1_000
    leadterra_seconds: float = 0.3
    lead_seconds: float = 40e-6
    requests_per_second: float = float("inf")


@dataclass(slots=True)
class Course:
    """What happened in the model."""

    delivered: float = 0.0
    oldest: float = 0.0
    drained_at: float = 0.0
    invocations: int = 0
    intake_peak: float = 0.0
    enroll_peak: int = 0

    @property
    def batch(self) -> float:
        """The mean number of leads in a batch."""
        return self.delivered / max(1, self.invocations)


def simulate(system: System, rate: float, seconds: float, at_once: int = 0, queued: int = 0) -> Course:
    """Let signups arrive and run until all are delivered; `queued` leads are in the queue from the start."""
    course, now, outside = Course(), 0.0, float(at_once)
    queue: deque[tuple[float, float]] = deque([(0.0, float(queued))] if queued else [])
    waiting, turns = float(queued), 0.0
    busy: list[float] = []
    while now < seconds or outside >= 1 or waiting >= 1 or busy:
        outside += rate * _STEP if now < seconds else 0.0
        taken = min(outside, system.api_rate * _STEP, (LAMBDA_CONCURRENCY - len(busy)) / system.intake_seconds * _STEP)
        outside -= taken
        waiting += taken
        course.intake_peak = max(course.intake_peak, taken / _STEP * system.intake_seconds)
        if taken:
            queue.append((now, taken))
        while busy and busy[0] <= now:
            heappop(busy)
        workers = min(system.max_concurrency, FIRST_POLLERS + int(MORE_POLLERS_PER_SECOND * now))
        turns = min(turns + system.requests_per_second * _STEP, system.max_concurrency)
        while len(busy) < workers and turns >= 1 and _is_ready(queue, waiting, now, system):
            count = min(waiting, system.batch_size)
            course.oldest = max(course.oldest, now - queue[0][0])
            _take(queue, count)
            waiting -= count
            turns -= 1
            heappush(busy, now + system.leadterra_seconds + count * system.lead_seconds)
            course.delivered += count
            course.invocations += 1
        course.enroll_peak = max(course.enroll_peak, len(busy))
        now += _STEP
    course.drained_at = now
    return course


def measure(costs: Costs) -> Section:
    """Run the model for each rate, and check it against a real run."""
    seconds = _MINUTES * 60.0
    system = System(intake_seconds=costs.intake["form"].seconds)
    courses = {
        **{f"{rate:,} a second": simulate(system, rate, seconds) for rate in (10, 100, 1_000, 10_000, 100_000)},
        f"{_BURST:,} at once": simulate(system, 0, 0, at_once=_BURST),
        f"{_BURST:,} at once, 60 requests a minute": simulate(
            replace(system, requests_per_second=1.0), 0, 0, at_once=_BURST
        ),
    }
    rows = [
        (
            name,
            f"{course.oldest:,.1f}",
            f"{course.drained_at - (0 if 'at once' in name else seconds):,.0f}",
            f"{course.intake_peak:,.0f}",
            f"{course.enroll_peak}",
            f"{course.batch:,.0f}",
            f"{costs.dollars('form', course.batch):.2f}",
        )
        for name, course in courses.items()
    ]
    predicted = simulate(System(leadterra_seconds=_CHECKED_LATENCY), 0, 0, queued=_CHECKED).drained_at
    seen = _drain()
    text = (
        f"{TEXT}\n\nCheck of the model: an embedded stack with {_CHECKED:,} leads in its queue and a Leadterra that "
        f"answers after {_CHECKED_LATENCY:.0f} s. The model predicts {predicted:.1f} s until all are enrolled; "
        f"{seen:.1f} s were measured."
    )
    return Section(
        "Scale",
        text,
        (
            "signups",
            "oldest waits, s",
            "drained after, s",
            "intake concurrency",
            "enroll concurrency",
            "leads in a batch",
            "$ per million",
        ),
        rows,
        [
            Claim("seen / predicted", seen / predicted, 1.5),
            Claim("seen / predicted", seen / predicted, 0.7, at_least=True),
        ],
        lambda folder: _draw(folder, system),
    )


def _is_ready(queue: deque[tuple[float, float]], waiting: float, now: float, system: System) -> bool:
    return waiting >= 1 and (waiting >= system.batch_size or now - queue[0][0] >= system.window)


def _take(queue: deque[tuple[float, float]], count: float) -> None:
    while count > 0 and queue:
        since, here = queue[0]
        if here > count:
            queue[0] = (since, here - count)
            return
        queue.popleft()
        count -= here


def _drain() -> float:
    """Seconds until an embedded stack has delivered what is in its queue."""
    with aws(_CHECKED_LATENCY) as leadterra, stack("--leadterra-url", leadterra, "--api-key", "sk_live_any") as running:
        started = time.perf_counter()
        _enqueue(running, (record["body"] for record in batch(_CHECKED)["Records"]))
        filled = time.perf_counter() - started
        while (enrolled := embedded.status(running.url).counts.enrolled) < _CHECKED:
            if time.perf_counter() - started > _PATIENCE:
                raise RuntimeError(f"only {enrolled} of {_CHECKED} leads were delivered")
            time.sleep(0.2)
        # It delivers while it is filled: the time since the middle of that is what the model is about.
        return time.perf_counter() - started - filled / 2


def _enqueue(running: Running, bodies: Iterable[str]) -> None:
    sqs, url = running.client("sqs"), running.outputs["LeadsQueueUrl"]
    entries: list[dict[str, str]] = []
    for body in bodies:
        entries.append({"Id": str(len(entries)), "MessageBody": body})
        if len(entries) == 10:  # noqa: PLR2004 - what SQS takes at once
            sqs.send_message_batch(QueueUrl=url, Entries=entries)
            entries = []


def _draw(folder: Path, system: System) -> tuple[str, str]:
    """The time that a burst needs, by `MaximumConcurrency`."""
    from matplotlib import pyplot as plt  # noqa: PLC0415 - only for the picture

    sizes = (10_000, 100_000, 1_000_000)
    concurrency = (2, 5, 10, 25, 50, 100)
    figure, axes = plt.subplots(figsize=(7, 4))
    for size in sizes:
        drained = [
            simulate(replace(system, max_concurrency=number), 0, 0, queued=size).drained_at for number in concurrency
        ]
        axes.plot(concurrency, drained, "o-", label=f"{size:,} leads")
    axes.set(xscale="log", yscale="log", xlabel="MaximumConcurrency", ylabel="seconds until the queue is empty")
    axes.set_xticks(concurrency, [str(number) for number in concurrency], minor=False)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(folder / "scale.svg", bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
    return "scale.svg", "Seconds until a queue of 10,000, 100,000 and 1,000,000 leads is empty, by MaximumConcurrency"
