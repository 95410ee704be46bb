"""`leads campaign` of a deployed stack, with a Leadterra on a real socket."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leads_cli.sandbox import Behaviour, Fault, Sandbox, SandboxServer
from tests.integration.operating import Operated, operated

CONFIG = """
[campaigns.news]
id = "camp_news"
tokens = ["firstName", "company"]
[campaigns]
trial.id = "camp_trial"
gone.id = "camp_gone"
[sources]
website = {provider = "form", campaign = "news", auth = "none"}
[sources.app]
provider = "json"
campaign_field = "list"
campaigns = {trial = "trial"}
campaign = "news"
auth = "token"
"""
AVA = {"email": "ava@example.com"}


@pytest.fixture
def sandbox() -> Sandbox:
    """A Leadterra with a draft and a paused campaign."""
    return Sandbox(statuses={"camp_news": "draft", "camp_trial": "paused"}, behaviour=Behaviour(dialect="guide"))


@pytest.fixture
def stack(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A stack that enrolls into the sandbox."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    with SandboxServer(sandbox) as server, operated(monkeypatch, config, LeadterraBaseUrl=server.url) as made:
        made.put_secret({"leadterra_api_key": "sk_live_sandbox"})
        yield made


def enroll(box: Sandbox, campaign: str) -> None:
    box.bulk_upsert(campaign, [AVA], datetime.now(UTC))


def asked(box: Sandbox) -> list[tuple[str, str]]:
    return [(entry.method, entry.path) for entry in box.requests]


def test_the_list_has_each_campaign_s_sources(stack: Operated, sandbox: Sandbox) -> None:
    """And its tokens and status, or the reason if Leadterra does not know it."""
    enroll(sandbox, "camp_news")
    news, trial, gone = stack.leads("campaign", "list", "--json").json["campaigns"]
    assert news == {
        "name": "news",
        "id": "camp_news",
        "tokens": ["firstName", "company"],
        "sources": ["website", "app"],
        "status": "draft",
        "enrolled": 1,
        "problem": None,
    }
    assert (trial["sources"], trial["status"]) == (["app"], "paused")
    assert (gone["status"], "no campaign camp_gone" in gone["problem"]) == (None, True)


def test_a_list_without_leadterra_is_the_configuration(stack: Operated, sandbox: Sandbox) -> None:
    """A refused key is reported once after one request, and all campaigns are listed."""
    stack.put_secret({"leadterra_api_key": "sk_live_revoked"})
    result = stack.leads("campaign", "list")
    assert result.code == 0
    assert [line.split()[:3] for line in result.out.splitlines()[1:]] == [
        ["news", "camp_news", "?"],
        ["trial", "camp_trial", "?"],
        ["gone", "camp_gone", "?"],
    ]
    assert result.err.startswith("news, trial, gone: Leadterra refuses the API key")
    assert asked(sandbox) == [("GET", "/v1/campaigns/camp_news/stats")]


def test_stats(stack: Operated, sandbox: Sandbox) -> None:
    """The documented numbers are shown. The reference's dialect has no status."""
    enroll(sandbox, "camp_news")
    sandbox.behaviour = Behaviour(dialect="reference")
    found = stack.leads("campaign", "stats", "news", "--json").json
    assert (found["id"], found["status"]) == ("camp_news", None)
    assert (found["stats"]["totalEnrolled"], found["stats"]["replyRate"]) == (1, 0.0)


def test_the_environment_s_key_is_used_if_the_stack_has_none(stack: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without either the message names both."""
    stack.put_secret({"sources": {}})
    result = stack.leads("campaign", "stats", "news")
    assert result.code == 1
    assert "leads secrets set leadterra_api_key" in result.err
    assert "LEADTERRA_API_KEY" in result.err
    monkeypatch.setenv("LEADTERRA_API_KEY", "sk_live_sandbox\n")
    assert stack.leads("campaign", "stats", "news").code == 0


def test_an_unknown_campaign(stack: Operated) -> None:
    """A misspelt name gets a suggestion, without a request to Leadterra."""
    result = stack.leads("campaign", "start", "nwes", "--yes")
    assert result.code == 2
    assert "did you mean news?" in result.err


def test_a_draft_is_started(stack: Operated, sandbox: Sandbox) -> None:
    """After a yes the campaign runs."""
    enroll(sandbox, "camp_news")
    result = stack.leads("campaign", "start", "news", typed="y\n")
    assert result.code == 0
    assert "Started news: status running" in result.out
    assert sandbox.stats("camp_news")["status"] == "running"


def test_nothing_is_started_without_a_yes(stack: Operated, sandbox: Sandbox) -> None:
    """A no, or no terminal to ask, changes nothing. The consequences are shown before the question."""
    enroll(sandbox, "camp_trial")
    for typed in ("n\n", ""):
        result = stack.leads("campaign", "start", "trial", typed=typed)
        assert (result.code, "its sending RESUMES" in result.out) == (1, True)
        assert "Nothing was started." in result.err
    assert [method for method, _ in asked(sandbox)] == ["GET", "GET"]


def test_a_running_campaign_is_left_alone(stack: Operated, sandbox: Sandbox) -> None:
    """The command neither asks nor sends a start."""
    enroll(sandbox, "camp_news")
    sandbox.start("camp_news", datetime.now(UTC))
    result = stack.leads("campaign", "start", "news")
    assert (result.code, "running already" in result.out) == (0, True)
    assert [method for method, _ in asked(sandbox)] == ["GET"]


def test_json_needs_yes(stack: Operated, sandbox: Sandbox) -> None:
    """--json without --yes is a usage error. With it, stdout has only JSON."""
    enroll(sandbox, "camp_news")
    assert stack.leads("campaign", "start", "news", "--json").code == 2
    found = stack.leads("campaign", "start", "news", "--json", "--yes").json
    assert (found["name"], found["id"], found["status"]) == ("news", "camp_news", "running")


def test_a_start_without_an_answer(stack: Operated, sandbox: Sandbox) -> None:
    """If the connection breaks, the message says to check the status before starting again."""
    enroll(sandbox, "camp_news")
    sandbox.faults.set([Fault.model_validate({"kind": "drop_after", "on": "start"})])
    result = stack.leads("campaign", "start", "news", "--yes")
    assert result.code == 1
    assert "look first: leads campaign stats news" in result.err
