"""The drill: thousands of signups over real HTTP, against a schedule of fifteen faults. `make drill` runs it.

It fails if a lead is lost, a good lead is dead-lettered, a field is wrong, or the counts do not add up.
"""

import argparse
import tempfile
from collections import Counter
from pathlib import Path
from time import monotonic
from typing import Any, Final

import httpx

from leads_cli.dev.stack import Stack
from leads_cli.logs.journal import Journal
from leads_cli.sandbox import Fault
from tests.e2e.test_pipeline import CONFIG, dead, fill_in_forms, people, post_arrays

PATIENCE_SECONDS: Final = 1_800
# One after the other, again and again.
FAULTS: Final = (
    Fault(kind="server_error"),
    Fault(kind="server_error", status=500),
    Fault(kind="rate_limited", retry_after=60),
    Fault(kind="rate_limited", retry_after=60, retry_after_form="http-date"),
    Fault(kind="rate_limited"),
    Fault(kind="status", status=200),
    Fault(kind="status", status=207),
    Fault(kind="status", status=403),
    Fault(kind="status", status=404),
    Fault(kind="maintenance_page"),
    Fault(kind="unauthorized"),
    Fault(kind="too_many", limit=5),
    Fault(kind="drop_before"),
    Fault(kind="drop_after"),
    Fault(kind="truncated_answer"),
)


def schedule(rounds: int) -> list[Fault]:
    """Each fault meets one request, and the next request is served."""
    return [
        fault.model_copy(update={"after": 2 * n + 1, "next": 1})
        for n, fault in enumerate(fault for _ in range(rounds) for fault in FAULTS)
    ]


def settle(stack: Stack) -> None:
    """Wait until each lead has its outcome. Held leads do not wait for their time."""
    end = monotonic() + PATIENCE_SECONDS
    while not stack.wait_until_settled(0.2):
        if monotonic() > end:
            raise SystemExit(f"FAILED: leads are left: {stack.unsettled()}")
        stack.fast_forward()


def problems(stack: Stack, journal: Journal, forms: list[str], arrays: list[str]) -> dict[str, Any]:
    """What is wrong at the end, by what should have been."""
    refused = {each for each in (*forms, *arrays) if each.endswith("@refused.example")}
    suppressed = {each for each in (*forms, *arrays) if each.endswith("@suppressed.example")}
    snapshot: Any = stack.sandbox.snapshot() if stack.sandbox else {}
    found = {lead["email"]: lead for lead in snapshot["leads"] if "camp_1" in lead["campaigns"]}
    counts = journal.counts()
    # In the form that the sandbox keeps: what it says of a lead holds these texts.
    texts = {**dict.fromkeys(forms, ("Ava", "Acme")), **dict.fromkeys(arrays, ("pro",))}
    wrong = [email for email, lead in found.items() if any(text not in str(lead) for text in texts.get(email, ()))]
    missing = {*forms, *arrays} - refused - suppressed - found.keys()
    return {
        "leads lost": sorted(missing),
        "leads enrolled that should not be": sorted(found.keys() & (refused | suppressed)),
        "leads with other fields": wrong,
        "dead letters that differ": dead(stack) - Counter({(each, "rejected"): 1 for each in refused}),
        "refused leads without a dead letter": refused - {email for email, _ in dead(stack)},
        "counts that do not add up": [] if counts.balanced and counts.accepted == len(texts) else [counts],
    }


def main() -> None:
    """Run it, and say what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signups", type=int, default=3_000)
    number = parser.parse_args().signups
    forms, arrays = people("form", number // 2), people("array", number - number // 2)
    journal = Journal()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "enrollment.toml")
        # Small batches: each fault meets a request of its own.
        config.write_text(CONFIG.replace("batch_size = 250", "batch_size = 25"), encoding="utf-8")
        with Stack(config, journal=journal) as stack, httpx.Client(trust_env=False, timeout=60) as http:
            if stack.sandbox:
                stack.sandbox.faults.set(schedule(rounds=3))
            accepted = post_arrays(http, stack, arrays) + fill_in_forms(http, stack, forms)
            settle(stack)
            left = {what: found for what, found in problems(stack, journal, forms, arrays).items() if found}
            met = 3 * len(FAULTS) - len(stack.sandbox.faults.pending() if stack.sandbox else ())
    print(f"{accepted} signups, {met} faults: {journal.counts()}")  # noqa: T201 - its report
    for what, found in left.items():
        print(f"FAILED: {what}: {found}")  # noqa: T201
    raise SystemExit(bool(left) or accepted != number or met < len(FAULTS))


if __name__ == "__main__":
    main()
