"""Which leads Leadterra would refuse, and why."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from leads_cli.sandbox.records import LEAD_FIELDS, UpsertCounts, normalise_address

REFUSED_DOMAIN = "refused.example"
"""A valid address that the sandbox refuses, to cause a refusal on purpose."""

MAX_ADDRESS_LENGTH = 254  # RFC 5321: a path has 256 characters, two of them the angle brackets

_ATOM = r'[^\s@.,:;<>()\[\]"\\]+'
# The classes of neighbouring parts are disjoint: matching is linear, whatever is sent.
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_ATOM}(?:\.{_ATOM})+")


@dataclass(frozen=True, slots=True)
class InvalidLead:
    """One row that failed: `index` counts from 0 in the request; `field` is empty if the row is no object."""

    index: int
    email: str | None
    field: str
    value: object
    code: Literal["missing", "invalid", "refused", "duplicate"]
    message: str


@dataclass(frozen=True, slots=True)
class RefusedBatch:
    """What an error body is made of."""

    status: int
    rows: int
    refusals: Sequence[InvalidLead]


def unmet_schema(rows: Sequence[object]) -> Iterator[InvalidLead]:
    """The rows without what the schema requires: an object with an e-mail address."""
    for index, row in enumerate(rows):
        if not isinstance(row, dict):
            yield InvalidLead(index, None, "", row, "invalid", "must be an object")
        elif row.get("email") in (None, ""):
            yield InvalidLead(index, None, "email", None, "missing", "email is required")


def invalid_leads(rows: Sequence[object], *, refuse_duplicates: bool) -> Iterator[InvalidLead]:
    """The rows that meet the schema and still are no valid leads, each with its first reason."""
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if not isinstance(row, dict) or row.get("email") in (None, ""):
            continue
        refusal = _refused_address(index, row["email"]) or _refused_field(index, row)
        if refusal is not None:
            yield refusal
        elif refuse_duplicates and (address := normalise_address(row["email"])) in seen:
            yield InvalidLead(index, row["email"], "email", row["email"], "duplicate", "duplicate email in request")
        elif refuse_duplicates:
            seen.add(address)


def schema_changed(rows: Sequence[object]) -> Iterator[InvalidLead]:
    """Every row without `consentBasis`, as if the service had begun to require it."""
    for index, row in enumerate(rows):
        fields = row if isinstance(row, dict) else {}
        custom = fields.get("customFields")
        if not (fields.get("consentBasis") or (isinstance(custom, dict) and custom.get("consentBasis"))):
            yield InvalidLead(index, fields.get("email"), "consentBasis", None, "missing", "consentBasis is required")


def _refused_address(index: int, email: object) -> InvalidLead | None:
    if not isinstance(email, str):
        return InvalidLead(index, None, "email", email, "invalid", "email must be a string")
    address = normalise_address(email)
    if len(address) > MAX_ADDRESS_LENGTH or _ADDRESS.fullmatch(address) is None:
        return InvalidLead(index, email, "email", email, "invalid", "invalid email format")
    if address.endswith("@" + REFUSED_DOMAIN):
        return InvalidLead(index, email, "email", email, "refused", "email domain does not accept mail")
    return None


def _refused_field(index: int, row: dict[str, object]) -> InvalidLead | None:
    email = str(row["email"])
    for field in LEAD_FIELDS:
        if not isinstance(row.get(field), str | None):
            return InvalidLead(index, email, field, row[field], "invalid", f"{field} must be a string")
    if not isinstance(row.get("customFields"), dict | None):
        return InvalidLead(
            index, email, "customFields", row["customFields"], "invalid", "customFields must be an object"
        )
    return None


class SandboxError(Exception):
    """A refusal with the status and code that Leadterra would answer."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def unauthenticated() -> SandboxError:
    return SandboxError(401, "authentication_failed", "The API key is missing, invalid, or revoked.")


class InvalidLeadsError(SandboxError):
    """One or more leads failed validation. `stored` counts the others where a 2xx reports it."""

    def __init__(self, batch: RefusedBatch, stored: UpsertCounts | None = None) -> None:
        super().__init__(batch.status, "validation_failed", "One or more leads failed validation.")
        self.batch = batch
        self.stored = stored
