"""Handshakes: what a provider asks of an address before, or while, it sends signups to it."""

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
_ECHO: Final = re.compile(r"[!-~]{1,256}")
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+")
_MAX_FIELDS: Final = 1_000


def before_proof(event: Event, source: Source) -> answer.Response | None:
    """The answer to a request that needs no proof; None if it does.

    A sender that signs cannot sign a GET. One that sends a token is asked for it, so that "test this connection" finds
    a wrong one.
    """
    echoed, challenge = _header(event, source.preset.echo), _header(event, source.preset.challenge)
    is_open = event.method in {"GET", "HEAD"} and source.authentication in {"signature", "none"}
    if _is_misdirected(event):
        return answer.send_as_post() if is_open else None
    text = event.body.decode(errors="replace").strip() if source.preset.ping else ""
    if event.method == "POST" and text and re.fullmatch(source.preset.ping, text):
        return answer.ok({"accepted": 0})
    if challenge:
        return answer.ok({"verification": challenge})
    return answer.ok({"ok": True}, {source.preset.echo: echoed} if echoed else {}) if echoed or is_open else None


def after_proof(event: Event, source: Source) -> answer.Response | None:
    """The answer to an authentic request that carries no event; None if it may carry one."""
    match event.method:
        case "GET" | "HEAD":
            return answer.send_as_post() if _is_misdirected(event) else answer.ok({"ok": True})
        case "POST":
            # A program is told that it sent nothing. A provider only tries the address.
            is_try = not source.preset.interactive and not event.body.strip()
            return answer.ok({"ok": True}) if is_try else None
        case _:
            return answer.method_not_allowed()


def _header(event: Event, name: str) -> str:
    """A header that is sent back; empty unless it is one harmless word."""
    value = event.headers.get(name, "")
    return value if _ECHO.fullmatch(value) else ""


def _is_misdirected(event: Event) -> bool:
    """Whether a GET carries answers: a form without `method="post"`, a tool that is set to GET.

    A mere look at the address has no e-mail address in it.
    """
    if event.method not in {"GET", "HEAD"}:
        return False
    try:
        query = parse_qsl(urlsplit(event.url).query, max_num_fields=_MAX_FIELDS)
    except ValueError:
        return False
    return any(_ADDRESS.fullmatch(value.strip()) for _, value in query)


def subscription(event: Event, source: Source) -> str | None:
    """The address at SNS to call so that a topic may post here; None if this is no such request."""
    if not source.preset.subscribes:
        return None
    match loads_or_none(event.body):
        case {"Type": "SubscriptionConfirmation", "SubscribeURL": str(url)} if _SNS.fullmatch(url):
            return url
        case _:
            return None
