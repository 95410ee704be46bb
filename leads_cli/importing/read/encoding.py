"""Encodings: the one that a file's bytes prove, or those that could be right."""

import codecs
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from leads_cli.errors import UsageError

_PIECE: Final = 1 << 20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    # Before UTF-16's marks, which begin alike.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Text in UTF-16 has so many more zeros at one of two places than at the other.
_SURE: Final = 10
# What Windows and macOS write around the world, the commonest first.
_POSSIBLE: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "mac-roman", "cp932", "gb18030",
    "big5", "cp949",
)  # fmt: skip
# Enough lines to find a person's.
_MAX_LINES: Final = 200
_SHOWN_CHARACTERS: Final = 120


def detect_encoding(path: Path, shown: str, begin: bytes, wanted: str | None) -> str:
    """The encoding of a whole file: the wanted one, or the one that its bytes prove.

    Raises:
        UsageError: it is no text in the wanted encoding; or it is not UTF-8, and the user has to choose.
    """
    if wanted is not None:
        try:
            codecs.lookup(wanted)
        except LookupError as error:
            raise UsageError(
                f"--encoding {wanted}: not known; for instance utf-8, utf-16, cp1252, cp1250 or mac-roman"
            ) from error
    likely = wanted or _marked(begin) or "utf-8"
    if (bad := _undecodable(path, likely)) is None:
        return likely
    if wanted is None and likely == "utf-8" and (readings := _readings(path)):
        rows = "".join(f"\n  --encoding {name}: {row[:_SHOWN_CHARACTERS]}" for row, name in readings.items())
        raise UsageError(f"{shown}: not UTF-8. Nothing was imported. Add the encoding that shows this row right:{rows}")
    raise UsageError(f"{shown}: byte {bad:,} is no {likely} text; name the right --encoding")


def _marked(begin: bytes) -> str | None:
    """The encoding that the first bytes prove: by their mark, or by where the zeros are."""
    for mark, encoding in _MARKS:
        if begin.startswith(mark):
            return encoding
    if b"\0" not in begin:
        return None
    low, high = begin[1::2].count(0), begin[::2].count(0)
    # In an address every other byte is zero. Where zeros are at both places, it is no text.
    return "utf-16-le" if low > _SURE * high else "utf-16-be" if high > _SURE * low else None


def _undecodable(path: Path, encoding: str) -> int | None:
    """The offset of the first byte that an encoding cannot read; None if there is none."""
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


def _readings(path: Path) -> dict[str, str]:
    """A row as the possible encodings read it, with the commonest of those that read it alike."""
    line = _foreign_line(path)
    possible = [encoding for encoding in _POSSIBLE if _undecodable(path, encoding) is None]
    return {line.decode(encoding, "replace").strip(): encoding for encoding in reversed(possible)}


def _foreign_line(path: Path) -> bytes:
    """The first line that is not ASCII and has an address: a row, not the header; or else the first one."""
    with path.open("rb") as file:
        foreign = islice((line for line in iter(partial(file.readline, _PIECE), b"") if not line.isascii()), _MAX_LINES)
        first = next(foreign)
        return next((line for line in (first, *foreign) if b"@" in line), first)
