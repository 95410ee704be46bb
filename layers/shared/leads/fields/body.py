"""Parse a body: JSON, JSON lines, a form or multipart.

Some content types are wrong (SNS sends JSON as `text/plain`), so the first byte takes precedence over the header.
"""

import re
from collections.abc import Iterable, Sequence
from encodings.aliases import aliases
from io import BytesIO
from json import detect_encoding
from typing import Any, Final
from urllib.parse import parse_qsl

from leads.errors import Malformed, TooLarge, Unreadable
from leads.fields.questions import first_label
from leads.json import loads, loads_or_none

# The charsets that Python knows. Looking up an unknown name would fill a cache. Left out are those that decode in
# quadratic time or are no charsets.
_CHARSETS: Final = ({*aliases, *aliases.values()} | {"utf_8_sig"}) - {"punycode", "idna", "undefined", "utf_7", "u7"}
# As browsers read them: each as the larger one that its users write.
_WINDOWS_1252: Final = frozenset({"iso8859_1", "latin_1", "ascii", "cp1252"})
_LARGER: Final = {"shift_jis": "cp932", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "iso8859_9": "cp1254"}
_C1: Final = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(128, 160)}
# PHP's and Rails' nested names, no deeper than forms go.
_BRACKETED: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\]){1,8})")
_BRACKET: Final = re.compile(r"\[([^\[\]]*)\]")
# More fields or parts than any real form has.
MAX_FIELDS: Final = 1_000
# 500 calls to SQS: as many as fit before senders time out.
MAX_LISTED: Final = 5_000
# Each object, list and field name costs time. More than `MAX_LISTED` people have.
_MAX_CONTAINERS: Final = 8 * MAX_LISTED
_MAX_NAMES: Final = MAX_LISTED + 1_000

type Document = dict[str, Any]
"""One record as sent: a JSON object, or a form's names and values (a list where a name is repeated)."""


def parse(body: bytes, content_type: str, accepted: str = "") -> Document | list[Any]:
    """The body as an object or a list; `accepted` are charsets to try for a form that declares none.

    Raises:
        Unreadable: it is neither, or has too many parts.
        TooLarge: more than `MAX_LISTED` lines of JSON.
    """
    if not body.strip():
        raise Unreadable("the body is empty")
    kind, parameters = _media_type(content_type)
    charsets = [parameters.get("charset", ""), "utf-8", accepted.partition(",")[0].partition(";")[0]]
    if kind == "multipart/form-data":
        return _multipart(body, parameters.get("boundary", ""), charsets)
    is_form = kind == "application/x-www-form-urlencoded"
    # UTF-16 contains zero bytes; without them the declaration is wrong.
    wide = [] if is_form or (found := detect_encoding(body)) == "utf-8" else [found]
    text = _decoded(body, [*wide, *charsets[:2]])
    if text.lstrip()[:1] in {"{", "[", '"'} or "json" in kind:
        try:
            return _json(text)
        except Unreadable:
            if not is_form:
                raise
    if is_form or ("=" in text and "\n" not in text.strip() and not text.startswith("<")):
        return _form(body, charsets)
    raise Unreadable(f"neither JSON nor a form (content type {kind[:80] or 'missing'!r})")


def _media_type(header: str) -> tuple[str, dict[str, str]]:
    kind, *rest = header.split(";")
    pairs = (part.partition("=") for part in rest)
    return kind.strip().lower(), {name.strip().lower(): value.strip().strip('"') for name, _, value in pairs}


def _decoded(raw: bytes, charsets: Iterable[str]) -> str:
    """The text in the first charset that fits, else in windows-1252, which can decode any byte."""
    for charset in charsets:
        name = charset.strip().lower().replace("-", "_").replace(" ", "_")
        name = _LARGER.get(name := aliases.get(name, name), name)
        if name in _WINDOWS_1252:
            break
        if name in _CHARSETS:
            try:
                return raw.decode(name).removeprefix("\ufeff")
            except (LookupError, ValueError):
                continue
    return raw.decode("latin-1").translate(_C1)


def _json(text: str) -> Document | list[Any]:
    try:
        value = loads(text)
    except Malformed:
        value = _lines(text)
    if isinstance(value, str):
        # Scripts encode an object twice.
        value = loads_or_none(value)
    if not isinstance(value, dict | list):
        raise Unreadable("JSON, but neither an object nor a list")
    names: set[str] = set()
    containers: list[Any] = [value]
    for container in containers:
        members = container
        if isinstance(container, dict):
            names.update(container, [first_label(container)])
            members = container.values()
        containers += [member for member in members if isinstance(member, dict | list)]
        if len(containers) > _MAX_CONTAINERS or len(names) > _MAX_NAMES:
            raise Unreadable(f"more than {_MAX_CONTAINERS} objects and lists, or more than {_MAX_NAMES} names")
    return value


def check_length(items: Sequence[Any]) -> None:
    """Check the length of a list.

    Raises:
        TooLarge: it is too long.
    """
    if len(items) > MAX_LISTED:
        raise TooLarge(f"a list of {len(items)}; at most {MAX_LISTED} are taken at once")


def _lines(text: str) -> list[Any]:
    """JSON lines, as log streams send them."""
    lines = [line for line in text.splitlines() if line.strip()]
    check_length(lines)
    if len(lines) > 1:
        try:
            return [loads(line) for line in lines]
        except Malformed:
            pass
    raise Unreadable("not JSON")


def _form(body: bytes, charsets: Sequence[str]) -> Document | list[Any]:
    try:
        # In latin-1 a character is a byte, so that raw and percent-encoded bytes are decoded alike.
        pairs = parse_qsl(
            body.decode("latin-1").strip(), keep_blank_values=True, max_num_fields=MAX_FIELDS, encoding="latin-1"
        )
    except ValueError as error:
        raise Unreadable(f"a form of more than {MAX_FIELDS} fields") from error
    if len(pairs) == 1 and not pairs[0][1] and pairs[0][0][:1] in {"{", "["}:
        # `new URLSearchParams(JSON.stringify(...))`
        return _json(_decoded(pairs[0][0].encode("latin-1"), charsets))
    if b"=" not in body or not any(name for name, _ in pairs):
        raise Unreadable("not a form")
    return _collect([(name.encode("latin-1"), value.encode("latin-1"), "") for name, value in pairs], charsets)


def _multipart(body: bytes, boundary: str, charsets: Sequence[str]) -> Document:
    # Imported here, because few bodies need it and it slows cold starts.
    from multipart import MultipartError, MultipartParser  # noqa: PLC0415

    limit = len(body) + 1
    try:
        parser = MultipartParser(
            BytesIO(body), boundary, charset="latin-1", part_limit=MAX_FIELDS, memory_limit=limit, spool_limit=limit
        )
        # An uploaded file is no answer: its name would be read as one.
        parts = [
            (part.name.encode("latin-1"), part.raw, "" if part.charset == "latin-1" else part.charset)
            for part in parser
            if not part.filename
        ]
    except (MultipartError, ValueError) as error:
        raise Unreadable("not multipart/form-data with that boundary") from error
    return _collect(parts, charsets)


def _collect(pairs: Sequence[tuple[bytes, bytes, str]], charsets: Sequence[str]) -> Document:
    """A form's fields: names, values and the charset of a value, if it has one of its own.

    `fields[email][value]` is nested as its writer meant it, a repeated name is a list. A field `_charset_` says in
    which charset the form is.
    """
    named = (value.decode("ascii", "ignore") for name, value, _ in pairs if name == b"_charset_")
    declared, *others = charsets
    charsets = [declared, next(named, ""), *others]
    fields: Document = {}
    for raw_name, raw_value, own in pairs:
        name, value = _decoded(raw_name, charsets), _decoded(raw_value, [own, *charsets])
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
