"""Bodies with which the sandbox may refuse leads: shapes of real validators, correct and misleading ones.

No page documents the shape of Leadterra's `errors`, so a client has to cope with each.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from leads_cli.sandbox.admission import Behaviour, ErrorShape, InvalidLead, RefusedBatch, name_rows
from tests.error_bodies import SHAPES as BODIES
from tests.error_bodies import Bad, Lead, Refused

TRUNCATED_TO = 2
_PHRASES = {400: "Bad Request", 422: "Unprocessable Entity"}  # the phrase before RFC 9110, which frameworks use


def like(name: str, *, by_address: bool = False) -> ErrorShape:
    """The body of this name in error_bodies.py."""

    def shaped(batch: RefusedBatch) -> object:
        leads: list[Lead] = [{}] * batch.rows
        bad = [_bad(refusal, by_address=by_address) for refusal in batch.refusals]
        return BODIES[name](Refused(leads, bad))

    return shaped


def _bad(refusal: InvalidLead, *, by_address: bool) -> Bad:
    if by_address:
        return Bad(refusal.index, refusal.index, {"email": refusal.email or ""}, message=refusal.message)
    field = refusal.field or "email"
    return Bad(refusal.index, refusal.index, {field: refusal.value}, field, refusal.message)


def with_indices(shape: ErrorShape, index: Callable[[int, int], int]) -> ErrorShape:
    """A shape that names other rows: `index` gets the true index and the number of rows."""

    def shaped(batch: RefusedBatch) -> object:
        moved = [replace(refusal, index=index(refusal.index, batch.rows)) for refusal in batch.refusals]
        return shape(replace(batch, refusals=moved))

    return shaped


def with_first(shape: ErrorShape, number: int) -> ErrorShape:
    return lambda batch: shape(replace(batch, refusals=batch.refusals[:number]))


def _misquoted(batch: RefusedBatch) -> object:
    value = "stranger@elsewhere.example"
    return {"errors": [{"index": each.index, "field": each.field, "value": value} for each in batch.refusals]}


def _next_row(index: int, rows: int) -> int:
    return (index + 1) % rows


SHAPES: Mapping[str, ErrorShape] = {
    # Correct: they name what was refused.
    "index": name_rows,
    "index_only": like("index"),
    "fastapi": like("pydantic"),
    "drf": like("list by position"),
    "zod": like("zod"),
    "express_validator": like("express-validator"),
    "nest": like("nest"),
    "fastify": like("pointer in words"),
    "by_email": like("map by address", by_address=True),
    "prose_email": like("address in words", by_address=True),
    "truncated": with_first(name_rows, TRUNCATED_TO),
    # Correct but counted differently, or wrong.
    "one_based_index": with_indices(like("index"), lambda index, _: index + 1),
    "offset_index": with_indices(like("index"), lambda index, _: index + 2),
    "wrong_row": with_indices(like("index"), _next_row),
    "contradictory": with_indices(name_rows, _next_row),
    "wrong_echo": _misquoted,
    # Naming no row.
    "count_only": lambda batch: {"errors": len(batch.refusals)},
    "plain_text": lambda batch: _PHRASES[batch.status],
    "empty_body": lambda _: "",
}


def behaving(**switches: Any) -> Behaviour:
    """A behaviour with the error shape of this name."""
    shape = switches.pop("error_shape", "index")
    return Behaviour(**switches, error_shape=SHAPES[shape])
