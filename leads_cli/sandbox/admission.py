"""Which leads Leadterra would refuse, and why. Where its pages contradict each other or say nothing, it is a switch."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

LEAD_FIELDS: Final = ("firstName", "lastName", "company", "jobTitle")
# A valid address of this domain is refused, to cause a refusal on purpose.
REFUSED_DOMAIN: Final = "refused.example"
_REFUSED: Final = "email domain does not accept mail"
_MAX_ADDRESS_LENGTH: Final = 254  # RFC 5321: a path has 256 characters, two of them the angle brackets
_ATOM: Final = r'[^\s@.,:;<>()\[\]"\\]+'
# The classes of neighbouring parts are disjoint: matching is linear, whatever is sent.
_ADDRESS: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})+")

type Dialect = Literal["reference", "guide", "data"]


@dataclass(frozen=True, slots=True)
class InvalidLead:
    """One row that failed: `index` counts from 0 in the request; `field` is empty if the row is no object."""

    index: int
    email: str | None
    field: str
    value: object
    code: Literal["missing", "invalid", "refused", "duplicate"]
    message: str

    @property
    def unmet(self) -> bool:
        """Whether it lacks what the schema requires: an object with an e-mail address."""
        return not self.field or (self.field == "email" and self.code == "missing")


@dataclass(frozen=True, slots=True)
class RefusedBatch:
    """What an error body is made of."""

    status: int
    rows: int
    refusals: Sequence[InvalidLead]


type ErrorShape = Callable[[RefusedBatch], object]
"""The JSON value of a refusal's body; a `str` is sent as plain text."""


def name_rows(batch: RefusedBatch) -> object:
    """Each row with its address, field and reason. No page documents the shape of Leadterra's `errors`."""
    names = ("index", "email", "field", "code", "message")
    return {"errors": [{name: getattr(refusal, name) for name in names} for refusal in batch.refusals]}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How this Leadterra behaves; the defaults follow the API reference.

    Attributes:
        on_invalid: refuse all of the batch; refuse it but keep its good leads; or answer `reported_status` with the
            counts of the good and the errors of the others.
        duplicates: what becomes of a second row with the same address in one request.
    """

    dialect: Dialect = "reference"
    missing_email_status: Literal[400, 422] = 400
    invalid_lead_status: Literal[400, 422] = 422
    on_invalid: Literal["atomic", "partial", "report"] = "atomic"
    reported_status: Literal[200, 207] = 207
    duplicates: Literal["merge", "refuse"] = "merge"
    error_shape: ErrorShape = name_rows


class Admission(NamedTuple):
    """The rows that are valid leads, and the refusal of the others, if there are any."""

    good: list[dict[str, object]]
    refused: RefusedBatch | None


def admit(rows: Sequence[object], behaviour: Behaviour, *, refuse_all: bool = False) -> Admission:
    """Judge every row. `refuse_all` simulates a changed schema."""
    refusals = list(_schema_changed(rows)) if refuse_all else []
    refusals = refusals or list(_refusals(rows, behaviour))
    bad = {refusal.index for refusal in refusals}
    good = [row for index, row in enumerate(rows) if index not in bad and isinstance(row, dict)]
    unmet = [refusal for refusal in refusals if refusal.unmet]
    if unmet and behaviour.missing_email_status != behaviour.invalid_lead_status:
        # Two statuses mean two stages, and a request that fails the first never sees the second.
        return Admission(good, RefusedBatch(behaviour.missing_email_status, len(rows), unmet))
    return Admission(good, RefusedBatch(behaviour.invalid_lead_status, len(rows), refusals) if refusals else None)


def _refusals(rows: Sequence[object], behaviour: Behaviour) -> Iterator[InvalidLead]:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if refusal := _refusal(index, row):
            yield refusal
        elif behaviour.duplicates == "refuse" and isinstance(row, dict):
            email = row["email"]
            if (address := normalise_address(email)) in seen:
                yield InvalidLead(index, email, "email", email, "duplicate", "duplicate email in request")
            seen.add(address)


def _refusal(index: int, row: object) -> InvalidLead | None:
    """The first reason to refuse a row."""
    if not isinstance(row, dict):
        return InvalidLead(index, None, "", row, "invalid", "must be an object")
    email = row.get("email")
    if email in (None, ""):
        return InvalidLead(index, None, "email", None, "missing", "email is required")
    text = email if isinstance(email, str) else None
    if problem := "email must be a string" if text is None else _flaw(normalise_address(text)):
        return InvalidLead(index, text, "email", email, "refused" if problem == _REFUSED else "invalid", problem)
    kinds = {**dict.fromkeys(LEAD_FIELDS, (str, "a string")), "customFields": (dict, "an object")}
    for field, (kind, named) in kinds.items():
        if not isinstance(row.get(field), kind | None):
            return InvalidLead(index, text, field, row[field], "invalid", f"{field} must be {named}")
    return None


def _flaw(address: str) -> str:
    if len(address) > _MAX_ADDRESS_LENGTH or _ADDRESS.fullmatch(address) is None:
        return "invalid email format"
    return _REFUSED if address.endswith(f"@{REFUSED_DOMAIN}") else ""


def _schema_changed(rows: Sequence[object]) -> Iterator[InvalidLead]:
    """Every row without `consentBasis`, as if the service had begun to require it."""
    for index, row in enumerate(rows):
        fields = row if isinstance(row, dict) else {}
        if not sent_fields(fields).get("consentBasis"):
            yield InvalidLead(index, fields.get("email"), "consentBasis", None, "missing", "consentBasis is required")


def normalise_address(email: str) -> str:
    """The form in which addresses are matched. Leadterra documents none, so plus-tags stay."""
    return email.strip().lower()


def sent_fields(row: dict[str, object]) -> dict[str, object]:
    """The fields of a row in either dialect; a top-level field beats a nested one of its name."""
    nested = row.get("customFields")
    top = {name: value for name, value in row.items() if name not in {"email", "customFields"}}
    return {**nested, **top} if isinstance(nested, dict) else top


class SandboxError(Exception):
    """A refusal with the status and code that Leadterra would answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


class InvalidLeadsError(SandboxError):
    """One or more leads failed validation."""

    def __init__(self, batch: RefusedBatch) -> None:
        super().__init__(batch.status, "validation_failed", "One or more leads failed validation.")
        self.batch = batch
