"""Leadterra's answers as an operator sees them."""

import json

import pytest

from leads_cli.stacks.campaigns import ConfiguredCampaign, describe_start, read_stats
from leads_cli.stacks.leadterra import CampaignApi, LeadterraError, read_answer

NEWS = ConfiguredCampaign("news", "camp_news", (), ())


@pytest.mark.parametrize("envelope", ["data", "campaign", "result", "stats", None])
def test_answers_are_unwrapped(envelope: str | None) -> None:
    """Bare, or in any documented envelope."""
    inner = {"id": "camp_news", "status": "running"}
    body = json.dumps({envelope: inner} if envelope else inner).encode()
    assert read_answer(200, body, "camp_news") == inner


@pytest.mark.parametrize(
    ("status", "body", "code", "remedy"),
    [
        (400, {"error": {"code": "no_leads_enrolled"}}, "no_leads_enrolled", "enroll someone first"),
        (400, {"error": "no_sequence_steps"}, "no_sequence_steps", "give it a sequence step"),
        (400, {"code": "no_sequence_steps", "message": "x"}, "no_sequence_steps", "give it a sequence step"),
        (401, {}, "", "leads secrets set leadterra_api_key"),
        (403, None, "", "use a key with this permission"),
        (404, {"error": {"code": "campaign_not_found"}}, "campaign_not_found", "no campaign camp_news"),
        (429, [], "", "throttles"),
        (502, "<html>", "", "try again later"),
        (302, {}, "", "leadterra.base_url"),
        (400, {"error": {"code": "<b>\x1b[2J"}}, "", "something unexpected"),
    ],
)
def test_each_refusal_has_a_remedy(status: int, body: object, code: str, remedy: str) -> None:
    """For any shape of error the message says what to do. Only a plain word is used as a code."""
    with pytest.raises(LeadterraError) as refused:
        read_answer(status, json.dumps(body).encode(), "camp_news")
    assert (refused.value.status, refused.value.code) == (status, code)
    assert remedy in str(refused.value)


def test_a_page_is_not_an_answer() -> None:
    """A maintenance page with status 200 is an error."""
    with pytest.raises(LeadterraError, match="without JSON"):
        read_answer(200, b"<html>", "camp_news")


def test_a_key_is_never_shown() -> None:
    """The object's representation has no key."""
    assert "sk_live_x" not in repr(CampaignApi("https://example.com", "sk_live_x"))


def test_stats_of_any_shape() -> None:
    """Numbers keep Leadterra's names. Other values and missing ones are skipped."""
    found = read_stats({"status": 3, "totalEnrolled": 4, "live": True, "tokens": {}, "openRate": 0.5})
    assert (found.status, found.enrolled, found.numbers) == (None, 4, {"totalEnrolled": 4, "openRate": 0.5})
    assert read_stats({}).enrolled is None


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"status": "draft", "totalEnrolled": 1200}, "is a draft, 1,200 leads: Leadterra begins to send"),
        ({"status": "paused", "queued": 7}, "its sending RESUMES where it was stopped with the 7 messages that wait."),
        ({"status": "running"}, "running already"),
        ({}, "does not say whether"),
        ({"status": "archived"}, "does not say whether"),
    ],
)
def test_the_consequence_of_a_start(content: dict[str, object], sentence: str) -> None:
    """The operator sees what will happen before starting a campaign."""
    assert sentence in describe_start(NEWS, read_stats(content))
