"""Confirm to SNS that a topic may post here."""

from http import HTTPStatus
from typing import Final

from leads.errors import Unavailable

_TIMEOUT_SECONDS: Final = 3.0


def confirm(url: str) -> None:
    """Call the address, which is SNS's own. A redirect is not followed.

    Raises:
        Unavailable: SNS did not answer 200; it asks again.
    """
    # Imported here: it happens once in a subscription's life, and every cold start would pay.
    import httpx  # noqa: PLC0415

    try:
        status = httpx.get(url, timeout=_TIMEOUT_SECONDS, follow_redirects=False).status_code
    except httpx.HTTPError as error:
        raise Unavailable(f"SNS: {type(error).__name__}") from error
    if status != HTTPStatus.OK:
        raise Unavailable(f"SNS: {status}")
