"""The simulated queue behaves like an SQS standard queue, because the soak relies on it."""

from random import Random

import pytest

from tests.simulation.queues import Oddities, StandardQueue

DAY = 86_400.0


def filled(number: int = 1, oddities: Oddities | None = None) -> StandardQueue:
    """A queue with this many messages, all sent at time 0."""
    chance = Random(0)  # noqa: S311 - a simulation
    made = StandardQueue(chance, 600, 14 * DAY, 3, oddities or Oddities())
    for n in range(number):
        made.send(f"body {n}", n, 0)
    return made


def look(at: StandardQueue, now: float, most: int = 10) -> list[tuple[str, int]]:
    """Handles and numbers of the received messages."""
    at.visible(now)
    return [(handle, message.number) for handle, message in at.receive(most, now)]


def test_a_received_message_is_hidden_for_the_visibility_timeout() -> None:
    """If it is not deleted, it comes back with a new handle."""
    waiting = filled(3)
    received = look(waiting, 1, most=2)
    assert (len(received), waiting.visible(1)) == (2, 1)
    waiting.delete([received[0][0]], 1)
    assert not waiting.hide(received[0][0], 30, 2)
    waiting.end([handle for handle, _ in received], 1)
    assert len(look(waiting, 600)) == 1
    ((second, number),) = look(waiting, 601)
    assert (second != received[1][0], number, waiting.receives, waiting.most_received) == (True, received[1][1], 4, 2)


def test_a_message_can_be_hidden_for_longer_or_shorter() -> None:
    """The last change counts, from the time it is made."""
    waiting = filled()
    ((handle, _),) = look(waiting, 0)
    assert waiting.hide(handle, 5_000, 10)
    assert waiting.hide(handle, 30, 20)
    waiting.end([handle], 0)
    assert (waiting.next_visible(), look(waiting, 49)) == (50, [])
    assert [number for _, number in look(waiting, 50)] == [0]
    assert (waiting.visible(6_000), waiting.next_visible()) == (0, None)


def test_the_redrive_and_the_retention() -> None:
    """After the last allowed receive a message is moved. A message older than the retention is lost."""
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
    """A message comes twice in a batch, to two receivers, or after it was deleted, and is reported."""
    waiting = filled(oddities=Oddities(**{kind: 1.0}))
    odd: list[int] = []
    waiting.on_odd = odd.append
    received = look(waiting, 0)
    others = look(waiting, 0)
    assert len({handle for handle, _ in (*received, *others)}) == (1 if kind == "ghosts" else 2)
    waiting.delete([received[0][0]], 1)
    waiting.end([handle for handle, _ in (*received, *others)], 0)
    assert len(look(waiting, DAY)) == (kind == "ghosts")
    assert set(odd) == {0}
