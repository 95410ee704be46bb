"""What one lead passes that Leadterra refuses with 422: modules, functions and crossings between modules.

The real handler delivers it over a real socket, twice. The second time is counted. Target: at most 20 modules of
`leads` and `functions`, and 70 crossings. `--list` names the crossings.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import FrameType

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[1] / "layers" / "shared")]

from benchmarks.stand_in import Aws  # noqa: E402 - the path is set above
from benchmarks.workload import CONFIG, Context, batch  # noqa: E402


class Refusing(Aws):
    """Leadterra, which refuses everything, and the calls of AWS that a dead letter needs."""

    def do_POST(self) -> None:  # noqa: N802 - the name that http.server calls
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status = 200
        answer: dict[str, object] = {"SecretString": json.dumps({"leadterra_api_key": "sk_live_benchmark"})}
        if "Entries" in asked:
            answer = {"Successful": [{"Id": entry["Id"], "MessageId": "m"} for entry in asked["Entries"]], "Failed": []}
        elif "leads" in asked:
            status = 422
            answer = {"errors": [{"index": 0, "field": "email", "message": "invalid email format"}]}
        self._answer(json.dumps(answer).encode(), "application/json", status=status)


class Way:
    """The functions that were called, and the calls from one module to another."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, str]] = set()
        self.crossings: Counter[tuple[str, str]] = Counter()
        # Kept alive, so that a generator that goes on is not taken for a call.
        self._frames: dict[int, FrameType] = {}

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        if event != "call" or (module := _module(frame)) is None or id(frame) in self._frames:
            return
        self._frames[id(frame)] = frame
        self.functions.add((module, frame.f_code.co_qualname))
        caller = frame.f_back
        while caller and _module(caller) is None:
            caller = caller.f_back
        if caller and (before := _module(caller)) not in {None, module}:
            self.crossings[str(before), module] += 1


def _module(frame: FrameType) -> str | None:
    name = str(frame.f_globals.get("__name__", ""))
    return name if name.split(".", maxsplit=1)[0] in {"leads", "functions"} else None


@contextlib.contextmanager
def stack() -> Iterator[None]:
    """The environment of a deployed function."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "enrollment.toml"
        path.write_text(CONFIG)
        os.environ |= {
            "LEADS_QUEUE_URL": f"{url}/leads",
            "DEAD_LETTER_QUEUE_URL": f"{url}/dead",
            "SECRET_ID": "leads",
            "ENROLLMENT_CONFIG": str(path),
            "LEADTERRA_BASE_URL": url,
            "AWS_ENDPOINT_URL": url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "benchmark",
            "AWS_SECRET_ACCESS_KEY": "benchmark",
        }
        yield
    server.shutdown()


def main() -> None:
    with stack(), contextlib.redirect_stdout(io.StringIO()):
        from functions.enroll.handler import handler  # noqa: PLC0415 - it needs the environment

        event, way = batch(1), Way()
        handler(event, Context())  # type: ignore[arg-type]
        threading.setprofile(way)
        sys.setprofile(way)
        answer = handler(event, Context())  # type: ignore[arg-type]
        sys.setprofile(None)
        threading.setprofile(None)
    # A benchmark of failures is none.
    assert answer == {"batchItemFailures": []}  # noqa: S101
    if "--list" in sys.argv[1:]:
        for (before, after), number in sorted(way.crossings.items()):
            print(f"{number:4} {before} -> {after}")
    print(f"modules   {len({module for module, _ in way.functions}):4}")
    print(f"functions {len(way.functions):4}")
    print(f"crossings {way.crossings.total():4}")


if __name__ == "__main__":
    main()
