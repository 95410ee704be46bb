"""Which rows of a bulk request are taken, and what is said about the others."""

from collections.abc import Sequence
from dataclasses import dataclass

from leads_cli.sandbox.faults.validation import InvalidLead, RefusedBatch, invalid_leads, schema_changed, unmet_schema
from leads_cli.sandbox.store.behaviour import Behaviour


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
