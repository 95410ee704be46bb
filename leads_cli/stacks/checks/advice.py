"""Settings and rules that are valid but most likely a mistake. `leads check` warns of them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Any, Final

from leads.config.schema import Campaign, Enrollment, Source
from leads.fields.body import parse
from leads.fields.names import canonical
from leads.model import LEAD_FIELDS
from leads.presets.providers import PROVIDERS
from leads_cli.project import EVENTS

# The starter file's.
PLACEHOLDER: Final = "camp_01HZA1TPNQ8RD4KF"
# One letter left out, doubled, wrong or swapped with its neighbour in a word as long as a field's.
_CLOSE: Final = 0.8


def find_doubts(enrollment: Enrollment) -> Iterator[str]:
    """One line per warning, with the key and the remedy."""
    if enrollment.leadterra.base_url.rstrip("/").endswith("/v1"):
        yield "leadterra.base_url: it is without /v1, which is added to it"
    if not enrollment.campaigns:
        yield "there is no campaign: add a [campaigns.<name>] table with its id"
    if not enrollment.sources:
        yield "there is no source: add a [sources.<name>] table with its provider and campaign"
    for name, campaign in enrollment.campaigns.items():
        yield from _find_campaign_doubts(f"campaigns.{name}", campaign)
    for name, source in enrollment.sources.items():
        yield from _find_source_doubts(f"sources.{name}", source)
    yield from find_idle_rules(enrollment)


def _find_campaign_doubts(key: str, campaign: Campaign) -> Iterator[str]:
    if campaign.id == PLACEHOLDER:
        yield f"{key}.id: {PLACEHOLDER} is a placeholder: replace it with the campaign's id from Leadterra"
    elif "/" in campaign.id:
        yield f"{key}.id: {campaign.id!r} looks like an address: the id alone is its last part, such as camp_..."
    elif campaign.id.split() != [campaign.id]:
        yield f"{key}.id: {campaign.id!r} has a space in it"
    yield from _misspelt(f"{key}.tokens", campaign.tokens)
    yield from _misspelt(f"{key}.defaults", campaign.defaults)
    if campaign.defaults:
        yield f"{key}.defaults: they also replace what Leadterra knows of a person who signs up again"


def _find_source_doubts(key: str, source: Source) -> Iterator[str]:
    if source.authentication == "none" and source.preset.signature:
        yield f"{key}.auth: {source.provider} signs, but the signature is not checked: leave auth out"
    if source.opt_outs == "suppress":
        yield (
            f"{key}.opt_outs: an opt-out that {source.preset.title} reports puts the address on "
            "Leadterra's suppression list, for all campaigns of the workspace; the API cannot undo it"
        )
    if canonical(source.honeypot or "") == "email" and "email" not in source.fields:
        yield f"{key}.honeypot: every submission with an address is ignored: name a field that people leave empty"
    yield from _misspelt(f"{key}.fields", source.fields)


def _misspelt(key: str, names: Iterable[str]) -> Iterator[str]:
    fields = {canonical(field): field for field in LEAD_FIELDS}
    for name in names:
        close = get_close_matches(canonical(name), fields, n=1, cutoff=_CLOSE)
        if close and (field := fields[close[0]]) != name:
            yield f"{key}: {name!r} is a custom field; the lead's own is spelt {field!r}"


_WEBHOOKS: Final = EVENTS / "webhooks"
# A question may have points in it, but not without spaces.
_PATH: Final = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)+")
# What SNS and EventBridge have around an event.
_ENVELOPES: Final = frozenset({"detail", "message", "messageattributes"})


def find_idle_rules(enrollment: Enrollment) -> Iterator[str]:
    """One line for each rule that no event meets, that always holds, or that another source's rules come before."""
    for name, source in enrollment.sources.items():
        key = f"sources.{name}"
        for rule, allowed in source.require.items():
            effect = "it always holds" if any(one is False for one in allowed) else "no event meets it"
            if why := _why_unseen(rule, source):
                yield f"{key}.require.{rule}: {effect}: {why}"
            elif source.honeypot and canonical(rule) == canonical(source.honeypot):
                yield f"{key}.require.{rule}: {effect}: it is the honeypot, and submissions that fill it in are ignored"
        for field, place in source.fields.items():
            if why := _why_unseen(place, source):
                yield f"{key}.fields.{field}: it finds nothing: {why}"
        yield from _shadowed(key, name, source, enrollment.sources)


def _why_unseen(name: str, source: Source) -> str:
    """Why no event has what a rule names; empty if one may."""
    if not canonical(name.removeprefix("header:")):
        return f"{name!r} has no letter and no digit, so no field has this name"
    known = _members(source.provider) if source.preset.views else frozenset()
    if known and _PATH.fullmatch(name) and canonical(first := name.partition(".")[0]) not in known | _ENVELOPES:
        return (
            f"the recorded events of {source.preset.title} have no {first!r}. Name the whole path or its end; "
            "leads map shows what an event holds"
        )
    return ""


@cache
def _members(provider: str) -> frozenset[str]:
    """The names in the recorded requests of a provider, and in the places that its preset knows."""
    preset = PROVIDERS[provider]
    places = [*preset.only, *preset.skip, *preset.opt_outs, *(view.path for views in preset.views for view in views)]
    found = {canonical(step) for place in places for step in place.replace("|", ".").split(".")}
    for path in _WEBHOOKS.glob(f"{provider}*.json"):
        recorded = json.loads(path.read_text(encoding="utf-8"))
        if recorded["provider"] == provider and recorded.get("body"):
            found |= set(_names(parse(recorded["body"].encode(), recorded["headers"].get("content-type", ""))))
    return frozenset(found)


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, member in value.items():
            yield canonical(name)
            yield from _names(member)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield str(number)
            yield from _names(item)


def _shadowed(key: str, name: str, source: Source, sources: Mapping[str, Source]) -> Iterator[str]:
    """Events of a queue go to the first source that matches: a later one with narrower rules gets none."""
    for earlier, other in sources.items():
        if earlier == name or not source.match:
            return
        wider = [
            path in source.match and set(source.match[path]) <= set(values) for path, values in other.match.items()
        ]
        if wider and all(wider):
            yield f"{key}.match: no event meets it: all that would go to sources.{earlier}, which comes first"
            return
