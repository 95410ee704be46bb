"""Bodies with which real validators refuse a bulk request, for any bad rows of any batch.

The shapes are those of real frameworks and services.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

type Lead = Mapping[str, Any]


@dataclass(frozen=True)
class Bad:
    """A refused row.

    Attributes:
        row: its place, from 0.
        number: the same, as the service counts.
    """

    row: int
    number: int
    lead: Lead
    field: str = "email"
    message: str = "must be a valid email address"

    @property
    def value(self) -> Any:
        return self.lead[self.field]

    @property
    def path(self) -> list[str | int]:
        return ["leads", self.number, self.field]


@dataclass(frozen=True)
class Refused:
    """A request and its bad rows."""

    leads: Sequence[Lead]
    bad: Sequence[Bad]

    @property
    def places(self) -> list[Bad | None]:
        """Each row's fault."""
        found = {bad.row: bad for bad in self.bad}
        return [found.get(row) for row in range(len(self.leads))]


def refused(leads: Sequence[Lead], rows: Iterable[int], base: int = 0) -> Refused:
    """A refused request with these bad rows. Rows are counted from `base`, 0 or 1."""
    return Refused(leads, [Bad(row, row + base, leads[row]) for row in sorted(rows)])


type Shape = Callable[[Refused], object]
type Entry = Callable[[Bad], object]
"""What an error body says of a bad row."""


def each(entry: Entry, *envelope: str) -> Shape:
    """A list with an entry for each bad row, inside these keys."""
    return lambda refused: within([entry(bad) for bad in refused.bad], *envelope)


def placed(entry: Entry, *envelope: str, good: object) -> Shape:
    """A list with a place for each row, inside these keys."""
    return lambda refused: within([entry(bad) if bad else good for bad in refused.places], *envelope)


def within(content: object, *envelope: str) -> object:
    for name in reversed(envelope):
        content = {name: content}
    return content


def in_words(sentence: Callable[[Refused], str], *envelope: str) -> Shape:
    """Text only, inside these keys."""
    return lambda refused: within(sentence(refused), *envelope)


def dotted(bad: Bad) -> str:
    return f"leads.{bad.number}.{bad.field}"


def bracketed(bad: Bad) -> str:
    return f"leads[{bad.number}].{bad.field}"


def pointer(bad: Bad) -> str:
    return f"/leads/{bad.number}/{bad.field}"


def messages(bad: Bad) -> dict[str, list[str]]:
    return {bad.field: [bad.message]}


def messages_of(bad: Bad) -> dict[str, object]:
    return {"success": False, "errors": [{"fields": [bad.field], "message": bad.message}]}


def joined(entry: Callable[[Bad], str], by: str) -> Callable[[Refused], str]:
    return lambda refused: by.join(map(entry, refused.bad))


def zod_tree(refused: Refused) -> object:
    fault = {"errors": [], "properties": {"email": {"errors": ["Invalid email"]}}}
    items = [fault if bad else None for bad in refused.places[: refused.bad[-1].row + 1]]
    return {"errors": [], "properties": {"leads": {"errors": [], "items": items}}}


def duplicate_key(refused: Refused) -> str:
    keys = ", ".join(f"({bad.value})" for bad in refused.bad)
    return f"duplicate key value violates unique constraint; Key (email)={keys} already exists."


# Rows are counted from 0 or from 1. Echoed values show which lead an error belongs to.
SHAPES: Final[Mapping[str, Shape]] = {
    "index": each(lambda b: {"index": b.number, "message": b.message}, "errors"),
    "row in camel case": each(lambda b: {"rowIndex": b.number, "reason": b.message}, "data", "failed"),
    "index and address": each(lambda b: {"index": b.number, "email": b.value.upper(), "message": b.message}, "errors"),
    "index and errors with values": each(
        lambda b: {"index": b.number, "errors": [{"field": b.field, "value": b.value, "message": b.message}]}, "errors"
    ),
    "pydantic": each(
        lambda b: {
            "type": "value_error",
            "loc": ["body", *b.path],
            "msg": b.message,
            "input": b.value,
            "ctx": {"n": 2},
        },
        "detail",
    ),
    "list by position": placed(messages, "leads", good={}),
    "list by position, null for the good": placed(lambda b: b.message, good=None),
    "list by position, lists": placed(lambda b: [b.message], "errors", good=[]),
    "a column of errors": placed(lambda b: b.message, "errors", "email", good=""),
    "map by index": lambda r: {"errors": {"leads": {str(b.number): messages(b) for b in r.bad}}},
    "map by index in brackets": lambda r: {"errors": {f"[{b.number}].email": [b.message] for b in r.bad}},
    "map of fields by index": lambda r: {"errors": {"email": {str(b.number): b.message for b in r.bad}}},
    "zod": each(lambda b: {"code": "invalid_string", "path": b.path, "message": b.message}, "error", "issues"),
    "zod tree": zod_tree,
    "nest": each(lambda b: f"{dotted(b)} {b.message}", "message"),
    "joi": each(
        lambda b: {
            "message": f'"{bracketed(b)}" {b.message}',
            "path": b.path,
            "type": "string.email",
            "context": {"value": b.value, "invalids": [b.value], "label": bracketed(b), "key": "email"},
        },
        "details",
    ),
    "yup": lambda r: {
        "name": "ValidationError",
        "errors": [f"{bracketed(b)} {b.message}" for b in r.bad],
        "inner": [
            {"path": bracketed(b), "type": "email", "params": {"value": b.value, "originalValue": b.value}}
            for b in r.bad
        ],
    },
    "express-validator": each(
        lambda b: {"type": "field", "value": b.value, "msg": "Invalid value", "path": bracketed(b), "location": "body"},
        "errors",
    ),
    "ajv": each(
        lambda b: {
            "instancePath": pointer(b),
            "schemaPath": "#/properties/leads/items/properties/email/format",
            "keyword": "format",
            "params": {"format": "email"},
            "message": 'must match format "email"',
        },
        "errors",
    ),
    "json pointer": each(lambda b: {"pointer": f"#{pointer(b)}", "detail": b.message}, "errors"),
    "indices": lambda r: {"error_count": len(r.bad), "error_indices": [b.number for b in r.bad], "total": len(r.leads)},
    "map by address": lambda r: {"errors": {b.value: ["invalid"] for b in r.bad}},
    "list by address": each(lambda b: {"email_address": b.value, "error": b.message}, "errors"),
    "addresses": each(lambda b: b.value, "invalid_emails"),
    "echoed lead": each(lambda b: {"lead": b.lead, "message": b.message}, "errors"),
    "echoed value": each(lambda b: {"field": "email", "rejectedValue": b.value, "message": b.message}, "errors"),
    "accepted and rejected": lambda r: {
        "accepted": [lead for lead, b in zip(r.leads, r.places, strict=True) if not b],
        "rejected": [{"lead": b.lead, "errors": [messages(b)]} for b in r.bad],
    },
    "path in words": in_words(joined(lambda b: f"{bracketed(b)} is invalid", ", ")),
    "pointer in words": in_words(lambda r: f"body{pointer(r.bad[0])} must match format", "message"),
    "address in words": each(lambda b: f"The email <{b.value}>, is refused.", "errors"),
    "addresses joined": in_words(lambda r: f"Invalid email:{','.join(b.value for b in r.bad)}", "message"),
    "duplicate key": in_words(duplicate_key, "detail"),
    "pydantic 1 in words": in_words(
        joined(lambda b: f"body -> leads -> {b.number} -> email\n  no email", "\n"), "detail"
    ),
    "zod in words": in_words(lambda r: json.dumps([{"path": b.path, "message": b.message} for b in r.bad]), "error"),
    "rules of a list": lambda r: {"errors": {f"{b.number}.{b.field}": [b.message] for b in r.bad}},
    "row number": each(lambda b: {"row_number": b.number, "message": b.message}, "errors"),
    "results": placed(lambda b: {"status": "error", "message": b.message}, "results", good={"status": "ok", "id": 7}),
    "results of a bulk": placed(
        lambda b: {"index": {"status": 400, "error": {"reason": b.message}}}, "items", good={"index": {"status": 201}}
    ),
    "results with errors": placed(messages_of, good={"id": "x", "success": True, "errors": []}),
}
FIRST_ONLY: Final = frozenset({"pointer in words"})
"""Shapes of services that stop at the first bad row."""
