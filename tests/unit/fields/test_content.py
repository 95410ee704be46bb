"""Reading bodies: bytes become names and values, or the body is refused."""

import encodings
import json
from urllib.parse import urlencode

import pytest

from leads.errors import TooLarge, Unreadable
from leads.fields.body import MAX_FIELDS, parse

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
MULTIPART = "multipart/form-data; boundary=XX"
AVA = {"email": "ava@example.com", "name": "Ava King"}


def part(value: bytes | str, name: str = "email", disposition: str = "", more: str = "") -> bytes:
    head = f'--XX\r\nContent-Disposition: form-data; name="{name}"{disposition}\r\n{more}\r\n'
    return head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"


def multipart(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--XX--\r\n"


@pytest.mark.parametrize(
    "content_type",
    [JSON, "application/json; charset=UTF-8", "application/ld+json", "text/plain; charset=UTF-8", "", FORM, "nonsense"],
)
def test_json_is_read_under_any_label(content_type: str) -> None:
    """JSON is recognised by its first byte, whatever the content type."""
    assert parse(json.dumps(AVA).encode(), content_type) == AVA
    assert parse(b"\xef\xbb\xbf \n" + json.dumps([AVA]).encode(), content_type) == [AVA]


@pytest.mark.parametrize("content_type", [FORM, f"{FORM}; charset=utf-8", "", "text/plain"])
def test_a_form_is_read_without_a_label_too(content_type: str) -> None:
    """Scripts without a content type send forms as text."""
    assert parse(urlencode(AVA).encode(), content_type) == AVA


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"a=1&a=2&a=3&b=", FORM, {"a": ["1", "2", "3"], "b": ""}), (b"name=%81", FORM, {"name": "\x81"}),
        (b"name=Jos%C3%A9+K", FORM, {"name": "José K"}), (b"name=Jos%E9", FORM, {"name": "José"}),
        (b"name=O%92Brien", f"{FORM}; charset=ISO-8859-1", {"name": "O\u2019Brien"}),
        (b"name=%C8%E2%E0%ED", f"{FORM}; charset=windows-1251", {"name": "Иван"}),
        (b"name=%C8%E2%E0%ED&_charset_=windows-1251", FORM, {"name": "Иван", "_charset_": "windows-1251"}),
        (b"name=%C8%E2%E0%ED&_charset_=klingon", FORM, {"name": "Èâàí", "_charset_": "klingon"}),
        ("имя=".encode("cp1251") + b"%C8", f"{FORM}; charset=cp1251", {"имя": "И"}),
        ("name=José".encode("latin-1"), f"{FORM}; charset=iso-8859-1", {"name": "José"}),
        ("name=José".encode("latin-1"), FORM, {"name": "José"}), (b"{not json}=1", FORM, {"{not json}": "1"}),
        (b"fields%5Bemail%5D=a%40b.example", FORM, {"fields": {"email": "a@b.example"}}),
        (b"topics%5B%5D=a&topics%5B%5D=b", FORM, {"topics": ["a", "b"]}), (b"topics%5B%5D=a", FORM, {"topics": "a"}),
        (b"%5B%5D=a&%5Bx%5D=b", FORM, {"[]": "a", "[x]": "b"}), (b"a=1&a%5Bb%5D=2", FORM, {"a": "1", "a[b]": "2"}),
        (b"a%5Bb%5D=2&a=1", FORM, {"a": {"b": "2"}}), (b"a%5Bb=1&a%5D=2", FORM, {"a[b": "1", "a]": "2"}),
        (b"a%5Bb%5D%5Bc%5D=1&a%5Bb%5D%5Bd%5D=2", FORM, {"a": {"b": {"c": "1", "d": "2"}}}),
        (b"a%5Bb%5D=1&a%5Bb%5D=2", FORM, {"a": {"b": ["1", "2"]}}),
        ("name=\u9ad9\u6a4b".encode("cp932"), f"{FORM}; charset=Shift_JIS", {"name": "\u9ad9\u6a4b"}),
        ('{"name": "José"}'.encode("latin-1"), f"{JSON}; charset=latin1", {"name": "José"}),
        ('{"name": "José"}'.encode("utf-16"), f"{JSON}; charset=utf-16", {"name": "José"}),
        ('{"name": "José"}'.encode("utf-16"), JSON, {"name": "José"}),
        ('{"name": "José"}'.encode("utf-16-le"), f"{JSON}; charset=utf-8", {"name": "José"}),
        ('{"name": "O\u2019Brien"}'.encode("cp1252"), JSON, {"name": "O\u2019Brien"}),
        (b'{"name": "Ava"}', f"{JSON}; charset=klingon", {"name": "Ava"}),
        (b'{"name": "Ava"}', f"{JSON}; charset=punycode", {"name": "Ava"}),
        (b'{"name": "Ava"}', f"{JSON}; charset=a\0b", {"name": "Ava"}),
        (rb'{"a\udc00": ["Ava \ud83d\ude00", "Ava \ud83d"]}', JSON, {"a": ["Ava \U0001f600", "Ava "]}),
        (b'{"a": 1}\n{"a": 2}\n\n', "application/x-ndjson", [{"a": 1}, {"a": 2}]),
        *((json.dumps('{"a": "\u00e9"}').encode(), kind, {"a": "\u00e9"}) for kind in (JSON, "")),
        *((body, FORM, {"a": "\u00e9 +"}) for body in (b'{"a":"\xe9 %2B"}=', b"%7B%22a%22%3A%22%C3%A9+%2B%22%7D")),
        (b'{"a": true, "b": 1.5, "c": null, "d": 10000000000000000000001}', JSON, None),
    ],
)  # fmt: skip
def test_values_are_decoded(body: bytes, content_type: str, expected: object) -> None:
    """Repeated names make a list, charsets are decoded, lone surrogates are removed, and JSON keeps its types."""
    assert parse(body, content_type) == (json.loads(body) if expected is None else expected)


def test_a_browsers_own_charset_is_the_last_resort() -> None:
    """Old browsers list their charsets in a header."""
    assert parse(b"name=%C8%E2%E0%ED", FORM, "windows-1251, *;q=0.1") == {"name": "Иван"}
    assert parse("name=Иван".encode(), FORM, "windows-1251") == {"name": "Иван"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (multipart(part("ava@example.com"), part("Ava", "name")), {"email": "ava@example.com", "name": "Ava"}),
        (multipart(part("a"), part("b")), {"email": ["a", "b"]}),
        (multipart(part("José")), {"email": "José"}),
        (multipart(part("José".encode("latin-1"))), {"email": "José"}),
        (multipart(part(b"Jos\xe9", more="Content-Type: text/plain; charset=latin-1\r\n")), {"email": "José"}),
        (multipart(part("Ava", more="Content-Type: text/plain; charset=klingon\r\n")), {"email": "Ava"}),
        (multipart(part(b"\xc8"), part("windows-1251", "_charset_")), {"email": "И", "_charset_": "windows-1251"}),
        (multipart(part("x"), part(b"\x00", "cv", '; filename="ava@example.com.pdf"')), {"email": "x"}),
        (multipart(part("x"), part("", "cv", '; filename=""')), {"email": "x", "cv": ""}),
        (multipart(part("x" * 200_000)), {"email": "x" * 200_000}),
    ],
)
def test_multipart_has_answers_and_files(body: bytes, expected: object) -> None:
    """Neither a file nor its name is an answer. The boundary may be quoted."""
    assert parse(body, MULTIPART) == parse(body, 'Multipart/Form-Data; Boundary="XX"') == expected


def test_unknown_charsets_are_not_remembered() -> None:
    """Python caches every charset it looks up, so an attacker could fill the memory."""
    before = len(encodings._cache)
    for number in range(50):
        parse(b"a=1", f"{FORM}; charset=x{number}")
        parse(b'{"a": 1}', f"{JSON}; charset=x{number}")
    assert len(encodings._cache) == before


@pytest.mark.parametrize(
    "content",
    [
        {"a": [{}] * 40_000},
        {f"k{number}": {f"{number}_{n}": 1 for n in range(40)} for number in range(200)},
        [{"label": f"k{number}", "value": 1} for number in range(8_000)],
    ],
)
def test_a_body_has_a_limit_before_any_work(content: object) -> None:
    """A body with more objects, names or lines than any list of people is refused."""
    with pytest.raises(Unreadable, match="more than 40000 objects and lists, or more than 6000 names"):
        parse(json.dumps(content).encode(), JSON)
    with pytest.raises(TooLarge, match="a list of 5001"):
        parse(b'{"a": 1}\n' * 5_001, JSON)


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", JSON, "the body is empty"), (b" \r\n", FORM, "the body is empty"),
        *((body, JSON, "not JSON") for body in (b"{", b'{"a": NaN}', b'{"a": 1e999}', b'{"a": 1}\n{', b"[" * 100_000)),
        *((body, JSON, "JSON, but neither an object nor a list") for body in (b'"text"', b"null")),
        (b"%7B=", FORM, "not JSON"), (b"hello", FORM, "not a form"), (b"=1&=2", FORM, "not a form"),
        (b"a=1&" * (MAX_FIELDS + 1), FORM, f"a form of more than {MAX_FIELDS} fields"),
        (b"hello", "text/plain", "neither JSON nor a form (content type 'text/plain')"),
        (b"a=1\nb=2", "text/plain", "neither JSON nor a form (content type 'text/plain')"),
        (b"<a/>", "", "neither JSON nor a form (content type 'missing')"),
        (b"<?xml version='1.0'?><a/>", "text/xml", "neither JSON nor a form (content type 'text/xml')"),
        (b"hello", "multipart/form-data", "not multipart/form-data with that boundary"),
        *((body, MULTIPART, "not multipart/form-data with that boundary") for body in (
            b"hello", multipart(part("x"))[:-8], multipart(*[part("x")] * (MAX_FIELDS + 1)))),
    ],
)  # fmt: skip
def test_an_unreadable_body_is_refused(body: bytes, content_type: str, reason: str) -> None:
    """The error names the problem without quoting the body."""
    with pytest.raises(Unreadable) as caught:
        parse(body, content_type)
    assert str(caught.value) == reason
