"""Cost: dollars per million signups, term by term, from what the functions were seen to do and a table of prices."""

import contextlib
import io
import json
import math
import os
import re
import statistics
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final, Self

from samtranslator.yaml_helper import yaml_parse

from benchmarks.report import ROOT, Claim, Section
from benchmarks.warm import CALL_SECONDS, within
from benchmarks.workload import Context, batch, environment, form, signed

# AWS list prices in us-east-1 (arm64), read on 2026-11-22. Free tiers are left out.
PRICES_READ_ON: Final = "2026-11-22"
API_REQUEST: Final = 1.00e-6
INVOCATION: Final = 0.20e-6
GB_SECOND: Final = 0.0000133334
SQS_REQUEST: Final = 0.40e-6
TABLE_WRITE: Final = 0.625e-6
LOG_BYTE: Final = 0.50e-9
# Zapier's Professional plan: $89 a month for 5,000 tasks (arment.com's FAQ on its connector, read on 2026-11-30).
PEER: Final = ("Zapier Professional, 5,000 tasks a month", 89 / 5_000 * 1e6)

# What Leadterra takes to answer a bulk request; no figure is published.
_LEADTERRA_SECONDS: Final = 0.3
_ROUNDS: Final = 40
# One ReceiveMessage and one DeleteMessageBatch carry ten messages at most.
_PER_CALL: Final = 10
TEXT: Final = f"""\
Dollars per million signups at list prices in us-east-1 on arm64, read on {PRICES_READ_ON}, without free tiers.
CPU time, calls and log bytes are measured. A duration is the CPU time plus {CALL_SECONDS * 1_000:.0f} ms per call.
Leadterra answers in {_LEADTERRA_SECONDS:.1f} s (assumed). Trickle: each signup is delivered alone. Steady:
batches of 10. Burst and import: full batches. Fixed costs (alarms, metrics, secret) are in
[operations.md](operations.md#what-it-costs-a-month)."""


_PRICES: Final = (
    "Requests and waiting for three calls to AWS cost {:.2f} of it. Most of the rest is boto3's CPU time, and logs"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one invocation of a function was seen to take."""

    seconds: float
    log_bytes: float
    calls: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Costs:
    """What signups cost: what intake was seen to take, by kind, and enroll by leads in a batch."""

    intake: Mapping[str, Seen]
    enroll: Mapping[int, Seen]

    @classmethod
    def measure(cls) -> Self:
        """Watch both functions at work."""
        with environment(CALL_SECONDS) as variables, within(variables):
            from functions.enroll.handler import handler as enroll  # noqa: PLC0415 - it needs the environment
            from functions.intake.handler import handler as intake  # noqa: PLC0415

            url = variables["AWS_ENDPOINT_URL"]
            kinds = {"form": watch(intake, form, url), "signed webhook": watch(intake, signed, url)}
            os.environ.pop("DELIVERIES_TABLE")
            kinds["signed webhook, no deduplication"] = watch(intake, lambda n: signed(n + 10_000), url)
            batches = {count: watch(enroll, partial(_batch, count), url) for count in (1, 1_000)}
        return cls(kinds, batches)

    def terms(self, kind: str, count: float) -> dict[str, float]:
        """Dollars per million signups of a kind that are delivered in batches of `count`, term by term."""
        return {**_intake_terms(self.intake[kind]), **self.delivery(count)}

    def dollars(self, kind: str, count: float) -> float:
        """The sum of the terms."""
        return sum(self.terms(kind, count).values())

    def delivery(self, count: float) -> dict[str, float]:
        """Dollars for a million leads in batches of `count`."""
        one, full = self.enroll[1], self.enroll[1_000]
        seconds = _between(one.seconds, full.seconds, count) - CALL_SECONDS + _LEADTERRA_SECONDS
        polls = 2 * math.ceil(count / _PER_CALL)
        return {
            "delivery: SQS": polls * SQS_REQUEST / count * 1e6,
            "delivery: Lambda": _lambda(seconds, _memory("EnrollFunction")) / count,
            "delivery: logs": _between(one.log_bytes, full.log_bytes, count) * LOG_BYTE / count * 1e6,
        }


def _batch(count: int, number: int) -> dict[str, Any]:
    return batch(count, number)


def _between(one: float, thousand: float, count: float) -> float:
    """On the line through the values for 1 and for 1,000 leads."""
    return one + (thousand - one) * (count - 1) / 999


def measure(costs: Costs) -> Section:
    """Add up what signups cost."""
    table = {
        (pace, kind): costs.terms(kind, count)
        for pace, count in (("trickle", 1), ("steady", 10), ("burst", 1_000))
        for kind in costs.intake
    }
    table["import", "row"] = {"SQS send": SQS_REQUEST / _PER_CALL * 1e6, **costs.delivery(1_000)}
    terms = list(dict.fromkeys(term for cost in table.values() for term in cost))
    rows = [
        (f"{pace}: {kind}", *(f"{cost.get(term, 0):.2f}" for term in terms), f"**{sum(cost.values()):.2f}**")
        for (pace, kind), cost in table.items()
    ]
    peer, price = PEER
    rows.append((peer, *([""] * len(terms)), f"{price:,.0f}"))
    return Section(
        "Cost",
        TEXT,
        ("per million", *terms, "sum, $"),
        rows,
        [
            Claim("dollars per million forms, in a burst", costs.dollars("form", 1_000), 2.30),
            Claim(
                "dollars per million signed webhooks with deduplication, in a burst",
                costs.dollars("signed webhook", 1_000),
                3.70,
                reason=_PRICES.format(
                    _least_dollars(costs.intake["signed webhook"]) + costs.delivery(1_000)["delivery: SQS"]
                ),
            ),
        ],
    )


def watch(handler: Callable[..., Any], event: Callable[[int], dict[str, Any]], url: str) -> Seen:
    """Medians of some invocations of a warm handler, once no first call to anything is among them."""
    before, cpu, log_bytes = dict[str, int](), [], []
    for number in range(_ROUNDS + 1):
        written = io.StringIO()
        with contextlib.redirect_stdout(written), _logging_to(written):
            started = time.process_time()
            handler(event(number), Context())
            if not number:
                before = _calls(url)
                continue
            cpu.append(time.process_time() - started)
        log_bytes.append(len(written.getvalue().encode()))
    made = {call: (count - before.get(call, 0)) / _ROUNDS for call, count in _calls(url).items()}
    # The clock would also count what else this machine does. No two calls are made at once.
    seconds = statistics.median(cpu) + sum(made.values()) * CALL_SECONDS
    return Seen(seconds, statistics.median(log_bytes), made)


@contextlib.contextmanager
def _logging_to(stream: io.StringIO) -> Any:
    """The logger keeps the stream that it was made with."""
    import logging  # noqa: PLC0415

    from leads.io.telemetry import logger  # noqa: PLC0415

    handlers = [each for each in logger().handlers if isinstance(each, logging.StreamHandler)]
    kept = [each.setStream(stream) for each in handlers]
    try:
        yield
    finally:
        for each, before in zip(handlers, kept, strict=True):
            if before is not None:
                each.setStream(before)


def _calls(url: str) -> dict[str, int]:
    with urllib.request.urlopen(f"{url}/counts") as answer:  # noqa: S310 - our own server
        found: dict[str, int] = json.load(answer)["calls"]
        return found


def _intake_terms(seen: Seen) -> dict[str, float]:
    return {
        "API": API_REQUEST * 1e6,
        "Lambda": _lambda(seen.seconds, _memory("IntakeFunction")),
        "SQS send": _count(seen, "SendMessage") * SQS_REQUEST * 1e6,
        "table": _count(seen, "DynamoDB") * TABLE_WRITE * 1e6,
        "logs": (seen.log_bytes + _access_log_bytes()) * LOG_BYTE * 1e6,
    }


def _least_dollars(seen: Seen) -> float:
    """What a million requests would cost without any CPU time and logs of ours."""
    waits = _lambda(sum(seen.calls.values()) * CALL_SECONDS, _memory("IntakeFunction"))
    return waits + sum(price for name, price in _intake_terms(seen).items() if name not in {"Lambda", "logs"})


def _lambda(seconds: float, gigabytes: float) -> float:
    """Dollars for a million invocations; Lambda bills whole milliseconds."""
    return (INVOCATION + math.ceil(seconds * 1_000) / 1_000 * gigabytes * GB_SECOND) * 1e6


def _count(seen: Seen, call: str) -> float:
    return sum(count for name, count in seen.calls.items() if call in name)


def _memory(function: str) -> float:
    return float(_resources()[function]["Properties"]["MemorySize"]) / 1024


@cache
def _resources() -> dict[str, Any]:
    resources: dict[str, Any] = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))["Resources"]
    return resources


def _access_log_bytes() -> int:
    """A line of API Gateway's log; the values are as long as real ones."""
    line = _resources()["Api"]["Properties"]["AccessLogSettings"]["Format"]
    lengths = {"requestId": 16, "httpMethod": 4, "routeKey": 8, "status": 3}
    return len(re.sub(r"\$context\.([A-Za-z.]+)", lambda found: "x" * lengths.get(found[1], 2), line))
