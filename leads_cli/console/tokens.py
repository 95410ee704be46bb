"""Personalization tokens: how many leads have them, and how a copy reads for one of them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.config.schema import Campaign
from leads.request.batch import with_defaults
from leads_cli.failures.change.edits import ABSENT, Absent

_TOKEN: Final = re.compile(r"\{\{\s*([^{}\s]+)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of some leads say what a token asks for by themselves; the others get the default, if there is one."""

    token: str
    filled: int
    leads: int
    default: Any | Absent

    @property
    def share(self) -> float:
        return self.filled / self.leads if self.leads else 0.0


@dataclass(frozen=True, slots=True)
class CopyPart:
    """Part of a copy as a lead gets it: fixed text, or what a token became; `missing` if that is nothing."""

    text: str
    token: str = ""
    missing: bool = False


def count_coverage(rules: Campaign, leads: Sequence[Mapping[str, Any]]) -> list[Coverage]:
    """Each token of a campaign."""
    return [
        Coverage(token, sum(bool(_value(lead, token)) for lead in leads), len(leads), rules.defaults.get(token, ABSENT))
        for token in rules.tokens
    ]


def copy_of(rules: Campaign) -> str:
    """A copy to begin with, which uses all tokens of a campaign: Leadterra does not tell its own."""
    first, *others = rules.tokens or ("firstName",)
    more = "".join(f" {{{{{token}}}}}" for token in others)
    return f"Hi {{{{{first}}}}}," + (f"\n{more.strip()}" if more else "")


def render_copy(copy: str, lead: Mapping[str, Any], rules: Campaign) -> Iterator[CopyPart]:
    """A copy as this lead gets it, defaults applied; a token without a field becomes nothing, as in Leadterra."""
    whole = with_defaults(dict(lead), rules)
    end = 0
    for found in _TOKEN.finditer(copy):
        if found.start() > end:
            yield CopyPart(copy[end : found.start()])
        text = _value(whole, found[1])
        yield CopyPart(text, found[1], missing=not text)
        end = found.end()
    if end < len(copy):
        yield CopyPart(copy[end:])


def _value(lead: Mapping[str, Any], token: str) -> str:
    """What a token becomes for a lead."""
    custom = lead.get("customFields")
    own = lead.get(token)
    value = own if own not in (None, "") or not isinstance(custom, dict) else custom.get(token)
    return "" if value is None else str(value).strip()
