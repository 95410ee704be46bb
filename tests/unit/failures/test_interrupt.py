"""Ctrl-C while letters are in hand."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from leads_cli.cli.failures.changing import Interrupt


def test_letters_in_hand_are_dealt_with() -> None:
    """The work that has begun is done, and then it ends."""
    done: list[str] = []

    def work(interrupt: Interrupt) -> None:
        for each in ("first", "second"):
            with interrupt.put_off():
                signal.raise_signal(signal.SIGINT)
                done.append(each)

    interrupt = Interrupt()
    with pytest.raises(KeyboardInterrupt), interrupt.minded():
        work(interrupt)
    assert done == ["first"]


@pytest.mark.parametrize("times", [1, 2])
def test_it_does_not_wait_for_ever(times: int) -> None:
    """Between two handfuls it ends at once, and within one when it is pressed again."""
    done: list[str] = []

    def work(interrupt: Interrupt) -> None:
        if times == 1:
            signal.raise_signal(signal.SIGINT)
        with interrupt.put_off():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
            done.append("never")

    interrupt = Interrupt()
    with pytest.raises(KeyboardInterrupt), interrupt.minded():
        work(interrupt)
    assert done == []


def test_what_was_before_is_again() -> None:
    """Afterwards Ctrl-C is what it was; beside the main thread, which alone gets signals, nothing changes."""
    before = signal.getsignal(signal.SIGINT)
    interrupt = Interrupt()
    with interrupt.minded():
        assert signal.getsignal(signal.SIGINT) != before
    assert signal.getsignal(signal.SIGINT) is before

    def elsewhere() -> bool:
        with Interrupt().minded():
            return signal.getsignal(signal.SIGINT) is before

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result()
