"""Read log lines, metrics and messages. Anything may be missing or malformed: it is left out, and nothing fails."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from leads_cli.stacks.counts import METRICS, hold_words
from leads_cli.words import in_utc

EXHAUSTED: Final = "exhausted: SQS moved it after too many receives"


def short_digest(text: str) -> str:
    """A name for a dead letter without a lead: an event that could not be mapped."""
    return sha256(text.encode()).hexdigest()[:16]


def describe_message(body: Mapping[str, Any]) -> dict[str, Any]:
    lead = body.get("lead")
    email = lead.get("email") if isinstance(lead, dict) else body.get("email")
    texts = {"id": body.get("id"), "email": email, "source": body.get("source"), "campaign": body.get("campaign")}
    fields: dict[str, Any] = {key: value for key, value in texts.items() if isinstance(value, str)}
    return fields | {"lead": lead if isinstance(lead, dict) else {}} | _moment(body.get("receivedAt"))


def _moment(value: object) -> dict[str, datetime]:
    try:
        return {"when": in_utc(datetime.fromisoformat(value))} if isinstance(value, str) else {}
    except ValueError:
        return {}


def hold_text(why: object) -> str:
    """Why a batch was held. With several causes, the log does not say which lead has which."""
    return "; ".join(hold_words(str(cause)) for cause in why) if isinstance(why, dict) else ""


def refusal_words(refusal: Mapping[str, Any]) -> list[str]:
    """Why a lead was refused: reason, field and status, as far as they are known."""
    return [str(refusal[key]) for key in ("reason", "field", "status") if refusal.get(key)]


def failure_text(failure: object) -> str:
    if not isinstance(failure, dict):
        return EXHAUSTED
    message = str(failure.get("message") or failure.get("reason") or "")
    field = failure.get("field")
    return f"{field}: {message}" if field and str(field) not in message else message


def sum_metrics_line(data: Mapping[str, Any]) -> dict[str, float]:
    """The sums in one line, which may be in CloudWatch's embedded metric format."""
    named = _metric_names(data)
    return {name: _sum(data.get(name)) for name in METRICS.values() if name in named}


def without_metrics(data: Mapping[str, Any]) -> dict[str, Any]:
    """A line without its metrics, which repeat what it says."""
    hidden = {"_aws", *_metric_names(data)}
    return {name: value for name, value in data.items() if name not in hidden}


def _metric_names(data: Mapping[str, Any]) -> set[str]:
    about = data.get("_aws")
    directives = objects(about.get("CloudWatchMetrics")) if isinstance(about, dict) else []
    return {str(metric.get("Name")) for directive in directives for metric in objects(directive.get("Metrics"))}


def _sum(value: object) -> float:
    values = value if isinstance(value, list) else [value]
    return sum(item for item in values if isinstance(item, int | float))


def json_object(text: object) -> dict[str, Any]:
    try:
        data = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}


def objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
