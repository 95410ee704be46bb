"""The webhook's answers as OpenAPI responses; the code makes their bodies."""

from http import HTTPStatus
from typing import Any, Final

from docs.generate import schemas
from docs.generate.schemas import Schema
from leads.event import answer

_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"


def posted() -> Schema:
    """Answers to a POST that was accepted or ignored."""
    either = {"anyOf": [{"$ref": "#/components/schemas/Taken"}, {"$ref": "#/components/schemas/Ready"}]}
    examples = {**schemas.bodies_taken(), "handshake": {"value": {"ok": True}}}
    location = {"schema": {"type": "string", "format": "uri"}, "required": True}
    return {
        "200": {
            "description": "Accepted (stored in the queue), accepted before, ignored by a rule, or a handshake. Signed "
            "sources also get this for an event without a usable lead, which becomes a dead letter.",
            "content": {_JSON: {"schema": either, "examples": examples}},
        },
        "303": {
            "description": "Accepted from a browser: redirects to the source's `redirect`",
            "headers": {"Location": location},
        },
    }


def content(description: str, schema: str, example: Any) -> Schema:
    """An answer with a body of one schema."""
    body = {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}}
    return {"description": description, "content": body}


_MEANINGS: Final = {
    HTTPStatus.BAD_REQUEST: "The body does not match its content type",
    HTTPStatus.UNAUTHORIZED: "Unknown source, wrong or missing credential, stale signature, or an origin not allowed",
    HTTPStatus.METHOD_NOT_ALLOWED: "Another method",
    HTTPStatus.CONTENT_TOO_LARGE: "Too large, or too many leads",
    HTTPStatus.UNPROCESSABLE_CONTENT: "The body contains no usable lead; `errors` names each field",
    HTTPStatus.SERVICE_UNAVAILABLE: "A dependency is down, or the source's secret is not set: send the request again",
}
# Where API Gateway may answer before the function does.
_GATEWAY: Final = {
    HTTPStatus.CONTENT_TOO_LARGE: "Request Entity Too Large",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service Unavailable",
}


def refusal(status: HTTPStatus) -> Schema:
    """The answer with a problem status."""
    example = schemas.body(schemas.refusals()[status])
    bodies: Schema = {_PROBLEM: {"schema": schemas.problem_details(status), "example": example}}
    if message := _GATEWAY.get(status):
        bodies |= content("", "GatewayMessage", {"message": message})["content"]
    part: Schema = {"description": _MEANINGS[status], "content": bodies}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        seconds = {"schema": {"type": "integer", "minimum": 1}, "example": answer.RETRY_AFTER_SECONDS}
        part["headers"] = {"Retry-After": {"description": "seconds", **seconds}}
    if status is HTTPStatus.UNAUTHORIZED:
        part["headers"] = {"WWW-Authenticate": _challenge()}
    return part


def _challenge() -> Schema:
    text = "the same for every source; API Gateway may rename it to `x-amzn-remapped-www-authenticate`"
    return {"description": text, "schema": {"type": "string"}, "example": answer.CHALLENGE}


def throttled() -> Schema:
    """The answer above the throttle."""
    return content("API Gateway's limit (the stack's ThrottleRate)", "GatewayMessage", {"message": "Too Many Requests"})


def permitted() -> Schema:
    """The answer to a preflight request."""
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
    headers = {name: {"schema": {"type": "string"}} for name in names}
    return {"description": "The headers say what the page may send", "headers": headers}
