"""Rules may name anything in the whole event."""

from typing import Any

import pytest

from leads.fields.event_values import EventValues, named_values
from tests.reading import event, reading


def taken(body: Any, headers: dict[str, str] | None = None, provider: str = "json", **rules: Any) -> list[Any]:
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
    """By name or dotted path. An absent field meets `false` and nothing else."""
    for require in (*met, *unmet):
        leads = taken(body, {"x-tenant": "blue"}, provider, require=require)
        assert len(leads) == (require in met), require


def test_an_answer_comes_before_the_event() -> None:
    """A form's own question called "Type" is what a rule on it means."""
    body = {"data": {"type": "lead", "email": "ada@example.com"}, "type": "user.created"}
    assert taken(body, provider="standard-webhooks", require={"type": "lead"})
    assert not taken(body, provider="standard-webhooks", require={"type": "user.created"})


def test_a_field_may_come_from_the_event_or_a_header() -> None:
    """Under the name that the configuration gives it."""
    fields = {"plan": "data.plan.tier", "tenant": "X-Tenant", "kind": "type", "jobTitle": "absent"}
    (lead,) = taken(CLERK, {"x-tenant": "blue"}, "clerk", fields=fields)
    assert lead["customFields"] == {"plan": "pro", "tenant": "blue", "kind": "user.created"}


def test_of_several_people_each_has_what_is_its_own() -> None:
    """The list's neighbours count for all of them, another person's values for none."""
    body = {"kind": "signup", "leads": [{"email": "ada@example.com", "plan": "pro"}, {"email": "bea@example.com"}]}
    leads = taken(body, require={"kind": "signup"}, fields={"plan": "plan"})
    assert leads == [{"email": "ada@example.com", "customFields": {"plan": "pro"}}, {"email": "bea@example.com"}]
    people = {"u1": {"email": "ada@example.com", "plan": "pro"}, "kind": "x"}
    values = EventValues(event(people), listed=True)
    assert (values.get("plan"), values.get("kind")) == (None, "x")


def test_an_unreadable_body_leaves_the_headers() -> None:
    """A rule on a header holds whatever the body is."""
    assert EventValues(event(b"{", {"x-tenant": "blue"}), listed=False).get("X-Tenant") == "blue"


def test_paths_are_known_whole_and_by_their_ends() -> None:
    """The outermost of one name wins, choices are one text, and a list's items are known by their whole path."""
    document = {"a": {"b": {"plan": "inner"}, "plan": "outer", "tags": ["x", 1]}, "items": [{"sku": "s"}], "none": None}
    assert named_values(document) == {
        "aplan": "outer", "plan": "outer", "atags": "x, 1", "tags": "x, 1", "abplan": "inner", "bplan": "inner",
        "items0sku": "s",
    }  # fmt: skip


def test_the_search_is_limited() -> None:
    """In depth, in width and in the length of names."""
    deep: Any = 1
    for _ in range(30):
        deep = {"a": deep}
    assert named_values(deep) == {}
    assert len(named_values({str(n): n for n in range(10_000)})) < 5_000
    assert named_values({"x" * 300: 1}) == {}
    assert named_values(["a", "b"]) == named_values({"tags": ["x"] * 300}) == {}
