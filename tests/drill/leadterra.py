"""The drill's own Leadterra on a loopback port, which records what it stores and fails in many ways.

Some faults are scheduled, one per request. Others belong to certain leads and occur whenever these are sent.
"""

import json
import socket
import struct
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, Final

API_KEY: Final = "sk_test_drill"
# A firewall blocks the first text. The service fails at the second.
SCRIPT: Final = "<script>"
POISON: Final = "Poison Ltd"
# The endings of refused addresses, and of those on the suppression list.
REFUSED: Final = "@refused.example"
SUPPRESSED: Final = "@suppressed.example"

type Row = dict[str, Any]
type Answer = tuple[int, Any, dict[str, str]]
"""Status, body and headers. A text is a page."""

_PAGE: Final = "<html><h1>Something is wrong</h1></html>"
_NOTHING: Final = {"enrolled": 0, "updated": 0, "total": 0}
AT_ANY_REQUEST: Final[dict[str, Answer]] = {
    "500 in JSON": (500, {"error": {"code": "internal", "message": "internal error"}}, {}),
    "502 with a page": (502, _PAGE, {}),
    "503 with Retry-After in seconds": (503, _PAGE, {"Retry-After": "2"}),
    "503 with Retry-After as a date": (503, _PAGE, {"Retry-After": formatdate(time.time() + 3_600, usegmt=True)}),
    "429 without Retry-After": (429, {"error": "slow down"}, {}),
    "401": (401, {"error": {"code": "authentication_failed"}}, {}),
    "403 in JSON": (403, {"error": "this key may not do that"}, {}),
    "404": (404, {"error": {"code": "campaign_not_found"}}, {}),
    "302": (302, _PAGE, {"Location": "/login"}),
    "413": (413, _PAGE, {}),
    "200 with success: false": (200, {"success": False, "message": "archived", **_NOTHING}, {}),
    "200 that reports a quota": (200, {**_NOTHING, "errors": [{"message": "Daily lead quota exceeded"}]}, {}),
    "200 with a page": (200, _PAGE, {}),
}
AT_A_LEAD: Final[dict[str, Answer]] = {
    "a firewall's 403 for a text": (403, _PAGE, {}),
    "500 for a lead": (500, {"error": "internal"}, {}),
}
# The first two store nothing. The first takes half a minute, so it happens while others are still sent.
_CUT: Final = ("hanging", "dropped before storing", "dropped after storing", "half an answer")
SCHEDULED: Final = (*_CUT, *AT_ANY_REQUEST)
# How each campaign refuses a lead. The last two store the good ones of the request.
CAMPAIGNS: Final = {
    "camp_news": "422 with hints",
    "camp_users": "422 without hints",
    "camp_partners": "422 that stored the good leads",
    "camp_trial": "207 that names leads",
}
KINDS: Final = {*SCHEDULED, *AT_A_LEAD, *CAMPAIGNS.values()}
# These use the guide's envelope. The others use the reference's, which has no count of skipped leads.
_GUIDE: Final = {"camp_news", "camp_users"}


class MisbehavingLeadterra(ThreadingHTTPServer):
    """A server that answers while `serve_forever` runs.

    Attributes:
        met: the number of requests by kind of fault; "" are those that were served.
        stored: stored leads by campaign id and address.
        sent: each lead of each request, with its campaign id.
    """

    daemon_threads = True

    def __init__(self, rounds: int) -> None:
        """Each scheduled fault occurs `rounds` times: first one after the other, then at every second request."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url: Final = f"http://127.0.0.1:{self.server_port}"
        self.met: Final = Counter[str]()
        self.stored: Final = defaultdict[str, dict[str, Row]](dict)
        self.sent: Final[list[tuple[str, Row]]] = []
        self._schedule = [*SCHEDULED, *[kind for each in SCHEDULED for kind in ("", each)] * (rounds - 1)]
        self._lock: Final = Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that hang up."""

    def receive(self, campaign: str, rows: Sequence[Row]) -> tuple[str, Answer]:
        """The kind of fault for this request, and the answer."""
        with self._lock:
            self.sent.extend((campaign, row) for row in rows)
            bad = [index for index, row in enumerate(rows) if row["email"].endswith(REFUSED)]
            refusal = CAMPAIGNS[campaign] if bad else ""
            kind = self._fault(rows) or refusal
            self.met[kind] += 1
            if answer := AT_ANY_REQUEST.get(kind) or AT_A_LEAD.get(kind):
                return kind, answer
            stores = kind not in {*_CUT[:2], CAMPAIGNS["camp_news"], CAMPAIGNS["camp_users"]}
            counts = self._store(campaign, [row for row in rows if stores and not row["email"].endswith(REFUSED)])
            errors = [{"index": index, "email": rows[index]["email"], "message": "no mailbox"} for index in bad]
            match kind:
                case "422 with hints":
                    return kind, (422, {"errors": errors}, {})
                case "422 without hints" | "422 that stored the good leads":
                    return kind, (422, {"error": {"message": "no mailbox"}}, {})
                case "207 that names leads":
                    return kind, (207, {**counts, "errors": errors}, {})
            return kind, (200, {"result": counts} if campaign in _GUIDE else counts, {})

    def _fault(self, rows: Sequence[Row]) -> str:
        texts = {value for row in rows for value in row.values() if isinstance(value, str)}
        if any(SCRIPT in text for text in texts):
            return "a firewall's 403 for a text"
        if POISON in texts:
            return "500 for a lead"
        # A 413 for a single lead would mean a bad lead.
        places = [place for place, kind in enumerate(self._schedule) if kind != "413" or len(rows) > 1]
        return self._schedule.pop(places[0]) if places else ""

    def _store(self, campaign: str, rows: Sequence[Row]) -> dict[str, int]:
        leads = self.stored[campaign]
        kept = [row for row in rows if not row["email"].endswith(SUPPRESSED)]
        updated = sum(row["email"] in leads for row in kept)
        for row in kept:
            leads[row["email"]] = {**leads.get(row["email"], {}), **row}
        skipped = {"skipped": len(rows) - len(kept)} if campaign in _GUIDE else {}
        return {"enrolled": len(kept) - updated, "updated": updated, "total": len(kept), **skipped}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body in one packet, because two are delayed.
    wbufsize = -1
    server: MisbehavingLeadterra

    def do_POST(self) -> None:
        """`POST /v1/campaigns/:id/leads/bulk`."""
        rows = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["leads"]
        if self.headers["Authorization"] != f"Bearer {API_KEY}":
            return self._send(401, {"error": "no such key"}, {})
        kind, answer = self.server.receive(self.path.split("/")[3], rows)
        match kind:
            case "dropped before storing" | "dropped after storing":
                # A reset, not an orderly end.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            case "hanging":
                # Until the client gives up.
                self.connection.recv(1)
                self.close_connection = True
            case _:
                self._send(*answer, half=kind == "half an answer")
        return None

    def _send(self, status: int, body: Any, headers: dict[str, str], *, half: bool = False) -> None:
        is_page = isinstance(body, str)
        content = body.encode() if is_page else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "text/html" if is_page else "application/json", **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if half else content)
        self.close_connection |= half

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as `http.server` calls it
        """Log nothing: `met` counts the answers."""
