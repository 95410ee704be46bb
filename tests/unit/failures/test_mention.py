"""Finding the messages about a person to erase, and exporting dead letters."""

import csv
import io
import json
from typing import Any

import pytest

from leads_cli.failures.person.mention import Mention, key, mentions_address
from leads_cli.failures.read.listing import COLUMNS, write_csv, write_jsonl
from tests.letters import failure, letter, refused, unmappable

ABOUT, BESIDE, NONE = Mention.ABOUT, Mention.BESIDE, Mention.NONE
FORM = "first=Ava&email=ava%40example.com"


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (refused(), ABOUT), (refused(email=" AVA@Example.com"), ABOUT),
        (refused(email="ava@example.com", lead={"email": "ava@example.com", "company": "bo@example.org"}), ABOUT),
        (refused(email="lava@example.com"), NONE), (refused(email="ava@example.com.au"), NONE),
        (refused(email="ava+news@example.com"), NONE),
        (refused(lead={"email": "bo@example.org", "customFields": {"referred_by": "ava@example.com"}}), BESIDE),
        (refused(lead={"email": "bo@example.org"}, failure=failure(message="ava@example.com is taken")), BESIDE),
        (refused(lead={"email": "ava"}), NONE), (unmappable({"mail": ["Ava <ava@example.com>"], "name": "Ava"}), ABOUT),
        (unmappable({"AVA@example.com": True}), ABOUT),
        (unmappable({"mail": "ava@example.com", "by": "bo@example.org"}), BESIDE),
        (unmappable({"mail": "ava@example.com", "again": "mailto:AVA@example.com."}), ABOUT),
        (unmappable(FORM, contentType="application/x-www-form-urlencoded"), ABOUT),
        (unmappable(f"{FORM}&friend=bo%40example.org"), BESIDE), (unmappable("nothing"), NONE),
        ({"Type": "Notification", "TopicArn": "a", "Message": json.dumps({"email": "ava@example.com"})}, ABOUT),
        ({"Type": "Notification", "Message": json.dumps({"rawRequest": json.dumps(["ava@example.com"])})}, ABOUT),
        ([{"email": "ava@example.com"}, {"email": "bo@example.org"}], BESIDE),
        ({"lead": {"mail": "ava@example.com"}, "failure": failure("malformed")}, ABOUT),
        ("[broken, ava@example.com", ABOUT), ("hello <ava@example.com>, how are you", ABOUT),
        ("write to ava\uff20example.com", ABOUT), ('{"mail": "ava\\u0040example.com", broken', ABOUT),
        ("mail: ava&#00000000064;example.com", ABOUT),
        (unmappable({"note": f"&#{'1' * 5_000};", "mail": "ava&#64;example.com"}), ABOUT),
        ("@@ava@example.com@", ABOUT), ("mail: ava&#64;example.com, ava&commat;example.com", ABOUT),
        ("email=ava%2540example.com", ABOUT), ("email=ava%25252540example.com", NONE),
        ({"Message": "a=b&payload=%7B%22mail%22%3A%22ava%5Cu0040example.com%22%7D"}, ABOUT),
    ],
)  # fmt: skip
def test_which_person_a_message_is_about(body: object, how: Mention) -> None:
    """A lead is about its address, an event about its only address. Similar addresses do not match."""
    text = body if isinstance(body, str) else json.dumps(body)
    assert mentions_address(letter(text), key("Ava@Example.com")) is how


def test_an_invalid_address_can_be_erased() -> None:
    """A lead refused for its address is found by the same text."""
    assert mentions_address(letter(refused(email="Ava@example..com")), key("ava@example..com ")) is ABOUT


@pytest.mark.parametrize("text", ["x", "x@", "@", "&#1", "ava @ "])
def test_a_hostile_text_is_read_in_one_pass(text: str) -> None:
    """40 kB without a space took half a minute, and any visitor can send that in a form."""
    assert mentions_address(letter(unmappable({"note": text * 500_000})), key("ava@example.com")) is NONE


def test_spaces_around_an_at_sign_are_left_out_in_one_pass() -> None:
    """However many there are."""
    spaces = " " * 1_000_000
    assert key(f"ava{spaces}@{spaces}example.com") == "ava@example.com"
    assert key(f"ava{spaces}king@example.com").endswith("king@example.com")


def test_hostile_nesting() -> None:
    """Deeply nested messages are searched or skipped without an error."""
    deep = "[" * 500 + '"ava@example.com"' + "]" * 500
    assert mentions_address(letter(deep), key("ava@example.com")) is ABOUT
    assert mentions_address(letter("[" * 100_000), key("ava@example.com")) is NONE


def table(*bodies: Any) -> list[dict[str, str]]:
    stream = io.StringIO()
    assert write_csv(map(letter, bodies), stream) == len(bodies)
    return list(csv.DictReader(io.StringIO(stream.getvalue())))


def test_csv() -> None:
    """Each letter is a row with its reason in separate columns, whatever kind it is."""
    lead, event = table(refused(), unmappable({"a": "ä"}))
    assert tuple(lead) == COLUMNS
    expected = ("rejected", "email", "422", "ava@example.com")
    assert (lead["reason"], lead["field"], lead["status"], lead["email"]) == expected
    assert (lead["firstName"], lead["lastName"], lead["customFields"]) == ("Ava", "", '{"plan": "pro"}')
    assert (event["reason"], event["event"], event["email"]) == ("unmappable", '{"a": "ä"}', "")


def test_no_cell_is_a_formula() -> None:
    """Formulas are escaped in every column with foreign content. A lead's fields fill only their own columns."""
    evil = '=HYPERLINK("https://evil.example")'
    lead = {"email": evil, "firstName": evil, "reason": "because", "customFields": {"a": evil}}
    expected = failure(evil, field=evil, message=evil, status=-1)
    (row,) = table(refused(source=evil, campaign=evil, lead=lead, failure=expected))
    for column in ("reason", "field", "says", "source", "campaign", "email", "firstName"):
        assert row[column] == f"'{evil}", column
    assert row["status"] == "-1"
    assert not any(cell.startswith("=") for column, cell in row.items() if column != "status")


def test_control_characters_are_escaped() -> None:
    """Control characters are escaped, and lone surrogates are removed."""
    (row,) = table(refused(failure=failure("\x1b[2J\x9b1A \ud83d", message="\x1b[2J a\nb")))
    assert (row["reason"], row["says"]) == ("\\x1b[2J\\x9b1A ", "\\x1b[2J a\nb")


def test_lines_of_json() -> None:
    """Each letter with all details, and its body as it is in the queue."""
    stream = io.StringIO()
    assert write_jsonl([letter(refused()), letter("text")], stream) == 2
    lead, text = map(json.loads, stream.getvalue().splitlines())
    assert (lead["reason"], json.loads(lead["body"])) == ("rejected", refused())
    assert (text["reason"], text["body"]) == ("exhausted", "text")
