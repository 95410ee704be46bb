"""`docs/openapi.json`: the webhook as OpenAPI 3.1, with answers made by the code."""

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
    "bulk": ("several, in the format of Leadterra's bulk endpoint", {"leads": [_LEAD]}),
    "wrapped": ("inside another object of any name", {"contact": _LEAD}),
    "flattened": ("nested names joined, as some tools do", {"contact__email": "ava@example.com"}),
    "named otherwise": ("under common field names", {"Your e-mail": "ava@example.com", "Full name": "Ava Lind"}),
}
_SOURCE: Final[Schema] = {
    "name": "source",
    "in": "path",
    "required": True,
    "description": "the name of a `[sources.<name>]` table; an unknown name is answered 401",
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
    "description": "the sender's id of the event: a source accepts the same id only once within 7 days. "
    "A provider's event id (docs/sources.md) has the same effect",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "order-4711",
}
_DESCRIPTION: Final = f"""Accepts signups and stores them in a queue; `200` means that they are stored.

A body may have {MAX_MESSAGE_BYTES:,} bytes and {MAX_LISTED:,} leads. Other methods are answered 405 with a valid
credential, and 401 without. Sources with `allowed_origins` answer with CORS headers."""

_TEST: Final = (
    'Enrolls no one. A source with `auth = "token"` or `"basic"` answers 200 to its secret and 401 to anything else. '
    "A source with signatures, or an open one, always answers 200, because providers cannot sign a GET."
)


def document() -> str:
    """The whole description, as JSON."""
    return json.dumps(description(), indent=2, ensure_ascii=False) + "\n"


def description() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leadterra Enroll: the webhook",
            "version": tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"],
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [
            {
                "url": "https://{api}.execute-api.{region}.amazonaws.com",
                "description": "a deployed stack: see its output `WebhookUrl`",
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
    ready = {
        "200": answers.content(
            "The source exists, and the credential is valid if one is required", "Ready", {"ok": True}
        )
    }
    return {
        "parameters": parameters,
        "post": {
            "operationId": f"submit{suffix}",
            "summary": "Send a signup, a list of signups, or a provider's event",
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
            # With form data in the query: such a signup is refused.
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
            "summary": "CORS preflight",
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
        "description": "A body that looks like JSON is read as JSON: SNS sends JSON as text.",
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
            text = f"the signature of {provider.title}: see docs/sources.md"
            schemes[f"signature.{name}"] = {"type": "apiKey", "in": "header", "name": header, "description": text}
    return schemes
