"""Settings of the deployed queues that could lose leads or delay all of them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads_cli.stacks.checks.findings import Finding, fail, ok, warn

_LARGEST: Final = 1_048_576
_DAYS: Final = 14
_DAY: Final = 86_400
# Three days of outage, with the shortest delays that jitter leaves: see the template.
_LEAST_RECEIVES: Final = 155
_REMEDY: Final = "deploy again: make deploy STACK=NAME"


@dataclass(frozen=True, slots=True)
class Trigger:
    """An event source mapping of Lambda's, and its function's timeout in seconds.

    `alias` is what it calls the function by, "" for the function itself; `is_latest`: the version behind it is what was
    deployed last.
    """

    state: str
    window: int
    reports_failures: bool
    timeout: int
    alias: str = "live"
    is_latest: bool = True


def check_queue(
    name: str, attributes: Mapping[str, str], dead_letter_arn: str, triggers: Sequence[Trigger] | None
) -> Iterator[Finding]:
    """What is wrong with a queue, or one finding that it is ok. `triggers` are None if they are unknown."""
    found = [*_redrive(name, attributes, dead_letter_arn), *_limits(name, attributes)]
    if triggers is not None:
        found += _polled(name, attributes, triggers)
    yield from found or [ok(name, _as_it_is(attributes, triggers))]


def _redrive(name: str, attributes: Mapping[str, str], dead_letter_arn: str) -> Iterator[Finding]:
    policy: dict[str, Any] = json.loads(attributes.get("RedrivePolicy") or "{}")
    if policy.get("deadLetterTargetArn") != dead_letter_arn:
        yield fail(name, "its redrive policy does not move messages to this stack's dead letters", _REMEDY)
    elif int(policy.get("maxReceiveCount", 0)) < _LEAST_RECEIVES:
        message = (
            f"maxReceiveCount is {policy.get('maxReceiveCount')}: an outage would turn good leads into dead letters"
        )
        yield fail(name, message, f"make it 300: {_REMEDY}")


def _limits(name: str, attributes: Mapping[str, str]) -> Iterator[Finding]:
    if (size := int(attributes.get("MaximumMessageSize", 0))) < _LARGEST:
        yield fail(name, f"MaximumMessageSize is {size}: larger leads are refused with 503", _REMEDY)
    if (kept := int(attributes.get("MessageRetentionPeriod", 0))) < _DAYS * _DAY:
        yield warn(name, f"messages are kept for {kept / _DAY:.0f} days", f"{_DAYS} are possible: {_REMEDY}")


def _polled(name: str, attributes: Mapping[str, str], triggers: Sequence[Trigger]) -> Iterator[Finding]:
    if not triggers:
        yield fail(name, "no function takes messages out of it", _REMEDY)
    for each in triggers:
        if each.state not in {"Enabled", "Enabling", "Updating", "Creating"}:
            message = f"its trigger is {each.state.lower()}: no function takes messages out of it"
            yield fail(name, message, "enable it in Lambda's console, under Triggers of the function")
        if not each.reports_failures:
            message = "its trigger has no ReportBatchItemFailures: one held message brings back its whole batch"
            yield fail(name, message, _REMEDY)
        if not each.alias:
            yield fail(
                name, "its trigger calls no alias: gradual deployments and rollbacks do not apply to it", _REMEDY
            )
        elif not each.is_latest:
            message = f"the alias {each.alias} is not the version that was deployed last: an earlier one runs"
            yield warn(name, message, f"unless this is intended: {_REMEDY}")
        visible, least = int(attributes.get("VisibilityTimeout", 0)), 6 * each.timeout + each.window
        if visible < least:
            message = f"VisibilityTimeout is {visible} s, less than six times the function's timeout and the window"
            yield fail(name, message, f"make it {least} s or more: {_REMEDY}")


def _as_it_is(attributes: Mapping[str, str], triggers: Sequence[Trigger] | None) -> str:
    receives = json.loads(attributes["RedrivePolicy"])["maxReceiveCount"]
    polled = "" if triggers is None else f", trigger {triggers[0].state.lower()}"
    return f"{receives} receives, visibility {attributes.get('VisibilityTimeout')} s{polled}"
