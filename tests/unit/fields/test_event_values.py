"""Rules on any value of the event."""

from typing import Any

import pytest

from leads.fields.event_values import EventValues, named_values
from tests.reading import reading


def leads_of(body: Any, headers: dict[str, str] | None = None, provider: str = "json", **rules: Any) -> list[Any]:
    return [message.lead for message in reading(body, provider, headers, **rules).messages]


CLERK = {
    "type": "user.created",
    "data": {"id": "u", "email_addresses": [{"id": "1", "email_address": "ada@example.com"}], "plan": {"tier": "pro"}},
}
SUPABASE = {
    "type": "INSERT",
    "table": "users",
    "schema": "auth",
    "record": {"id": "u", "email": "ada@example.com", "is_anonymous": False, "raw_user_meta_data": {"a": 1}},
}


@pytest.mark.parametrize(
    ("provider", "body", "met", "unmet"),
    [
        ("clerk", CLERK,
         [{"type": "user.created"}, {"data.plan.tier": "pro"}, {"tier": "pro"}, {"absent": False},
          {"X-Tenant": "blue"}],
         [{"type": "waitlistEntry.created"}, {"tier": False}, {"absent": "pro"}, {"absent": True},
          {"header:x-tenant": "red"}]),
        ("supabase", SUPABASE,
         [{"is_anonymous": False, "table": "users"}], [{"is_anonymous": True}, {"table": "profiles"}]),
    ],
)  # fmt: skip
def test_a_requirement_sees_the_envelope_columns_and_headers(
    provider: str, body: dict[str, Any], met: list[dict[str, Any]], unmet: list[dict[str, Any]]
) -> None:
    """Values are found by name or dotted path. An absent field meets only `false`."""
    for require in (*met, *unmet):
        leads = leads_of(body, {"x-tenant": "blue"}, provider, require=require)
        assert len(leads) == (require in met), require


def test_an_answer_comes_before_the_event() -> None:
    """A rule on "type" means the form's own question of that name first."""
    body = {"data": {"type": "lead", "email": "ada@example.com"}, "type": "user.created"}
    assert leads_of(body, provider="standard-webhooks", require={"type": "lead"})
    assert not leads_of(body, provider="standard-webhooks", require={"type": "user.created"})


def test_a_field_may_come_from_the_event_or_a_header() -> None:
    """The value gets the name from the configuration."""
    fields = {"plan": "data.plan.tier", "tenant": "X-Tenant", "kind": "type", "jobTitle": "absent"}
    (lead,) = leads_of(CLERK, {"x-tenant": "blue"}, "clerk", fields=fields)
    assert lead["customFields"] == {"plan": "pro", "tenant": "blue", "kind": "user.created"}


def test_values_of_several_people_are_not_mixed() -> None:
    """Values beside the list apply to all people, a person's values only to that person."""
    body = {"kind": "signup", "leads": [{"email": "ada@example.com", "plan": "pro"}, {"email": "bea@example.com"}]}
    leads = leads_of(body, require={"kind": "signup"}, fields={"plan": "plan"})
    assert leads == [{"email": "ada@example.com", "customFields": {"plan": "pro"}}, {"email": "bea@example.com"}]
    people = {"u1": {"email": "ada@example.com", "plan": "pro"}, "kind": "x"}
    values = EventValues([people], {}, listed=True)
    assert (values.get("plan"), values.get("kind")) == (None, "x")


def test_a_value_is_found_by_its_path_or_the_end_of_it() -> None:
    """The outermost of equal names wins, choices are joined, and list items need the full path."""
    document = {"a": {"b": {"plan": "inner"}, "plan": "outer", "tags": ["x", 1]}, "items": [{"sku": "s"}], "none": None}
    assert named_values(document) == {
        "aplan": "outer", "plan": "outer", "atags": "x, 1", "tags": "x, 1", "abplan": "inner", "bplan": "inner",
        "items0sku": "s",
    }  # fmt: skip


def test_the_search_is_limited() -> None:
    """Depth, number of values and length of names are limited."""
    deep: Any = 1
    for _ in range(30):
        deep = {"a": deep}
    assert named_values(deep) == {}
    assert len(named_values({str(n): n for n in range(10_000)})) < 5_000
    assert named_values({"x" * 300: 1}) == {}
    assert named_values(["a", "b"]) == named_values({"tags": ["x"] * 300}) == {}
