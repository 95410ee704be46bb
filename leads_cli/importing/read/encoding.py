"""Encodings: in which one a file's bytes are text."""

import codecs
from pathlib import Path
from typing import Final

from leads_cli.importing.import_errors import UnusableError

_PIECE: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16's, with which it begins.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What a Western European Windows writes where nobody asked for anything else.
FALLBACK: Final = "cp1252"
# So many more zeros there are where a text has them than where it has none.
_SURE: Final = 10


def detect_encoding(path: Path, name: str, begin: bytes, wanted: str | None) -> str:
    """The encoding in which a whole file is text: the one that is wanted, or the likeliest.

    Raises:
        UnusableError: there is none.
    """
    if wanted is not None:
        try:
            codecs.lookup(wanted)
        except LookupError as error:
            msg = f"--encoding {wanted}: not known; for instance utf-8, utf-16, cp1252, cp1250 or mac-roman"
            raise UnusableError(msg) from error
    likely = wanted or _marked(begin)
    for candidate in (likely,) if likely else ("utf-8", FALLBACK):
        if (bad := _undecodable(path, candidate)) is None:
            return candidate
    msg = f"{name}: byte {bad:,} is no {likely or f'UTF-8, and no {FALLBACK}'} text; name the right --encoding"
    raise UnusableError(msg)


def _marked(begin: bytes) -> str | None:
    """The encoding that the first bytes tell: by their mark, or by where the zeros are."""
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            return encoding
    if b"\0" not in begin:
        return None
    low, high = begin[1::2].count(0), begin[::2].count(0)
    # Of an address each other byte is zero. Where both are, it is no text.
    return "utf-16-le" if low > _SURE * high else "utf-16-be" if high > _SURE * low else None


def _undecodable(path: Path, encoding: str) -> int | None:
    """Where the first byte is that is no text in an encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        while True:
            piece = file.read(_PIECE)
            kept = len(decoder.getstate()[0])
            try:
                text = decoder.decode(piece, final=not piece)
            except UnicodeDecodeError as error:
                return done - kept + error.start
            if "\0" in text:
                return done + max(piece.find(b"\0"), 0)
            if not piece:
                return None
            done += len(piece)
