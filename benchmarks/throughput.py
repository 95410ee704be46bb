"""Throughput of enroll, next to one request per lead and next to a bulk request without isolation."""

import contextlib
import io
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any, Final

import httpx
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from benchmarks.report import Claim, Section, ratio
from benchmarks.warm import within
from benchmarks.workload import Context, batch, environment

LATENCY: Final = 0.05
LEADS: Final = 1_000
# One request per lead takes a second for twenty.
FEW: Final = 40
ROUNDS: Final = 15
TEXT: Final = f"""\
Leads per second of one worker if Leadterra answers after {LATENCY * 1_000:.0f} ms. "One request per record" is
Powertools' `BatchProcessor`. "Plain bulk post" reads the messages, sends one request and reads the status, without
checks, isolation, merging, outcomes and logs."""
_MORE: Final = "While enroll checks, merges and logs a thousand leads, no request is under way"


def measure() -> Section:
    """Time the three ways in turns."""
    context: Any = Context()
    with environment(LATENCY) as variables, within(variables):
        from functions.enroll.handler import handler  # noqa: PLC0415 - it needs the environment

        ways: dict[str, tuple[int, Callable[[dict[str, Any]], Any]]] = {
            "enroll": (LEADS, lambda event: handler(event, context)),
            "plain bulk post": (LEADS, _plain(os.environ["LEADTERRA_BASE_URL"])),
            "one request per record": (FEW, _per_record(os.environ["LEADTERRA_BASE_URL"])),
        }
        rates: dict[str, list[float]] = {name: [] for name in ways}
        with contextlib.redirect_stdout(io.StringIO()):
            for number in range(ROUNDS + 1):
                for name, (count, deliver) in ways.items():
                    event = batch(count, number)
                    started = time.perf_counter()
                    answer = deliver(event)
                    rates[name].append(count / (time.perf_counter() - started))
                    if answer["batchItemFailures"]:
                        raise RuntimeError(answer)
    # The first round makes the connections.
    enroll, plain, one_by_one = (found[1:] for found in rates.values())
    return Section(
        "Throughput",
        TEXT,
        ("way", "leads per second"),
        [(name, f"{statistics.median(found[1:]):,.0f}") for name, found in rates.items()],
        [
            Claim("enroll / one request per record", ratio(enroll, one_by_one), 500, at_least=True),
            Claim("enroll / plain bulk post", ratio(enroll, plain), 0.88, at_least=True, reason=_MORE),
        ],
    )


def _plain(url: str) -> Callable[[dict[str, Any]], Any]:
    client = httpx.Client(headers={"Authorization": "Bearer sk_live_benchmark"})

    def deliver(event: dict[str, Any]) -> dict[str, Any]:
        leads = [json.loads(record["body"])["lead"] for record in event["Records"]]
        client.post(f"{url}/v1/campaigns/camp_1/leads/bulk", json={"leads": leads}).raise_for_status()
        return {"batchItemFailures": []}

    return deliver


def _per_record(url: str) -> Callable[[dict[str, Any]], Any]:
    client = httpx.Client(headers={"Authorization": "Bearer sk_live_benchmark"})
    processor = BatchProcessor(event_type=EventType.SQS)

    def deliver_one(record: Any) -> None:
        lead = json.loads(record.body)["lead"]
        client.post(f"{url}/v1/campaigns/camp_1/leads", json=lead).raise_for_status()

    def deliver(event: dict[str, Any]) -> Any:
        context: Any = Context()
        return process_partial_response(event, deliver_one, processor, context)

    return deliver
