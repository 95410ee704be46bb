"""The moving part of the page as HTML: the counts of law 2 and the newest leads."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from leads.model import LEAD_FIELDS
from leads_cli.console.frame import term
from leads_cli.logs.journal import LeadRow, LeadState
from leads_cli.stacks.counts import OUTCOMES, RARE, TAKEN, StackStatus
from leads_cli.words import as_text, duration, number

SHOWN: Final = 50
# A lead may have any number of custom fields, of any length; the list stays a list.
MOST_FIELDS: Final = 12
LONGEST: Final = 80
# Outcomes that are worth a look as soon as there is one.
_UNUSUAL: Final = {"rejected": "bad", "unaccounted": "warn"}


def counts(status: StackStatus) -> str:
    """The equation: accepted leads on the left, every outcome on the right, and whether they are equal."""
    taken, outcomes = _terms(status, TAKEN), _terms(status, OUTCOMES, first="equals")
    return (
        f'<div class="verdict {_mood(status)}">{escape(_verdict(status))}</div>'
        f'<dl class="counts">{taken}{outcomes}</dl>'
        f'<p class="aside">{escape(_aside(status))}</p>'
    )


def _terms(status: StackStatus, side: Sequence[str], first: str = "") -> str:
    numbers = {name: getattr(status.counts, name) for name in side}
    shown = [(name, value) for name, value in numbers.items() if value or name not in RARE]
    return "".join(
        term(name, f"{value:,}", f"{_UNUSUAL.get(name, '') if value else 'none'} {'' if place else first}")
        for place, (name, value) in enumerate(shown)
    )


def _mood(status: StackStatus) -> str:
    if status.counts.balanced:
        return "warn" if status.counts.unaccounted else "good"
    return "busy" if status.counts.queued else "bad"


def _verdict(status: StackStatus) -> str:
    numbers = status.counts
    if numbers.balanced and numbers.unaccounted:
        return _unaccounted(numbers.unaccounted)
    if numbers.balanced:
        return "Every lead is accounted for" if numbers.accepted else "No one signed up yet"
    if numbers.queued:
        return "Counting: leads are on their way"
    return f"Does not add up: a difference of {numbers.difference:+,}"


def _unaccounted(count: int) -> str:
    if count < 0:
        return f"Leadterra counted {number(-count, 'lead')} more than it was sent"
    return f"Leadterra's answers leave {number(count, 'lead')} unaccounted for"


def _aside(status: StackStatus) -> str:
    numbers = status.counts
    waiting = "Nothing is waiting"
    if status.oldest_seconds is not None:
        waiting = f"The oldest lead has been waiting for {duration(status.oldest_seconds)}"
    if status.waiting:
        waiting = status.waiting.text.rstrip(".")
    others = {
        "ignored by rule": numbers.ignored,
        "opted out": numbers.opted_out,
        "redelivered": numbers.redelivered,
        "refused at intake": numbers.refused,
        "unmappable": numbers.unmappable,
        "delivered twice": numbers.duplicates,
        "malformed": numbers.malformed,
        "times held back": numbers.held,
    }
    return " · ".join([waiting, *(f"{value:,} {name}" for name, value in others.items() if value)])


def leads(rows: Sequence[LeadRow]) -> str:
    """The newest leads, with a count of the others; or what to do to see some."""
    if not rows:
        return (
            '<p class="empty">Leads appear here as they arrive. Fill in the form, or run <code>leads send</code>.</p>'
        )
    older = len(rows) - SHOWN
    rest = f'<p class="older"><a href="/_leads/leads">{older:,} older</a></p>' if older > 0 else ""
    return f'<ol class="leads">{"".join(_lead(row) for row in rows[:SHOWN])}</ol>{rest}'


def _lead(row: LeadRow) -> str:
    way = " → ".join(escape(part) for part in (row.source, row.campaign) if part)
    local = row.when.astimezone()
    return (
        f'<li class="lead {row.state}"><span class="chip">{row.state}</span><div class="who">'
        f'<span class="email">{escape(row.email or row.id)}</span>'
        f'<time datetime="{row.when.isoformat()}">{local:%H:%M:%S}</time>'
        f'<span class="way">{way}</span>{_fields(row.lead)}{_reason(row)}</div></li>'
    )


def _fields(lead: Mapping[str, Any]) -> str:
    """The mapped fields: name, company and job title without labels, custom fields with their names."""
    name = " ".join(str(lead[key]) for key in ("firstName", "lastName") if lead.get(key))
    person = [name, *(str(lead[key]) for key in ("company", "jobTitle") if lead.get(key))]
    others = {key: value for key, value in lead.items() if key not in {*LEAD_FIELDS, "customFields"}}
    custom = lead.get("customFields")
    others |= custom if isinstance(custom, dict) else {}
    texts = [*filter(None, person), *(f"{key}: {as_text(value)}" for key, value in others.items())]
    shown = [text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in texts[:MOST_FIELDS]]
    shown += [f"{len(texts) - MOST_FIELDS} more"] if len(texts) > MOST_FIELDS else []
    return f'<p class="fields">{escape(" · ".join(shown))}</p>' if shown else ""


def _reason(row: LeadRow) -> str:
    reasons = [row.reason, "it is tried again automatically" if row.state is LeadState.HELD else ""]
    text = "; ".join(reason for reason in reasons if reason)
    return f'<p class="reason">{escape(text)}</p>' if text else ""
