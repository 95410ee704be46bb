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

[campaigns.trial]
id = "camp_trial"

[campaigns.gone]
id = "camp_gone"

[sources.website]
provider = "form"
campaign = "news"
auth = "none"

[sources.app]
provider = "json"
campaign_field = "list"
campaign = "news"
auth = "token"

[sources.app.campaigns]
trial = "trial"
"""
AVA = {"email": "ava@example.com"}


@pytest.fixture
def sandbox() -> Sandbox:
    """A Leadterra with a draft and a paused campaign."""
    return Sandbox(statuses={"camp_news": "draft", "camp_trial": "paused"}, behaviour=Behaviour(dialect="guide"))


@pytest.fixture
def stack(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A stack that enrolls into it."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    with SandboxServer(sandbox) as server, operated(monkeypatch, config, LeadterraBaseUrl=server.url) as made:
        made.put_secret({"leadterra_api_key": "sk_live_sandbox"})
        yield made


def enroll(box: Sandbox, campaign: str) -> None:
    box.bulk_upsert(campaign, [AVA], datetime.now(UTC))


def asked(box: Sandbox) -> list[tuple[str, str]]:
    return [(entry.method, entry.path) for entry in box.requests]


def test_the_list_says_what_feeds_each_campaign(stack: Operated, sandbox: Sandbox) -> None:
    """Each campaign has its sources, tokens and status; one that Leadterra does not know has the reason."""
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
    """A refused key is said once, is asked about once, and hides no campaign."""
    stack.put_secret({"leadterra_api_key": "sk_live_revoked"})
    said = stack.leads("campaign", "list")
    assert said.code == 0
    assert [line.split()[:3] for line in said.out.splitlines()[1:]] == [
        ["news", "camp_news", "?"],
        ["trial", "camp_trial", "?"],
        ["gone", "camp_gone", "?"],
    ]
    assert said.err.startswith("news, trial, gone: Leadterra refuses the API key")
    assert asked(sandbox) == [("GET", "/v1/campaigns/camp_news/stats")]


def test_stats(stack: Operated, sandbox: Sandbox) -> None:
    """The documented numbers are shown. The reference's dialect has no status."""
    enroll(sandbox, "camp_news")
    sandbox.behaviour = Behaviour(dialect="reference")
    found = stack.leads("campaign", "stats", "news", "--json").json
    assert (found["id"], found["status"]) == ("camp_news", None)
    assert (found["stats"]["totalEnrolled"], found["stats"]["replyRate"]) == (1, 0.0)


def test_a_key_of_the_environment_where_the_stack_has_none(stack: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key in the secret the one in LEADTERRA_API_KEY is used; with neither, both are named."""
    stack.put_secret({"sources": {}})
    said = stack.leads("campaign", "stats", "news")
    assert said.code == 1
    assert "leads secrets set leadterra_api_key" in said.err
    assert "LEADTERRA_API_KEY" in said.err
    monkeypatch.setenv("LEADTERRA_API_KEY", "sk_live_sandbox\n")
    assert stack.leads("campaign", "stats", "news").code == 0


def test_an_unknown_campaign(stack: Operated) -> None:
    """A misspelt name is answered with the one that was meant, and nothing is asked of Leadterra."""
    said = stack.leads("campaign", "start", "nwes", "--yes")
    assert said.code == 2
    assert "did you mean news?" in said.err


def test_a_draft_is_started(stack: Operated, sandbox: Sandbox) -> None:
    """After a yes the campaign runs."""
    enroll(sandbox, "camp_news")
    said = stack.leads("campaign", "start", "news", typed="y\n")
    assert said.code == 0
    assert "Started news: status running" in said.out
    assert sandbox.stats("camp_news")["status"] == "running"


def test_nothing_is_started_without_a_yes(stack: Operated, sandbox: Sandbox) -> None:
    """A no, or no terminal to ask, leaves the campaign as it is. The command said before what would happen."""
    enroll(sandbox, "camp_trial")
    for typed in ("n\n", ""):
        said = stack.leads("campaign", "start", "trial", typed=typed)
        assert (said.code, "its sending RESUMES" in said.out) == (1, True)
        assert "Nothing was started." in said.err
    assert [method for method, _ in asked(sandbox)] == ["GET", "GET"]


def test_a_running_campaign_is_left_alone(stack: Operated, sandbox: Sandbox) -> None:
    """Nothing is asked and nothing is sent where there is nothing to start."""
    enroll(sandbox, "camp_news")
    sandbox.start("camp_news", datetime.now(UTC))
    said = stack.leads("campaign", "start", "news")
    assert (said.code, "running already" in said.out) == (0, True)
    assert [method for method, _ in asked(sandbox)] == ["GET"]


def test_a_program_has_to_say_yes(stack: Operated, sandbox: Sandbox) -> None:
    """--json without --yes is a wrong call; with it, only JSON is on stdout."""
    enroll(sandbox, "camp_news")
    assert stack.leads("campaign", "start", "news", "--json").code == 2
    found = stack.leads("campaign", "start", "news", "--json", "--yes").json
    assert (found["name"], found["id"], found["status"]) == ("news", "camp_news", "running")


def test_a_start_without_an_answer(stack: Operated, sandbox: Sandbox) -> None:
    """Where the connection ends before the answer, the operator is told to look before doing it again."""
    enroll(sandbox, "camp_news")
    sandbox.faults.set([Fault.model_validate({"kind": "drop_after", "on": "start"})])
    said = stack.leads("campaign", "start", "news", "--yes")
    assert said.code == 1
    assert "look first: leads campaign stats news" in said.err
