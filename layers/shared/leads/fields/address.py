"""E-mail addresses: whether a text is one, and the form in which one person is always the same text."""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import category

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

# Longer than any address with a display name.
_MAX_LENGTH: Final = 320
_MAX_ADDRESS: Final = 254
_MAX_MAILBOX: Final = 64
# Punycode takes time with the square of a label's foreign letters: 24 of them 0.25 ms, 58
# of them 1.4 ms. No mail domain has more than 24.
_MAX_FOREIGN_LETTERS: Final = 24
# RFC 5322's dot-atom. Such a mailbox is valid and stays as it is.
_ATOM: Final = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+"
_PLAIN: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
# A domain of ordinary labels, as nearly all are.
_ORDINARY: Final = re.compile(r"(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
# Endings that no mail reaches.
_RESERVED: Final = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
_LIKE: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SEVERAL: Final = re.compile(r"[,;\s]+")
_SCHEME: Final = re.compile(r"^mailto:", re.IGNORECASE)
_QUOTED: Final = re.compile(r"(?P<quote>[\"'`])(.+)(?P=quote)")
# `Ava King <ava@example.com>`, `"King, Ava" <ava@example.com>`
_DISPLAYED: Final = re.compile(r"(?:[^<>@\"]*|\"[^\"]*\"\s*)<([^<>]*)>")
# Japanese and Chinese keyboards write ASCII in full width.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class NotAnAddress(ValueError):
    """The text is no e-mail address. The message says why and may quote one of its characters."""


def address_like(text: str) -> bool:
    """Whether a text looks like an address and nothing else."""
    return len(text) <= _MAX_LENGTH and _LIKE.fullmatch(text) is not None


def normalise_address(text: str) -> str:
    """The address with its syntax checked, its domain in canonical form, in lower case. Of several, the first.

    The standard distinguishes `Ava@` from `ava@`. No mail provider does, and phones capitalise.

    Raises:
        NotAnAddress: the text is none.
    """
    if len(text) > _MAX_LENGTH:
        raise NotAnAddress("too long")
    # Copied text brings invisible marks, quotes and the end of a sentence.
    shown = text if text.isascii() else "".join(c for c in text if category(c) != "Cf").translate(_FULL_WIDTH)
    quoted = _QUOTED.fullmatch(shown := shown.strip())
    bare = _SCHEME.sub("", quoted[2] if quoted else shown, count=1).rstrip(".")
    several = [part for part in _SEVERAL.split(bare) if part]
    displayed = _DISPLAYED.fullmatch(bare)
    try:
        return _valid(
            several[0] if several and all(map(address_like, several)) else displayed[1] if displayed else bare
        )
    except ValueError as error:
        raise NotAnAddress(str(error)) from error


def _valid(address: str) -> str:
    mailbox, _, domain = address.rpartition("@")
    if len(address) <= _MAX_ADDRESS and len(mailbox) <= _MAX_MAILBOX and domain.isascii() and _PLAIN.fullmatch(mailbox):
        domain = domain.lower()
        is_ordinary = _ORDINARY.fullmatch(domain) and not domain.endswith(_RESERVED)
        return f"{mailbox}@{domain if is_ordinary else _valid_domain(domain)}".lower()
    if not address.isascii() and (
        len(mailbox) > _MAX_MAILBOX or sum(c > "\x7f" for c in domain) > _MAX_FOREIGN_LETTERS
    ):
        raise NotAnAddress("too long")
    return _validated(address).normalized.lower()


# Most people share a few domains, and the domain takes most of the time.
@lru_cache(maxsize=2_048)
def _valid_domain(domain: str) -> str:
    return _validated(f"a@{domain}").domain


def _validated(address: str) -> "ValidatedEmail":
    # Imported here: it prepares tables of all letters, a twentieth of a cold start, and few addresses need them.
    from email_validator import validate_email  # noqa: PLC0415

    return validate_email(address, check_deliverability=False, strict=True)
