"""The findings of `leads check --live`, by subject."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from leads.config.schema import parse
from leads_cli.stacks.campaigns import CampaignListing, ConfiguredCampaign, Stats
from leads_cli.stacks.checks import subjects
from leads_cli.stacks.checks.queue_settings import Trigger, check_queue
from leads_cli.stacks.secret import API_KEY, StoredSecret

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"
DEAD = "arn:aws:sqs:us-east-1:123456789012:dead"
GOOD = {
    "RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 300}),
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "1209600",
    "VisibilityTimeout": "600",
}
TRIGGER = Trigger("Enabled", window=60, reports_failures=True, timeout=90)
ENROLLMENT = parse("""
campaigns.news.id = "camp_news"
[sources]
website = {provider = "form", campaign = "news", auth = "none"}
app = {provider = "json", campaign = "news", auth = "token"}
""")


@pytest.mark.parametrize(
    ("changed", "trigger", "found"),
    [
        ({}, TRIGGER, "300 receives, visibility 600 s, trigger enabled"),
        ({"RedrivePolicy": ""}, TRIGGER, "not move messages to this stack's dead letters"),
        ({"RedrivePolicy": json.dumps({"deadLetterTargetArn": "other"})}, TRIGGER, "not move messages to this stack's"),
        (
            {"RedrivePolicy": json.dumps({"deadLetterTargetArn": DEAD, "maxReceiveCount": 5})},
            TRIGGER,
            "maxReceiveCount is 5: an outage would turn good leads into dead letters",
        ),
        ({"MaximumMessageSize": "262144"}, TRIGGER, "MaximumMessageSize is 262144"),
        ({"MessageRetentionPeriod": "345600"}, TRIGGER, "messages are kept for 4 days"),
        ({"VisibilityTimeout": "599"}, TRIGGER, "VisibilityTimeout is 599 s, less than six times"),
        ({}, replace(TRIGGER, state="Disabled"), "its trigger is disabled"),
        ({}, replace(TRIGGER, alias=""), "its trigger calls no alias"),
        ({}, replace(TRIGGER, is_latest=False), "the alias live is not the version that was deployed last"),
        ({}, replace(TRIGGER, reports_failures=False), "no ReportBatchItemFailures"),
        ({}, None, "no function takes messages out of it"),
    ],
)
def test_a_queue(changed: dict[str, str], trigger: Trigger | None, found: str) -> None:
    """Each setting that could lose or delay leads is one finding with its remedy. Without findings the queue is ok."""
    (only,) = check_queue("LeadsQueue", GOOD | changed, DEAD, [trigger] if trigger else [])
    assert found in only.message
    assert (only.verdict == "ok") == (only.remedy == "")
    is_late = "Retention" in str(changed) or (trigger and not trigger.is_latest)
    assert only.verdict == ("ok" if not changed and trigger is TRIGGER else "warn" if is_late else "fail")


def test_a_queue_of_the_embedded_stack() -> None:
    """The embedded stack has no event source mappings, so only the queue itself is checked."""
    (only,) = check_queue("LeadsQueue", GOOD, DEAD, None)
    assert (only.verdict, only.message) == ("ok", "300 receives, visibility 600 s")


@pytest.mark.parametrize(
    ("deployed", "verdict", "text"), [("ab", "ok", "all 2"), ("a", "fail", "lacks b"), ("abc", "warn", "has c as well")]
)
def test_a_template(deployed: str, verdict: str, text: str) -> None:
    """A stack older than the checkout is a failure; a newer one is a warning."""
    found = subjects.outputs(deployed, "ab")
    assert (found.verdict, text in found.message) == (verdict, True)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({API_KEY: "k", "sources": {"app": "x"}}, [("ok", "secret")]),
        ({"sources": {"app": "x"}}, [("fail", API_KEY)]),
        ({API_KEY: "k"}, [("fail", "secret of app")]),
        ({API_KEY: "k", "sources": {"app": "whpk_AAAA"}}, [("fail", "secret of app"), ("ok", "secret")]),
        ({API_KEY: "k", "sources": {"app": ["x", "y"]}}, [("warn", "secret of app"), ("ok", "secret")]),
        ({API_KEY: "k", "sources": {"app": "x", "apq": "y"}}, [("ok", "secret"), ("warn", "secret")]),
    ],
)
def test_a_secret(content: dict[str, object], found: list[tuple[str, str]]) -> None:
    """A missing value is a failure, an unused one is a warning, and no value is shown."""
    findings = list(subjects.secrets(ENROLLMENT, StoredSecret(content)))
    assert [(each.verdict, each.about) for each in findings] == found


@pytest.mark.parametrize(
    ("listed", "verdict", "text", "remedy"),
    [
        (Stats("running", {"totalEnrolled": 1200}), "ok", "camp_news: running, 1,200 leads", ""),
        (Stats(None), "ok", "camp_news: there", ""),
        (Stats("paused"), "warn", "is paused", "leads campaign start news"),
        ("Leadterra refuses the key; put another", "fail", "Leadterra refuses the key", "put another"),
        ("nothing known", "fail", "nothing known", "check this campaign in Leadterra"),
    ],
)
def test_a_campaign(listed: Stats | str, verdict: str, text: str, remedy: str) -> None:
    """A campaign that does not send is a warning; one that does not exist is a failure."""
    campaign = ConfiguredCampaign("news", "camp_news", (), ())
    row = CampaignListing(campaign, listed) if isinstance(listed, Stats) else CampaignListing(campaign, problem=listed)
    (found,) = subjects.campaigns([row])
    assert (found.verdict, text in found.message, found.remedy) == (verdict, True, remedy)


def test_sources_and_alarms() -> None:
    """A silent source is a warning; a raised alarm is a failure with its meaning."""
    addresses = {"website": "https://a.example/forms/website", "app": "https://a.example/hooks/app"}
    website, app = subjects.last_events(addresses, {"app": NOW - timedelta(hours=3)}, NOW, where=" --stack leads")
    assert (website.verdict, website.message) == ("warn", "https://a.example/forms/website: no lead in 14 days")
    assert website.remedy.startswith("leads send --probe --source website --stack leads")
    assert (app.verdict, app.message) == ("ok", "https://a.example/hooks/app: last lead 3.0 h ago")
    (none,) = subjects.alarms([])
    assert none.verdict == "ok"
    (raised,) = subjects.alarms([{"AlarmName": "leads-key", "AlarmDescription": "A key. docs/operations.md#key"}])
    assert (raised.verdict, raised.about, raised.message) == ("fail", "alarm leads-key", "A key.")


def test_parameters_are_those_of_the_stage() -> None:
    """A deployed value that differs from the stage's file is a warning: the next deployment would replace it."""
    expected = {"SnapStart": "None", "BatchingWindow": "2"}
    (same,) = subjects.parameters(expected, expected, "stages/prod.toml", "prod")
    assert same.verdict == "ok"
    (window,) = subjects.parameters({"SnapStart": "None", "BatchingWindow": "9"}, expected, "stages/prod.toml", "prod")
    assert (window.about, window.verdict) == ("parameter BatchingWindow", "warn")
    assert window.message == "'9' is deployed, stages/prod.toml says '2'"
    assert "make deploy STACK=prod" in window.remedy


def test_the_file_is_the_one_that_the_stack_reads() -> None:
    """If the stack reads another file than the one checked, the remedy names the right file."""
    assert list(subjects.file_in_use("enrollment.toml", "enrollment.toml", "prod")) == []
    (other,) = subjects.file_in_use("prod.toml", "enrollment.toml", "prod")
    assert other.remedy == "leads check --live --stack prod --config layers/config/prod.toml"


@pytest.mark.parametrize(
    ("topics", "verdict", "remedy"),
    [
        ({}, "warn", "set AlarmEmail in stages/prod.toml, then make deploy STACK=prod"),
        ({TOPIC: []}, "warn", f"aws sns subscribe --topic-arn {TOPIC} --protocol email"),
        ({TOPIC: ["PendingConfirmation"]}, "warn", "open the link in AWS's mail; another: aws sns subscribe"),
        ({TOPIC: [f"{TOPIC}:1"]}, "ok", ""),
    ],
)
def test_an_alarm_without_a_subscriber_is_a_warning(topics: dict[str, list[str]], verdict: str, remedy: str) -> None:
    """The finding has the command that adds or confirms a subscriber."""
    (found,) = subjects.subscriptions(topics, "stages/prod.toml", "prod")
    assert (found.verdict, found.remedy.startswith(remedy)) == (verdict, True)
