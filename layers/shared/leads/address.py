"""E-mail addresses: whether a text is one, and the form in which the same person is always the same."""

import re
from typing import Final
from unicodedata import category

from email_validator import EmailNotValidError, validate_email

# Longer than any address may be: not worth a look.
_MAX_LENGTH: Final = 320
_LIKE: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SEVERAL: Final = re.compile(r"[,;\s]+")
_SCHEME: Final = re.compile(r"^mailto:", re.IGNORECASE)
_QUOTED: Final = re.compile(r"(?P<quote>[\"'`])(.+)(?P=quote)")
# Japanese and Chinese keyboards write the whole of ASCII in full width.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class NotAnAddress(ValueError):
    """A text that is no address; says why, and may quote a character of it."""


def address_like(text: str) -> bool:
    """Whether it is worth asking for the address in a text that nobody called one."""
    return len(text) <= _MAX_LENGTH and _LIKE.fullmatch(text) is not None


def normalise_address(text: str) -> str:
    """An address as one person's key: syntax checked, domain in its canonical form, all in lower case.

    The standard lets a mailbox tell `Ava@` from `ava@`; no mail provider does, and phones capitalise. Of several
    addresses it is the first.

    Raises:
        NotAnAddress: it is none.
    """
    if len(text) > _MAX_LENGTH:
        raise NotAnAddress("too long")
    # Copied text brings marks that nobody sees, and what stood around it.
    seen = "".join(c for c in text if category(c) != "Cf").translate(_FULL_WIDTH).strip()
    quoted = _QUOTED.fullmatch(seen)
    bare = _SCHEME.sub("", quoted[2] if quoted else seen, count=1).rstrip(".")
    several = [part for part in _SEVERAL.split(bare) if part]
    try:
        return _valid(several[0] if several and all(map(address_like, several)) else bare)
    except EmailNotValidError as error:
        raise NotAnAddress(str(error)) from error


def _valid(address: str) -> str:
    return validate_email(address, check_deliverability=False, allow_display_name=True).normalized.lower()
