"""Messages become rows, and rows become requests of limited size."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.config.schema import Campaign, CustomFields, Enrollment, LeadterraTable
from leads.message.message import Message
from leads.request import batch
from leads.request.batch import ReceivedMessage, Row, batches, body
from tests.simulated import row

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PLAIN = Enrollment(campaigns={"newsletter": Campaign(id="camp_1")})


def received(lead: dict[str, Any], *, campaign: str = "newsletter", seconds: int = 0, **extra: Any) -> ReceivedMessage:
    received_at = NOW + timedelta(seconds=seconds)
    message = Message(id="evt", source="website", campaign=campaign, received_at=received_at, lead=lead, extra=extra)
    return ReceivedMessage(message, [seconds])


def sent(messages: list[ReceivedMessage], config: Enrollment = PLAIN) -> dict[str, list[dict[str, Any]]]:
    """The leads of the requests, by campaign id."""
    kept, _ = batch.rows(messages, config)
    return {campaign: json.loads(body(campaign, rows))["leads"] for campaign, rows in kept.items()}


def config(style: CustomFields = "top-level", **campaign: Any) -> Enrollment:
    made = Campaign.model_validate({"id": "camp_1", **campaign})
    return Enrollment(leadterra=LeadterraTable(custom_fields=style), campaigns={"newsletter": made})


def test_one_row_for_each_address() -> None:
    """Addresses that differ only in case are one person's. Rows keep the order of first messages."""
    messages = [received({"email": email}) for email in ("ava@example.com", "ben@example.com", "AVA@example.com")]
    (rows,) = batch.rows(messages, PLAIN)[0].values()
    assert [[p for p in messages if p in r.messages] for r in rows] == [[messages[0], messages[2]], [messages[1]]]


def test_later_values_win_field_by_field() -> None:
    """Messages merge in order of arrival, and only fields that were sent change."""
    early = {"email": "ava@example.com", "firstName": "A", "company": "Acme", "customFields": {"plan": "free", "a": 1}}
    late = {"email": "Ava@Example.com", "firstName": "Ava", "customFields": {"plan": "pro", "b": 2}}
    merged = {"email": "Ava@Example.com", "firstName": "Ava", "company": "Acme", "plan": "pro", "a": 1, "b": 2}
    for order in ([received(early), received(late, seconds=1)], [received(late, seconds=1), received(early)]):
        assert sent(order) == {"camp_1": [merged]}


names = st.sampled_from(["firstName", "company", "plan", "size"])
messages = st.lists(
    st.tuples(st.integers(0, 5), st.dictionaries(names, st.text("xyz", min_size=1, max_size=3))), min_size=1, max_size=6
)


@given(messages)
def test_merging_is_a_fold_over_time(given_messages: list[tuple[int, dict[str, str]]]) -> None:
    """Each field of a merged row has the value of the last message with that field."""
    expected: dict[str, str] = {"email": "ava@example.com"}
    for _, fields in sorted(given_messages, key=lambda item: item[0]):
        expected |= fields
    messages = []
    for seconds, fields in given_messages:
        custom = {name: fields[name] for name in ("plan", "size") if name in fields}
        lead: dict[str, Any] = {"email": "ava@example.com", **{n: v for n, v in fields.items() if n not in custom}}
        messages.append(received({**lead, "customFields": custom} if custom else lead, seconds=seconds))
    assert sent(messages) == {"camp_1": [expected]}


def test_campaigns_are_separate() -> None:
    """A campaign's name and its id mean the same campaign. An unknown name is used as an id."""
    messages = [
        received({"email": "ava@example.com", "company": "A"}),
        received({"email": "ava@example.com"}, campaign="camp_2"),
        received({"email": "ava@example.com", "company": "B"}, campaign="camp_1", seconds=1),
    ]
    assert sent(messages) == {
        "camp_1": [{"email": "ava@example.com", "company": "B"}],
        "camp_2": [{"email": "ava@example.com"}],
    }


LEAD = {
    "email": "ava@example.com",
    "firstName": " ",
    "customFields": {"plan": "", "size": 0, "email": "x", "vip": False},
}


@pytest.mark.parametrize(
    ("style", "wire"),
    [
        ("top-level", {"plan": "free", "size": 0, "vip": False, "tier": 1}),
        ("nested", {"customFields": {"plan": "free", "size": 0, "email": "x", "vip": False, "tier": 1}}),
    ],
)
def test_defaults_and_both_styles_of_custom_fields(style: CustomFields, wire: dict[str, Any]) -> None:
    """Defaults fill missing and blank fields only, types are kept, and no custom field replaces the address."""
    defaults = {"firstName": "there", "plan": "free", "size": 5, "tier": 1}
    assert sent([received(LEAD)], config(style, defaults=defaults)) == {
        "camp_1": [{"email": "ava@example.com", "firstName": "there", **wire}]
    }


@pytest.mark.parametrize("style", ["top-level", "nested"])
def test_a_lead_without_custom_fields_is_sent_as_it_is(style: CustomFields) -> None:
    """Neither style adds an empty object."""
    lead = {"email": "ava@example.com", "firstName": "there"}
    assert sent([received({"email": "ava@example.com"})], config(style, defaults={"firstName": "there"})) == {
        "camp_1": [lead]
    }


def test_a_row_is_a_replay_if_one_of_its_messages_is() -> None:
    """Its outcome is logged for the operator who waits for it."""
    plain = received({"email": "ava@example.com"})
    again = received({"email": "ava@example.com"}, replay={"count": 1})
    for messages, expected in (([plain, again], True), ([again], True), ([plain, plain], False)):
        assert batch.rows(messages, PLAIN)[0]["camp_1"][0].is_replayed is expected


def test_messages_are_not_changed() -> None:
    """Defaults and merging affect the request only; a dead letter holds what was sent."""
    messages = [received({"email": "ava@example.com", "customFields": {"a": 1}}, seconds=s) for s in (0, 1)]
    batch.rows(messages, config(defaults={"firstName": "there", "b": 2}))
    assert [p.message.lead for p in messages] == [{"email": "ava@example.com", "customFields": {"a": 1}}] * 2


@pytest.mark.parametrize(
    ("lead", "missing"),
    [
        ({"firstName": "Ava", "customFields": {"plan": "pro"}}, None),
        ({"firstName": "Ava", "customFields": {"plan": 0}}, None),
        ({"customFields": {"plan": "pro"}}, "firstName"),
        ({"firstName": " ", "customFields": {"plan": "pro"}}, "firstName"),
        ({"firstName": "Ava"}, "plan"),
    ],
)
def test_a_lead_without_a_token(lead: dict[str, Any], missing: str | None) -> None:
    """The lead is enrolled or dead-lettered as the campaign says. The failure names the token."""
    messages = [received({"email": "ava@example.com", **lead})]
    tokens: dict[str, Any] = {"tokens": ["firstName", "plan"]}
    kept, out = batch.rows(messages, config(**tokens))
    assert (len(kept["camp_1"]), out) == (1, {})
    kept, out = batch.rows(messages, config(**tokens, on_missing_token="dead_letter"))
    if missing is None:
        assert (len(kept["camp_1"]), out) == (1, {})
    else:
        assert kept == {}
        ((refused, outcome),) = out["camp_1"]
        assert refused is messages[0]
        assert (outcome.failure.reason, outcome.failure.field) == ("missing_token", missing)
        assert outcome.failure.message == f"the campaign's copy uses {{{{{missing}}}}} and the lead has no such field"


def test_a_default_or_another_message_fills_a_token() -> None:
    """Tokens are checked in the merged row, not in each message."""
    strict: dict[str, Any] = {"tokens": ["firstName"], "on_missing_token": "dead_letter"}
    assert (
        batch.rows([received({"email": "a@example.com"})], config(**strict, defaults={"firstName": "there"}))[1] == {}
    )
    messages = [
        received({"email": "a@example.com", "firstName": "Ava"}),
        received({"email": "a@example.com"}, seconds=1),
    ]
    assert batch.rows(messages, config(**strict))[1] == {}
    ((first, _), (second, _)) = batch.rows([messages[1], messages[1]], config(**strict))[1]["camp_1"]
    assert first is second is messages[1]


@pytest.mark.parametrize(
    ("rows", "size", "lengths"),
    [(0, 10, []), (1, 10, [1]), (10, 10, [10]), (11, 10, [10, 1]), (25, 10, [10, 10, 5]), (3, 1, [1, 1, 1])],
)
def test_no_batch_has_more_rows_than_configured(rows: int, size: int, lengths: list[int]) -> None:
    """No row is lost, and the order is kept."""
    made = [row({"email": f"lead{n}@example.com"}) for n in range(rows)]
    found = list(batches("camp_1", made, size))
    assert [len(b.rows) for b in found] == lengths
    assert [r for b in found for r in b.rows] == made
    assert {b.campaign_id for b in found} <= {"camp_1"}


def _of_bytes(number: int) -> Row:
    empty = len('{"email":""}')
    return Row({"email": "x" * (number - empty)}, [])


@pytest.mark.parametrize(
    ("sizes", "lengths"),
    [
        ([499_993, 499_993], [2]),
        ([499_994, 499_994], [1, 1]),
        ([20, 2_000_000, 20], [1, 1, 1]),
        ([400_000, 400_000, 400_000, 100_000], [2, 2]),
    ],
)
def test_no_request_is_larger_than_a_megabyte(sizes: list[int], lengths: list[int]) -> None:
    """Including envelope and commas. A larger row is sent alone."""
    found = list(batches("camp_1", [_of_bytes(size) for size in sizes], 1_000))
    assert [len(b.rows) for b in found] == lengths
    assert all(len(body(b.campaign_id, b.rows)) <= 1_000_000 for b in found if len(b.rows) > 1)


@pytest.mark.parametrize("number", [1, 2, 1_000])
@pytest.mark.parametrize("text", ["Zo\u00eb \u2028 \U0001f642", "half of an emoji: \ud83d"])
def test_the_envelope_is_the_same_for_any_number_of_leads(number: int, text: str) -> None:
    """And for any content."""
    odd = {"firstName": text, "customFields": {"size": 2**64 + 1, "share": 0.1, "vip": True}}
    leads = [{"email": f"lead{n}@example.com", **odd} for n in range(number)]
    (rows,) = batch.rows([received(lead) for lead in leads], config("nested"))[0].values()
    assert json.loads(body("camp_1", rows)) == {"leads": leads}
