"""The points on which Leadterra's own pages contradict each other or say nothing, as switches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from leads_cli.sandbox.error_shapes import SHAPES
from leads_cli.sandbox.validation import InvalidLead, RefusedBatch, invalid_leads, schema_changed, unmet_schema

type Dialect = Literal["reference", "guide", "data"]
type Matching = Literal["workspace", "campaign"]


def _known_shape(name: str) -> str:
    if name not in SHAPES:
        raise ValueError(f"unknown error shape; known are {', '.join(SHAPES)}")
    return name


class Behaviour(BaseModel):
    """How this Leadterra behaves; the defaults follow the API reference.

    `matching` decides under which key a lead is stored: set it before the first lead arrives.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    dialect: Dialect = "reference"
    matching: Matching = "workspace"
    missing_email_status: Literal[400, 422] = 400
    invalid_lead_status: Literal[400, 422] = 422
    on_invalid: Literal["atomic", "partial", "report", "ignore"] = "atomic"
    """Refuse all of the batch; refuse it but keep its good leads; answer `reported_status` with the counts of the good
    and the errors of the others; or answer 200 and count only the good.
    """
    reported_status: Literal[200, 207] = 207
    duplicates: Literal["merge", "refuse"] = "merge"
    """What becomes of a second row with the same address in one request."""
    error_shape: Annotated[str, AfterValidator(_known_shape)] = "index"


@dataclass(frozen=True, slots=True)
class Admission:
    """The rows that are valid leads, and the refusal of the others, if there are any."""

    good: list[dict[str, object]]
    refused: RefusedBatch | None


def admission(rows: Sequence[object], behaviour: Behaviour, *, refuse_all: bool) -> Admission:
    """Judge every row. `refuse_all` simulates a changed schema."""
    if refuse_all and (changed := list(schema_changed(rows))):
        out = {refusal.index for refusal in changed}
        kept = [row for index, row in enumerate(rows) if index not in out and isinstance(row, dict)]
        return Admission(kept, RefusedBatch(behaviour.invalid_lead_status, len(rows), changed))
    unmet = list(unmet_schema(rows))
    invalid = list(invalid_leads(rows, refuse_duplicates=behaviour.duplicates == "refuse"))
    bad = {refusal.index for refusal in [*unmet, *invalid]}
    good = [row for index, row in enumerate(rows) if index not in bad and isinstance(row, dict)]
    return Admission(good, _refused(len(rows), unmet, invalid, behaviour) if bad else None)


def _refused(rows: int, unmet: list[InvalidLead], invalid: list[InvalidLead], behaviour: Behaviour) -> RefusedBatch:
    if not unmet:
        return RefusedBatch(behaviour.invalid_lead_status, rows, invalid)
    if behaviour.missing_email_status != behaviour.invalid_lead_status:
        # Two statuses mean two stages, and a request that fails the first never sees the second.
        return RefusedBatch(behaviour.missing_email_status, rows, unmet)
    both = sorted([*unmet, *invalid], key=lambda refusal: refusal.index)
    return RefusedBatch(behaviour.missing_email_status, rows, both)
