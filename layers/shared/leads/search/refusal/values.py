"""Values: what a lead has, in the form in which it is compared with what a refusal repeats."""

from collections.abc import Mapping
from typing import Any


def plain(value: object) -> str:
    """A value in the form in which values are compared."""
    return str(value).strip().lower()


def fields(lead: Mapping[str, Any]) -> dict[str, Any]:
    """A lead with its custom fields beside the others."""
    custom = lead.get("customFields")
    return {**lead, **custom} if isinstance(custom, dict) else dict(lead)


def values(lead: Mapping[str, Any]) -> set[str]:
    """A lead's values, custom ones included, in the form in which they are compared."""
    return {plain(value) for value in fields(lead).values()}
