"""Enroll in virtual time: it ends in time, and keeps the rate limit towards Leadterra. No lead is lost."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.deployed import Deployed
from tests.simulation.people import Arrival, Signup
from tests.simulation.soak import HOUR, Soak
from tests.simulation.weather import Spell, Weather

STACK = Deployed.from_template()


@settings(deadline=None, max_examples=10)
@given(share=st.integers(1, 6), concurrency=st.integers(1, 5), leads=st.integers(1, 150))
def test_no_minute_has_more_requests_than_the_limit(share: int, concurrency: int, leads: int) -> None:
    """Each concurrent invocation keeps to its share, and all leads are delivered."""
    limit = share * concurrency
    stack = replace(STACK, concurrency=concurrency, window=1)
    outage = Spell("outage", 0.5 * HOUR, 0.7 * HOUR)
    soak = Soak(leads, 0.1, Weather((outage,)), stack, leadterra=f"requests_per_minute = {limit}\nbatch_size = 20")
    soak.run()
    assert soak.problems == {}
    times = soak.service.arrived
    assert max(sum(start <= time < start + 59.99 for time in times) for start in times) <= limit


@pytest.mark.parametrize("order", [("import", "replay", "partner"), ("partner", "replay", "import")])
@pytest.mark.parametrize("campaigns", [("trial", "trial"), ("trial", "newsletter"), ("newsletter", "trial")])
def test_live_leads_are_sent_before_imports_and_replays(order: tuple[str, ...], campaigns: tuple[str, str]) -> None:
    """Leads that do not fit into the time are held, which is not a failure."""
    stack = replace(STACK, timeout=90)
    # With one request per minute there is time for two.
    limited = f"requests_per_minute = {stack.concurrency}\nbatch_size = 1"
    soak = Soak(0, 1, Weather(()), stack, leadterra=limited)
    signups = {"partner": Signup(11, 11), "import": Signup(12, 12), "replay": Signup(13, 13)}
    came = [Arrival(0, campaigns[name == "import"] == "newsletter", [signups[name]]) for name in order]
    replay = {"replay": {"of": "x", "count": 1, "reason": "rejected"}}
    held, _ = soak.invoke_once(came, n12={"source": "import"}, n13=replay)
    assert soak.truth.arrived == {11, 12}
    assert held == {13}
    assert soak.books.why == {"rate_limit": 1}
    assert soak.books.metrics["HeldAge"] == 0


LEADS = [Signup(number, number if number % 5 == 1 else 100 * number + 100) for number in range(1_000)]


# At six seconds a call, reading the secret and the erasures alone takes twelve.
@pytest.mark.parametrize(("call_seconds", "allowed"), [(0.008, 25), (0.33, 25), (6.0, 40)])
def test_an_invocation_ends_in_time(call_seconds: float, allowed: int) -> None:
    """Of a thousand mostly bad leads each is stored, dead-lettered or still queued at the end."""
    soak = Soak(0, 1, Weather(()), replace(STACK, timeout=allowed))
    soak.account.call_seconds = call_seconds
    held, end = soak.invoke_once([Arrival(0, form=False, signups=LEADS)])
    assert end <= allowed
    settled = soak.truth.arrived | soak.account.letters.keys()
    assert held | settled == set(range(1_000))
    assert not held & settled
    assert soak.truth.problems.total() == 0
    assert {signup.number for signup in LEADS if not signup.bad} == soak.truth.arrived
    assert soak.account.letters.total() > 0
