"""Events: what arrived, by HTTP or through EventsQueue, before it is verified or read.

Sources: API Gateway's payload format 2.0, Lambda's SQS event, SNS's notification and EventBridge's event, as
AWS documents them.
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from leads.config.schema import Enrollment
from leads.errors import Unreadable
from leads.json import at, dumps, loads_or_none

# Keys that the operator's commands add to a failed event or lead. They are kept in later failures as its history.
# `replay.of` is SQS's id of the replayed dead letter.
LINEAGE: Final = ("replay", "fixed")
_PATH: Final = re.compile(r"(?:^|/)(?:hooks/([^/]+)(?:/([^/]+))?|forms/([^/]+))/?$")
# An SNS topic may carry EventBridge events and a replay may carry either: there are no more than three envelopes.
_MAX_ENVELOPES: Final = 3
# A dead letter's body, see `Event.raw`. With any other key it is a producer's own event that has an `event`.
_DEAD_LETTER_KEYS: Final = frozenset({"version", "source", "event", "contentType", "failure", *LINEAGE})

type Envelope = Mapping[str, Any]


class Event(NamedTuple):
    """One delivery of one source."""

    source: str  # the name it claims, not checked yet
    body: bytes  # as sent: signatures are made over these bytes
    received_at: datetime
    method: str = "POST"
    headers: Mapping[str, str] = {}  # names in lower case
    token: str | None = None  # the last path segment, for senders that cannot sign
    id: str | None = None  # the transport's id; HTTP has none
    url: str = ""  # the address as it was called; some senders sign it
    for_forms: bool = False  # it came by `/forms/{source}`, which is for open sources only
    replayed: bool = False  # an operator sends a dead letter again, so an id inside it was seen before
    lineage: Mapping[str, Any] = {}  # the dead letter's earlier replays and corrections
    bus: "Envelope | None" = None  # EventBridge's envelope, if the body has been taken out of it

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")

    @property
    def tokens(self) -> list[str]:
        """The tokens of the request: in a header or in the path."""
        return [self.credentials("bearer"), self.headers.get("x-api-key", "").strip(), self.token or ""]

    def header(self, names: str) -> str:
        """The first of some headers, `a|b`, that is present; empty if none is."""
        return next((value for name in names.split("|") if (value := self.headers.get(name))), "")

    def at(self, place: str, document: Any) -> Any:
        """What is at `header:<name>`, or at a dotted path of the document."""
        kind, _, names = place.partition(":")
        return self.header(names).strip() if kind == "header" and names else at(document, place)

    def credentials(self, scheme: str) -> str:
        """The credentials of the `Authorization` header, if they are of this scheme."""
        named, _, credentials = self.header("authorization").strip().partition(" ")
        return credentials.strip() if named.lower() == scheme else ""

    def raw(self) -> dict[str, Any]:
        """The event as a dead letter carries it, and as EventsQueue takes it back."""
        content = self.bus or loads_or_none(self.body)
        content = self.body.decode(errors="replace") if content is None else content
        kept = {"contentType": self.content_type} if isinstance(content, str) and self.content_type else {}
        return {"version": 1, "source": self.source, "event": content, **kept, **self.lineage}


def from_http(request: Mapping[str, Any], now: datetime) -> Event | None:
    """An API Gateway event (payload format 2.0); None if its path is no hook's.

    Raises:
        Unreadable: the gateway says that the body is base64 and it is not.
    """
    path = request.get("rawPath") or ""
    found = _PATH.search(path)
    hook, token, form = map(unquote, found.groups("")) if found else ("", "", "")
    # A route of its own gives the name as a parameter, whatever precedes the path.
    parameters = request.get("pathParameters") or {}
    source = parameters.get("source") or hook or form
    if not source:
        return None
    headers = {str(name).lower(): str(value) for name, value in (request.get("headers") or {}).items()}
    query = f"?{text}" if (text := request.get("rawQueryString")) else ""
    return Event(
        source=source,
        token=parameters.get("token") or token or None,
        method=request.get("requestContext", {}).get("http", {}).get("method", "POST").upper(),
        headers=headers,
        body=_body(request),
        received_at=now,
        url=f"https://{headers.get('host', '')}{path}{query}",
        for_forms=bool(form) or "/forms/" in (request.get("routeKey") or ""),
    )


def _body(request: Mapping[str, Any]) -> bytes:
    body = request.get("body") or ""
    if not request.get("isBase64Encoded"):
        return str(body).encode(errors="surrogatepass")
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Unreadable("the body is not base64") from error


def from_queue(record: Mapping[str, Any], config: Enrollment, now: datetime) -> Event | None:
    """A raw event from EventsQueue without its envelopes; None if its source is not known.

    The innermost id wins: SNS and EventBridge repeat theirs when they deliver twice, SQS does not.
    """
    content, envelopes = unwrap(record["body"])
    source = _named(record, envelopes) or _matched([*envelopes, _decoded(content)], config)
    if source is None:
        return None
    dead_letter = next(filter(is_dead_letter, envelopes), {})
    # The dead letter's own id: a command that is killed may send it twice, and never two letters under one id.
    own_id = at(dead_letter, "replay.of") if dead_letter else envelope_id(envelopes)
    return Event(
        source=source,
        body=(content if isinstance(content, str) else dumps(content)).encode(errors="surrogatepass"),
        received_at=now,
        headers={"content-type": str(dead_letter.get("contentType", ""))},
        id=own_id if own_id and isinstance(own_id, str) else str(record["messageId"]),
        replayed=bool(dead_letter),
        lineage={key: dead_letter[key] for key in LINEAGE if key in dead_letter},
        bus=bus_of(envelopes),
    )


def unwrap(content: Any) -> tuple[Any, list[Envelope]]:
    """The provider's own event, and the envelopes around it, outermost first."""
    envelopes: list[Envelope] = []
    while len(envelopes) < _MAX_ENVELOPES and (inner := _inside(envelope := _decoded(content))) is not None:
        envelopes.append(envelope)
        content = inner
    return content, envelopes


def _decoded(content: Any) -> Any:
    return loads_or_none(content) if isinstance(content, str) else content


def _inside(envelope: Any) -> Any:
    """What an envelope carries; None if it is none."""
    match envelope:
        case {"Type": "Notification", "TopicArn": _, "Message": message}:
            return message
        case {"detail-type": _, "detail": detail, "source": _}:
            return detail
        case {"event": event} if is_dead_letter(envelope):
            return event
        case _:
            return None


def is_dead_letter(envelope: Envelope) -> bool:
    """Whether this is an event in the envelope of `Event.raw`, with its failure or sent again."""
    typed = isinstance(envelope.get("version"), int) and isinstance(envelope.get("source"), str)
    return typed and "event" in envelope and envelope.keys() <= _DEAD_LETTER_KEYS


def bus_of(envelopes: Sequence[Envelope]) -> Envelope | None:
    """EventBridge's envelope, the outermost of several. It says what kind of event it is."""
    return next((envelope for envelope in envelopes if "detail-type" in envelope), None)


def envelope_id(envelopes: Sequence[Envelope]) -> str | None:
    """The id that SNS or EventBridge gave, the innermost first."""
    ids = (envelope.get(key) for envelope in reversed(envelopes) for key in ("MessageId", "id"))
    return next((str(found) for found in ids if found), None)


def _named(record: Mapping[str, Any], envelopes: Sequence[Envelope]) -> str | None:
    """The source that a message attribute, of SQS's or SNS's, or a dead letter's own body names."""
    inner = [at(e, "source" if is_dead_letter(e) else "MessageAttributes.source.Value") for e in envelopes]
    names = [at(record, "messageAttributes.source.stringValue"), *inner]
    return next((name for name in names if isinstance(name, str) and name), None)


def _matched(layers: Sequence[Any], config: Enrollment) -> str | None:
    """The first source whose `match` fits the event; its paths may be in an envelope or in the event."""

    def holds(rules: Mapping[str, Sequence[str]]) -> bool:
        return all(any(at(layer, path) in allowed for layer in layers) for path, allowed in rules.items())

    return next((name for name, source in config.sources.items() if source.match and holds(source.match)), None)
