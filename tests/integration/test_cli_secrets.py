"""`leads secrets` of a deployed stack."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leads_cli.stacks import secret
from leads_cli.stacks.running import NotReachableError
from tests.integration.operating import Operated, operated

CONFIG = """
campaigns.news.id = "camp_news"
[sources]
website = {provider = "form", campaign = "news", auth = "none"}
app = {provider = "json", campaign = "news", auth = "token"}
clerk = {provider = "clerk", campaign = "news"}
"""


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operated]:
    """A new stack, whose secret has no value."""
    config = tmp_path / "enrollment.toml"
    config.write_text(CONFIG)
    with operated(monkeypatch, config) as made:
        yield made


def source_states(result: Any) -> dict[str, str]:
    return {source["name"]: source["state"] for source in result["sources"]}


def test_the_first_value_of_a_stack(stack: Operated) -> None:
    """The secret gets its first value, and then others beside it."""
    assert stack.leads("secrets", "set", "leadterra_api_key", "-", typed="sk_live_first\n").code == 0
    assert stack.leads("secrets", "set", "app", "-", typed="first\n").code == 0
    content = stack.secret()
    assert len(content.pop("log_key")) > 40
    assert content == {"leadterra_api_key": "sk_live_first", "sources": {"app": "first"}}


def test_a_log_key_is_made_once_and_replaced_on_request(stack: Operated) -> None:
    """The first command that writes creates it, and later ones keep it. It is never shown, so it needs no file."""
    stack.leads("secrets", "set", "app", "-", typed="first\n")
    first = stack.secret()["log_key"]
    stack.leads("secrets", "set", "app", "-", typed="second\n")
    assert stack.secret()["log_key"] == first
    result = stack.leads("secrets", "set", "log_key", "--generate")
    assert (result.code, stack.secret()["log_key"] != first) == (0, True)
    assert stack.secret()["log_key"] not in result.out + result.err
    assert stack.leads("secrets", "status", "--json").json["log_key"] is True
    assert stack.leads("secrets", "rotate", "log_key", "--generate").code == 2


def test_a_generated_value_is_written_to_a_file_and_not_shown(stack: Operated, tmp_path: Path) -> None:
    """The file is the owner's only, and the value has the provider's form."""
    out = tmp_path / "token"
    result = stack.leads("secrets", "set", "clerk", "--generate", "--out", str(out))
    value = out.read_text().strip()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert value.startswith("whsec_")
    assert stack.secret()["sources"] == {"clerk": value}
    assert value not in result.out + result.err
    again = stack.leads("secrets", "set", "app", "--generate", "--out", str(out))
    assert (again.code, "is there already" in again.err) == (2, True)
    assert out.read_text().strip() == value


def test_a_generated_value_that_is_not_in_the_secret_is_not_kept(stack: Operated, tmp_path: Path) -> None:
    """If storing fails, the file is removed."""
    out = tmp_path / "token"
    stack.put_secret({"sources": ["not", "an", "object"]})
    result = stack.leads("secrets", "set", "app", "--generate", "--out", str(out))
    assert (result.code, "is no object" in result.err) == (2, True)
    assert not out.exists()


def test_a_rotation_from_the_first_value_to_the_last(stack: Operated) -> None:
    """The new value comes first, and the previous one is valid until it is dropped. Other names are unchanged."""
    stack.put_secret({"leadterra_api_key": "sk_live_x", "sources": {"app": "old", "clerk": "whsec_x"}})
    assert stack.leads("secrets", "rotate", "app", "-", typed="new").code == 0
    assert stack.secret()["leadterra_api_key"] == "sk_live_x"
    assert stack.secret()["sources"] == {"app": ["new", "old"], "clerk": "whsec_x"}
    assert source_states(stack.leads("secrets", "status", "--json").json)["app"] == "two values"
    assert stack.leads("secrets", "rotate", "app", "--drop-previous").code == 0
    assert stack.secret()["sources"] == {"app": "new", "clerk": "whsec_x"}
    result = stack.leads("secrets", "rotate", "app", "-", typed="new")
    assert (result.code, "already has this value" in result.err) == (2, True)
    result = stack.leads("secrets", "rotate", "app", "--drop-previous")
    assert (result.code, "no previous value" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("set", "app", "typed-in-the-open"), "shell's history"),
        (("set", "app", "-", "--generate", "--out", "key"), "choose one"),
        (("set", "app", "--generate"), "--out FILE"),
        (("set", "leadterra_api_key", "--generate", "--out", "key"), "Leadterra generates API keys"),
        (("set", "app"), "no terminal to ask"),
        (("set", "ap", "-"), "did you mean app?"),
        (("set", "website", "-"), 'auth = "none"'),
        (("set", "leadterra_key", "-"), "leadterra_api_key"),
        (("rotate", "leadterra_api_key", "-"), "one key at a time"),
        (("rotate", "app", "-", "--drop-previous"), "takes no new value"),
        (("set", "app", "-"), "is empty"),
    ],
)
def test_a_wrong_way_to_give_a_value_is_refused(stack: Operated, arguments: tuple[str, ...], complaint: str) -> None:
    """The error has the right ways and no value, and nothing changes."""
    result = stack.leads("secrets", *arguments, typed=" \n")
    assert result.code == 2
    assert complaint in result.err
    assert "typed-in-the-open" not in result.err
    assert stack.leads("secrets", "status", "--json").json["leadterra_api_key"] is False


def test_the_status_shows_no_value(stack: Operated) -> None:
    """It has each source's state, missing values and unused names."""
    sources = dict.fromkeys(("app", "website", "gone"), "hidden")
    stack.put_secret({"leadterra_api_key": "sk_live_hidden", "old_key": "hidden", "sources": sources})
    result = stack.leads("secrets", "status", "--json")
    found = result.json
    assert (found["leadterra_api_key"], found["unread"]) == (True, ["old_key", "sources.website", "sources.gone"])
    assert source_states(found) == {"website": "not needed", "app": "set", "clerk": "missing"}
    shown = stack.leads("secrets", "status")
    assert "leads secrets set clerk" in shown.out
    assert "hidden" not in result.out + shown.out


def test_a_secret_that_is_not_json_is_left_alone(stack: Operated) -> None:
    """It is not overwritten."""
    for text, complaint in (("sk_live_bare", "is not JSON"), ('["sk_live_bare"]', "is no JSON object")):
        stack.put_secret(text)
        result = stack.leads("secrets", "set", "app", "-", typed="x")
        assert (result.code, complaint in result.err) == (1, True)
        assert "sk_live_bare" not in result.err
        assert stack.client("secretsmanager").get_secret_value(SecretId="leads")["SecretString"] == text


def test_a_concurrent_change_is_not_overwritten(stack: Operated) -> None:
    """A change between reading and writing is an error."""
    stack.put_secret({"sources": {"app": "a"}})
    before = secret.read_secret(stack.running)
    stack.put_secret({"sources": {"app": "theirs"}})
    with pytest.raises(NotReachableError, match="changed meanwhile"):
        secret.write_if_unchanged(stack.running, before, {"sources": {"app": "mine"}})
    assert stack.secret()["sources"] == {"app": "theirs"}


def test_a_secret_that_can_never_verify_is_not_stored(stack: Operated) -> None:
    """The error names the problem without the value."""
    value = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    result = stack.leads("secrets", "set", "clerk", "-", typed=f"{value}\n")
    assert (result.code, "is a public key" in result.err, value in result.err) == (2, True, False)
    assert stack.leads("secrets", "status", "--json").json["sources"][2]["state"] == "missing"
    assert stack.leads("secrets", "set", "clerk", "-", typed="whsec_YWI\n").code == 0
