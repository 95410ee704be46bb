"""E-mail addresses: validation, and a canonical form."""

import re
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Final
from unicodedata import category
from urllib.parse import unquote

from pydantic_core import Url

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

# Longer than any address with a display name.
_MAX_LENGTH: Final = 320
_MAX_ADDRESS: Final = 254
_MAX_MAILBOX: Final = 64
# RFC 5322's dot-atom. Such a mailbox is valid and stays as it is.
_ATOM: Final = r"[a-zA-Z0-9_!#$%&'*+\-/=?^`{|}~]+"
_PLAIN: Final = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# A domain of ordinary labels, as nearly all are.
_ORDINARY: Final = re.compile(rf"(?:(?!..--){_LABEL}\.)+[a-z]{{2,63}}")
# An international domain in Punycode.
_ENCODED: Final = re.compile(rf"(?:(?!(?!xn)..--){_LABEL}\.)+(?!(?!xn)..--){_LABEL}(?<=[a-z])")
# What ends a domain in a URL, and what no domain has.
_NOT_IN_DOMAIN: Final = re.compile(r"[\x00-,/:-@\[-`{-\x7f]")
# Endings that no mail reaches.
_RESERVED: Final = (".arpa", ".invalid", ".local", ".localhost", ".onion", ".test")
_LIKE: Final = re.compile(r"[^@\s]+@[^@\s]+")
_SEVERAL: Final = re.compile(r"[,;\s]+")
# `mailto:ava@example.com?subject=Hi`, in a link of HTML, Markdown or Slack as well.
_LINK: Final = re.compile(r"mailto:([^\s\"<>()|?\]]+)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"([\"`“„«])(.+)[\"`”“»]")
# `Ava King (ava@example.com)`
_BRACKETS: Final = str.maketrans("()[]", "<><>")
# `Ava King <ava@example.com>`, `"King, Ava" <ava@example.com>`, and perhaps others behind it.
_DISPLAYED: Final = re.compile(r"(?:[^<>@\"]*|\"[^\"]*\"\s*)<([^<>]*)>(?:[,;\s].*<[^<>@]*@[^<>]*>)?", re.DOTALL)
# Japanese and Chinese keyboards write ASCII in full width.
_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


class NotAnAddress(ValueError):
    """The text is no e-mail address. The message says why and may quote one of its characters."""


def address_like(text: str) -> bool:
    """Whether a text looks like an address and nothing else."""
    return len(text) <= _MAX_LENGTH and _LIKE.fullmatch(text) is not None


def normalise_address(text: str) -> str:
    """The address with its syntax checked, its domain in canonical form, in lower case. Of several, the first.

    The standard distinguishes `Ava@` from `ava@`, mail providers do not.

    Raises:
        NotAnAddress: the text is none.
    """
    if len(text) > _MAX_LENGTH:
        raise NotAnAddress("too long")
    if "@" not in text:
        # Encoded for a form or a page, once or twice: `ava%2540example.com`.
        text = unquote(unquote(unescape(text)))
    # Copied text brings invisible marks, quotes and the end of a sentence.
    shown = text if text.isascii() else "".join(c for c in text if category(c) != "Cf").translate(_FULL_WIDTH)
    quoted = _QUOTED.fullmatch(shown := shown.strip())
    link = _LINK.search(shown)
    bare = (link[1] if link else quoted[2] if quoted else shown).rstrip(".")
    several = [part for part in _SEVERAL.split(bare) if part.strip("/|:")]
    displayed = _DISPLAYED.fullmatch(bare) or _DISPLAYED.fullmatch(bare.translate(_BRACKETS))
    first = displayed[1] if displayed else several[0] if several and all(map(address_like, several)) else bare
    try:
        # A spreadsheet marks a text with an apostrophe.
        return _valid(first.strip("'"))
    except ValueError as error:
        raise NotAnAddress(str(error)) from error


def _valid(address: str) -> str:
    mailbox, _, domain = address.rpartition("@")
    is_plain = len(mailbox) <= _MAX_MAILBOX and _PLAIN.fullmatch(mailbox)
    lower = domain.lower()
    if is_plain and len(address) <= _MAX_ADDRESS and _ORDINARY.fullmatch(lower) and not lower.endswith(_RESERVED):
        return address.lower()
    if not mailbox or (domain.isascii() and "xn--" not in lower):
        return _validated(address).normalized.lower()
    shown, encoded = _international(domain)
    if not is_plain:
        mailbox = _validated(f"{mailbox}@example.com").local_part
    if len(mailbox.encode()) + 1 + max(len(shown.encode()), len(encoded)) > _MAX_ADDRESS:
        raise NotAnAddress("too long")
    return f"{mailbox}@{shown}".lower()


@lru_cache(maxsize=2_048)
def _international(domain: str) -> tuple[str, str]:
    """An international domain in its own letters and in Punycode. email-validator takes ten to thirty times as long."""
    # Imported here: it prepares tables of all letters, a twentieth of a cold start, and few addresses need them.
    from idna import check_label  # noqa: PLC0415

    try:
        url = Url("http://" + _NOT_IN_DOMAIN.sub("_", domain))
        shown, encoded = url.unicode_host() or "", url.host or ""
        # A URL may have symbols.
        for label in shown.split("."):
            check_label(label)
    except ValueError:
        encoded = ""
    if not _ENCODED.fullmatch(encoded) or encoded.endswith(_RESERVED):
        raise NotAnAddress("The part after the @-sign is no domain.")
    return shown, encoded


def _validated(address: str) -> "ValidatedEmail":
    from email_validator import validate_email  # noqa: PLC0415 - as in `_international`

    return validate_email(address, check_deliverability=False, strict=True)
