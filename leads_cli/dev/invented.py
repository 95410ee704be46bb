"""Secrets for sources that nobody else knows: made at each start, kept in the embedded Secrets Manager."""

import secrets

from leads.config.schema import Enrollment, Source
from leads_cli.webhooks.signing import new_secret


def invent_secrets(enrollment: Enrollment) -> dict[str, str]:
    """A secret for each source whose senders have to prove who they are."""
    return {name: _secret(source) for name, source in enrollment.sources.items() if source.authentication != "none"}


def _secret(source: Source) -> str:
    if source.authentication == "signature":
        return new_secret(source.provider, secrets.token_bytes(32))
    return secrets.token_urlsafe(24)
