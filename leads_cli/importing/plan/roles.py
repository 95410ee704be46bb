"""Roles: what fields would become by their names alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from leads.config.schema import Source
from leads.fields.submission import Submission
from leads.fields.vocabulary import FULL_NAME, INFIX
from leads.lead.person import Person
from leads.model import LEAD_FIELDS


@dataclass(frozen=True, slots=True)
class Role:
    """A lead's own or custom field that a submission's field may become. `choice` 0 is tried first."""

    field: str
    choice: int = 0


def roles(names: Iterable[str], source: Source) -> dict[str, Role]:
    """The role of each field that a source's rules would not leave out."""
    # Each field's value is its name, by which it is known again among the custom ones.
    person = Person(Submission({name: name for name in names}, None), source)
    fields = (*LEAD_FIELDS, FULL_NAME, INFIX)
    found = {name: Role(field, n) for field in fields for n, name in enumerate(person.candidates(field))}
    return {name: Role(key) for key, name in person.custom_fields({"email": ""}).items()} | found
