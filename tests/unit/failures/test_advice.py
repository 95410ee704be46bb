"""The advice to the operator about a dead letter."""

from typing import Any

import pytest

from leads.config.schema import Campaign, Enrollment
from leads_cli.failures.read.advice import next_steps, replay_may_help
from tests.letters import failure, letter, refused, unmappable

BAD = failure("malformed")
LAST = "replay lead-1; discard lead-1"


MISSING = failure("missing_token", field="company")


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        (refused(), "fix lead-1 --normalise email --dry-run; fix lead-1 --set email=... --replay; " + LAST),
        (
            refused(failure=failure(field="plan")),
            "fix lead-1 --set customFields.plan=... --replay; replay lead-1; discard lead-1",
        ),
        (refused(failure=failure(field="unheard-of")), "fix lead-1 --set ... --replay; replay lead-1; discard lead-1"),
        (
            refused(failure=MISSING),
            "replay --reason missing_token --field company; fix lead-1 --set company=... --replay; discard lead-1",
        ),
        (unmappable({}), "replay sqs-1; fix sqs-1 --set email=... --replay; discard sqs-1"),
        (unmappable("Hello"), "replay sqs-1; discard sqs-1"),
        ({**unmappable({}), "source": ""}, "fix sqs-1 --to-source ... --replay; discard sqs-1"),
        ({"lead": {}, "failure": BAD}, "fix sqs-1 --to-campaign ... --set email=... --replay; discard sqs-1"),
        ({"lead": {"email": "a@b.example"}, "failure": BAD}, "fix sqs-1 --to-campaign ... --replay; discard sqs-1"),
        ({"campaign": "news", "failure": BAD}, "fix sqs-1 --set email=... --replay; discard sqs-1"),
        (refused(failure=None), "replay lead-1; discard lead-1"),
    ],
)
def test_the_next_steps(body: dict[str, Any], commands: str) -> None:
    """The advice for each reason is commands that can be run as shown, the likeliest first, discarding last."""
    steps = list(next_steps(letter(body)))
    assert "; ".join(" ".join(step.arguments) for step in steps if step.arguments) == commands
    assert all(step.text for step in steps)


@pytest.mark.parametrize(
    ("body", "rules", "helps"),
    [
        (refused(), {}, False), (refused(fixed={}), {}, True), (refused(failure=failure(status=403)), {}, True),
        ({"lead": {}, "failure": BAD}, {}, False), (unmappable({}), {}, True), (refused(failure=MISSING), {}, False),
        (refused(failure=MISSING), {"defaults": {"company": "your company"}}, True),
        (refused(failure=MISSING), {"tokens": ()}, True),
        (refused(failure=MISSING), {"on_missing_token": "enroll"}, True),
        (refused(failure=MISSING, fixed={}), {}, True),
    ],
)  # fmt: skip
def test_whether_a_replay_may_help(body: dict[str, Any], rules: dict[str, Any], *, helps: bool) -> None:
    """Leadterra refuses the same lead again. A missing token needs a default, or a rule that no longer requires it."""
    strict = Campaign(**{"id": "camp_1", "tokens": ("company",), "on_missing_token": "dead_letter", **rules})
    assert replay_may_help(letter(body), Enrollment(campaigns={"newsletter": strict}, sources={})) is helps


def test_a_default_is_named_by_its_key() -> None:
    """If a default would help, the advice names its key."""
    first = next(iter(next_steps(letter(refused(failure=MISSING)))))
    assert "company under [campaigns.newsletter.defaults]" in first.text
