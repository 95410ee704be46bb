"""The simulated queue behaves as SQS's standard queues do: what the soak finds rests on it."""

from random import Random

import pytest

from tests.simulation.queues import Oddities, StandardQueue

DAY = 86_400.0


def filled(number: int = 1, oddities: Oddities | None = None) -> StandardQueue:
    """So many messages, sent at the first moment."""
    chance = Random(0)  # noqa: S311 - a simulation
    made = StandardQueue(chance, 600, 14 * DAY, 3, oddities or Oddities())
    for n in range(number):
        made.send(f"body {n}", n, 0)
    return made


def look(at: StandardQueue, now: float, most: int = 10) -> list[tuple[str, int]]:
    """What is received then: handles and numbers."""
    at.visible(now)
    return [(handle, message.number) for handle, message in at.receive(most, now)]


def test_a_message_that_was_received_is_hidden_for_the_queues_time() -> None:
    """A message that is neither deleted nor hidden comes back, with a new handle."""
    waiting = filled()
    ((first, _),) = look(waiting, 1)
    waiting.end([first], 1)
    assert look(waiting, 600) == []
    ((second, _),) = look(waiting, 601)
    assert (second != first, waiting.receives, waiting.most_received) == (True, 2, 2)


def test_a_message_can_be_hidden_for_longer_or_shorter() -> None:
    """The last wish counts, from when it is made."""
    waiting = filled()
    ((handle, _),) = look(waiting, 0)
    assert waiting.hide(handle, 5_000, 10)
    assert waiting.hide(handle, 30, 20)
    waiting.end([handle], 0)
    assert (waiting.next_visible(), look(waiting, 49)) == (50, [])
    assert [number for _, number in look(waiting, 50)] == [0]
    assert (waiting.visible(6_000), waiting.next_visible()) == (0, None)


def test_a_message_that_is_deleted_is_gone() -> None:
    """It cannot be hidden any more, and does not come back."""
    waiting = filled(2)
    taken = look(waiting, 0)
    deleted = next(handle for handle, number in taken if number == 0)
    waiting.delete([deleted], 1)
    assert not waiting.hide(deleted, 30, 2)
    waiting.end([handle for handle, _ in taken], 0)
    assert [number for _, number in look(waiting, DAY)] == [1]
    assert waiting.copies == {1: 1}


def test_a_batch_is_no_larger_than_asked_for() -> None:
    """The others stay visible."""
    waiting = filled(5)
    assert len(look(waiting, 0, most=3)) == 3
    assert waiting.visible(0) == 2


def test_the_redrive_takes_what_was_received_too_often() -> None:
    """At the receive after the last one that is allowed."""
    waiting = filled()
    for moment in (0, DAY, 2 * DAY):
        ((handle, _),) = look(waiting, moment)
        waiting.end([handle], moment)
    assert look(waiting, 3 * DAY) == []
    assert [message.number for message in waiting.exhausted] == [0]
    assert waiting.messages == {}


def test_a_message_does_not_live_for_ever() -> None:
    """What is older than the queue keeps it is lost."""
    waiting = filled()
    assert look(waiting, 15 * DAY) == []
    assert [message.number for message in waiting.expired] == [0]


@pytest.mark.parametrize("kind", ["twins", "shared", "ghosts"])
def test_at_least_once(kind: str) -> None:
    """Twice in a batch, for two receivers at once, or again after it was deleted: and whoever counts is told."""
    waiting = filled(oddities=Oddities(**{kind: 1.0}))
    told: list[int] = []
    waiting.on_odd = told.append
    taken = look(waiting, 0)
    others = look(waiting, 0)
    assert len({handle for handle, _ in (*taken, *others)}) == (1 if kind == "ghosts" else 2)
    waiting.delete([taken[0][0]], 1)
    waiting.end([handle for handle, _ in (*taken, *others)], 0)
    assert len(look(waiting, DAY)) == (kind == "ghosts")
    assert set(told) == {0}
