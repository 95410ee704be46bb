"""What a line of a function's log says, in a person's words: as a whole, or of one lead."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from leads_cli.logs.observed import hold_text, objects, refusal_words, texts
from leads_cli.logs.reading import Line
from leads_cli.words import as_text, number

type LogData = Mapping[str, Any]

_SHOWN_IDS: Final = 3
# What is on every line and says nothing of what happened.
_FRAME: Final = frozenset(
    {"level", "log_level", "location", "message", "timestamp", "time", "service"}
    | {"request_id", "requestId", "sampling_rate", "xray_trace_id"}
)


def sentence(line: Line) -> str:
    describe = _SENTENCES.get(str(line.data.get("message")), _other)
    return describe(line.data) if line.data else line.text


def step(line: Line, lead: str) -> str | None:
    """What a line says of one lead, by its id; None if it is not about this lead."""
    data = line.data
    refusal = next((each for each in objects(data.get("rejected")) if each.get("id") == lead), None)
    if lead in texts(data.get("ids")):
        return f"taken from {data.get('source')}"
    if lead in texts(data.get("accepted")):
        return f"accepted by Leadterra for {data.get('campaign')}{_uncounted(data)}"
    if lead in texts(data.get("dropped")):
        return "dropped: the person opted out after this signup"
    if lead in texts(data.get("held")):
        return f"held, tried again later: {hold_text(data.get('why')) or 'no reason given'}"
    if refusal is not None:
        return f"rejected for {data.get('campaign')}, now a dead letter: {_verdict(refusal)}"
    return sentence(line) if lead in {data.get("message_id"), data.get("event_id")} else None


def _taken(data: LogData) -> str:
    ids = texts(data.get("ids"))
    parts = [f"{number(len(ids), 'lead')} taken from {data.get('source')}{_named(ids)}"]
    parts += [f"{data[key]} {key}" for key in ("ignored", "opted_out", "unmappable") if data.get(key)]
    return ", ".join(parts)


def _settled(data: LogData) -> str:
    accepted, held, rejected = texts(data.get("accepted")), texts(data.get("held")), objects(data.get("rejected"))
    parts = [f"{len(accepted)} accepted{_named(accepted)}"] if accepted else []
    parts += [f"{data[name]} of these {name}" for name in ("skipped", "unaccounted") if data.get(name)]
    parts += [f"{len(held)} held ({_causes(data)}){_named(held)}"] if held else []
    if rejected:
        ids = [str(each.get("id")) for each in rejected]
        parts.append(f"{len(rejected)} rejected ({_verdict(rejected[0])}){_named(ids)}")
    dropped = texts(data.get("dropped"))
    parts += [f"{len(dropped)} dropped, older than an opt-out{_named(dropped)}"] if dropped else []
    requests = data.get("requests", 0)
    took = f"{requests} request{'' if requests == 1 else 's'}"
    return f"{data.get('campaign')}: {', '.join(parts) or 'no outcome'}, {took}"


def _other(data: LogData) -> str:
    if "stackTrace" in data:
        # A crash in one line. `--json` shows the whole trace.
        return f"failed: {data.get('errorType', 'Error')}: {str(data.get('errorMessage', '')).strip()}"
    rest = {key: value for key, value in data.items() if key not in _FRAME and value not in (None, "")}
    # Lambda itself writes a crash, or its own events, without a message.
    happened = data.get("message") or rest.pop("errorMessage", None) or rest.pop("type", None) or "?"
    return " ".join([str(happened), *(f"{key}={as_text(value)}" for key, value in rest.items())])


_SENTENCES: Final[Mapping[str, Callable[[LogData], str]]] = {
    "taken": _taken,
    "batch settled": _settled,
    "redelivered": lambda data: (
        f"{data.get('source')} sent {data.get('event_id')} again: accepted before, nothing done"
    ),
    "refused": lambda data: f"refused {data.get('source')}: {data.get('status')} {data.get('why')}",
    "unavailable": lambda data: f"unavailable: {data.get('status')} to {data.get('source')}: {data.get('detail')}",
}


def _uncounted(data: LogData) -> str:
    """A remark that Leadterra may not have enrolled the lead: it skips suppressed people, or leaves them uncounted."""
    sent, skipped, missing = len(texts(data.get("accepted"))), data.get("skipped"), data.get("unaccounted")
    skips = f"; it skipped {skipped} of these {sent}, who are on its suppression list" if skipped else ""
    left_out = isinstance(missing, int) and missing > 0
    return f"{skips}; its counts leave out {missing} of these {sent} leads" if left_out else skips


def _causes(data: LogData) -> str:
    why = data.get("why")
    return ", ".join(map(str, why)) if isinstance(why, dict) else ""


def _verdict(refusal: LogData) -> str:
    return " ".join(refusal_words(refusal))


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - _SHOWN_IDS} more" if len(ids) > _SHOWN_IDS else ""
    return f" [{' '.join(ids[:_SHOWN_IDS])}{more}]" if ids else ""
