"""Suppressions: which addresses are suppressed, and which signups are dropped."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from leads.message.message import AnyMessage, Message, Suppression
from leads.request.batch import ReceivedMessage, batches, split

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def signup(email: str, minutes: int) -> Message:
    moment = NOON + timedelta(minutes=minutes)
    return Message(id=f"in-{minutes}", source="crm", campaign="news", received_at=moment, lead={"email": email})


def opt_out(email: str, minutes: int) -> Suppression:
    moment = NOON + timedelta(minutes=minutes)
    return Suppression(action="suppress", id=f"out-{minutes}", source="crm", received_at=moment, email=email)


def outcome(*messages: AnyMessage) -> tuple[list[list[str]], list[str], list[str]]:
    """The ids of each suppressed address, of the leads that are sent, and of those that are dropped."""
    received = [ReceivedMessage(message, [index]) for index, message in enumerate(messages)]
    suppressed, kept, dropped = split(received)
    return (
        [[each.message.id for each in row.messages] for row in suppressed],
        [each.message.id for each in kept],
        [each.message.id for each in dropped],
    )


AVA, BEN = "ava@example.com", "ben@example.com"


@pytest.mark.parametrize(
    ("messages", "suppressed", "kept", "dropped"),
    [
        ([signup(BEN, 2), signup(AVA, 1)], [], ["in-2", "in-1"], []),
        (
            [signup("Ava@example.com", 1), opt_out("ava@Example.com", 2), signup(AVA, 3), signup(BEN, 0)],
            [["out-2"]],
            ["in-3", "in-0"],
            ["in-1"],
        ),
        ([opt_out(AVA, 4), signup(AVA, 3), opt_out(AVA, 1)], [["out-4", "out-1"]], [], ["in-3"]),
    ],
    ids=["none", "older and newer", "several"],
)
def test_a_signup_before_the_last_opt_out_is_dropped(
    messages: list[AnyMessage], suppressed: list[list[str]], kept: list[str], dropped: list[str]
) -> None:
    """Case does not matter. Opt-outs of one address are one row, and later signups are sent."""
    assert outcome(*messages) == (suppressed, kept, dropped)


def test_a_signup_of_the_same_moment_is_dropped() -> None:
    """One event may contain both; the opt-out counts."""
    assert outcome(signup(AVA, 1), opt_out(AVA, 1)) == ([["out-1"]], [], ["in-1"])


def test_addresses_are_sent_in_batches() -> None:
    """Each request has only a list of addresses."""
    messages = [opt_out(f"lead{number}@example.com", number) for number in range(3)]
    suppressed, _, _ = split([ReceivedMessage(message, [index]) for index, message in enumerate(messages)])
    assert [json.loads(batch.body) for batch in batches(None, suppressed, 2)] == [
        {"emails": ["lead0@example.com", "lead1@example.com"]},
        {"emails": ["lead2@example.com"]},
    ]
