"""From bytes to JSON-like values: JSON, lines of JSON, forms, multipart, whatever the content type claims.

Senders label bodies wrongly (SNS sends JSON as `text/plain`), so the first byte is believed before the header.
"""

import re
from codecs import lookup
from collections.abc import Iterable
from functools import partial
from io import BytesIO
from typing import Any, Final
from urllib.parse import parse_qsl

from leads.errors import Malformed, Unreadable
from leads.json import loads

# They decode in quadratic time, or into what no sender meant.
_NO_CHARSETS: Final = frozenset({"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "utf_7"})
# PHP's and Rails' nested names, no deeper than forms go.
_BRACKETED: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){1,8})")
_BRACKET: Final = re.compile(r"\[([^\[\]]*)\]")
# More fields or parts than any form has: a body that has more was made to waste time.
MAX_FIELDS: Final = 1_000

type Document = dict[str, Any]
"""One record as sent: a JSON object, or a form's names and values (a list where a name is repeated)."""


def parse(body: bytes, content_type: str) -> Document | list[Any]:
    """The body as an object or a list.

    Raises:
        Unreadable: it is neither, whatever its content type says.
    """
    if not body.strip():
        msg = "the body is empty"
        raise Unreadable(msg)
    kind, parameters = _media_type(content_type)
    if kind == "multipart/form-data":
        return _multipart(body, parameters)
    text = _text(body, parameters.get("charset", "utf-8"))
    if kind == "application/x-www-form-urlencoded":
        return _json_or_form(text)
    if "json" in kind or text.lstrip()[:1] in {"{", "["}:
        return _json(text)
    if "=" in text and "\n" not in text.strip():
        return _form(text)
    msg = f"neither JSON nor a form (content type {kind[:80] or 'missing'!r})"
    raise Unreadable(msg)


def _media_type(header: str) -> tuple[str, dict[str, str]]:
    kind, *rest = header.split(";")
    pairs = (part.partition("=") for part in rest)
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _text(body: bytes, charset: str) -> str:
    for encoding in (charset, "utf-8"):
        try:
            if lookup(encoding).name.replace("-", "_") not in _NO_CHARSETS:
                return body.decode(encoding).removeprefix("\ufeff")
        except (LookupError, ValueError):
            continue
    # What old form tools send when they send no UTF-8; every byte means something in it.
    return body.decode("latin-1")


def _json(text: str) -> Document | list[Any]:
    try:
        value = loads(text)
    except Malformed:
        value = _lines(text)
    if not isinstance(value, dict | list):
        msg = "JSON, but neither an object nor a list"
        raise Unreadable(msg)
    return value


def _lines(text: str) -> list[Any]:
    """JSON lines, as log streams send them."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1:
        try:
            return [loads(line) for line in lines]
        except Malformed:
            pass
    msg = "not JSON"
    raise Unreadable(msg)


def _json_or_form(text: str) -> Document | list[Any]:
    """A urlencoded body, or the JSON that some senders put under that label."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return _json(text)
        except Unreadable:
            pass
    return _form(text)


def _form(text: str) -> Document:
    read = partial(parse_qsl, text.strip(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    try:
        try:
            pairs = read(encoding="utf-8")
        except UnicodeDecodeError:
            pairs = read(encoding="latin-1")
    except ValueError as error:
        msg = f"a form of more than {MAX_FIELDS} fields"
        raise Unreadable(msg) from error
    if not any(name and "=" in text for name, _ in pairs):
        msg = "not a form"
        raise Unreadable(msg)
    return _collect(pairs)


def _multipart(body: bytes, parameters: dict[str, str]) -> Document:
    # Imported here: most bodies are none, and every cold start would pay.
    from multipart import MultipartError, MultipartParser  # noqa: PLC0415

    limit = len(body) + 1
    try:
        parser = MultipartParser(
            BytesIO(body),
            parameters.get("boundary", ""),
            part_limit=MAX_FIELDS,
            memory_limit=limit,
            spool_limit=limit,
        )
        # An uploaded file is no answer: its name would be read as one.
        return _collect((part.name, _text(part.raw, part.charset)) for part in parser if not part.filename)
    except (MultipartError, ValueError) as error:
        msg = "not multipart/form-data with that boundary"
        raise Unreadable(msg) from error


def _collect(pairs: Iterable[tuple[str, str]]) -> Document:
    """A form's fields; `fields[email][value]` is nested as its writer meant it, a repeated name is a list."""
    fields: Document = {}
    for name, value in pairs:
        place, key = _nested(fields, name)
        known = place.get(key)
        if key not in place:
            place[key] = value
        elif isinstance(known, list):
            known.append(value)
        elif not isinstance(known, dict):
            place[key] = [known, value]
    return fields


def _nested(fields: Document, name: str) -> tuple[Document, str]:
    """The object that a field belongs into, and its name there. What is not well-formed is a name as it stands."""
    if not (matched := _BRACKETED.fullmatch(name)):
        return fields, name
    path = [matched[1], *_BRACKET.findall(matched[2])]
    if path[-1] == "":
        # `topics[]` is a list.
        path.pop()
    place = fields
    for key in path[:-1]:
        inner = place.setdefault(key, {})
        if not isinstance(inner, dict):
            return fields, name
        place = inner
    return place, path[-1]
