"""Settings that are valid but most likely a mistake. `leads check` warns of them."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Final

from leads.config.schema import Enrollment
from leads.fields.names import canonical
from leads.model import LEAD_FIELDS
from leads_cli.stacks.checks.rules import find_idle_rules

# The starter file's.
PLACEHOLDER: Final = "camp_01HZA1TPNQ8RD4KF"
# One letter left out, doubled, wrong or swapped with its neighbour in a word as long as a field's.
_CLOSE: Final = 0.8


def find_doubts(enrollment: Enrollment) -> Iterator[str]:
    """One line per warning, with the key and the remedy."""
    if not enrollment.campaigns:
        yield "there is no campaign: add a [campaigns.<name>] table with its id"
    if not enrollment.sources:
        yield "there is no source: add a [sources.<name>] table with its provider and campaign"
    for name, campaign in enrollment.campaigns.items():
        key = f"campaigns.{name}"
        if campaign.id == PLACEHOLDER:
            yield f"{key}.id: {PLACEHOLDER} is a placeholder: replace it with the campaign's id from Leadterra"
        elif "/" in campaign.id:
            yield f"{key}.id: {campaign.id!r} looks like an address: the id alone is its last part, such as camp_..."
        yield from _misspelt(f"{key}.tokens", campaign.tokens)
        yield from _misspelt(f"{key}.defaults", campaign.defaults)
        if campaign.defaults:
            yield f"{key}.defaults: they also replace what Leadterra knows of a person who signs up again"
    for name, source in enrollment.sources.items():
        if source.authentication == "none" and source.preset.signature:
            yield f"sources.{name}.auth: {source.provider} signs, but the signature is not checked: leave auth out"
        if source.opt_outs == "suppress":
            yield (
                f"sources.{name}.opt_outs: an opt-out that {source.preset.title} reports puts the address on "
                "Leadterra's suppression list, for all campaigns of the workspace; the API cannot undo it"
            )
        yield from _misspelt(f"sources.{name}.fields", source.fields)
    yield from find_idle_rules(enrollment)


def _misspelt(key: str, names: Iterable[str]) -> Iterator[str]:
    fields = {canonical(field): field for field in LEAD_FIELDS}
    for name in names:
        close = get_close_matches(canonical(name), fields, n=1, cutoff=_CLOSE)
        if close and (field := fields[close[0]]) != name:
            yield f"{key}: {name!r} is a custom field; the lead's own is spelt {field!r}"
