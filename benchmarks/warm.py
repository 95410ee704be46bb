"""Warm path: CPU of the handlers in this process; AWS and Leadterra run in another one."""

import contextlib
import io
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from benchmarks.report import Claim, Section
from benchmarks.workload import Context, batch, environment, form, people, signed

# What a call to SQS takes within a region.
CALL_SECONDS: Final = 0.008
LIST: Final = 5_000
BATCHES: Final = (1, 10, 100, 1_000)
ROUNDS: Final = 300
TEXT: Final = f"""\
The handlers as Lambda calls them, once they are warm, over real sockets. A signed webhook makes three calls to AWS
(remember the event's id, send the lead, mark the id as done), a form makes one: most of their CPU is boto3. The list of
{LIST:,} people takes 500 calls to SQS, which run concurrently; each takes {CALL_SECONDS * 1_000:.0f} ms there."""

type Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def intake_cpu(event: Callable[[int], dict[str, Any]], rounds: int = ROUNDS) -> float:
    """Median CPU seconds of a request; `event` makes the request of a number."""
    from functions.intake.handler import handler  # noqa: PLC0415 - it needs the environment

    return _median(handler, [event(number) for number in range(rounds)], lambda answer: answer["statusCode"] == 200)  # noqa: PLR2004


def enroll_cpu(count: int, rounds: int = 40) -> float:
    """Median CPU seconds of a lead in batches of `count`."""
    from functions.enroll.handler import handler  # noqa: PLC0415 - it needs the environment

    events = [batch(count, number) for number in range(rounds)]
    return _median(handler, events, lambda answer: answer == {"batchItemFailures": []}) / count


def json_cpu(rounds: int = 40) -> float:
    """Median CPU seconds for reading and writing the JSON of a lead."""
    records = batch(max(BATCHES))["Records"]
    return _median(
        lambda *_: {"done": [json.dumps(json.loads(record["body"])) for record in records]}, [{}] * rounds, bool
    ) / len(records)


def measure() -> Section:
    """Measure intake and enroll."""
    with environment() as variables, within(variables):
        a_form, a_webhook = intake_cpu(form), intake_cpu(signed)
        enroll = {count: enroll_cpu(count) for count in BATCHES}
        floor = json_cpu()
    with environment(CALL_SECONDS) as variables, within(variables):
        started, spent = time.perf_counter(), time.process_time()
        _accept_list()
        wall, cpu = time.perf_counter() - started, time.process_time() - spent
    rows = [
        ("intake: a form", f"{a_form * 1_000:.2f} ms"),
        ("intake: a signed webhook", f"{a_webhook * 1_000:.2f} ms"),
        (f"intake: a list of {LIST:,} people", f"{cpu:.2f} s ({wall:.2f} s in all)"),
        *((f"enroll: a lead in a batch of {count:,}", f"{spent * 1e6:,.1f} us") for count, spent in enroll.items()),
        ("reading and writing a lead's JSON, for comparison", f"{floor * 1e6:.1f} us"),
    ]
    return Section(
        "Warm path",
        TEXT,
        ("what", "CPU"),
        rows,
        [
            Claim(f"seconds for a list of {LIST:,}", wall, 2.0),
            Claim("microseconds of enroll for a lead, batch of 1,000", enroll[1_000] * 1e6, 12.0),
            Claim("enroll, batch of 1,000 / JSON alone", enroll[1_000] / floor, 2.4),
        ],
    )


@contextlib.contextmanager
def within(variables: dict[str, str]) -> Iterator[None]:
    """Set the environment for the block."""
    before = dict(os.environ)
    os.environ |= variables
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def _accept_list() -> None:
    from functions.intake.handler import handler  # noqa: PLC0415 - it needs the environment

    with contextlib.redirect_stdout(io.StringIO()):
        context: Any = Context()
        answer = handler(people(0, LIST), context)
    if json.loads(answer["body"])["accepted"] != LIST:
        raise RuntimeError(answer)


def _median(handler: Any, events: Sequence[dict[str, Any]], right: Callable[[Any], bool]) -> float:
    times = []
    for event in (*events[:3], *events):
        with contextlib.redirect_stdout(io.StringIO()):
            started = time.process_time()
            answer = handler(event, Context())
            times.append(time.process_time() - started)
        if not right(answer):
            raise RuntimeError(answer)
    return statistics.median(times[3:])
