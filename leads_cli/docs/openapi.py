"""`docs/openapi.json`: the front door as OpenAPI 3.1, from the code that answers there."""

import json
import tomllib
from http import HTTPStatus
from typing import Any, Final

from leads import answer
from leads.message import MAX_MESSAGE_BYTES
from leads.providers import PROVIDERS
from leads.submission import MAX_LISTED
from leads_cli.docs import schemas
from leads_cli.docs.sources import signature_header
from leads_cli.project import ROOT

type Part = dict[str, Any]

_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_LEAD: Final = {"email": "ava@example.com", "firstName": "Ava", "plan": "pro"}
_SOURCE: Final[Part] = {
    "name": "source",
    "in": "path",
    "required": True,
    "description": "the name of a `[sources.<name>]` table; an unknown one is answered 401, never 404",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    "example": "website",
}
_TOKEN: Final[Part] = {
    "name": "token",
    "in": "path",
    "required": True,
    "description": "the source's secret, for senders that can neither sign nor send a header",
    "schema": {"type": "string", "minLength": 1},
    "example": "a-long-random-token",
}
_IDEMPOTENCY_KEY: Final[Part] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "the sender's own id of the event: the same source and id within 7 days enroll nobody twice; "
    "a provider's own id, as docs/sources.md lists them, does the same",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-4711",
}
_DESCRIPTION: Final = f"""Takes signups and puts them into a queue; `200` means that they are durable there.

A body of at most {MAX_MESSAGE_BYTES:,} bytes and at most {MAX_LISTED:,} leads is taken at once. Other methods are
answered 405, with a right credential, and 401 without. Sources with `allowed_origins` answer with CORS headers."""


def document() -> str:
    """The whole description, as JSON."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


def description() -> Part:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leadterra Enroll: the front door",
            "version": tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {
                "url": "https://{api}.execute-api.{region}.amazonaws.com",
                "description": "a deployed stack: the output names it",
                "variables": {"api": {"default": "YOUR-API"}, "region": {"default": "eu-west-1"}},
            },
            {"url": "http://127.0.0.1:3000", "description": "leads dev"},
        ],
        "paths": {
            "/hooks/{source}": _path("", [_SOURCE]),
            "/hooks/{source}/{token}": _path("ByToken", [_SOURCE, _TOKEN]),
        },
        "components": {"schemas": schemas.schemas(), "securitySchemes": _security_schemes()},
    }


def _path(suffix: str, parameters: list[Part]) -> Part:
    # With the token in the path nothing else is needed; without, any of the schemes, as the source says.
    security: list[Part] = [{}] if suffix else [{}, *({name: []} for name in _security_schemes())]
    refused = {str(status.value): _refusal(status) for status in schemas.refusals()}
    looked = {key: refused[key] for key in ("401", "503")} | {"429": _throttled()}
    bare = {key: {"description": part["description"]} for key, part in looked.items()}
    ready = {"200": _content("There, and the credential is right where one is asked for", "Ready", {"ok": True})}
    return {
        "parameters": parameters,
        "post": {
            "operationId": f"submit{suffix}",
            "summary": "Hand over a signup, a list of them, or a provider's event",
            "security": security,
            "parameters": [_IDEMPOTENCY_KEY],
            "requestBody": _request(),
            "responses": _posted() | {k: part for k, part in refused.items() if k != "405"} | {"429": _throttled()},
        },
        "get": {
            "operationId": f"check{suffix}",
            "summary": "Whether the hook is there: some providers ask before they send",
            "security": security,
            "responses": ready | looked,
        },
        "head": {
            "operationId": f"checkHead{suffix}",
            "summary": "The same, without a body",
            "security": security,
            "responses": {"200": {"description": ready["200"]["description"]}} | bare,
        },
        "options": {
            "operationId": f"preflight{suffix}",
            "summary": "What a browser asks before a script may post",
            "security": [{}],
            "responses": {"204": {"description": "The headers say what is permitted", "headers": _cors()}} | looked,
        },
    }


def _request() -> Part:
    lead = {"schema": {"$ref": "#/components/schemas/Submission"}, "example": _LEAD}
    several: Part = {
        **lead,
        "examples": {
            "lead": {"value": _LEAD},
            "list": {"value": [_LEAD, {"email": "ben@example.org"}]},
            "bulk": {"value": {"leads": [_LEAD]}},
        },
    }
    del several["example"]
    form = {"schema": {"$ref": "#/components/schemas/Lead"}, "example": _LEAD}
    text = {"schema": {"type": "string"}, "example": json.dumps(_LEAD)}
    return {
        "required": True,
        "description": "The first byte is believed before the content type: SNS sends JSON as text.",
        "content": {_JSON: several, **dict.fromkeys(_FORMS, form), "text/plain": text},
    }


def _posted() -> Part:
    either = {"anyOf": [{"$ref": "#/components/schemas/Taken"}, {"$ref": "#/components/schemas/Ready"}]}
    examples = {**schemas.bodies_taken(), "handshake": {"value": {"ok": True}}}
    location = {"schema": {"type": "string", "format": "uri"}, "required": True}
    return {
        "200": {
            "description": "Taken (durably), taken before, left alone by a rule, or a handshake. Signed sources are "
            "also told this where no lead can be made of an event: it is kept for the operator.",
            "content": {_JSON: {"schema": either, "examples": examples}},
        },
        "303": {
            "description": "Taken, from a person's browser: on to the source's `redirect`",
            "headers": {"Location": location},
        },
    }


def _content(description: str, schema: str, example: Any) -> Part:
    content = {_JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}, "example": example}}
    return {"description": description, "content": content}


_MEANINGS: Final = {
    HTTPStatus.BAD_REQUEST: "The body is not what its content type says",
    HTTPStatus.UNAUTHORIZED: "Unknown source, wrong or missing credential, stale signature, or an origin not allowed",
    HTTPStatus.METHOD_NOT_ALLOWED: "Another method",
    HTTPStatus.CONTENT_TOO_LARGE: "Too large, or too many leads",
    HTTPStatus.UNPROCESSABLE_CONTENT: "No lead can be made of it: each field by name, in a list by index",
    HTTPStatus.SERVICE_UNAVAILABLE: "A dependency is down, or the source's secret is not set: send it again",
}
# Where API Gateway may answer before the function does.
_GATEWAY: Final = {
    HTTPStatus.CONTENT_TOO_LARGE: "Request Entity Too Large",
    HTTPStatus.SERVICE_UNAVAILABLE: "Service Unavailable",
}


def _refusal(status: HTTPStatus) -> Part:
    example = schemas.body(schemas.refusals()[status])
    content: Part = {_PROBLEM: {"schema": schemas.problem_details(status), "example": example}}
    if message := _GATEWAY.get(status):
        content |= _content("", "GatewayMessage", {"message": message})["content"]
    part: Part = {"description": _MEANINGS[status], "content": content}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        seconds = {"schema": {"type": "integer", "minimum": 1}, "example": answer.RETRY_AFTER_SECONDS}
        part["headers"] = {"Retry-After": {"description": "seconds", **seconds}}
    return part


def _throttled() -> Part:
    return _content(
        "API Gateway's limit (the stack's ThrottleRate)", "GatewayMessage", {"message": "Too Many Requests"}
    )


def _cors() -> Part:
    names = ("Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers")
    return {name: {"schema": {"type": "string"}} for name in names}


def _security_schemes() -> Part:
    schemes: Part = {
        "bearer": {"type": "http", "scheme": "bearer", "description": 'the secret of a source with `auth = "token"`'},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "the same"},
        "basic": {"type": "http", "scheme": "basic", "description": '`auth = "basic"`: any user, the secret'},
    }
    for name, provider in PROVIDERS.items():
        if header := signature_header(provider):
            text = f"{provider.title} signs what it sends: see docs/sources.md"
            schemes[f"signature.{name}"] = {"type": "apiKey", "in": "header", "name": header, "description": text}
    return schemes
