"""Verification: whether a request is authentic.

Every comparison takes the same time whether it matches or not, and every secret of a rotation is tried.
"""

import base64
import binascii
import re
from collections.abc import Sequence
from copy import replace
from typing import Final

from leads.config.schema import Enrollment, Source
from leads.errors import Unauthorized
from leads.event.event import Event
from leads.event.schemes import is_signed
from leads.event.signature import is_same

# A public key of Standard Webhooks' asymmetric scheme, which is not supported. It is no secret.
PUBLIC_KEY_PREFIX: Final = "whpk_"
# Echoed in a response header, so nothing else may be in it.
_ORIGIN: Final = re.compile(r"null|[a-z][a-z0-9+.-]*://[!-~]{1,255}", re.IGNORECASE)


def find_source(event: Event, config: Enrollment) -> Source | None:
    """The source that an event names; None if there is none. `/forms` has no source that needs a secret."""
    source = config.sources.get(event.source)
    return None if source and event.for_forms and needs_secret(source) else source


def needs_secret(source: Source) -> bool:
    """Whether the source's secret must be read."""
    return source.authentication != "none"


def answers_preflights(source: Source) -> bool:
    """Whether a page may post to this source. If not, a preflight is answered as for an unknown source."""
    return bool(source.allowed_origins) or not needs_secret(source)


def verify(event: Event, source: Source, secrets: Sequence[str]) -> None:
    """Check the request's signature or token against the source's secrets, the newest first.

    Raises:
        Unauthorized: it is missing, malformed, stale or wrong.
    """
    if source.authentication == "none":
        return
    secrets = [secret for secret in secrets if secret.strip() and PUBLIC_KEY_PREFIX not in secret]
    # Not `any`: stopping at the first match would reveal which secret it was.
    if True not in _matches(event, source, secrets):
        raise Unauthorized(f"no valid {source.authentication}")


def _matches(event: Event, source: Source, secrets: Sequence[str]) -> list[bool]:
    scheme = source.preset.signature
    if source.authentication == "signature" and scheme:
        signed = replace(event, url=source.public_url or event.url)
        return [is_signed(scheme, signed, secret) for secret in secrets]
    offers = {"token": event.tokens, "basic": _passwords(event)}.get(source.authentication, [])
    return [is_same(offer, secret) for offer in offers for secret in secrets]


def _passwords(event: Event) -> list[str]:
    try:
        pair = base64.b64decode(event.credentials("basic"), validate=True).decode()
    except (binascii.Error, ValueError):
        return []
    return [pair.partition(":")[2]]


def origin_allowed(event: Event, source: Source) -> bool:
    """Whether the origin of a browser's request is allowed. Other requests have none and are allowed.

    A page that is served from the hook's own host needs no permission.
    """
    origin = event.headers.get("origin", "").lower()
    if not origin or not source.allowed_origins:
        return True
    if not _ORIGIN.fullmatch(origin):
        return False
    host = event.headers.get("host", "").lower()
    return not {"*", origin}.isdisjoint(source.allowed_origins) or bool(host and origin.endswith(f"://{host}"))
