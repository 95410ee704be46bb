"""Values that are left out of a lead, and real names that must be kept."""

from typing import Any

import pytest

from leads.config.schema import Source
from leads.fields.submission import Submission
from leads.lead.lead import make_lead
from leads.lead.rules import SourceRules

EVERYTHING = Source(provider="json", campaign="news", custom_fields=("*",))


def lead(fields: dict[str, Any]) -> dict[str, Any]:
    made = make_lead(Submission({"email": "ada@example.com", **fields}, {}), SourceRules(EVERYTHING)).lead
    return {name: value for name, value in made.items() if name != "email"}


SURVIVING_NAMES = [
    ("Jennifer", "Null"), ("Jennifer", "NULL"), ("Ada", "O'Hara"), ("Chloé", "D'Arcy"), ("Null", "Island"),
    ("Anne-Marie", "van der Berg"), ("José María", "Núñez Íñiguez"), ("Nguyễn", "Thị Ánh"), ("Łukasz", "Żółć"),
    ("Иван", "Петров"), ("Олеся", "Ґрещук"), ("Ελένη", "Παπαδοπούλου"), ("דוד", "לוי"), ("محمد", "عبد الله"),
    ("علی", "رضایی"), ("आदित्य", "शर्मा"), ("অমিত", "সেন"), ("ਗੁਰਪ੍ਰੀਤ", "ਸਿੰਘ"), ("અમિત", "પટેલ"),
    ("தமிழ்", "செல்வன்"), ("రాజు", "రెడ్డి"), ("ಮಂಜು", "ಗೌಡ"), ("മോഹൻ", "ലാൽ"), ("සුනිල්", "පෙරේරා"), ("สมชาย", "ใจดี"),
    ("ສົມ", "ພອນ"), ("အောင်", "ဆန်း"),
    ("გიორგი", "მაისურაძე"), ("Արամ", "Խաչատրյան"), ("አበበ", "ቢቂላ"), ("小龍", "李"),
    ("さくら", "田中"), ("민준", "김"), ("X", "Æ A-12"),
    ("Percy", "Percent"), ("Undefined", "Behaviour"),
]  # fmt: skip
SURVIVING_COMPANIES = [
    "N/A GmbH", "100% Organic", "50% Off 100% Fun", "[solidcore]", "Booking.com", "www.example.com", "Null & Void Ltd",
    "null Agency",
    "AT&T", "Marks & Spencer", "R&D; Partners", "Nothing {but} Net", "$100 Club", "&Partners", "株式会社",
    "Undefined Labs", "<script> & Sons", "Smith &lt;Holding&gt;", "Yahoo!", "(RED)", "*star*", "C++ & Co", "3M",
]  # fmt: skip


@pytest.mark.parametrize(("first", "last"), SURVIVING_NAMES)
def test_real_names_are_kept(first: str, last: str) -> None:
    """In any script, in two fields and in one."""
    assert lead({"first_name": first, "last_name": last}) == {"firstName": first, "lastName": last}
    whole = lead({"name": f"{first} {last}"})
    assert f"{whole['firstName']} {whole['lastName']}" == f"{first} {last}"


@pytest.mark.parametrize("company", SURVIVING_COMPANIES)
def test_real_companies_are_kept(company: str) -> None:
    """Characters that templates also use occur in real names."""
    assert lead({"company": company}) == {"company": company}


@pytest.mark.parametrize(
    "placeholder",
    [
        "*|FNAME|*", "{{first_name}}", "{{ contact.first_name }}", "{{{name}}}", '{{ name | default: "you" }}',
        "${name}", "%FIRSTNAME%", "%recipient.name%", "%%First_Name%%", "[first_name]", "[First Name]", "[[name]]",
        "[plan]", "={{ $json.name }}", "{First_Name}", "<FNAME>", "{!Contact.FirstName}", "#{name}", "@{plan}",
        "{{a}}, {{b}}",
        "[object Object]", "null", "undefined", "null null", "{{a}} {{b}}", "*|FNAME|* *|LNAME|*", "N/A", "None",
    ],
)  # fmt: skip
def test_placeholders_and_null_words_are_left_out(placeholder: str) -> None:
    """In every field, and they are not forwarded as custom fields."""
    for field in ("first_name", "last_name", "name", "company", "job_title"):
        assert lead({field: placeholder, "plan": "pro"}) == {"customFields": {"plan": "pro"}}, field


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada%20King", {"firstName": "Ada", "lastName": "King"}), ("J%C3%B6rg", {"firstName": "Jörg"}),
        ("Ada O\\'Hara", {"firstName": "Ada", "lastName": "O'Hara"}),
        ("Martin null", {"firstName": "Martin"}), ("null King", {"lastName": "King"}),
        ("Ada undefined King", {"firstName": "Ada", "lastName": "King"}), ("{{first_name}} King", {"lastName": "King"}),
        ("Ada *|LNAME|*", {"firstName": "Ada"}), ("Win a prize at www.example.com", {}),
        ("Ada https://example.com", {}), ("Ada King ada@example.com", {"firstName": "Ada", "lastName": "King"}),
        ("Ada &lt;ada@example.com&gt;", {"firstName": "Ada"}),
    ],
)  # fmt: skip
def test_a_whole_name_is_cleaned_word_by_word(name: str, expected: dict[str, str]) -> None:
    """The remaining words keep their place. A name with a URL is left out."""
    assert lead({"name": name}) == expected


@pytest.mark.parametrize("field", ["first_name", "last_name"])
@pytest.mark.parametrize("text", ["http://example.com", "Ada www.example.com", "WWW.example.com", "x" * 201])
def test_a_name_that_cannot_be_one_is_left_out(field: str, text: str) -> None:
    """Nor is it forwarded as a custom field."""
    assert lead({field: text}) == {}


@pytest.mark.parametrize(
    ("text", "company"),
    [
        ("Smith &amp; Sons", "Smith & Sons"), ("Smith &amp;amp; Sons", "Smith &amp; Sons"),
        ("O&#039;Hara &#x26; Co", "O'Hara & Co"), ("Caf&eacute;&nbsp;Ada", "Café Ada"),
        ("&lt;b&gt; &#60;i&#x3E;", "&lt;b&gt; &#60;i&#x3E;"),
        ("AT&T &amp Co &notit; &copy", "AT&T &amp Co &notit; &copy"), ("A\x00c\x1bm\x7fe\x0b", "Acme"),
        ("\u202aAda\u202c \u2067Ltd\u2069\u200f", "Ada Ltd"), ("<Ada> {Co} #1 @home", "<Ada> {Co} #1 @home"),
        ("\ufeffAda\t\nL\u200btd\r\n", "Ada Ltd"), ("O\x92Brien \x80 \x81Ltd", "O\u2019Brien € Ltd"),
    ],
)  # fmt: skip
def test_characters_are_repaired(text: str, company: str) -> None:
    """Entities are decoded once, control characters are removed, and C1 bytes mean windows-1252."""
    assert lead({"company": text}) == {"company": company}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\x00b", "ab"), ("it\x92s \x8d", "it\u2019s "),
        *((value, value) for value in (
            "a\tb\r\nc", "Smith &amp; Sons", "I use {{mustache}} and null", "None", "x" * 10_000, 0, False)),
    ],
)  # fmt: skip
def test_a_custom_field_keeps_what_was_written(value: Any, expected: Any) -> None:
    """Only control characters are removed; entities may be intended."""
    assert lead({"note": value}) == {"customFields": {"note": expected}}


@pytest.mark.parametrize(
    "value", ["null", "[object Object]", "[object Object], [object Object]", "{{note}}", "\x00", "x" * 10_001]
)
def test_a_custom_field_without_an_answer_is_left_out(value: str) -> None:
    """Null words, placeholders, empty values, and values over the limit."""
    assert lead({"note": value}) == {}
