"""Calling the address by which SNS wants to hear that a topic may post here."""

from http.client import HTTPException
from typing import Final

from leads.errors import Unavailable

_TIMEOUT_SECONDS: Final = 3.0


def confirm(url: str) -> None:
    """Call the address; the caller has made sure that it is SNS's.

    Raises:
        Unavailable: SNS did not answer 200; it asks again.
    """
    # Imported here: it happens once in a subscription's life, and every cold start would pay.
    from urllib.request import urlopen  # noqa: PLC0415

    try:
        with urlopen(url, timeout=_TIMEOUT_SECONDS) as response:  # noqa: S310 - the caller pinned host and scheme
            response.read(1)
    except (OSError, HTTPException) as error:
        msg = f"SNS: {type(error).__name__}"
        raise Unavailable(msg) from error
