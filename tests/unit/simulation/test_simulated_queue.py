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
    """One that is neither deleted nor hidden comes back, with a new handle; a deleted one does not."""
    waiting = filled(3)
    taken = look(waiting, 1, most=2)
    assert (len(taken), waiting.visible(1)) == (2, 1)
    waiting.delete([taken[0][0]], 1)
    assert not waiting.hide(taken[0][0], 30, 2)
    waiting.end([handle for handle, _ in taken], 1)
    assert len(look(waiting, 600)) == 1
    ((second, number),) = look(waiting, 601)
    assert (second != taken[1][0], number, waiting.receives, waiting.most_received) == (True, taken[1][1], 4, 2)


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


def test_the_redrive_takes_what_was_received_too_often() -> None:
    """At the receive after the last one that is allowed. What is older than the queue keeps it is lost."""
    waiting = filled()
    for moment in (0, DAY, 2 * DAY):
        ((handle, _),) = look(waiting, moment)
        waiting.end([handle], moment)
    assert look(waiting, 3 * DAY) == []
    assert [message.number for message in waiting.exhausted] == [0]
    assert waiting.messages == {}
    lost = filled()
    assert look(lost, 15 * DAY) == []
    assert [message.number for message in lost.expired] == [0]


@pytest.mark.parametrize("kind", ["twins", "shared", "ghosts"])
def test_at_least_once(kind: str) -> None:
    """Twice in a batch, for two receivers at once, or again after it was deleted: and whoever counts is told."""
    waiting = filled(oddities=Oddities(**{kind: 1.0}))
    odd: list[int] = []
    waiting.on_odd = odd.append
    taken = look(waiting, 0)
    others = look(waiting, 0)
    assert len({handle for handle, _ in (*taken, *others)}) == (1 if kind == "ghosts" else 2)
    waiting.delete([taken[0][0]], 1)
    waiting.end([handle for handle, _ in (*taken, *others)], 0)
    assert len(look(waiting, DAY)) == (kind == "ghosts")
    assert set(odd) == {0}
