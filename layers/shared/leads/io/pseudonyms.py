"""Pseudonyms: what logs have in the place of an address, or of an id that a stranger may have chosen."""

import hmac
import re
from hashlib import sha256
from typing import Final

_DIGITS: Final = 16
# Our own and SQS's ids, also with the place in a list; and what `id_for_log` made.
_HARMLESS: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(:\d+)?|hash-[0-9a-f]{16}")


def id_for_log(value: str) -> str:
    """A UUID as it is, any other id hashed. Senders choose event ids, and some take an address for one."""
    if _HARMLESS.fullmatch(value):
        return value
    return f"hash-{sha256(value.encode(errors='surrogatepass')).hexdigest()[:_DIGITS]}"


def address_for_log(log_key: str, address: str) -> str:
    """An address's keyed hash: only who has the secret's `log_key` can find a person in the logs."""
    return hmac.digest(log_key.encode(), address.strip().lower().encode(), "sha256").hex()[:_DIGITS]
