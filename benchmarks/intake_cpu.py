"""CPU time that intake takes for a signed Typeform request, warm: verified, read, mapped, queued, remembered.

The real handler is called as Lambda calls it; AWS is a server in another process, whose time is not counted. Printed
beside it is what of it is spent on verifying, reading and mapping. The rest is three calls through boto3 clients, about
1.3 ms each on a quiet machine.
"""

import base64
import contextlib
import hmac
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "layers" / "shared")]

from benchmarks.stand_in import SECRET, aws  # noqa: E402 - the path comes first

ROUNDS: Final = 400
TARGET_MS: Final = 5.0
QUESTIONS: Final = [
    ("What is your first name?", "text", "Ada"),
    ("What is your last name?", "text", "King"),
    ("Work email", "email", "ada@example.com"),
    ("Company", "text", "Example Engines"),
    ("Your role", "text", "Analyst"),
    ("Team size", "number", 5),
    ("Accept terms", "boolean", True),
]
CONFIG: Final = """
[campaigns.newsletter]
id = "camp_1"
[sources.demo]
provider = "typeform"
campaign = "newsletter"
custom_fields = ["Team size"]
"""


def request(number: int) -> dict[str, Any]:
    """What API Gateway hands over: a new event each time."""
    fields = [{"id": f"q{n}", "title": title, "type": kind} for n, (title, kind, _) in enumerate(QUESTIONS)]
    answers = [{"type": kind, kind: value, "field": {"id": f"q{n}"}} for n, (_, kind, value) in enumerate(QUESTIONS)]
    form = {"token": f"t{number}", "definition": {"fields": fields}, "answers": answers, "hidden": {"utm_source": "x"}}
    body = json.dumps({"event_id": f"e{number}", "event_type": "form_response", "form_response": form})
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body.encode(), "sha256")).decode()
    headers = {"content-type": "application/json", "typeform-signature": f"sha256={signature}"}
    method = {"http": {"method": "POST", "path": "/hooks/demo"}}
    return {"version": "2.0", "rawPath": "/hooks/demo", "headers": headers, "requestContext": method, "body": body}


def median_cpu_ms(call: Callable[[int], object]) -> float:
    times = []
    for number in range(ROUNDS + 20):
        start = time.process_time()
        call(number)
        times.append(time.process_time() - start)
    return statistics.median(times[20:]) * 1_000


@contextlib.contextmanager
def stack() -> Iterator[dict[str, str]]:
    """An AWS in another process and a configuration in a file; yields the variables that the template would set."""
    with aws() as endpoint, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enrollment.toml"
        path.write_text(CONFIG)
        yield environment(endpoint, path)


def main() -> None:
    """Print both figures, the first with its target."""
    with stack() as variables:
        os.environ |= variables
        whole, own = measure(Path(variables["ENROLLMENT_CONFIG"]))
    print(f"a signed Typeform request, median of {ROUNDS}: {whole:.2f} ms CPU, target: under {TARGET_MS} ms")
    print(f"of which verification, reading, mapping and encoding: {own:.3f} ms")


def environment(endpoint: str, config: Path) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "benchmark",
        "AWS_SECRET_ACCESS_KEY": "benchmark",
        "LEADS_QUEUE_URL": f"{endpoint}/1/leads",
        "DEAD_LETTER_QUEUE_URL": f"{endpoint}/1/dead",
        "SECRET_ID": "s",
        "DELIVERIES_TABLE": "t",
        "ENROLLMENT_CONFIG": str(config),
    }


def measure(path: Path) -> tuple[float, float]:
    from datetime import UTC, datetime  # noqa: PLC0415 - after the environment is set

    from functions.intake.handler import handler  # noqa: PLC0415
    from leads.config.schema import parse  # noqa: PLC0415
    from leads.event.event import from_http  # noqa: PLC0415
    from leads.event.verify import verify  # noqa: PLC0415
    from leads.message.intake import read  # noqa: PLC0415

    source = parse(path.read_text()).sources["demo"]
    requests = [request(number) for number in range(ROUNDS + 20)]

    def own(number: int) -> object:
        event = from_http(requests[number], datetime.now(UTC))
        if event is None:
            raise AssertionError
        verify(event, source, [SECRET])
        return read(event, source, lambda: "id").bodies

    def whole(number: int) -> object:
        with contextlib.redirect_stdout(io.StringIO()):
            answered = handler(requests[number], None)
        if answered["body"] != '{"accepted":1}':
            raise AssertionError(answered)
        return answered

    return median_cpu_ms(whole), median_cpu_ms(own)


if __name__ == "__main__":
    main()
