"""Check a captcha's token with its service.

Sources: https://developers.cloudflare.com/turnstile/get-started/server-side-validation/ and https://docs.hcaptcha.com/
"""

import re
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from leads.config.schema import Captcha
from leads.errors import CaptchaFailed, Unavailable
from leads.io.telemetry import described, report

if TYPE_CHECKING:
    import httpx

SERVICES: Final[dict[Captcha, str]] = {
    "turnstile": "https://challenges.cloudflare.com/turnstile/v0/siteverify",
    "hcaptcha": "https://api.hcaptcha.com/siteverify",
}
_TIMEOUT_SECONDS: Final = 3.0
# Turnstile's have at most 2,048 characters, hCaptcha's a few thousand, all of base64 with dots. Anything else could
# make the request fail, or be stopped by the service's own firewall, and a signup would pass for that.
_TOKEN: Final = re.compile(r"[A-Za-z0-9._~:/+=-]{1,10000}")
# Error codes that no token can cause.
_NOT_THE_TOKENS: Final = frozenset({"missing-input-secret", "invalid-input-secret", "internal-error"})


def check_captcha(name: str, kind: Captcha, token: str, secret: Callable[[], str]) -> None:
    """Check a token that a form of the source `name` sent.

    If the service does not answer, or the secret is missing or wrong, the signup passes and is counted: a lost lead is
    worse than a fake one.

    Raises:
        CaptchaFailed: the token is missing, unknown or expired.
    """
    if not _TOKEN.fullmatch(token):
        raise CaptchaFailed
    try:
        solved = _is_solved(SERVICES[kind], token, secret())
    except Unavailable as error:
        unchecked = {"CaptchaUnchecked": 1}
        report("captcha not checked", "source", name, unchecked, described(error), level="error")
        return
    if not solved:
        raise CaptchaFailed


def _is_solved(url: str, token: str, secret: str) -> bool:
    import httpx  # noqa: PLC0415 - most sources have no captcha, and every cold start would pay

    try:
        answer = _client().post(url, data={"secret": secret, "response": token})
        verdict: Any = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(f"the captcha's service: {type(error).__name__}") from error
    match verdict:
        case {"success": True}:
            return True
        case {"success": False, "error-codes": [*codes]}:
            if ours := sorted(_NOT_THE_TOKENS.intersection(map(str, codes))):
                raise Unavailable(f"the captcha's service: {', '.join(ours)}")
            return False
        case _:
            raise Unavailable("the captcha's service: an answer of another shape")


@cache
def _client() -> "httpx.Client":
    """The container's own: its connection outlives the invocation. It follows no redirect."""
    import httpx  # noqa: PLC0415

    return httpx.Client(timeout=_TIMEOUT_SECONDS)
