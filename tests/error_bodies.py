"""Bodies with which validators in the wild refuse a bulk request, of any bad rows of any batch.

The shapes are those of real frameworks and services.
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Final
from urllib.parse import quote

from tests.refused import (
    Bad,
    Refused,
    Shape,
    bracketed,
    by,
    dotted,
    each,
    joined,
    listed,
    merged,
    messages,
    nested,
    numbers,
    ordinal,
    placed,
    pointer,
    ranges,
    said,
)


def zod_tree(refused: Refused) -> object:
    fault = {"errors": [], "properties": {"email": {"errors": ["Invalid email"]}}}
    items = [fault if bad else None for bad in refused.places[: refused.bad[-1].row + 1]]
    return {"errors": [], "properties": {"leads": {"errors": [], "items": items}}}


def zod_format(refused: Refused) -> object:
    rows = {str(bad.number): {"_errors": [], bad.field: {"_errors": [bad.message]}} for bad in refused.bad}
    return {"_errors": [], "leads": {"_errors": [], **rows}}


def class_validator(refused: Refused) -> object:
    """What Nest's `exceptionFactory` is given, with the whole request in it."""
    children = [
        {
            "target": refused.leads,
            "value": bad.lead,
            "property": str(bad.number),
            "children": [
                {
                    "target": bad.lead,
                    "value": bad.value,
                    "property": bad.field,
                    "children": [],
                    "constraints": {"isEmail": f"{bad.field} {bad.message}"},
                }
            ],
        }
        for bad in refused.bad
    ]
    whole = {"leads": refused.leads}
    return [{"target": whole, "value": refused.leads, "property": "leads", "children": children}]


def spring(bad: Bad) -> object:
    path = bracketed(bad)
    return {
        "codes": [
            f"Email.bulkRequest.{path}",
            f"Email.bulkRequest.leads.{bad.field}",
            "Email.java.lang.String",
            "Email",
        ],
        "arguments": [
            {"codes": [f"bulkRequest.{path}", path], "arguments": None, "defaultMessage": path, "code": path}
        ],
        "defaultMessage": bad.message,
        "objectName": "bulkRequest",
        "field": path,
        "rejectedValue": bad.value,
        "bindingFailure": False,
        "code": "Email",
    }


def valibot(bad: Bad) -> object:
    return {
        "kind": "validation",
        "type": "email",
        "input": bad.value,
        "expected": None,
        "received": f'"{bad.value}"',
        "message": f'Invalid email: Received "{bad.value}"',
        "path": [
            {"type": "object", "origin": "value", "input": {"leads": [bad.lead]}, "key": "leads", "value": [bad.lead]},
            {"type": "array", "origin": "value", "input": [bad.lead], "key": bad.number, "value": bad.lead},
            {"type": "object", "origin": "value", "input": bad.lead, "key": bad.field, "value": bad.value},
        ],
    }


# The service counts from 0 or from 1; what is echoed shows whose an error is.
SHAPES: Final[Mapping[str, Shape]] = {
    "index": each(lambda b: {"index": b.number, "message": b.message}, "errors"),
    "index as text": each(lambda b: {"row": str(b.number), "error": b.message}, "errors"),
    "row in camel case": each(lambda b: {"rowIndex": b.number, "reason": b.message}, "data", "failed"),
    "row in kebab case": each(lambda b: {"row-number": b.number, "reason": b.message}, "rejected"),
    "line": each(lambda b: {"line_number": b.number, "error": b.message}, "error", "details"),
    "position": each(lambda b: {"position": b.number, "code": "invalid"}, "violations"),
    "number sign": each(lambda b: {"#": b.number, "problem": b.message}, "problems"),
    "i": each(lambda b: {"i": b.number, "e": b.message}, "errors"),
    "lead as index": each(lambda b: {"lead": b.number, "error": b.message}, "errors"),
    "record": each(lambda b: {"recordNumber": f"#{b.number}", "error": b.message}, "result", "invalid"),
    "item": each(lambda b: {"item": b.number, "errors": [messages(b)]}, "issues"),
    "words as index": each(lambda b: {"row": f"Row {b.number}", "error": b.message}, "errors"),
    "index inside": each(
        lambda b: {"error": {"code": 400, "message": b.message}, "meta": {"index": b.number}}, "errors"
    ),
    "index and address": each(lambda b: {"index": b.number, "email": b.value.upper(), "message": b.message}, "errors"),
    "index and lead": each(lambda b: {"index": b.number, "lead": b.lead, "error": {"message": b.message}}, "errors"),
    "index and errors with values": each(
        lambda b: {"index": b.number, "errors": [{"field": b.field, "value": b.value, "message": b.message}]}, "errors"
    ),
    "index, address in words": each(lambda b: {"index": b.number, "message": f'"{b.value}" is no address'}, "errors"),
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
    "pydantic, missing": each(
        lambda b: {"type": "missing", "loc": ["body", "leads", b.number, "phone"], "msg": "required", "input": b.lead},
        "detail",
    ),
    "list by position": placed(messages, "leads", good={}),
    "list by position, null for the good": placed(lambda b: b.message, good=None),
    "list by position, truth for the good": placed(lambda b: {"valid": False, "why": b.message}, good=True),
    "list by position, words": placed(lambda b: b.message, "results", good="ok"),
    "list by position, states": placed(
        lambda b: {"status": "error", "message": b.message},
        "data",
        "results",
        good={"status": "success", "id": "c0ffee"},
    ),
    "list by position, statuses": placed(
        {"create": {"status": 422, "error": {"type": "mapper"}}}, "items", good={"create": {"status": 201}}
    ),
    "list by position, lists": placed(lambda b: [b.message], "errors", good=[]),
    "list by position, truths": placed(lambda b: b is not None, "invalid", good=False),
    "list by position, numbers": placed(422, "statuses", good=200),
    "list by position, reasons": placed(
        lambda b: {"Code": "ValidationError", "Message": b.message}, "CancellationReasons", good={"Code": "None"}
    ),
    "the leads with errors": lambda r: {
        "leads": [{**lead, "errors": [b.message]} if b else lead for lead, b in zip(r.leads, r.places, strict=True)]
    },
    "a column of errors": placed(lambda b: b.message, "errors", "email", good=""),
    "map by index": lambda r: {"errors": {"leads": merged(map(nested, r.bad))}},
    "map by index, bare": lambda r: merged(map(nested, r.bad)),
    "map by index and other keys": lambda r: {"leads": {"_schema": [], **merged(map(nested, r.bad))}},
    "map by index, rows named": by(lambda b: f"row_{b.number}", lambda b: b.message, "errors"),
    "map by index, leads named": by(lambda b: f"Lead #{b.number}", lambda b: [b.message], "errors"),
    "map by index in brackets": by(lambda b: f"[{b.number}].email", lambda b: [b.message], "errors"),
    "map of fields by index": lambda r: {"errors": {"email": {str(b.number): b.message for b in r.bad}}},
    "zod": each(lambda b: {"code": "invalid_string", "path": b.path, "message": b.message}, "error", "issues"),
    "zod, paths without the word": each(lambda b: {"path": [b.number, "email"], "message": b.message}),
    "zod format": zod_format,
    "zod tree": zod_tree,
    "class-validator": class_validator,
    "nest": each(lambda b: f"{dotted(b)} {b.message}", "message"),
    "valibot": each(valibot, "issues"),
    "joi": each(
        lambda b: {
            "message": f'"{bracketed(b)}" {b.message}',
            "path": b.path,
            "type": "string.email",
            "context": {"value": b.value, "invalids": [b.value], "label": bracketed(b), "key": "email"},
        },
        "details",
    ),
    "joi with the request": lambda r: {
        "_original": {"leads": r.leads},
        "details": [{"message": f'"{bracketed(b)}" {b.message}', "path": b.path} for b in r.bad],
    },
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
    "express-validator, mapped": by(
        bracketed, lambda b: {"msg": "Invalid value", "path": bracketed(b), "location": "body"}, "errors"
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
    "json schema": each(lambda b: {"data_path": f"$.leads[{b.number}].email", "message": "format"}, "errors"),
    "json pointer": each(lambda b: {"pointer": f"#{pointer(b)}", "detail": b.message}, "errors"),
    "json pointer without the word": each(lambda b: {"pointer": f"/{b.number}/email", "detail": b.message}, "errors"),
    "json api": each(
        lambda b: {
            "status": "422",
            "detail": b.message,
            "source": {"pointer": f"/data/attributes/leads/data/{b.number}/attributes/email"},
            "meta": {"value": b.value},
        },
        "errors",
    ),
    "problem details": lambda r: {
        "type": "https://leadterra.example/problems/7",
        "title": "Unprocessable Content",
        "status": 422,
        "instance": "/v1/campaigns/2/leads/bulk",
        "invalid-params": [{"name": bracketed(b), "reason": b.message} for b in r.bad],
    },
    "graphql": lambda r: {
        "errors": [
            {
                "message": "Invalid input",
                "locations": [{"line": 2, "column": 3}],
                "path": ["addLeads"],
                "extensions": {"code": "BAD_USER_INPUT", "field": ["leads", str(b.number), "email"]},
            }
            for b in r.bad
        ],
        "data": None,
    },
    "grpc": lambda r: {
        "error": {
            "code": 400,
            "status": "INVALID_ARGUMENT",
            "details": [
                {
                    "@type": "type.googleapis.com/google.rpc.BadRequest",
                    "fieldViolations": [{"field": bracketed(b), "description": b.message} for b in r.bad],
                }
            ],
        }
    },
    "aws": said(
        lambda r: (
            f"{len(r.bad)} validation errors detected: "
            + "; ".join(
                f"Value '{b.value}' at 'leads.{b.number}.member.email' failed to satisfy constraint: "
                "Member must have length less than or equal to 254"
                for b in r.bad
            )
        ),
        "message",
    ),
    "laravel": by(dotted, lambda b: [f"The {dotted(b)} field {b.message}."], "errors"),
    "rails": by(bracketed, lambda b: [b.message], "errors"),
    "rails, nested attributes": by(lambda b: f"leads_attributes[{b.number}].email", ["is invalid"], "errors"),
    "stripe": lambda r: {"error": {"type": "invalid_request_error", "param": f"leads[{r.bad[0].number}][email]"}},
    "shopify": each(lambda b: {"field": ["leads", str(b.number), "email"], "message": b.message}, "data", "userErrors"),
    "symfony": each(
        lambda b: {
            "propertyPath": f"children[leads].children[{b.number}].data.email",
            "title": b.message,
            "parameters": {"{{ value }}": f'"{b.value}"'},
        },
        "violations",
    ),
    "spring": each(spring, "errors"),
    "jackson": said(
        lambda r: (
            "JSON parse error: Cannot deserialize value of type `java.lang.String` (through reference chain: "
            f'io.Bulk["leads"]->java.util.ArrayList[{r.bad[0].number}]->io.Lead["email"])'
        ),
        "message",
    ),
    "fluent validation": each(
        lambda b: {
            "PropertyName": f"Leads[{b.number}].Email",
            "ErrorMessage": "'Email' is not a valid email address.",
            "AttemptedValue": b.value,
            "Severity": 0,
            "FormattedMessagePlaceholderValues": {"PropertyName": "Email", "PropertyValue": b.value},
        },
        "errors",
    ),
    "asp.net": by(
        lambda b: f"$.leads[{b.number}].email",
        lambda b: [
            f"The JSON value is invalid. Path: $.leads[{b.number}].email | LineNumber: 0 | BytePositionInLine: 45."
        ],
        "errors",
    ),
    "newtonsoft": said(
        joined(lambda b: f"Error converting value. Path '{bracketed(b)}', line 1, position 12.", "\n"), "message"
    ),
    "go": said(
        joined(
            lambda b: (
                f"Key: 'Request.Leads[{b.number}].Email' Error:Field validation for 'Email' failed on the 'email' tag"
            ),
            "\n",
        ),
        "error",
    ),
    "rust": said(joined(lambda b: f"{bracketed(b)}: invalid type: null, expected a string", "; "), "error"),
    "dotted brackets": each(lambda b: {"field": f"leads.[{b.number}].email", "message": b.message}, "errors"),
    "double underscores": by(lambda b: f"leads__{b.number}__email", lambda b: [b.message]),
    "form set": by(lambda b: f"leads-{b.number}-email", lambda b: [b.message]),
    "arrows": each(lambda b: f"leads → {b.number} → email: {b.message}", "errors"),
    "another word": each(lambda b: {"path": f"contacts[{b.number}].email", "message": b.message}, "errors"),
    "unknown word": each(lambda b: {"path": f"enrolments[{b.number}].email", "message": b.message}, "errors"),
    "indices": lambda r: {"error_count": len(r.bad), "error_indices": numbers(r), "total": len(r.leads)},
    "invalid indices": lambda r: {"error": {"message": "Some are bad", "invalidIndices": [*map(str, numbers(r))]}},
    "failed": lambda r: {"message": "Some are bad", "failed": numbers(r), "succeeded": []},
    "bad ones apart": lambda r: {"created": [0, 1], "invalid": numbers(r)},
    "rows in a text": lambda r: {"rows": ranges(numbers(r)), "error": "invalid"},
    "indices by reason": lambda r: {"errors": {"Invalid email address": numbers(r)}},
    "indices by field": lambda r: {"errors": {"email": numbers(r)}},
    "tuples": each(lambda b: [b.number, b.message], "errors"),
    "map by address": by(lambda b: b.value, ["invalid"], "errors"),
    "map by address, flags": by(lambda b: b.value, lambda b: b is not None, "invalid"),
    "results by address": lambda r: {
        "results": {lead["email"]: {"ok": not b} for lead, b in zip(r.leads, r.places, strict=True)}
    },
    "list by address": each(lambda b: {"email_address": b.value, "error": b.message}, "errors"),
    "addresses": each(lambda b: b.value, "invalid_emails"),
    "addresses by reason": lambda r: {"errors": [{"reason": "bad", "recipients": [b.value for b in r.bad]}]},
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
    "number sign in words": said(joined(lambda b: f"Lead #{b.number}: {b.message}", "\n"), "error"),
    "row in words": said(joined(lambda b: f"row {b.number}: invalid email", "; ")),
    "index in words": each(lambda b: f"item at index {b.number} is invalid", "errors"),
    "indices in words": said(lambda r: f"Invalid leads at indices {listed(numbers(r))}.", "error", "message"),
    "rows in words": said(lambda r: f"rows {ranges(numbers(r))}", "error"),
    "ordinals": said(lambda r: f"The {listed(map(ordinal, numbers(r)))} leads are invalid", "message"),
    "line in words": said(joined(lambda b: f"Line {b.number} has no email", "\n")),
    "leading numbers": each(lambda b: f"[{b.number}] {b.message}", "errors"),
    "address in words": each(lambda b: f"The email <{b.value}>, is refused.", "errors"),
    "address first": each(lambda b: f"{b.value}: invalid", "errors"),
    "address encoded": each(lambda b: f"invalid: mailto:{quote(b.value)}!", "errors"),
    "address escaped": each(lambda b: escape(f"'{b.value}' is <bad>").replace("@", "&#64;"), "errors"),
    "address and index in words": each(lambda b: f"Lead {b.number} ({b.value}): {b.message}", "errors"),
    "json in json": lambda r: {"message": json.dumps([{"index": b.number} for b in r.bad])},
    "json in json in json": lambda r: json.dumps(json.dumps({"errors": [{"path": b.path} for b in r.bad]})),
    "json in words": lambda r: f"Validation failed: {json.dumps([{'path': b.path} for b in r.bad])} (see above)",
    "json lines": lambda r: "\n".join(json.dumps({"index": b.number, "error": b.message}) for b in r.bad),
    "json and more": lambda r: json.dumps({"errors": [{"index": b.number} for b in r.bad]}) + "\n<!-- 0.2 s -->",
    "json cut off": lambda r: json.dumps({"errors": [{"index": b.number} for b in r.bad], "hint": "x" * 50})[:-30],
    "python": lambda r: {"detail": str([{"loc": ("body", "leads", b.number, "email"), "msg": "bad"} for b in r.bad])},
    "xml": lambda r: "<errors>" + "".join(f'<error index="{b.number}">bad</error>' for b in r.bad) + "</errors>",
    "xml elements": lambda r: (
        "<?xml version='1.0'?><r:errors xmlns:r='urn:x'>"
        + "".join(f"<error><code>12</code><row>{b.number}</row><email>{escape(b.value)}</email></error>" for b in r.bad)
        + "</r:errors>"
    ),
    "xpath": each(lambda b: {"path": f"/leads[1]/lead[{b.number}]/email[1]", "message": b.message}, "errors"),
    "page": lambda r: (
        "<html><body><h1>400</h1>"
        + "".join(f"<p>Lead <b>{b.number}</b> is invalid</p>" for b in r.bad)
        + "</body></html>"
    ),
}
FIRST_ONLY: Final = frozenset({"stripe", "jackson", "pointer in words"})
"""Shapes of services that stop at the first bad row."""
BEYOND: Final = frozenset(
    {
        "line", "number sign", "i", "record", "row in kebab case", "words as index",
        "list by position, truth for the good",
        "list by position, words", "list by position, states", "list by position, statuses", "list by position, truths",
        "list by position, numbers", "list by position, reasons", "the leads with errors", "map by index, rows named",
        "map by index, leads named", "class-validator", "valibot", "double underscores", "form set", "arrows", "failed",
        "bad ones apart", "rows in a text", "indices by reason", "indices by field", "map by address, flags",
        "results by address", "good and bad ones", "lead in words", "number sign in words", "row in words",
        "index in words", "indices in words", "rows in words", "ordinals", "line in words", "address encoded",
        "address escaped", "json in json", "json in json in json", "json in words", "json lines", "json and more",
        "json cut off", "python", "xml", "xml elements", "xpath", "page",
    }
)  # fmt: skip
"""Shapes that are not read: finding the bad rows takes some requests more."""
