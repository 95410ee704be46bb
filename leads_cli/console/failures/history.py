"""What happened to a letter, as far as it carries its own history."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from nicegui import ui

from leads_cli.failures.read.letter import EXHAUSTED, Letter

_EVENTFUL: Final = {"failed": "error_outline", "replayed": "replay", "fixed": "edit", "taken": "login"}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened; `when` is "" where the letter does not say."""

    kind: str
    title: str
    when: str
    more: str = ""


def read_history(letter: Letter) -> Iterator[HistoryEntry]:
    """From the sign-up to now."""
    replay, fixed = _object(letter.content.get("replay")), _object(letter.content.get("fixed"))
    if letter.is_lead and isinstance(taken := letter.content.get("receivedAt"), str):
        yield HistoryEntry("taken", f"Accepted from {letter.source}", _local(taken))
    if replay:
        before = [str(replay[key]) for key in ("reason", "field", "status") if replay.get(key)]
        yield HistoryEntry("failed", "Failed for the first time", _local(replay.get("first")))
        times = "once" if letter.replays == 1 else f"{letter.replays} times"
        yield HistoryEntry(
            "replayed", f"Sent again {times}", _local(replay.get("failedAt")), f"after: {', '.join(before)}"
        )
    again = " again" if replay else ""
    verb = "Given up by SQS" if letter.reason == EXHAUSTED else f"Failed{again}: {letter.reason}"
    yield HistoryEntry("failed", verb, _local(letter.failed_at.isoformat()), letter.says)
    if fixed:
        names = fixed.get("fields")
        fields = ", ".join(map(str, names)) if isinstance(names, list) else ""
        yield HistoryEntry("fixed", "Corrected by an operator", _local(letter.received.sent_at.isoformat()), fields)


def show_history(letter: Letter) -> None:
    """The chapters, one below the other."""
    with ui.timeline(side="right", layout="dense"):
        for chapter in read_history(letter):
            ui.timeline_entry(
                chapter.more or None,
                title=chapter.title,
                subtitle=chapter.when or None,
                icon=_EVENTFUL[chapter.kind],
            )


def _local(text: Any) -> str:
    """A time in the operator's own zone; as it is written where it is none."""
    try:
        return f"{datetime.fromisoformat(text).astimezone():%d %b %Y, %H:%M:%S}"
    except (TypeError, ValueError):
        return str(text or "")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
