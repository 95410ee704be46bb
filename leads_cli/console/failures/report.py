"""What work on letters has come to, in words."""

from collections.abc import Iterator

from leads_cli.console.failures.actions import BackgroundWork


def progress_text(work: BackgroundWork) -> str:
    """How far it is."""
    if work.outcomes:
        return f"{work.tally.done:,} {work.done}. Waiting for the outcomes ..."
    return f"{work.doing}: {work.tally.handled:,} of {work.total:,}"


def result_text(work: BackgroundWork) -> Iterator[str]:
    """What was done and what was not, a sentence each."""
    tally = work.tally
    yield f"{tally.done:,} {work.done}."
    if tally.finished:
        yield f"{tally.finished:,} had been sent on by a command that was stopped; now they are gone too."
    if tally.failed:
        yield f"{tally.failed:,} could not be {work.done} and are still there."
    missing = 0 if work.trouble else work.total - tally.handled
    if missing:
        yield f"{missing:,} could not be seen any more: somebody else has them, or has dealt with them."
    if tally.uncounted:
        yield f"CloudWatch did not take the count of {tally.uncounted:,}: the counts will show a difference."
    if work.outcomes:
        yield from work.outcomes.sentences()
    if work.trouble:
        yield work.trouble


def succeeded(work: BackgroundWork) -> bool:
    """Whether everything was done that was meant."""
    return not work.trouble and not work.tally.failed and work.tally.handled == work.total
