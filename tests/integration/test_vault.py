"""The secret: cached, and read again when a credential is refused."""

import json
import traceback
from typing import Any

import pytest

from leads.errors import Unavailable
from leads.io.kept import Vault
from tests.integration.intaking import Intake


@pytest.fixture
def vault(intake: Intake) -> Vault:
    return Vault(intake.cloud.settings)


def put(intake: Intake, text: str) -> None:
    intake.cloud.set_secret_text(text)


@pytest.mark.parametrize(
    ("secret", "expected"),
    [("one", ("one",)), (["newest", "previous"], ("newest", "previous")), (["newest", ""], ("newest",))],
)
def test_a_source_has_one_secret_or_several(
    intake: Intake, vault: Vault, secret: Any, expected: tuple[str, ...]
) -> None:
    """The newest comes first, and empty ones are left out."""
    intake.cloud.set_secret(sources={"api": secret})
    assert vault.source("api", 0.0) == expected


@pytest.mark.parametrize(
    "content", [{}, {"sources": {"api": ""}}, {"sources": {"api": []}}, {"sources": {"other": "x"}}]
)
def test_a_missing_secret_is_unavailable(intake: Intake, vault: Vault, content: Any) -> None:
    """The sender is asked to retry, and no other value is used as the secret."""
    put(intake, json.dumps(content))
    with pytest.raises(Unavailable, match=r"the secret has nothing under sources\.api"):
        vault.source("api", 0.0)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("sk_live_x", "it is not a JSON object"),
        ('["sk_live_x"]', "it is not a JSON object"),
        ("", "it is not a JSON object"),
        ('{"leadterra_api_key": ["sk_live_x"]}', "`leadterra_api_key` has the wrong type"),
        ('{"sources": "sk_live_x"}', "`sources` has the wrong type"),
        ('{"sources": {"api": {"current": "sk_live_x"}}}', "`sources.api` is neither a text nor a list of texts"),
        ('{"sources": {"api": ["sk_live_x", 5]}}', "`sources.api` is neither a text nor a list of texts"),
        ('{"sources": {"api": null}}', "`sources.api` is neither a text nor a list of texts"),
        ('{"log_key": 5}', "`log_key` has the wrong type"),
    ],
)
def test_a_malformed_secret_is_explained(intake: Intake, vault: Vault, text: str, reason: str) -> None:
    """Neither the error nor its causes have the content."""
    intake.fail("secretsmanager", "GetSecretValue", {"SecretString": text} if text else {"SecretBinary": "AA=="})
    with pytest.raises(Unavailable, match=f"^the secret is malformed: {reason}$") as caught:
        vault.source("api", 0.0)
    assert "sk_live_x" not in "".join(traceback.format_exception(caught.value))


def test_a_malformed_entry_affects_only_its_source(intake: Intake) -> None:
    """Other sources and Leadterra's key work. The log names the source, and its sender is asked to retry."""
    intake.cloud.set_secret(sources={"api": "good", "other": {"current": "sk_live_x"}})
    assert intake.post(body={"email": "ava@example.com"}, headers={"authorization": "Bearer good"}).status == 200
    assert (
        intake.post("other", body={"email": "ava@example.com"}, headers={"authorization": "Bearer good"}).status == 503
    )
    written = intake.output()
    assert "`sources.other` is neither" in written
    assert "sk_live_x" not in written


def test_a_malformed_secret_does_not_replace_a_good_one(intake: Intake, vault: Vault) -> None:
    """The cached values stay in use, and unknown keys are ignored."""
    intake.cloud.set_secret(sources={"api": "good"}, owner={"team": "growth"})
    assert vault.source("api", 0.0) == ("good",)
    put(intake, "{")
    assert vault.source("api", 301.0) == ("good",)


@pytest.mark.parametrize("content", [{}, {"leadterra_api_key": " "}])
def test_a_missing_key_is_unavailable(intake: Intake, vault: Vault, content: Any) -> None:
    """Leads are held until it is set."""
    put(intake, json.dumps(content))
    with pytest.raises(Unavailable, match="the secret has no `leadterra_api_key`"):
        vault.api_key(0.0)


@pytest.mark.parametrize("mark", ["\u200b", "\u201d", "\n", "\x7f"])
def test_a_key_with_an_invalid_character_is_reported(intake: Intake, vault: Vault, mark: str) -> None:
    """Such as an invisible one in a pasted key, which would fail in the HTTP client."""
    put(intake, json.dumps({"leadterra_api_key": f"sk_live{mark}_x"}))
    with pytest.raises(Unavailable, match="has a character that no key has"):
        vault.api_key(0.0)


def test_the_secret_is_cached_for_five_minutes(intake: Intake, vault: Vault) -> None:
    """Then a rotation is noticed."""
    assert vault.source("api", 0.0) == ("newest-token", "previous-token")
    intake.cloud.set_secret(sources={"api": "rotated"})
    assert vault.source("api", 299.0) == ("newest-token", "previous-token")
    assert vault.source("api", 300.0) == ("rotated",)


def test_wrong_tokens_neither_delay_a_rotation_nor_cost_a_call_each(intake: Intake, vault: Vault) -> None:
    """During a flood of them the secret is read every five seconds."""
    vault.source("api", 0.0)
    calls = len(intake.cloud.calls("GetSecretValue"))
    intake.cloud.set_secret(sources={"api": "rotated"})
    for turn in range(1_000):
        if vault.refresh(turn / 10):
            vault.source("api", turn / 10)
    assert vault.source("api", 100.0) == ("rotated",)
    assert 20 <= len(intake.cloud.calls("GetSecretValue")) - calls <= 30
    intake.cloud.set_secret(sources={"api": "rotated again"})
    assert vault.refresh(105.0)
    assert vault.source("api", 105.0) == ("rotated again",)


def test_the_secret_is_read_again_for_a_new_source(intake: Intake, vault: Vault) -> None:
    """Its value may be newer than the cache."""
    vault.source("api", 0.0)
    intake.cloud.set_secret(sources={"new": "x"})
    assert vault.source("new", 1.0) == ("x",)


def test_cached_secrets_are_used_during_an_outage(intake: Intake, vault: Vault) -> None:
    """Without a cached secret the sender is asked to retry."""
    vault.source("api", 0.0)
    intake.fail("secretsmanager", "GetSecretValue")
    assert vault.source("api", 301.0) == ("newest-token", "previous-token")
    assert vault.refresh(301.0)
    assert vault.source("api", 302.0) == ("newest-token", "previous-token")
    with pytest.raises(Unavailable, match="Secrets Manager: AccessDenied"):
        Vault(intake.cloud.settings).source("api", 0.0)


def test_a_rotated_token_is_accepted_at_once(intake: Intake) -> None:
    """The secret is read again before a sender is refused."""
    assert intake.post(body={"email": "ava@example.com"}).status == 200
    intake.cloud.set_secret(sources={"api": "rotated"})
    rotated = {"authorization": "Bearer rotated"}
    assert intake.post(body={"email": "ava@example.com"}, headers=rotated).status == 200
    assert intake.post(body={"email": "ava@example.com"}).status == 401
