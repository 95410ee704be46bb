"""Random secrets for sources: made at each start, kept in the embedded Secrets Manager."""

import secrets
from typing import Final

from leads.config.schema import Captcha, Enrollment, Source
from leads_cli.webhooks.signing import new_secret

# The services' own for tests: with these every token of `TEST_TOKENS` is right.
TEST_SECRETS: Final[dict[Captcha, str]] = {
    "turnstile": "1x0000000000000000000000000000000AA",
    "hcaptcha": "0x0000000000000000000000000000000000000000",
}
TEST_TOKENS: Final[dict[Captcha, tuple[str, str]]] = {
    "turnstile": ("cf-turnstile-response", "XXXX.DUMMY.TOKEN.XXXX"),
    "hcaptcha": ("h-captcha-response", "10000000-aaaa-bbbb-cccc-000000000001"),
}


def invent_secrets(enrollment: Enrollment) -> dict[str, str]:
    """A secret for each source whose senders have to prove who they are."""
    return {name: _secret(source) for name, source in enrollment.sources.items() if source.has_secret}


def _secret(source: Source) -> str:
    if source.captcha:
        return TEST_SECRETS[source.captcha]
    if source.authentication == "signature":
        return new_secret(source.provider, secrets.token_bytes(32))
    return secrets.token_urlsafe(24)
