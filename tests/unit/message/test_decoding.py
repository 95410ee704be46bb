"""Decoding of messages that `encode` or other producers wrote."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from leads.errors import Malformed, NewerVersion
from leads.message.decoding import decode
from leads.message.message import Message, as_json, encode

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SENT = datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
LEAD = {"email": "ava@example.com"}

TEXTS = st.text(st.characters() | st.just("\ud83d"), min_size=1)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the strategy adds the zone
    max_value=datetime(9998, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11, minutes=30))]),
)
# The model refuses lone surrogates and surrounding blanks in an address or a campaign's name.
NAMES = st.text(min_size=1).filter(lambda text: text == text.strip())
MESSAGES = st.fixed_dictionaries(
    {
        "id": TEXTS,
        "source": TEXTS,
        "campaign": NAMES,
        "receivedAt": MOMENTS,
        "lead": st.fixed_dictionaries(
            {"email": NAMES},
            optional={
                "firstName": st.text(),
                "customFields": st.dictionaries(st.text(), VALUES, min_size=1, max_size=3),
            },
        ),
    },
    optional={"extra": st.fixed_dictionaries({}, optional={"x-trace": VALUES, "replay": VALUES})},
).map(TypeAdapter(Message).validate_python)


def body(**changes: object) -> str:
    own = {"version": 1, "id": "evt-1", "source": "website", "campaign": "news"}
    whole = {**own, "receivedAt": "2026-11-22T02:00:00.000Z", "lead": LEAD, **changes}
    return json.dumps({key: value for key, value in whole.items() if value is not ...})


def read(text: str) -> Message:
    message = decode(text, message_id="sqs-1", sent_at=SENT.timestamp())
    assert isinstance(message, Message)
    return message


@given(MESSAGES)
def test_messages_round_trip(message: Message) -> None:
    """All characters and types, and unknown keys. Times are kept to the millisecond."""
    written = encode(message)
    assert written.isascii()
    again = read(written)
    assert abs(again.received_at - message.received_at) < timedelta(milliseconds=1)
    assert (again.id, again.source, again.campaign) == (message.id, message.source, message.campaign)
    assert (again.lead, again.extra) == (message.lead, message.extra)
    assert json.loads(encode(again)) == json.loads(written)


def test_a_mark_of_the_byte_order_is_ignored() -> None:
    """Programs on Windows write one before the first character."""
    assert read(f"\ufeff{body()}") == read(body())


@pytest.mark.parametrize(
    ("changes", "attribute", "expected"),
    [
        ({"id": ...}, "id", "sqs-1"), ({"id": ""}, "id", "sqs-1"), ({"id": 17}, "id", "17"),
        ({"source": None}, "source", "direct"), ({"source": ""}, "source", "direct"),
        ({"campaign": " camp_1 "}, "campaign", "camp_1"), ({"version": ...}, "extra", {}),
        ({"version": "0.9"}, "extra", {}), ({"failure": {"reason": "rejected"}}, "extra", {}),
        ({"trace": "t-1"}, "extra", {"trace": "t-1"}),
        ({"extra": {"trace": "t-1"}}, "extra", {"extra": {"trace": "t-1"}}),
        ({"receivedAt": "2026-11-22T03:00:00+01:00"}, "received_at", NOW),
        ({"receivedAt": "2026-11-22T02:00:00"}, "received_at", NOW), ({"receivedAt": ...}, "received_at", SENT),
        ({"receivedAt": "yesterday"}, "received_at", SENT), ({"receivedAt": 1_795_312_800}, "received_at", SENT),
        ({"receivedAt": "0001-01-01T00:00:00+14:00"}, "received_at", SENT),
        ({"receivedAt": "9999-12-31T23:59:59-14:00"}, "received_at", SENT),
        ({"lead": {"email": " ava@example.com "}}, "lead", LEAD),
        ({"lead": {**LEAD, "firstName": None, "plan": None}}, "lead", LEAD),
        ({"lead": {**LEAD, "company": 37, "jobTitle": 1.5}}, "lead", {**LEAD, "company": "37", "jobTitle": "1.5"}),
        ({"lead": {**LEAD, "plan": True}}, "lead", {**LEAD, "customFields": {"plan": True}}),
        ({"lead": {**LEAD, "plan": "free", "customFields": {"plan": "pro"}}}, "lead",
         {**LEAD, "customFields": {"plan": "pro"}}),
        ({"lead": {**LEAD, "customFields": None}}, "lead", LEAD),
        ({"lead": {**LEAD, "customFields": {}}}, "lead", LEAD),
    ],
)  # fmt: skip
def test_missing_parts_have_defaults(changes: dict[str, Any], attribute: str, expected: object) -> None:
    """SQS's id and time are used, and unknown keys of a lead are custom fields."""
    assert getattr(read(body(**changes)), attribute) == expected


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("hello", "body"), ("", "body"), ("[]", "body"), ('{"a": NaN}', "body"), ('{"a": -1e999}', "body"),
        (body()[:-1] + ', "x": 1e999}', "body"), (body()[:-1] + ', "x": [1e999]}', "body"),
        (body()[:-1] + ', "failure": -1e999}', "body"),
        (body(lead=...)[:-1] + ', "lead": {"email": "a", "customFields": {"x": 1e999}}}', "body"),
        (body(version=...)[:-1] + ', "version": 1e999}', "body"),
        (body(lead=...)[:-1] + ', "lead": {"email": "a", "firstName": 1e999}}', "body"), ("[" * 100_000, "body"),
        (body(campaign=...), "campaign"), (body(campaign=" "), "campaign"), (body(campaign=5), "campaign"),
        (body(lead=...), "lead"), (body(lead=[LEAD]), "lead"), (body(lead={}), "email"),
        (body(lead={"email": " "}), "email"), (body(lead={"email": 5}), "email"),
        (body(lead={**LEAD, "customFields": []}), "customFields"),
        (body(lead={**LEAD, "firstName": {"a": 1}}), "firstName"),
        (body(lead={**LEAD, "firstName": True}), "firstName"),
    ],
)  # fmt: skip
def test_a_body_without_a_lead_is_malformed(text: str, field: str) -> None:
    """The error names the field and does not quote its content."""
    with pytest.raises(Malformed) as caught:
        read(text)
    assert caught.value.field == field
    assert str(caught.value) == f"{field}: {caught.value.message}"


def test_a_body_that_nests_too_deep_is_malformed() -> None:
    """The encoder fails at about a thousand levels, which would hold up other leads."""
    deep: object = 1
    for _ in range(65):
        deep = {"x": deep}
    with pytest.raises(Malformed, match="levels deep"):
        read(json.dumps({"campaign": "c", "lead": {"email": "ava@example.com", "x": deep}}))
    many = {str(n): {"x": [n]} for n in range(200)}
    assert (
        read(json.dumps({"campaign": "c", "lead": {"email": "ava@example.com", **many}})).lead["customFields"] == many
    )


NEARLY = st.sampled_from(
    ["", " ", "evt-1", " evt-1", "\u00e4", "\ud800", "2026-11-22T02:00:00.000Z", "2026-11-22T03:00:00+01:00"]
)
ODD = NEARLY | VALUES | st.sampled_from([1, 2, 2**64, -(2**63) - 1, 1e30, True])
ODD_LEADS = st.dictionaries(
    st.sampled_from(["email", "firstName", "jobTitle", "customFields", "plan"]),
    NEARLY | st.dictionaries(st.sampled_from(["plan", "size"]), ODD, max_size=2) | ODD,
    max_size=4,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "version": st.sampled_from([1, 1, 1, 2, True, "1"]), "id": NEARLY | ODD, "source": NEARLY | ODD,
    "campaign": NEARLY | ODD, "receivedAt": NEARLY | ODD, "lead": ODD_LEADS | ODD_LEADS | VALUES,
}  # fmt: skip


def result(content: dict[str, Any]) -> object:
    """The message's body, or the error."""
    try:
        return as_json(read(json.dumps(content)))
    except (Malformed, NewerVersion) as error:
        return str(error)


@given(st.one_of(st.fixed_dictionaries(FIELDS), st.fixed_dictionaries({}, optional=FIELDS)))
def test_both_json_parsers_read_the_same(content: dict[str, Any]) -> None:
    """A lone surrogate makes the standard library parse the body instead of pydantic."""
    slow = result({**content, "x": "\ud83d"})
    assert result({**content, "x": "y"}) == ({**slow, "x": "y"} if isinstance(slow, dict) else slow)


@given(MESSAGES, st.integers(2, 2**31))
def test_one_version_of_skew_loses_no_message(message: Message, later: int) -> None:
    """Unknown keys of this version are accepted. A message of a later version is held (law 7)."""
    written = {**json.loads(encode(message)), "addedLater": {"by": "the next release"}}
    assert read(json.dumps(written)).lead == message.lead
    with pytest.raises(NewerVersion):
        read(json.dumps({**written, "version": later}))
