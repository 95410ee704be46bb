"""Warm path: CPU of the handlers in this process; AWS and Leadterra run in another one."""

import contextlib
import io
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from benchmarks.report import Claim, Section, ratio
from benchmarks.workload import Context, batch, environment, form, people, signed
from leads.io.queues import Entry, Queues
from leads.io.settings import Settings
from leads.message.decoding import decode

# What a call to SQS takes within a region.
CALL_SECONDS: Final = 0.008
LIST: Final = 5_000
BATCHES: Final = (1, 10, 100, 1_000)
ROUNDS: Final = 300
LIST_ROUNDS: Final = 5
TEXT: Final = f"""\
CPU time of warm handlers, called as Lambda does, over real sockets. A signed webhook makes three calls to AWS
(store the event's id, send the lead, mark the id as done), a form makes one: most of the CPU time is boto3. The
list of {LIST:,}
people makes 500 concurrent calls to SQS, which answers after {CALL_SECONDS * 1_000:.0f} ms."""

_LIST: Final = (
    "One process runs on one core and used {:.2f} s of CPU: {:.2f} s for boto3's 500 calls, the rest to read the"
    " people and to write their messages. No setting of boto3 (checksums, compression, retries, signing) makes a call"
    " cheaper"
)
_ENROLL: Final = (
    "pydantic needs {:.1f} us to read a message, and the standard library {:.1f} us to read and write a"
    " lead's JSON. The invocation itself is {:.1f} us of it, as a batch of one shows: httpx's request, a log line,"
    " metrics. The rest finds duplicates, writes the request and hashes each id for the log"
)

type Handler = Callable[[dict[str, Any], Any], Any]


def intake_cpu(event: Callable[[int], dict[str, Any]], rounds: int = ROUNDS) -> float:
    """Median CPU seconds of a request; `event` makes the request of a number."""
    from functions.intake.handler import handler  # noqa: PLC0415 - it needs the environment

    times = [_cpu(handler, event(number), lambda answer: answer["statusCode"] == 200) for number in range(rounds + 3)]  # noqa: PLR2004
    return statistics.median(times[3:])


def enroll_cpu(count: int, rounds: int = 40) -> dict[str, list[float]]:
    """CPU seconds of a lead in batches of `count`, and of what is done to each of them, in turns."""
    from functions.enroll.handler import handler  # noqa: PLC0415 - it needs the environment

    def read(event: dict[str, Any], _: Any) -> Any:
        return [decode(record["body"], message_id="", sent_at=0) for record in event["Records"]]

    def read_and_write(event: dict[str, Any], _: Any) -> Any:
        return [json.dumps(json.loads(record["body"])) for record in event["Records"]]

    ways: dict[str, Handler] = {"enroll": handler, "reading": read, "JSON": read_and_write}
    spent: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 3):
        event = batch(count, number)
        for name, way in ways.items():
            spent[name].append(_cpu(way, event, _is_right) / count)
    return {name: found[3:] for name, found in spent.items()}


def measure() -> Section:
    """Measure intake and enroll."""
    with environment() as variables, within(variables):
        a_form, a_webhook = intake_cpu(form), intake_cpu(signed)
        enroll = {count: enroll_cpu(count) for count in BATCHES}
    with environment(CALL_SECONDS) as variables, within(variables):
        lists = [(_time(_accept_list), _time(_send_list)) for _ in range(LIST_ROUNDS)]
    (wall, cpu), (calls_wall, calls_cpu) = (
        map(statistics.median, zip(*found, strict=True)) for found in zip(*lists, strict=True)
    )
    full = enroll[max(BATCHES)]
    reading, floor = (statistics.median(full[name]) * 1e6 for name in ("reading", "JSON"))
    rows = [
        ("intake: a form", f"{a_form * 1_000:.2f} ms"),
        ("intake: a signed webhook", f"{a_webhook * 1_000:.2f} ms"),
        (f"intake: a list of {LIST:,} people", f"{cpu:.2f} s ({wall:.2f} s in all)"),
        ("the 500 calls of that list alone", f"{calls_cpu:.2f} s ({calls_wall:.2f} s in all)"),
        *(
            (f"enroll: a lead in a batch of {count:,}", f"{statistics.median(spent['enroll']) * 1e6:,.1f} us")
            for count, spent in enroll.items()
        ),
        ("reading a lead's message with pydantic alone", f"{reading:.1f} us"),
        ("reading and writing a lead's JSON, for comparison", f"{floor:.1f} us"),
    ]
    return Section(
        "Warm path",
        TEXT,
        ("what", "CPU"),
        rows,
        [
            Claim(f"seconds for a list of {LIST:,}", wall, 2.0, reason=_LIST.format(cpu, calls_cpu)),
            Claim(
                "microseconds of enroll for a lead, batch of 1,000",
                statistics.median(full["enroll"]) * 1e6,
                12.0,
                reason=_ENROLL.format(reading, floor, statistics.median(enroll[1]["enroll"]) * 1e6 / max(BATCHES)),
            ),
            Claim("enroll, batch of 1,000 / JSON alone", ratio(full["enroll"], full["JSON"]), 2.4),
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


def _send_list() -> None:
    from leads.io.aws import sqs  # noqa: PLC0415 - it needs the environment

    settings = Settings.from_environ()
    entries = [Entry(record["body"]) for record in batch(LIST)["Records"]]
    if Queues(sqs(settings)).send(settings.leads_queue_url, entries):
        raise RuntimeError


def _time(call: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock, and of CPU."""
    started, spent = time.perf_counter(), time.process_time()
    call()
    return time.perf_counter() - started, time.process_time() - spent


def _is_right(answer: Any) -> bool:
    return answer == {"batchItemFailures": []} or isinstance(answer, list)


def _cpu(handler: Handler, event: dict[str, Any], right: Callable[[Any], bool]) -> float:
    context: Any = Context()
    with contextlib.redirect_stdout(io.StringIO()):
        started = time.process_time()
        answer = handler(event, context)
        spent = time.process_time() - started
    if not right(answer):
        raise RuntimeError(answer)
    return spent
