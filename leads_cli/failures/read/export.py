"""Dead letters as a table or as JSON lines, for a spreadsheet or another program."""

import csv
import json
import re
from collections.abc import Iterable
from typing import Final, TextIO

from leads.model import LEAD_FIELDS
from leads_cli.failures.read.letter import Letter
from leads_cli.failures.read.listing import describe
from leads_cli.private_files import escape_formula

_ABOUT: Final = ("id", "messageId", "reason", "field", "status", "says", "source", "campaign", "failedAt", "sentAt")
# A terminal obeys these, and the table may be looked at in one.
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LEAD: Final = (*LEAD_FIELDS, "customFields")
COLUMNS: Final = (*_ABOUT, "attempts", "replays", *_LEAD, "event")


def write_csv(letters: Iterable[Letter], stream: TextIO) -> int:
    """One line for each letter, the reason in columns of its own; how many there were."""
    table = csv.writer(stream)
    table.writerow(COLUMNS)
    number = 0
    for letter in letters:
        known = {**describe(letter), **{name: letter.lead.get(name) for name in _LEAD}}
        table.writerow([_cell(known.get(column)) for column in COLUMNS])
        number += 1
    return number


def write_jsonl(letters: Iterable[Letter], stream: TextIO) -> int:
    """One object for each letter, with its body as it is in the queue. Returns how many there were."""
    number = 0
    for letter in letters:
        stream.write(json.dumps({**describe(letter), "body": letter.received.body}) + "\n")
        number += 1
    return number


def _cell(value: object) -> str:
    """A cell that no spreadsheet runs as a formula and no terminal obeys."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
    return text if isinstance(value, int | float) else escape_formula(text)
