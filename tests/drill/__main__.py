"""The drill: thousands of signups over real HTTP into `leads dev`, with a failing Leadterra.

`make drill` runs it. It fails if a lead is lost or changed, if a good lead is dead-lettered or a bad one is not, if the
counts do not add up, or if a kind of fault did not occur.
"""

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any, Final

import httpx
from typer.testing import CliRunner

from leads_cli.cli.main import app
from leads_cli.stacks import embedded
from tests.drill.leadterra import API_KEY, CAMPAIGNS, KINDS, REFUSED, SUPPRESSED, MisbehavingLeadterra
from tests.drill.signups import BLOCKED, CONFIG, POISONED, Person, Senders, is_sent_twice, people, person
from tests.e2e.conftest import started

TIMEOUT_SECONDS: Final = 600


def leads(url: str, *arguments: str) -> Any:
    """The JSON output of a command."""
    done = CliRunner().invoke(app, [*arguments, "--json", "--url", url])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def letters(url: str) -> Counter[tuple[str, int]]:
    """Dead letters by address and Leadterra's status."""
    found = leads(url, "failures", "list", "--each", "--limit", "100000")["letters"]
    return Counter((each["email"], each["status"]) for each in found)


def expected_letters(everyone: Sequence[Person]) -> Counter[tuple[str, int]]:
    """The dead letters of the refused leads and of the one that the firewall blocks."""
    refused = [each for each in everyone if each.email.endswith(REFUSED) and not each.opted_out]
    statuses = {each.email: 207 if each.campaign == "camp_trial" else 422 for each in refused}
    return Counter({everyone[BLOCKED].email: 403, **statuses}.items())


def settle(url: str, senders: Senders, everyone: list[Person]) -> None:
    """Wait until only the poisoned lead is queued.

    More people sign up meanwhile, as in any live stack: a lead that the firewall blocks is rejected only when another
    lead of its campaign is accepted, and so are ten or more leads that are all refused.
    """
    end = time.monotonic() + TIMEOUT_SECONDS
    while (status := embedded.status(url)).counts.queued > 1 or not status.waiting:
        assert time.monotonic() < end, f"leads are left: {status}"
        time.sleep(0.2)
        if 1 < status.counts.queued < 100 and expected_letters(everyone) - letters(url):
            some = [person(len(everyone) + n, "app", campaign) for n, campaign in enumerate(CAMPAIGNS)]
            senders.send(some)
            everyone += some


def problems(url: str, leadterra: MisbehavingLeadterra, everyone: Sequence[Person]) -> Iterator[str]:
    """What is wrong at the end."""
    expected = {each.email: (each.campaign, each.row) for each in everyone if not each.opted_out}
    bad = [email for email in expected if email.endswith((REFUSED, SUPPRESSED))]
    good = expected.keys() - {*bad, everyone[BLOCKED].email, everyone[POISONED].email}
    yield from (
        f"other fields: {row}" for campaign, row in leadterra.sent if expected.get(row["email"]) != (campaign, row)
    )
    stored = [(email, (campaign, row)) for campaign, rows in leadterra.stored.items() for email, row in rows.items()]
    yield from (f"stored otherwise: {lead}" for email, lead in stored if email not in good or expected[email] != lead)
    yield from (f"lost: {expected[email]}" for email in good - {email for email, _ in stored})
    dead = letters(url)
    yield from (f"a dead letter too many: {each}" for each in dead - expected_letters(everyone))
    yield from (f"no dead letter: {each}" for each in expected_letters(everyone) - dead)
    status = leads(url, "status")
    reported = {
        name: status[name] for name in ("accepted", "rejected", "queued", "opted_out", "redelivered", "difference")
    }
    reported["enrolled"] = status["enrolled"] + status["updated"]
    reported["skipped"] = status["skipped"] + status["unaccounted"]
    counted = {
        "accepted": len(expected),
        "rejected": dead.total(),
        "queued": 1,
        "opted_out": len(everyone) - len(expected),
        "redelivered": sum(map(is_sent_twice, everyone)),
        "difference": 0,
        "enrolled": len(good),
        "skipped": sum(email.endswith(SUPPRESSED) for email in expected),
    }
    yield from (f"{name}: {reported[name]}, not {count}" for name, count in counted.items() if reported[name] != count)
    yield from (f"not met: {kind}" for kind in KINDS - leadterra.met.keys())


@contextmanager
def running(leadterra: MisbehavingLeadterra, config: Path) -> Iterator[str]:
    """The address of a `leads dev` that sends to this Leadterra. Its output is read, so that it never blocks."""
    options = ("--config", str(config), "--fast-retries", "--leadterra-url", leadterra.url, "--api-key", API_KEY)
    with leadterra, started(*options) as (process, url):
        threads = [Thread(target=leadterra.serve_forever), Thread(target=lambda: list(process.stdout or ()))]
        for thread in threads:
            thread.start()
        try:
            yield url
        finally:
            process.terminate()
            leadterra.shutdown()
            for thread in threads:
                thread.join()


def run(signups: int, rounds: int, folder: Path) -> tuple[MisbehavingLeadterra, list[str]]:
    """Run the drill. Returns its Leadterra and the problems."""
    config = folder / "enrollment.toml"
    config.write_text(CONFIG, encoding="utf-8")
    leadterra, everyone = MisbehavingLeadterra(rounds), people(signups)
    with running(leadterra, config) as url, httpx.Client(trust_env=False, timeout=60) as http:
        senders = Senders(url, http)
        # A hanging answer holds the first leads for half a minute, while the others follow.
        senders.send(everyone[:BLOCKED])
        end = time.monotonic() + TIMEOUT_SECONDS
        while not leadterra.met:
            assert time.monotonic() < end, "no request came to Leadterra"
            time.sleep(0.1)
        senders.send(everyone[BLOCKED:])
        settle(url, senders, everyone)
        return leadterra, list(problems(url, leadterra, everyone))


def main() -> None:
    """Run the drill and print a report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signups", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=5, help="how many requests meet each fault of the schedule")
    arguments, begun = parser.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        leadterra, found = run(arguments.signups, arguments.rounds, Path(folder))
    for kind in sorted(KINDS):
        print(f"{leadterra.met[kind]:5} {kind}")  # noqa: T201 - its report
    print(f"{arguments.signups:,} signups, {leadterra.met.total():,} requests, {time.monotonic() - begun:.0f} s")  # noqa: T201
    raise SystemExit("\n".join(found) or None)


if __name__ == "__main__":
    main()
