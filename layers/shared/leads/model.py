"""The lead: its own fields and its shape, as configuration, messages and requests share them."""

from typing import Any, Final

LEAD_FIELDS: Final = ("email", "firstName", "lastName", "company", "jobTitle")

type Lead = dict[str, Any]
"""`email`, optional `firstName`, `lastName`, `company`, `jobTitle` (strings) and `customFields` (an object)."""
