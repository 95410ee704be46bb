"""The counts of a running stack, with what commands report to it."""

from leads_cli.stacks import embedded


def test_commands_add_to_the_counts(dev: str) -> None:
    """What a command counts is in the answer of `leads status` at once, beside what the functions counted."""
    before = embedded.status(dev).counts
    stack = embedded.find(dev)
    stack.count("website", {"Replayed": 2})
    stack.count("api", {"Replayed": 1, "Erased": 3})
    after = embedded.status(dev).counts
    assert (after.replayed - before.replayed, after.erased - before.erased) == (3, 3)
    assert after.difference == before.difference
