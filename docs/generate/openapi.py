"""`docs/openapi.json`: the front door as OpenAPI 3.1, from the code that answers there."""

import json
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from docs.generate import answers, schemas
from docs.generate.schemas import Schema
from docs.generate.sources import signature_header
from leads.fields.body import MAX_LISTED
from leads.message.message import MAX_MESSAGE_BYTES
from leads.presets.providers import PROVIDERS
from leads_cli.project import ROOT

_JSON: Final = "application/json"
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
_LEAD: Final = {"email": "ava@example.com", "firstName": "Ava", "plan": "pro"}
_SENT: Final[Mapping[str, tuple[str, Any]]] = {
    "lead": ("one lead", _LEAD),
    "list": ("several", [_LEAD, {"email": "ben@example.org"}]),
    "bulk": ("several, as Leadterra's own bulk endpoint has them", {"leads": [_LEAD]}),
    "wrapped": ("within another object, whatever its name", {"contact": _LEAD}),
    "flattened": ("nested names in one, as some tools write them", {"contact__email": "ava@example.com"}),
    "named otherwise": ("as people name their fields", {"Your e-mail": "ava@example.com", "Full name": "Ava Lind"}),
}
_SOURCE: Final[Schema] = {
    "name": "source",
    "in": "path",
    "required": True,
    "description": "the name of a `[sources.<name>]` table; an unknown one is answered 401, never 404",
    "schema": {"type": "string", "minLength": 1, "maxLength": 64},
    "example": "website",
}
_TOKEN: Final[Schema] = {
    "name": "token",
    "in": "path",
    "required": True,
    "description": "the source's secret, for senders that can neither sign nor send a header",
    "schema": {"type": "string", "minLength": 1},
    "example": "a-long-random-token",
}
_IDEMPOTENCY_KEY: Final[Schema] = {
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

_TEST: Final = (
    'Nobody is enrolled. A source with `auth = "token"` or `"basic"` answers 200 to its secret and 401 to anything '
    "else, which is what a tool's button for testing a connection wants to know. A source whose senders sign, and an "
    "open one, answer 200 to everybody: some providers look before they send, and cannot sign that."
)


def document() -> str:
    """The whole description, as JSON."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


def description() -> Schema:
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
            "/forms/{source}": _path("Form", [_SOURCE]),
        },
        "components": {"schemas": schemas.schemas(), "securitySchemes": _security_schemes()},
    }


def _path(suffix: str, parameters: list[Schema]) -> Schema:
    # With the token in the path, or for a form, nothing else is needed; else any of the schemes, as the source says.
    security: list[Schema] = [{}] if suffix else [{}, *({name: []} for name in _security_schemes())]
    refused = {str(status.value): answers.refusal(status) for status in schemas.refusals()}
    throttled = {"429": answers.throttled()}
    looked = {key: refused[key] for key in ("401", "503")} | throttled
    bare = {key: {name: value for name, value in part.items() if name != "content"} for key, part in looked.items()}
    ready = {"200": answers.content("There, and the credential is right where one is asked for", "Ready", {"ok": True})}
    return {
        "parameters": parameters,
        "post": {
            "operationId": f"submit{suffix}",
            "summary": "Hand over a signup, a list of them, or a provider's event",
            "security": security,
            "parameters": [_IDEMPOTENCY_KEY],
            "requestBody": _request(),
            "responses": answers.posted() | {k: part for k, part in refused.items() if k != "405"} | throttled,
        },
        "get": {
            "operationId": f"check{suffix}",
            "summary": "Test this connection",
            "description": _TEST,
            "security": security,
            # With a form's answers in the query: nobody is taken that way.
            "responses": ready | looked | {"405": refused["405"]},
        },
        "head": {
            "operationId": f"checkHead{suffix}",
            "summary": "Test this connection, without a body",
            "description": _TEST,
            "security": security,
            "responses": {"200": {"description": ready["200"]["description"]}} | bare,
        },
        "options": {
            "operationId": f"preflight{suffix}",
            "summary": "What a browser asks before a script may post",
            "security": [{}],
            "responses": {"204": answers.permitted()} | looked,
        },
    }


def _request() -> Schema:
    examples = {name: {"summary": summary, "value": value} for name, (summary, value) in _SENT.items()}
    several = {"schema": {"$ref": "#/components/schemas/Submission"}, "examples": examples}
    form = {"schema": {"$ref": "#/components/schemas/Lead"}, "example": _LEAD}
    text = {"schema": {"type": "string"}, "example": json.dumps(_LEAD)}
    return {
        "required": True,
        "description": "The first byte is believed before the content type: SNS sends JSON as text.",
        "content": {_JSON: several, **dict.fromkeys(_FORMS, form), "text/plain": text},
    }


def _security_schemes() -> Schema:
    schemes: Schema = {
        "bearer": {"type": "http", "scheme": "bearer", "description": 'the secret of a source with `auth = "token"`'},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "the same"},
        "basic": {"type": "http", "scheme": "basic", "description": '`auth = "basic"`: any user, the secret'},
    }
    for name, provider in PROVIDERS.items():
        if header := signature_header(provider):
            text = f"{provider.title} signs what it sends: see docs/sources.md"
            schemes[f"signature.{name}"] = {"type": "apiKey", "in": "header", "name": header, "description": text}
    return schemes
