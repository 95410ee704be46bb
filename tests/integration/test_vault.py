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
    """The newest first; an empty one is none."""
    intake.cloud.set_secret(sources={"api": secret})
    assert vault.source("api", 0.0) == expected


@pytest.mark.parametrize(
    "content", [{}, {"sources": {"api": ""}}, {"sources": {"api": []}}, {"sources": {"other": "x"}}]
)
def test_a_secret_that_is_not_there_is_ours_to_mend(intake: Intake, vault: Vault, content: Any) -> None:
    """The sender is not turned away, and no part of something else is taken for the secret."""
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
    """Without its content, anywhere in the error or what caused it."""
    intake.fail("secretsmanager", "GetSecretValue", {"SecretString": text} if text else {"SecretBinary": "AA=="})
    with pytest.raises(Unavailable, match=f"^the secret is malformed: {reason}$") as caught:
        vault.source("api", 0.0)
    assert "sk_live_x" not in "".join(traceback.format_exception(caught.value))


def test_a_malformed_entry_is_its_sources_alone(intake: Intake) -> None:
    """The others and Leadterra's key keep working. The log names the source, and the sender comes back."""
    intake.cloud.set_secret(sources={"api": "good", "other": {"current": "sk_live_x"}})
    assert intake.post(body={"email": "ava@example.com"}, headers={"authorization": "Bearer good"}).status == 200
    assert (
        intake.post("other", body={"email": "ava@example.com"}, headers={"authorization": "Bearer good"}).status == 503
    )
    written = intake.output()
    assert "`sources.other` is neither" in written
    assert "sk_live_x" not in written


def test_a_malformed_secret_does_not_replace_a_good_one(intake: Intake, vault: Vault) -> None:
    """What was read before stays in use, and keys that are not ours do no harm."""
    intake.cloud.set_secret(sources={"api": "good"}, owner={"team": "growth"})
    assert vault.source("api", 0.0) == ("good",)
    put(intake, "{")
    assert vault.source("api", 301.0) == ("good",)


@pytest.mark.parametrize("content", [{}, {"leadterra_api_key": " "}])
def test_a_missing_key_is_ours_to_mend(intake: Intake, vault: Vault, content: Any) -> None:
    """Leads are held until it is set."""
    put(intake, json.dumps(content))
    with pytest.raises(Unavailable, match="the secret has no `leadterra_api_key`"):
        vault.api_key(0.0)


@pytest.mark.parametrize("mark", ["\u200b", "\u201d", "\n", "\x7f"])
def test_a_key_that_cannot_be_sent_is_none(intake: Intake, vault: Vault, mark: str) -> None:
    """An invisible character in a pasted key is reported, instead of failing in the HTTP client."""
    put(intake, json.dumps({"leadterra_api_key": f"sk_live{mark}_x"}))
    with pytest.raises(Unavailable, match="has a character that no key has"):
        vault.api_key(0.0)


def test_the_secret_is_kept_for_a_while(intake: Intake, vault: Vault) -> None:
    """Five minutes, in which nothing is asked; then a rotation is noticed."""
    assert vault.source("api", 0.0) == ("newest-token", "previous-token")
    intake.cloud.set_secret(sources={"api": "rotated"})
    assert vault.source("api", 299.0) == ("newest-token", "previous-token")
    assert vault.source("api", 300.0) == ("rotated",)


def test_wrong_tokens_neither_delay_a_rotation_nor_cost_a_call_each(intake: Intake, vault: Vault) -> None:
    """Under a flood of them the secret is read every five seconds, so a new one is known that soon."""
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


def test_a_new_source_is_looked_for(intake: Intake, vault: Vault) -> None:
    """Its secret may have come after what is kept."""
    vault.source("api", 0.0)
    intake.cloud.set_secret(sources={"new": "x"})
    assert vault.source("new", 1.0) == ("x",)


def test_an_outage_stops_nobody_who_was_known(intake: Intake, vault: Vault) -> None:
    """Yesterday's secret is most likely today's; without any there is nothing to go by."""
    vault.source("api", 0.0)
    intake.fail("secretsmanager", "GetSecretValue")
    assert vault.source("api", 301.0) == ("newest-token", "previous-token")
    assert vault.refresh(301.0)
    assert vault.source("api", 302.0) == ("newest-token", "previous-token")
    with pytest.raises(Unavailable, match="Secrets Manager: AccessDenied"):
        Vault(intake.cloud.settings).source("api", 0.0)


def test_a_rotated_token_is_good_at_once(intake: Intake) -> None:
    """The container reads the secret afresh before it turns a sender away."""
    assert intake.post(body={"email": "ava@example.com"}).status == 200
    intake.cloud.set_secret(sources={"api": "rotated"})
    rotated = {"authorization": "Bearer rotated"}
    assert intake.post(body={"email": "ava@example.com"}, headers=rotated).status == 200
    assert intake.post(body={"email": "ava@example.com"}).status == 401
