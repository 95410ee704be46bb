"""Handshakes: what a provider asks of an address before, or while, it sends signups to it."""

import re
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from leads.config.schema import Auth, Source
from leads.errors import Malformed
from leads.event.event import Event
from leads.fields.address import address_like
from leads.fields.body import MAX_FIELDS
from leads.json import loads

# AWS: SNS signs nothing that a stranger could not write, but its addresses are all of this form.
_SNS: Final = re.compile(r"https://sns\.[a-z0-9-]{1,32}\.amazonaws\.com(?:\.cn)?/\?[!-~]{1,2048}")
_ECHO: Final = re.compile(r"[!-~]{1,256}")


def is_probe(event: Event, source: Source) -> bool:
    """Whether somebody only looks if the address is there.

    A sender that signs cannot sign a GET; one that brings a token is asked for it, so that "test this connection"
    tells a wrong one.
    """
    return event.method in {"GET", "HEAD"} and source.authentication in {Auth.SIGNATURE, Auth.NONE}


def is_misdirected(event: Event) -> bool:
    """Whether somebody's answers came as a look: a form without `method="post"`, a tool that is set to GET.

    Whoever only looks names no e-mail address.
    """
    if event.method not in {"GET", "HEAD"}:
        return False
    try:
        query = parse_qsl(urlsplit(event.url).query, max_num_fields=MAX_FIELDS)
    except ValueError:
        return False
    return any(address_like(value.strip()) for _, value in query)


def echo(event: Event, source: Source) -> dict[str, str]:
    """The header by which a provider wants to see that the address means to be its hook; empty if none asks."""
    name = source.preset.echo
    value = event.headers.get(name, "") if name else ""
    return {name: value} if _ECHO.fullmatch(value) else {}


def is_empty(event: Event, source: Source) -> bool:
    """Whether a provider tries the address with nothing in the body."""
    return not source.preset.interactive and not event.body.strip()


def subscription(event: Event, source: Source) -> str | None:
    """The address at SNS to call so that a topic may post here; None where this is no such request."""
    if not source.preset.subscribes:
        return None
    try:
        content = loads(event.body.decode())
    except (Malformed, UnicodeDecodeError):
        return None
    match content:
        case {"Type": "SubscriptionConfirmation", "SubscribeURL": str(url)} if _SNS.fullmatch(url):
            return url
        case _:
            return None
