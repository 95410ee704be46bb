"""The smoke run: every recorded event over real HTTP, every lead followed to its outcome, and the counts.

It talks to the stack by its address only, so it proves the same as `leads send` and
`leads status` do.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx

from leads_cli.errors import CommandError
from leads_cli.project import command
from leads_cli.stacks import embedded
from leads_cli.stacks.counts import StackStatus
from leads_cli.stacks.running import Running
from leads_cli.webhooks import recorded, sending, webhooks
from leads_cli.webhooks.recorded import EventError, RecordedEvent
from leads_cli.webhooks.sending import HookAnswer
from leads_cli.words import duration, number

# A cold start, the batching window and Leadterra's answer take seconds; a lead that is held first comes back
# after 15 to 30.
PATIENCE_SECONDS: Final = 120.0
_POLL_SECONDS: Final = 0.2

type OnLine = Callable[[str], object]


@dataclass(slots=True)
class SmokeTally:
    sent: int = 0
    expected: int = 0
    failed: int = 0


def run(url: str, say: OnLine, *, patience: float = PATIENCE_SECONDS) -> tuple[bool, StackStatus]:
    """Send everything to the stack at `url` and wait; whether all went as expected, and the counts at the end."""
    stack = embedded.find(url)
    before = embedded.status(url).counts
    tally = SmokeTally()
    with sending.http_client(stack) as client:
        for event, expected in _events(stack, tally, say):
            _deliver(event, expected, tally, say, stack=stack, client=client)
    if tally.expected:
        say(f"Waiting until each of {tally.expected} leads has its outcome ...")
    status = _settled(url, before.accepted + tally.expected, patience)
    accepted = status.counts.accepted - before.accepted
    return _judge(tally, accepted, status, say), status


def _events(stack: Running, tally: SmokeTally, say: OnLine) -> Iterator[tuple[RecordedEvent, int]]:
    """Each event for a source of the stack, and how many leads it makes.

    A recorded webhook is for the source that has its provider's name. Another source of the provider may have rules, of
    which fields and whose submissions, that a recording cannot know.
    """
    expected = recorded.expected_leads()
    for name in recorded.names():
        try:
            event = recorded.load(name)
        except EventError as error:
            tally.failed += 1
            say(f"  FAILED   {error}")
            continue
        if event.source is not None and event.source not in stack.sources:
            say(f"  skipped  {name}: the configuration has no source {event.source!r}")
        elif name in expected:
            yield event, expected[name]
        else:
            tally.failed += 1
            say(f"  FAILED   {name}: {recorded.EXPECTED} does not say how many leads it makes; add it there")
    skipped = []
    for webhook in map(webhooks.load, webhooks.names()):
        source = stack.sources.get(webhook.provider)
        if source and source.provider == webhook.provider:
            yield webhook.to(webhook.provider), len(webhook.leads)
        else:
            skipped.append(webhook.name)
    if skipped:
        say(f"  skipped  webhooks of providers whose name no source has: {', '.join(skipped)}")


def _deliver(
    event: RecordedEvent, expected: int, tally: SmokeTally, say: OnLine, *, stack: Running, client: httpx.Client
) -> None:
    try:
        answer = sending.send(event, stack, client)
    except CommandError as error:
        tally.failed += 1
        say(f"  FAILED   {error}")
        return
    tally.sent += 1
    tally.expected += expected
    problem = _problem(answer, expected)
    tally.failed += bool(problem)
    status = "" if answer.status is None else f" {answer.status}"
    verdict = "FAILED " if problem else "sent   "
    say(f"  {verdict}  {event.name}: {answer.where}{status}, {problem or number(expected, 'lead')}")


def _problem(answer: HookAnswer, expected: int) -> str:
    """What differs from the recording. A redirect or a queue has no numbers; the counts are checked later."""
    if not answer.taken:
        return f"it was to be taken; the answer: {answer.text[:500]}"
    if answer.status != HTTPStatus.OK:
        return ""
    try:
        taken = json.loads(answer.text)["accepted"]
    except (ValueError, KeyError, TypeError):
        return f"the answer has no count: {answer.text[:500]}"
    return "" if taken == expected else f"{number(expected, 'lead')} expected; the answer: {answer.text[:500]}"


def _settled(url: str, accepted: int, patience: float) -> StackStatus:
    """The counts once everything that was sent has an outcome and nothing is queued, or after a timeout."""
    until = time.monotonic() + patience
    while True:
        status = embedded.status(url)
        counts = status.counts
        if (counts.accepted >= accepted and counts.balanced and not counts.queued) or time.monotonic() > until:
            return status
        time.sleep(_POLL_SECONDS)


def _judge(tally: SmokeTally, accepted: int, status: StackStatus, say: OnLine) -> bool:
    counts = status.counts
    problems = []
    if not tally.sent:
        problems.append(
            "nothing was sent: the recorded events are for sources that this configuration does not have; "
            f"for the smoke run leave out --config, for a lead of your own: {command()} send PATH"
        )
    if tally.failed:
        problems.append(f"{tally.failed} of the events went wrong, see above")
    if accepted != tally.expected:
        problems.append(f"intake accepted {number(accepted, 'lead')}, the events make {tally.expected}")
    if counts.queued:
        age = f", the oldest for {duration(status.oldest_seconds)}" if status.oldest_seconds else ""
        problems.append(f"{number(counts.queued, 'lead')} still queued{age}")
    if not counts.balanced:
        problems.append(f"the counts do not add up: a difference of {counts.difference:+}")
    for problem in problems:
        say(f"failed: {problem}")
    if not problems:
        say(f"ok: {tally.sent} events made {number(accepted, 'lead')}, and each has its outcome")
    return not problems
