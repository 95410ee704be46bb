"""The webhook's requests and answers as JSON Schema, and examples that the code makes."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from leads.errors import TooLarge, Unauthorized, Unavailable, Unreadable
from leads.event import answer
from leads.fields.body import MAX_LISTED
from leads.message.message import MAX_MESSAGE_BYTES
from leads.model import LEAD_FIELDS

type Schema = dict[str, Any]

_ITEM: Final[Schema] = {
    "type": "object",
    "properties": {
        "index": {
            "type": "integer",
            "minimum": 0,
            "description": "the place in the list, from 0; absent for a single lead",
        },
        "field": {"type": "string"},
        "message": {"type": "string", "description": "what is wrong; never contains the value"},
    },
    "required": ["field", "message"],
    "additionalProperties": False,
}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def schemas() -> dict[str, Schema]:
    """The components."""
    return {
        "Lead": {
            "type": "object",
            "description": "Common field names are recognised: `Email`, `first_name`, `Vorname`, ...",
            "properties": {name: {"type": "string"} for name in LEAD_FIELDS},
            "required": ["email"],
            "additionalProperties": True,
        },
        "Submission": {
            "description": "One lead, a list, the format of the bulk endpoint, or an object that contains them.",
            "anyOf": [
                _ref("Lead"),
                {"type": "array", "items": _ref("Lead"), "minItems": 1, "maxItems": MAX_LISTED},
                {
                    "type": "object",
                    "properties": {"leads": {"type": "array", "items": _ref("Lead"), "minItems": 1}},
                    "required": ["leads"],
                },
                {
                    "type": "object",
                    "description": "Fields under other names, nested or flattened (`contact__email`), or the event of "
                    "a provider: see docs/sources.md.",
                },
            ],
        },
        "Problem": _ITEM,
        "Taken": {
            "type": "object",
            "properties": {
                "accepted": {"type": "integer", "minimum": 0, "description": "leads stored in the queue"},
                "duplicate": {"const": True, "description": "this event was accepted before"},
                "rejected": {"type": "array", "items": _ref("Problem"), "minItems": 1},
            },
            "required": ["accepted"],
            "additionalProperties": False,
        },
        "Ready": {
            "type": "object",
            "properties": {"ok": {"const": True}},
            "required": ["ok"],
            "additionalProperties": False,
        },
        "ProblemDetails": {
            "type": "object",
            "description": "RFC 9457",
            "properties": {
                "type": {"type": "string", "format": "uri-reference"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {"type": "array", "items": _ref("Problem"), "minItems": 1},
            },
            "required": ["type", "title", "status", "detail"],
            "additionalProperties": False,
        },
        "GatewayMessage": {
            "type": "object",
            "description": "API Gateway's own answer, without the function",
            "properties": {"message": {"type": ["string", "null"]}},
            "required": ["message"],
        },
    }


def problem_details(status: HTTPStatus) -> Schema:
    """The problem details of one status."""
    problem: Schema = {"title": {"const": status.phrase}, "status": {"const": status.value}}
    required = ["errors"] if status is HTTPStatus.UNPROCESSABLE_CONTENT else []
    return {"allOf": [_ref("ProblemDetails"), {"properties": problem, "required": required}]}


# --- Examples: made by the code that answers ---------------------------------------------------------


def bodies_taken() -> dict[str, Any]:
    """Bodies for an event that was accepted or ignored."""
    bad = {"index": 1, "field": "email", "message": "missing: no field of the submission holds an e-mail address"}
    answers: dict[str, dict[str, Any]] = {
        "taken": {"accepted": 1},
        "ignored": {"accepted": 0},
        "redelivered": {"accepted": 0, "duplicate": True},
        "some": {"accepted": 2, "rejected": [bad]},
    }
    return {name: {"value": body(answer.ok(value))} for name, value in answers.items()}


def refusals() -> Mapping[HTTPStatus, answer.Response]:
    """Each refusal, as the code answers it."""
    bad = {"field": "email", "message": "missing: no field of the submission holds an e-mail address"}
    large = f"a body of 2000000 bytes; at most {MAX_MESSAGE_BYTES} are taken"
    answers = (
        answer.refusal(Unreadable("the body is empty")),
        answer.refusal(Unauthorized()),
        answer.method_not_allowed(),
        answer.refusal(TooLarge(large)),
        answer.unusable([bad]),
        answer.refusal(Unavailable()),
    )
    return {HTTPStatus(response["statusCode"]): response for response in answers}


def body(response: answer.Response) -> Any:
    """The body of an answer, as JSON."""
    return json.loads(response["body"])
