"""Forgetting a person: every message about an address leaves the queues.

The queues are read in the order in which a lead goes through them, so that one that moves on meanwhile is met later.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, Final

from leads.io.kept import ERASURES_ID
from leads.message.message import address_for_log
from leads_cli.failures.change.handover import IN_HAND, Handover, HandoverResult
from leads_cli.failures.person.mention import Mention, mentions_address
from leads_cli.failures.person.search import log_key
from leads_cli.failures.read.letter import EVENTS, LEADS, Letter
from leads_cli.failures.read.queue_scan import DEAD_LETTERS, QueueScan
from leads_cli.stacks.running import Running, aws_errors

_SUFFIXES: Final = (".csv", ".tsv", ".jsonl", ".leads-state")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__"})
_CHUNK_BYTES: Final = 1 << 20


def files_with(email: str, folder: Path) -> Iterator[Path]:
    """The files under a folder that contain an address, in any case of letters."""
    wanted = email.strip().lower().encode()
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.endswith(_SUFFIXES) and _contains(path, wanted):
                yield path


def _contains(path: Path, wanted: bytes) -> bool:
    before = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                if wanted in (before + chunk).lower():
                    return True
                before = chunk[-len(wanted) :]
    except OSError:
        return False
    return False


# As long as SQS keeps a message.
KEEP: Final = timedelta(days=14)


def remember_erasure(running: Running, person: str, now: datetime) -> None:
    """Write the keyed hash of the address with the time, and remove what is older than any message."""
    hashed = address_for_log(log_key(running), person)
    table: Any = {"TableName": running.outputs["DeliveriesTableName"], "Key": {"id": {"S": ERASURES_ID}}}
    client = running.client("dynamodb")
    with aws_errors("DeliveriesTable"):
        item = client.update_item(
            **table,
            UpdateExpression="SET people = if_not_exists(people, :none), expiresAt = :end",
            ExpressionAttributeValues={":none": {"M": {}}, ":end": {"N": str(int((now + KEEP).timestamp()))}},
            ReturnValues="ALL_NEW",
        )["Attributes"]
        oldest = (now - KEEP).timestamp()
        over = [each for each, time in item["people"]["M"].items() if float(time["N"]) < oldest and each != hashed]
        removed = ", ".join(f"people.#old{n}" for n in range(len(over)))
        client.update_item(
            **table,
            UpdateExpression="SET people.#person = :now" + (f" REMOVE {removed}" if over else ""),
            ExpressionAttributeNames={"#person": hashed, **{f"#old{n}": each for n, each in enumerate(over)}},
            ExpressionAttributeValues={":now": {"N": str(now.timestamp())}},
        )


QUEUES: Final = (EVENTS, LEADS, DEAD_LETTERS)


@dataclass(slots=True)
class PersonMessages:
    """What one queue has of a person.

    Attributes:
        about: messages that are theirs.
        beside: messages about other people, or several people, that mention them; `ids` are the first few.
        elsewhere: messages that could not be looked at: a function has them, or they wait for their next attempt.
        whole: the end of the queue was reached.
        tally: what was erased.
    """

    queue: str
    about: int = 0
    beside: int = 0
    ids: list[str] = field(default_factory=list)
    elsewhere: int = 0
    whole: bool = False
    tally: HandoverResult = field(default_factory=HandoverResult)

    @property
    def complete(self) -> bool:
        """Whether every message was read and every deletion succeeded."""
        return self.whole and not self.elsewhere and not self.tally.failed


# Messages that only mention the person: enough ids to look at some.
_MOST_IDS: Final = 10


def scan(running: Running, person: str, *, erase: bool = False, mentions: bool = False) -> list[PersonMessages]:
    """What each queue has of the person with this key; `erase` deletes it, `mentions` also what mentions them."""
    return [_scan_queue(running, queue, person, erase=erase, mentions=mentions) for queue in QUEUES]


def _scan_queue(running: Running, queue: str, person: str, *, erase: bool, mentions: bool) -> PersonMessages:
    found = PersonMessages(queue)

    def going(reading: QueueScan) -> Iterator[Letter]:
        for letter in reading:
            how = mentions_address(letter, person)
            if how is not Mention.NONE:
                _note(found, letter, how)
                if erase and (mentions or how is Mention.ABOUT):
                    yield letter

    with QueueScan(running, queue) as reading:
        handover = Handover(running, reading, found.tally)
        for hand in batched(going(reading), IN_HAND, strict=False):
            handover.discard(hand)
    found.elsewhere, found.whole = reading.elsewhere, reading.whole
    return found


def _note(found: PersonMessages, letter: Letter, how: Mention) -> None:
    if how is Mention.ABOUT:
        found.about += 1
        return
    found.beside += 1
    if len(found.ids) < _MOST_IDS:
        found.ids.append(letter.id)
