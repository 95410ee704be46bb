"""The facts kept about an import, and whether it was begun or finished before."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Self, cast

from leads.json import dumps
from leads.message.decoding import decode
from leads.message.message import Message, timestamp
from leads.model import Lead
from leads_cli.errors import UsageError
from leads_cli.importing.plan.worklist import Todo, Worklist

type OptedOut = Literal["left out", "included"]


@dataclass(frozen=True, slots=True)
class Labels:
    """What all messages of an import have in common.

    Attributes:
        id: a message's is this and its row's number, so that one that is sent twice is known to be the same.
        moment: when the import was started: who signs up later has said the newer thing.
    """

    id: str
    source: str
    campaign: str
    moment: datetime

    def message(self, row: int, lead: Lead) -> Message:
        return Message(
            id=f"{self.id}:{row}", source=self.source, campaign=self.campaign, received_at=self.moment, lead=lead
        )

    def read(self, todo: Todo) -> Message:
        return cast("Message", decode(todo[1], message_id=self.id, sent_at=self.moment.timestamp()))


@dataclass(frozen=True, slots=True)
class Totals:
    """A file's totals: `rows = leads + merged + refused + opted_out`. `left` leads are still to be sent."""

    rows: int = 0
    leads: int = 0
    merged: int = 0
    refused: int = 0
    left: int = 0
    opted_out: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """An import: its file, destination and options.

    Attributes:
        digest: of the file.
        destination: LeadsQueue's URL, or Leadterra's address and the campaign's id.
        columns: what becomes of each.
        reading: how the file was read, as far as the user said.
        started: ISO 8601.
        refused_file: its path; "" while there is none.
        opted_out: what becomes of those who opted out.
        notes: what was passed over, left out or chosen.
    """

    digest: str
    destination: str
    campaign: str
    source: str
    columns: Mapping[str, str]
    reading: Mapping[str, str]
    started: str
    totals: Totals = field(default_factory=Totals)
    refused_file: str = ""
    opted_out: OptedOut = "left out"
    notes: Sequence[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        """Two imports with the same key are the same: this file, to this place, under this name."""
        included = [] if self.opted_out == "left out" else [self.opted_out]
        return _digest(self.digest, self.destination, self.campaign, self.source, *included)

    @property
    def labels(self) -> Labels:
        """The common part of its messages' ids. An import that is started again has other ids."""
        label = f"import-{_digest(self.key, self.started)[:12]}"
        return Labels(label, self.source, self.campaign, datetime.fromisoformat(self.started))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(**{**data, "totals": Totals(**data["totals"])})


def now() -> str:
    return timestamp(datetime.now(UTC))


def _digest(*parts: str) -> str:
    return hashlib.sha256(dumps(parts).encode()).hexdigest()


def describe_finished(worklist: Worklist, wanted: Facts) -> Facts | None:
    found = worklist.finished(wanted.key)
    return Facts.from_json(found) if found else None


def describe_begun(worklist: Worklist, wanted: Facts) -> Facts | None:
    """The import to continue; None if there is none, or one of other contents."""
    found = worklist.unfinished()
    if found is None or found["digest"] != wanted.digest:
        return None
    known = Facts.from_json(found)
    for what in ("destination", "campaign", "source", "columns", "reading", "opted_out"):
        before, asked = getattr(known, what), getattr(wanted, what)
        if before != asked:
            sent, _ = worklist.progress()
            raise UsageError(
                f"an import of this file stopped after {sent:,} of {known.totals.leads:,} leads. "
                f"It had the {what.replace('_', ' ')} "
                f"{_as_text(before)}, and now would have {_as_text(asked)}: "
                "go on as it was begun, or begin anew with --again"
            )
    return known


def _as_text(value: str | Mapping[str, str]) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(f"{name}={text}" for name, text in value.items() if text) or "none"
