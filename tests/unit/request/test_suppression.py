"""Suppressions: which addresses are suppressed, and which signups are dropped with them."""

import json
from datetime import UTC, datetime, timedelta

from leads.message.message import AnyMessage, Message, Suppression
from leads.request.batch import ReceivedMessage, batches, split

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def signup(email: str, minutes: int) -> Message:
    moment = NOON + timedelta(minutes=minutes)
    return Message(id=f"in-{minutes}", source="crm", campaign="news", receivedAt=moment, lead={"email": email})


def opt_out(email: str, minutes: int) -> Suppression:
    moment = NOON + timedelta(minutes=minutes)
    return Suppression(action="suppress", id=f"out-{minutes}", source="crm", receivedAt=moment, email=email)


def outcome(*messages: AnyMessage) -> tuple[list[list[str]], list[str], list[str]]:
    """The ids of each address to suppress, of what is sent, and of what is dropped."""
    received = [ReceivedMessage(message, [index]) for index, message in enumerate(messages)]
    suppressed, kept, dropped = split(received)
    return (
        [[each.message.id for each in row.messages] for row in suppressed],
        [each.message.id for each in kept],
        [each.message.id for each in dropped],
    )


def test_a_signup_before_the_opt_out_is_dropped() -> None:
    """Whatever the case of the address; a later signup, and one of another person, are sent."""
    messages: list[AnyMessage] = [
        signup("Ava@example.com", 1),
        opt_out("ava@Example.com", 2),
        signup("ava@example.com", 3),
    ]
    assert outcome(*messages, signup("ben@example.com", 0)) == ([["out-2"]], ["in-3", "in-0"], ["in-1"])


def test_a_signup_of_the_same_moment_is_dropped() -> None:
    """One event may say both: then the opt-out counts."""
    assert outcome(signup("ava@example.com", 1), opt_out("ava@example.com", 1)) == ([["out-1"]], [], ["in-1"])


def test_several_opt_outs_of_an_address_are_one_row() -> None:
    """The latest decides which signups are older."""
    messages: list[AnyMessage] = [
        opt_out("ava@example.com", 4),
        signup("ava@example.com", 3),
        opt_out("ava@example.com", 1),
    ]
    assert outcome(*messages) == ([["out-4", "out-1"]], [], ["in-3"])


def test_addresses_travel_in_batches() -> None:
    """Each request has a list of addresses and nothing else."""
    messages = [opt_out(f"lead{number}@example.com", number) for number in range(3)]
    suppressed, _, _ = split([ReceivedMessage(message, [index]) for index, message in enumerate(messages)])
    assert [json.loads(batch.body) for batch in batches(None, suppressed, 2)] == [
        {"emails": ["lead0@example.com", "lead1@example.com"]},
        {"emails": ["lead2@example.com"]},
    ]
