"""Events in files: requests in API Gateway's format (as `sam local invoke -e` takes them), SQS events, messages."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from leads_cli.errors import UsageError
from leads_cli.project import EVENTS, shown

# What says how many leads each event makes; it is no event itself.
EXPECTED: Final = "expected.json"
# Set again by the sender, or by the gateway.
_NOT_SENT: Final = re.compile(r"host|content-length|connection|x-forwarded-.*|x-amzn-.*|via|forwarded")
# What both the template and an ARN of a stack call it.
LEADS_QUEUE: Final = "LeadsQueue"
_HOOK: Final = re.compile(r"/hooks/([^/]+)")


class EventError(UsageError):
    """The event cannot be sent. The text says which one, why, and what works."""


class UnknownEventError(EventError):
    """There is no such event."""


@dataclass(frozen=True, slots=True)
class HttpEvent:
    """A request to the webhook, as its sender sent it."""

    name: str
    source: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class QueueEvent:
    """Messages for a queue: each a body with its attributes (texts).

    Attributes:
        source: that the events are of; None where they name none, or are leads already.
        queue: EventsQueue or LeadsQueue.
    """

    name: str
    source: str | None
    messages: tuple[tuple[str, Mapping[str, str]], ...]
    queue: str = "EventsQueue"


type RecordedEvent = HttpEvent | QueueEvent


def names(folder: Path = EVENTS) -> list[str]:
    """The recorded events, as `load` takes them."""
    return sorted(path.stem for path in folder.glob("*.json") if path.name != EXPECTED)


def expected_leads() -> dict[str, int]:
    counts: dict[str, int] = json.loads((EVENTS / EXPECTED).read_text(encoding="utf-8"))
    return counts


def load(event: str, folder: Path = EVENTS) -> RecordedEvent:
    """Read a recorded event by its name, with or without `.json`, or any other by its path."""
    path = _find(event, folder)
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise EventError(f"{shown(path)}: cannot be read as JSON ({error})") from error
    match data:
        case {"Records": [_, *_] as records}:
            return _queue_event(path, records)
        case {"requestContext": {"http": {"method": str(method)}}, "rawPath": str(raw_path)}:
            try:
                return _http_event(path, data, method, raw_path)
            except (TypeError, AttributeError, ValueError) as error:
                raise EventError(f"{shown(path)}: not an API Gateway event ({error})") from error
        case {"campaign": str(), "lead": dict()}:
            return _leads(path, [(json.dumps(data), {})])
        case _:
            raise EventError(
                f"{shown(path)}: neither an API Gateway event (payload format 2.0) nor an SQS event, of which "
                f"{shown(folder)} has examples, nor a lead's message: "
                '{"version": 1, "campaign": "...", "lead": {"email": "..."}}'
            )


def _find(event: str, folder: Path) -> Path:
    named = folder / f"{event.removesuffix('.json')}.json"
    if Path(event).name == event and named.is_file() and named.name != EXPECTED:
        return named
    if Path(event).is_file():
        return Path(event)
    raise UnknownEventError(f"{event}: no such event or file; the recorded events are: {', '.join(names(folder))}")


def _http_event(path: Path, data: Mapping[str, Any], method: str, raw_path: str) -> HttpEvent:
    hook = _HOOK.search(raw_path)
    if hook is None:
        raise EventError(f"{shown(path)}: its rawPath is {raw_path!r}; the webhook is at /hooks/<source>")
    # A stage that the gateway puts in front of the path is the gateway's own.
    address = raw_path[hook.start() :]
    if query := data.get("rawQueryString"):
        address = f"{address}?{query}"
    headers = {
        name.lower(): str(value)
        for name, value in (data.get("headers") or {}).items()
        if not _NOT_SENT.fullmatch(name.lower())
    }
    if cookies := data.get("cookies"):
        headers["cookie"] = "; ".join(cookies)
    return HttpEvent(path.stem, hook[1], method, address, headers, _body(path, data))


def _body(path: Path, data: Mapping[str, Any]) -> bytes:
    body = str(data.get("body") or "")
    if not data.get("isBase64Encoded"):
        return body.encode()
    try:
        return base64.b64decode(body, validate=True)
    except ValueError as error:
        raise EventError(f"{shown(path)}: isBase64Encoded is true, but its body is no base64 ({error})") from error


def _queue_event(path: Path, records: list[Any]) -> QueueEvent:
    try:
        messages = tuple((str(record["body"]), _attributes(record)) for record in records)
    except (KeyError, TypeError, AttributeError) as error:
        raise EventError(f"{shown(path)}: not an SQS event: each of its Records needs a body") from error
    if LEADS_QUEUE in str(records[0].get("eventSourceARN") or "").rpartition(":")[2]:
        return _leads(path, messages)
    return QueueEvent(path.stem, _source(*messages[0]), messages)


def _leads(path: Path, messages: Iterable[tuple[str, Mapping[str, str]]]) -> QueueEvent:
    return QueueEvent(path.stem, None, tuple((_direct(body), named) for body, named in messages), LEADS_QUEUE)


def _direct(body: str) -> str:
    """A lead's message as if another producer sent it, because no source counted it as accepted."""
    try:
        message = json.loads(body)
    except ValueError:
        return body
    return json.dumps({**message, "source": "direct"}) if isinstance(message, dict) else body


def _source(body: str, attributes: Mapping[str, str]) -> str | None:
    """The source that a message names: in its attribute, or in that of SNS's envelope around it."""
    if source := attributes.get("source"):
        return source
    try:
        match json.loads(body):
            case {"MessageAttributes": {"source": {"Value": str(source)}}}:
                return source
    except ValueError:
        pass
    return None


def _attributes(record: Mapping[str, Any]) -> dict[str, str]:
    attributes: Mapping[str, Mapping[str, Any]] = record.get("messageAttributes") or {}
    return {name: str(value["stringValue"]) for name, value in attributes.items() if value.get("stringValue")}
