"""Salvage: the structure in a text that is JSON more or less: encoded again, line by line, in a sentence, cut off."""

import json
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

from leads.search.refusal.markup import elements
from leads.search.refusal.tables import separated

# Each may read the rest of the text to find out that it is no JSON.
MAX_ATTEMPTS: Final = 4
MAX_TOKENS: Final = 50_000
MAX_FRAGMENTS: Final = 1_000
MAX_OPEN: Final = 64

# A container of containers or of named things: `leads[3]` and `rows [3, 9]` in a sentence are none.
_BEGIN: Final = re.compile(r'\{\s*["}]|\[\s*[\[{]')
_WHOLE: Final = frozenset('[{"')
_MARKUP: Final = re.compile(r"\s*<(?:[?!]|[a-zA-Z][\w:.-]{0,64}(?:\s|/?>))")
# A string that nobody closes reaches to the end: what is inside is never looked at twice.
_TOKEN: Final = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)
_CLOSING: Final = {"[": "]", "{": "}"}
_NAME: Final = re.compile(r'[\s,{\[]*"[^"]{0,64}"\s*(?::\s*"?)?')
# What some services write before JSON so that no page can load it as a script.
_GUARD: Final = ")]}'"

_DECODER: Final = json.JSONDecoder()


def unfolded(text: str) -> Any:
    """The document that a text is or holds, or None where it is just text."""
    if _MARKUP.match(text):
        return elements(text)
    text = text.removeprefix("\ufeff").strip().removeprefix(_GUARD).lstrip()
    if text[:1] in _WHOLE and (whole := _decoded(text)) is not None:
        return whole
    if _BEGIN.search(text):
        return _lines(text) or _embedded(text)
    return separated(text) if "\n" in text else None


def _decoded(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None


def _lines(text: str) -> list[Any] | None:
    """JSON lines; the last one may have been cut off."""
    first, *others = [line for line in text.splitlines() if line.strip()]
    if not others or (value := _decoded(first)) is None:
        return None
    values = [value]
    for line in others:
        if (value := _decoded(line)) is None:
            break
        values.append(value)
    return values if len(values) >= len(others) else None


def _embedded(text: str) -> dict[str, Any] | None:
    """The JSON in a text, and the words around it."""
    words, found = list[str](), list[Any]()
    read = at = failures = 0
    while failures < MAX_ATTEMPTS and len(found) < MAX_FRAGMENTS and (begin := _BEGIN.search(text, at)):
        value, end, whole = _next(text, begin.start())
        if value is None:
            failures += 1
            at = begin.end()
            continue
        words.append(text[read : begin.start()])
        found.append(value)
        read = at = end
        if not whole:
            # What is left is half a member; its last word, too, may have been longer.
            text = text[: 1 + max(text.rfind(mark) for mark in ' ,:"')]
            read = max(read, name.end()) if (name := _NAME.match(text, end)) else read
    if not found:
        return None
    words.append(text[read:])
    return {"message": " ".join(filter(None, map(str.strip, words))), "errors": found[0] if len(found) == 1 else found}


def _next(text: str, begin: int) -> tuple[Any, int, bool]:
    """The value that begins there, its end, and whether that was in the text."""
    try:
        return *_DECODER.raw_decode(text, begin), True
    except (ValueError, RecursionError):
        return *_cut_off(text, begin), False


def _cut_off(text: str, begin: int) -> tuple[Any, int]:
    """JSON without its end, as far as whole values go: the last number may have had more digits."""
    ends = deque(islice(_safe_ends(text, begin), MAX_TOKENS), maxlen=1)
    end, closing = ends.pop()
    return (_decoded(text[begin:end] + closing) if closing else None), end


def _safe_ends(text: str, begin: int) -> Iterator[tuple[int, str]]:
    """Where the text might be cut, and what then closes it; nothing to close where it was whole, and still no JSON."""
    closing = ""
    for token in _TOKEN.finditer(text, begin):
        mark = token[0]
        if mark in _CLOSING:
            closing = _CLOSING[mark] + closing
            yield token.end(), closing
        elif mark == ",":
            yield token.start(), closing
        elif mark == closing[:1]:
            closing = closing[1:]
            yield token.end(), closing
        if not closing or len(closing) > MAX_OPEN:
            yield begin, ""
            return
