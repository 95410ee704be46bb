"""Handshakes: requests by which a provider verifies an address."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from leads.config.schema import Source
from leads.event import answer
from leads.event.event import Event
from leads.json import loads_or_none

# The confirmation is not verified, but its address must be SNS's own: https://sns.<region>.amazonaws.com/. The region
# is spelled out because `sns.s3.amazonaws.com` is a bucket that a stranger may own.
_SNS: Final = re.compile(
    r"https://sns\.[a-z]{2}(?:-[a-z]{2,12}){1,3}-\d{1,2}\.amazonaws\.com(?:\.cn)?/"
    r"\?Action=ConfirmSubscription&[!-~]{1,2048}"
)
# Only a word of safe characters is sent back in a header.
_ECHO: Final = re.compile(r"[!-~]{1,256}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_MAX_FIELDS: Final = 1_000


def before_proof(event: Event, source: Source) -> answer.Response | None:
    """The answer to a request that needs no authentication; None for any other.

    A GET cannot be signed. A source with a token requires it, so that "test this connection" finds a wrong one.
    """
    preset = source.preset
    is_look = event.method in {"GET", "HEAD"}
    is_open = is_look and source.authentication in {"signature", "none"}
    if is_look and _has_answers(event.url):
        return _send_as_post() if is_open else None
    text = event.body.decode(errors="replace").strip()
    if event.method == "POST" and preset.ping and re.fullmatch(preset.ping, text):
        return answer.ok({"accepted": 0})
    if _ECHO.fullmatch(challenge := event.headers.get(preset.challenge, "")):
        return answer.ok({"verification": challenge})
    if _ECHO.fullmatch(echoed := event.headers.get(preset.echo, "")):
        return answer.ok({"ok": True}, {preset.echo: echoed})
    return answer.ok({"ok": True}) if is_open else None


def after_proof(event: Event, source: Source) -> answer.Response | None:
    """The answer to an authentic request that carries no event; None if it may carry one."""
    match event.method:
        case "GET" | "HEAD":
            return _send_as_post() if _has_answers(event.url) else answer.ok({"ok": True})
        case "POST":
            # A program gets an error for an empty body. A provider only tests the address.
            is_try = not source.preset.interactive and not event.body.strip()
            return answer.ok({"ok": True}) if is_try else None
        case _:
            return answer.method_not_allowed()


def _send_as_post() -> answer.Response:
    """405 for a GET with form data: it enrolls no one, so it must not look like a success."""
    return answer.method_not_allowed("a GET enrolls no one: send the fields with a POST", "POST, OPTIONS")


def _has_answers(url: str) -> bool:
    """Whether a query has an e-mail address: a form without `method="post"`, a tool that is set to GET."""
    try:
        query = parse_qsl(urlsplit(url).query, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return False
    return any(_ADDRESS.fullmatch(value.strip()) for _, value in query)


def subscription(event: Event, source: Source) -> str | None:
    """The address at SNS to call so that a topic may post here; None if this is no such request."""
    match loads_or_none(event.body) if source.preset.subscribes else None:
        case {"Type": "SubscriptionConfirmation", "SubscribeURL": str(url)} if _SNS.fullmatch(url):
            return url
        case _:
            return None
