"""Secrets for sources that nobody else knows: made at each start, kept in the embedded Secrets Manager."""

import secrets
from base64 import b64encode

from leads.config import Auth, Enrollment, Source


def invented_secrets(enrollment: Enrollment) -> dict[str, str]:
    """A secret for each source whose senders have to prove who they are."""
    return {
        name: _secret(source) for name, source in enrollment.sources.items() if source.authentication is not Auth.NONE
    }


def _secret(source: Source) -> str:
    if source.provider == "standard-webhooks" and source.authentication is Auth.SIGNATURE:
        # The specification's own form: what follows the prefix is the key, in base64.
        return f"whsec_{b64encode(secrets.token_bytes(24)).decode()}"
    return secrets.token_urlsafe(24)
