"""AWS and Leadterra in another process, as far as the benchmarks call them. Its CPU time is not counted.

LeadsQueue takes everything and remembers only which rows of an import it was sent, and how often. Leadterra enrolls
every lead.
"""

import contextlib
import hashlib
import json
import multiprocessing
import re
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from threading import Lock
from typing import Any, ClassVar, Final

SECRET: Final = "a secret of this benchmark"  # noqa: S105 - invented
# With a `log_key`, as a deployment generates one: the log has a hash of each address.
_SECRETS: Final = {
    "leadterra_api_key": "sk_live_benchmark",
    "log_key": SECRET,
    "sources": {"demo": SECRET, "crm": SECRET},
}
_ROW: Final = re.compile(r'"id":"[^":]+:(\d+)"')
_CBOR_EMPTY_MAP: Final = b"\xa0"


class Aws(BaseHTTPRequestHandler):
    """SQS, Secrets Manager, DynamoDB and CloudWatch; and, under `/_leads/stack`, the way there."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    lock = Lock()
    rows = bytearray()
    sent = 0
    latency = 0.0
    calls: ClassVar[Counter[str]] = Counter()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.latency)
        with self.lock:
            Aws.calls[self.headers.get("X-Amz-Target", self.path)] += 1
        if self.path.startswith("/v1/"):
            self._answer(json.dumps({"enrolled": body.count(b'"email"'), "updated": 0}).encode(), "application/json")
            return
        if "X-Amz-Target" not in self.headers:
            self._answer(_CBOR_EMPTY_MAP, "application/cbor", ("smithy-protocol", "rpc-v2-cbor"))
            return
        asked = json.loads(body)
        answer: dict[str, Any] = {"SecretString": json.dumps(_SECRETS)}
        if "Entries" in asked:
            answer = {"Successful": [_taken(entry) for entry in asked["Entries"]], "Failed": []}
            self._remember(body.decode())
        elif "TableName" in asked:
            answer = {}
        self._answer(json.dumps(answer).encode(), "application/x-amz-json-1.0")

    def do_GET(self) -> None:
        """How to get here, as `leads dev` says it; and what LeadsQueue was sent."""
        url = f"http://{self.headers['Host']}"
        outputs = {"LeadsQueueUrl": f"{url}/1/leads", "MetricsNamespace": "Benchmark"}
        about = {"url": url, "awsEndpoint": url, "awsAccessKey": "any", "outputs": outputs, "sources": []}
        counts = {"messages": self.sent, "rows": len(self.rows) - self.rows.count(0), "calls": self.calls}
        self._answer(json.dumps(about if self.path == "/_leads/stack" else counts).encode(), "application/json")

    def _remember(self, body: str) -> None:
        rows = [int(row) for row in _ROW.findall(body.replace('\\"', '"'))]
        with self.lock:
            Aws.sent += len(rows)
            if rows and max(rows) >= len(self.rows):
                self.rows.extend(bytes(max(rows) + 1_000_000 - len(self.rows)))
            for row in rows:
                self.rows[row] = 1

    def _answer(self, content: bytes, kind: str, *headers: tuple[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(content))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def _taken(entry: dict[str, str]) -> dict[str, str]:
    digest = hashlib.md5(entry["MessageBody"].encode()).hexdigest()  # noqa: S324 - SQS's own choice
    return {"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": digest}


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Nothing: a client that is killed leaves its last request unfinished."""


def serve(port: Connection, latency: float) -> None:
    """Listen until the process is ended."""
    Aws.latency = latency
    server = _Server(("127.0.0.1", 0), Aws)
    port.send(server.server_address[1])
    server.serve_forever()


@contextlib.contextmanager
def aws(latency: float = 0.0) -> Iterator[str]:
    """Its address; each answer takes `latency` seconds."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, latency), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()
