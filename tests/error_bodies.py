"""Bodies with which validators in the wild refuse a bulk request, of any bad rows of any batch.

The shapes are those of real frameworks and services.
"""

import json
from collections.abc import Mapping
from typing import Final

from tests.refused import (
    Refused,
    Shape,
    bracketed,
    by,
    dotted,
    each,
    joined,
    merged,
    messages,
    nested,
    numbers,
    placed,
    pointer,
    said,
)


def zod_tree(refused: Refused) -> object:
    fault = {"errors": [], "properties": {"email": {"errors": ["Invalid email"]}}}
    items = [fault if bad else None for bad in refused.places[: refused.bad[-1].row + 1]]
    return {"errors": [], "properties": {"leads": {"errors": [], "items": items}}}


# The service counts from 0 or from 1; what is echoed shows whose an error is.
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
    "list by position, statuses": placed(
        {"create": {"status": 422, "error": {"type": "mapper"}}}, "items", good={"create": {"status": 201}}
    ),
    "list by position, lists": placed(lambda b: [b.message], "errors", good=[]),
    "the leads with errors": lambda r: {
        "leads": [{**lead, "errors": [b.message]} if b else lead for lead, b in zip(r.leads, r.places, strict=True)]
    },
    "a column of errors": placed(lambda b: b.message, "errors", "email", good=""),
    "map by index": lambda r: {"errors": {"leads": merged(map(nested, r.bad))}},
    "map by index, rows named": by(lambda b: f"row_{b.number}", lambda b: b.message, "errors"),
    "map by index in brackets": by(lambda b: f"[{b.number}].email", lambda b: [b.message], "errors"),
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
    "indices": lambda r: {"error_count": len(r.bad), "error_indices": numbers(r), "total": len(r.leads)},
    "failed": lambda r: {"message": "Some are bad", "failed": numbers(r), "succeeded": []},
    "indices by reason": lambda r: {"errors": {"Invalid email address": numbers(r)}},
    "map by address": by(lambda b: b.value, ["invalid"], "errors"),
    "results by address": lambda r: {
        "results": {lead["email"]: {"ok": not b} for lead, b in zip(r.leads, r.places, strict=True)}
    },
    "list by address": each(lambda b: {"email_address": b.value, "error": b.message}, "errors"),
    "addresses": each(lambda b: b.value, "invalid_emails"),
    "echoed lead": each(lambda b: {"lead": b.lead, "message": b.message}, "errors"),
    "echoed value": each(lambda b: {"field": "email", "rejectedValue": b.value, "message": b.message}, "errors"),
    "good and bad ones": lambda r: {
        "results": [
            {"email": lead["email"], "status": "rejected" if b else "created"}
            for lead, b in zip(r.leads, r.places, strict=True)
        ]
    },
    "accepted and rejected": lambda r: {
        "accepted": [lead for lead, b in zip(r.leads, r.places, strict=True) if not b],
        "rejected": [{"lead": b.lead, "errors": [messages(b)]} for b in r.bad],
    },
    "path in words": said(joined(lambda b: f"{bracketed(b)} is invalid", ", ")),
    "pointer in words": said(lambda r: f"body{pointer(r.bad[0])} must match format", "message"),
    "lead in words": said(joined(lambda b: f"Lead {b.number} is invalid.", " "), "message"),
    "address in words": each(lambda b: f"The email <{b.value}>, is refused.", "errors"),
    "json in json": lambda r: {"message": json.dumps([{"index": b.number} for b in r.bad])},
    "page": lambda r: (
        "<html><body><h1>400</h1>"
        + "".join(f"<p>Lead <b>{b.number}</b> is invalid</p>" for b in r.bad)
        + "</body></html>"
    ),
}
FIRST_ONLY: Final = frozenset({"pointer in words"})
"""Shapes of services that stop at the first bad row."""
BEYOND: Final = frozenset(
    {"list by position, statuses", "the leads with errors", "map by index, rows named", "failed", "indices by reason",
     "results by address", "good and bad ones", "lead in words", "json in json", "page"}
)  # fmt: skip
"""Shapes that are not read: finding the bad rows takes some requests more."""
