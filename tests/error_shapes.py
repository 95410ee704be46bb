"""Bodies with which the sandbox may refuse leads: shapes of real validators, correct and misleading ones.

No page documents the shape of Leadterra's `errors`, so a client has to cope with each. error_bodies.py has more.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from leads_cli.sandbox.admission import Behaviour, ErrorShape, InvalidLead, RefusedBatch, name_rows

TRUNCATED_TO = 2
_PHRASES = {400: "Bad Request", 422: "Unprocessable Entity"}  # the phrase before RFC 9110, which those frameworks use


def steps(refusal: InvalidLead) -> list[str | int]:
    """The path of the refused value in the request body."""
    return ["leads", refusal.index, *([refusal.field] if refusal.field else [])]


def dotted(refusal: InvalidLead) -> str:
    return ".".join(map(str, steps(refusal)))


def bracketed(refusal: InvalidLead) -> str:
    return f"leads[{refusal.index}]" + (f".{refusal.field}" if refusal.field else "")


def pointer(refusal: InvalidLead) -> str:
    return "".join(f"/{step}" for step in steps(refusal))


def listed(entry: Callable[[InvalidLead], object], key: str = "errors") -> ErrorShape:
    """A list with one entry for each refusal."""
    return lambda batch: {key: [entry(refusal) for refusal in batch.refusals]}


def with_indices(shape: ErrorShape, index: Callable[[int, int], int]) -> ErrorShape:
    """A shape that names other rows: `index` gets the true index and the number of rows."""

    def shaped(batch: RefusedBatch) -> object:
        moved = [replace(refusal, index=index(refusal.index, batch.rows)) for refusal in batch.refusals]
        return shape(replace(batch, refusals=moved))

    return shaped


def with_first(shape: ErrorShape, number: int) -> ErrorShape:
    return lambda batch: shape(replace(batch, refusals=batch.refusals[:number]))


def _messages(refusal: InvalidLead) -> dict[str, list[str]]:
    return {refusal.field or "non_field_errors": [refusal.message]}


def _numbered(refusal: InvalidLead) -> dict[str, object]:
    return {"index": refusal.index, "field": refusal.field, "message": refusal.message}


def _misquoted(refusal: InvalidLead) -> dict[str, object]:
    return {**_numbered(refusal), "value": "stranger@elsewhere.example"}


def _pydantic(refusal: InvalidLead) -> dict[str, object]:
    kind = "missing" if refusal.code == "missing" else "value_error"
    return {"type": kind, "loc": ["body", *steps(refusal)], "msg": refusal.message, "input": refusal.value}


def _zod(refusal: InvalidLead) -> dict[str, object]:
    code = "invalid_type" if refusal.code == "missing" else "custom"
    return {"code": code, "path": steps(refusal), "message": refusal.message}


def _express(refusal: InvalidLead) -> dict[str, object]:
    value = {} if refusal.value is None else {"value": refusal.value}
    return {"type": "field", **value, "msg": refusal.message, "path": bracketed(refusal), "location": "body"}


def _in_position(batch: RefusedBatch) -> object:
    found = {refusal.index: _messages(refusal) for refusal in batch.refusals}
    return {"leads": [found.get(index, {}) for index in range(batch.rows)]}


def _by_email(batch: RefusedBatch) -> object:
    return {"errors": {refusal.email or "": [refusal.message] for refusal in batch.refusals}}


def _nest(batch: RefusedBatch) -> object:
    messages = [f"{dotted(refusal)} {refusal.message}" for refusal in batch.refusals]
    return {"message": messages, "error": _PHRASES[batch.status], "statusCode": batch.status}


def _fastify(batch: RefusedBatch) -> object:
    first = batch.refusals[0]
    return {
        "statusCode": batch.status,
        "code": "FST_ERR_VALIDATION",
        "error": _PHRASES[batch.status],
        "message": f"body{pointer(first)} {first.message}",
    }


def _prose(refusal: InvalidLead) -> str:
    return f"{refusal.email}: {refusal.message}" if refusal.email else refusal.message


def _next_row(index: int, rows: int) -> int:
    return (index + 1) % rows


SHAPES: Mapping[str, ErrorShape] = {
    # Correct: they name what was refused.
    "index": name_rows,
    "index_only": listed(_numbered),
    "fastapi": listed(_pydantic, "detail"),
    "drf": _in_position,
    "zod": listed(_zod, "issues"),
    "express_validator": listed(_express),
    "nest": _nest,
    "fastify": _fastify,
    "by_email": _by_email,
    "prose_email": listed(_prose),
    "truncated": with_first(name_rows, TRUNCATED_TO),
    # Correct but counted differently, or wrong.
    "one_based_index": with_indices(listed(_numbered), lambda index, _: index + 1),
    "offset_index": with_indices(listed(_numbered), lambda index, _: index + 2),
    "wrong_row": with_indices(listed(_numbered), _next_row),
    "contradictory": with_indices(name_rows, _next_row),
    "wrong_echo": listed(_misquoted),
    # Naming no row.
    "count_only": lambda batch: {"errors": len(batch.refusals)},
    "plain_text": lambda batch: _PHRASES[batch.status],
    "empty_body": lambda _: "",
}


def behaving(**switches: Any) -> Behaviour:
    """A behaviour with the error shape of this name."""
    shape = switches.pop("error_shape", "index")
    return Behaviour(**switches, error_shape=SHAPES[shape])
