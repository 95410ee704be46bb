"""What goes in and what comes out at the front door, as JSON Schema, and examples that the code itself makes."""

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
        "index": {"type": "integer", "minimum": 0, "description": "which of a list; absent where there was one"},
        "field": {"type": "string"},
        "message": {"type": "string", "description": "never what was typed"},
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
            "description": "Names are recognised as people write them: `Email`, `first_name`, `Vorname`, ...",
            "properties": {name: {"type": "string"} for name in LEAD_FIELDS},
            "required": ["email"],
            "additionalProperties": True,
        },
        "Submission": {
            "description": "One lead, a list, the bulk endpoint's own shape, or anything that holds them.",
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
                "accepted": {"type": "integer", "minimum": 0, "description": "leads now durable in the queue"},
                "duplicate": {"const": True, "description": "this event was taken before"},
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
            "description": "API Gateway's own answer, where the function was not asked",
            "properties": {"message": {"type": ["string", "null"]}},
            "required": ["message"],
        },
    }


def problem_details(status: HTTPStatus) -> Schema:
    """The problem details of one status."""
    said: Schema = {"title": {"const": status.phrase}, "status": {"const": status.value}}
    required = ["errors"] if status is HTTPStatus.UNPROCESSABLE_CONTENT else []
    return {"allOf": [_ref("ProblemDetails"), {"properties": said, "required": required}]}


# --- Examples: made by the code that answers ---------------------------------------------------------


def bodies_taken() -> dict[str, Any]:
    """What is said of an event that was taken, or rightly left alone."""
    bad = {"index": 1, "field": "email", "message": "missing: no field of the submission holds an e-mail address"}
    said: dict[str, dict[str, Any]] = {
        "taken": {"accepted": 1},
        "ignored": {"accepted": 0},
        "redelivered": {"accepted": 0, "duplicate": True},
        "some": {"accepted": 2, "rejected": [bad]},
    }
    return {name: {"value": body(answer.ok(value))} for name, value in said.items()}


def refusals() -> Mapping[HTTPStatus, answer.Response]:
    """Each refusal, as the code words it."""
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
    """What an answer says."""
    return json.loads(response["body"])
