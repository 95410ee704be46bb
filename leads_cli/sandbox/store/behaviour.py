"""The points on which Leadterra's own pages contradict each other or say nothing, as switches."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from leads_cli.sandbox.faults.error_shapes import SHAPES

type Dialect = Literal["reference", "guide", "data"]
type Matching = Literal["workspace", "campaign"]


def _known_shape(name: str) -> str:
    if name not in SHAPES:
        message = f"unknown error shape; known are {', '.join(SHAPES)}"
        raise ValueError(message)
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
