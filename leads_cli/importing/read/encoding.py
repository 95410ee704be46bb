"""Encodings: the one that a file's bytes prove, or those that could be right."""

import codecs
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final
from unicodedata import category, name

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
# What Windows, DOS and macOS write around the world, the commonest first.
_POSSIBLE: Final = (
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "iso8859-2", "koi8-r",
    "mac-roman", "cp850", "cp852", "cp866", "cp874", "cp932", "euc-jp", "gb18030", "big5", "cp949",
)  # fmt: skip
# Enough lines to tell encodings apart.
_MAX_LINES: Final = 200
_WORD: Final = re.compile(r"[^\W\d_]+")
# Quotation marks, apostrophes and dashes where they belong.
_PUNCTUATION: Final = re.compile(
    r"(?<!\w)[\u2018\u201c\u201e](?=\w)|(?<=\w)[\u2019\u201c\u201d](?!\w)|(?<=\w)\u2019(?=[A-Z]|s\b)"
    r"|(?<!\w)[\u2013\u2014](?!\w)"
)


class UncertainEncodingError(UsageError):
    """The file could be read in several encodings.

    Attributes:
        readings: encodings that read it alike, with the first row as they read it. The likeliest are first.
    """

    def __init__(self, shown: str, readings: Sequence[tuple[Sequence[str], str]]) -> None:
        super().__init__(f"{shown}: it is not UTF-8, and its encoding is not certain. Its first row in each that fits:")
        self.readings = readings


def detect_encoding(path: Path, shown: str, begin: bytes, wanted: str | None) -> str:
    """The encoding of a whole file: the wanted one, or the one that its bytes prove.

    Raises:
        UncertainEncodingError: it could be read in several.
        UsageError: it is no text in the wanted encoding, or in any.
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
        raise UncertainEncodingError(shown, readings)
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


def _readings(path: Path) -> list[tuple[Sequence[str], str]]:
    """The possible encodings with the first row in each, the likeliest first. Those that read alike are together."""
    sample = b"\n".join(_foreign_lines(path))
    found: dict[str, list[str]] = {}
    for encoding in _POSSIBLE:
        if _undecodable(path, encoding) is None:
            found.setdefault(sample.decode(encoding, "replace"), []).append(encoding)
    texts = sorted(filter(_is_text, found), key=_oddness)
    return [(found[text], text.partition("\n")[0]) for text in texts]


def _foreign_lines(path: Path) -> list[bytes]:
    """The first lines that are not ASCII. Those with an address come first: they are rows, not the header."""
    lines: list[bytes] = []
    with path.open("rb") as file:
        while len(lines) < _MAX_LINES and (piece := file.readline(_PIECE)):
            lines += [line for line in piece.splitlines() if not line.isascii()]
    return sorted(lines[:_MAX_LINES], key=lambda line: b"@" not in line)


def _is_text(text: str) -> bool:
    return all(category(c) not in {"Cc", "Cn", "Co"} or c in "\t\n" for c in text)


def _oddness(text: str) -> int:
    """How unlikely a text is: symbols for letters, mixed alphabets in a word, capitals inside words."""
    odd = sum(c > "\x7f" and not c.isalpha() for c in text) - len(_PUNCTUATION.findall(text))
    for word in _WORD.findall(text):
        alphabets = {name(c, "?").partition(" ")[0] for c in word}
        odd += "LATIN" in alphabets and len(alphabets) > 1
        odd += any(before.islower() and c.isupper() and c > "\x7f" for before, c in pairwise(word))
    return odd
