"""Edits of the stack's secret, from content to content. All other names stay as they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from leads.config.schema import Enrollment, Source
from leads.event.schemes import STANDARD
from leads.event.signature import key_bytes
from leads.event.verify import PUBLIC_KEY_PREFIX
from leads.presets.providers import PROVIDERS
from leads_cli.errors import UsageError
from leads_cli.stacks.secret import API_KEY, LOG_KEY, StoredSecret
from leads_cli.words import did_you_mean


class SecretState(StrEnum):
    """What the secret has for a source, in the words of `leads secrets status`."""

    SET = "set"
    OVERLAP = "two values"
    MISSING = "missing"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True, slots=True)
class SourceSecret:
    """A source and whether the secret has what it needs, as `leads secrets status --json` has it."""

    name: str
    provider: str
    auth: str
    state: SecretState


def known_sources(enrollment: Enrollment, name: str) -> None:
    """Check that something reads a name: Leadterra's key, or a source whose senders prove who they are."""
    if name in {API_KEY, LOG_KEY}:
        return
    source = enrollment.sources.get(name)
    needed = [each for each, its in enrollment.sources.items() if its.has_secret]
    if source is None:
        names = [API_KEY, LOG_KEY, *needed]
        meant = did_you_mean(name, names)
        raise UsageError(f"no source {name!r} in the configuration; names are {', '.join(names)}{meant}")
    if not source.has_secret:
        raise UsageError(f'{name} has auth = "none": its senders do not authenticate, so it has no secret')


def flaw(provider: str, auth: str, secret: str) -> str | None:
    """Why a source's secret can never verify a request; None if it can."""
    scheme = PROVIDERS[provider].signature if auth == "signature" else None
    parts = secret.split("|")
    if any(part.removeprefix("v1,").startswith(PUBLIC_KEY_PREFIX) for part in parts):
        return (
            "is a public key (whpk_...), which is not secret and cannot be checked here: take the endpoint's "
            'whsec_ secret, or set auth = "token" and let the sender send a token of your own'
        )
    if secret[0] in "\"'`" and secret[-1] == secret[0]:
        return "has quotation marks around it: leave them out"
    is_base64 = scheme == "standard-webhooks" or (scheme == "supabase" and "whsec_" in secret)
    if is_base64 and not all(key_bytes(STANDARD, part) for part in parts):
        return "is not base64 after whsec_: copy the endpoint's signing secret again, all of it"
    return None


def set_value(content: Mapping[str, Any], name: str, value: str) -> dict[str, Any]:
    """One value in the place of whatever a name has."""
    return {**content, name: value} if name in {API_KEY, LOG_KEY} else _with_source(content, name, value)


def rotate(stored: StoredSecret, name: str, value: str) -> dict[str, Any]:
    """Put a new value before the present one."""
    _no_key(name)
    values = stored.values(name)
    if value in values[:1]:
        raise UsageError(f"{name} already has this value; nothing was written")
    if len(values) > 1:
        raise UsageError(
            f"{name} is in a rotation already: senders that still use its previous value would be refused. Once none "
            f"does: leads secrets rotate {name} --drop-previous, and rotate then; leads secrets set {name} ends both"
        )
    return _with_source(stored.content, name, [value, *values] if values else value)


def drop_previous(stored: StoredSecret, name: str) -> dict[str, Any]:
    """The newest value alone. Raises UsageError if there is no other."""
    _no_key(name)
    newest, *others = stored.values(name) or ("",)
    if not others:
        raise UsageError(f"{name} has no previous value to drop; leads secrets status shows what there is")
    return _with_source(stored.content, name, newest)


def _no_key(name: str) -> None:
    if name == LOG_KEY:
        raise UsageError(f"{LOG_KEY} has one value: leads secrets set {LOG_KEY} --generate")
    if name == API_KEY:
        raise UsageError(
            f"Leadterra takes one key at a time: make a new one there, put it in with leads secrets set {API_KEY}, "
            "try it with leads check --live, and revoke the old one"
        )


def _with_source(content: Mapping[str, Any], name: str, value: str | list[str]) -> dict[str, Any]:
    sources = content.get("sources", {})
    if not isinstance(sources, dict):
        raise UsageError('"sources" in the secret is no object; docs/sources.md shows what it looks like')
    return {**content, "sources": {**sources, name: value}}


def list_states(enrollment: Enrollment, stored: StoredSecret) -> list[SourceSecret]:
    """Each source of the configuration, in the order of the file."""
    return [
        SourceSecret(name, source.provider, source.authentication, _state(source, stored, name))
        for name, source in enrollment.sources.items()
    ]


def _state(source: Source, stored: StoredSecret, name: str) -> SecretState:
    values = stored.values(name)
    if not source.has_secret:
        return SecretState.NOT_NEEDED
    return SecretState.MISSING if not values else SecretState.OVERLAP if len(values) > 1 else SecretState.SET


def find_unread(enrollment: Enrollment, stored: StoredSecret) -> list[str]:
    """Names in the secret that nothing of the configuration reads."""
    sources = stored.content.get("sources")
    named = {each for each, its in enrollment.sources.items() if its.has_secret}
    inner = [f"sources.{name}" for name in (sources if isinstance(sources, dict) else {}) if name not in named]
    return [*(name for name in stored.content if name not in {API_KEY, LOG_KEY, "sources"}), *inner]
