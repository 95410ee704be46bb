"""People: a body with several people is a lead each, and their values are not mixed."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.fields.people import people
from leads.message.intake import Reading, read
from tests.reading import event, source

A: dict[str, Any] = {"email": "a@example.com", "name": "Ann Lee"}
B: dict[str, Any] = {"email": "b@example.com", "name": "Ben Roe"}
C: dict[str, Any] = {"email": "c@example.com", "name": "Cy Poe"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ([A, B], [A, B]),
        ({"users": [A, B], "count": 2}, [A, B]),
        ({"a": {"b": {"rows": [A, B]}}}, [A, B]),
        ({"teams": [{"name": "x", "members": [A, B]}, {"members": [C]}]}, [A, B, {"members": C}]),
        ({"users": [A, B, {"name": "No Address"}]}, [A, B, {"name": "No Address"}]),
        ({"students": [A, B], "teachers": [C, A]}, [A, B, C, A]),
        ({"organizer": C, "guests": [A, B]}, [A, B]),
        ({"company": {"name": "Acme", "email": "info@example.com"}, "employees": [A, B]}, [A, B]),
        ({"company": {"name": "Acme", "employees": [A, B]}}, [A, B]),
        ({"sender": C, "users": [A, B]}, [A, B]),
        ({"old": [A, B]}, [A, B]),
        ({"added": [A, B], "removed": [C]}, [A, B]),
        ({"n": 1, "unsubscribes": [A, B]}, [{"n": 1}]),
        ([[A, B], [C]], [A, B, C]),
        ({"users": [A, {"email": "none", "name": "Ben"}]}, [A, {"email": "none", "name": "Ben"}]),
        ({"createdBy": "ops@example.com", "users": [A, B]}, [A, B]),
        ({"17": A, "18": B, "total": 2}, [A, B]),
        ({"attendee_1": A, "attendee_2": B}, [A, B]),
        ({"a@example.com": A, "b@example.com": B}, [A, B]),
        ({"n": 1, "by_email": {A["email"]: {"name": "Ann Lee"}, B["email"]: {"name": "Ben Roe"}}}, [A, B]),
        ({A["email"]: {"name": "Ann Lee"}, B["email"]: {"name": "Ben Roe"}, "count": 2}, [A, B]),
        ({A["email"]: {"name": "Ann Lee"}}, [A]),
        ([A | {"isHost": True}, B | {"isHost": False}, C | {"organizer": True}], [B | {"isHost": False}]),
        ({"data": {"users": {"edges": [{"node": A, "cursor": "x"}, {"node": B}]}}}, [A, B]),
        ({"data": [{"id": "1", "attributes": A}, {"id": "2", "attributes": B}]},
         [{"id": "1", "attributes": A}, {"id": "2", "attributes": B}]),
        ({"responses": [{"answers": [{"question": "Email", "answer": who["email"]}]} for who in (A, B)]},
         [{"answers": [{"question": "Email", "answer": who["email"]}]} for who in (A, B)]),
        ({"f1": {"label": "E-mail", "value": "a@example.com"}, "f2": {"label": "Team", "value": "b@example.com"}},
         [{"f1": {"label": "E-mail", "value": "a@example.com"}, "f2": {"label": "Team", "value": "b@example.com"}}]),
    ],
)  # fmt: skip
def test_people_are_found_at_any_depth_under_any_name(content: Any, expected: list[Any]) -> None:
    """Lists, objects by id, GraphQL edges and nested lists. Staff and other neighbours are left out."""
    assert [person.document for person in people(content)] == expected


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        (A | {"friends": [B, C]}, A),
        *(({who: A, "guests": [B, C], "n": 1}, {who: A, "n": 1}) for who in ("customer", "buyer_details", "data")),
        (A | {"billing": B, "plan": "pro"}, A | {"plan": "pro"}),
        (A | {"account": {"email": "A@example.com", "n": 1}}, A | {"account": {"email": "A@example.com", "n": 1}}),
        (A | {"company": {"name": "Acme", "email": "info@example.com"}}, A | {"company": {"name": "Acme"}}),
        ({"user": A, "billing": B}, {"user": A}),
        (A | {"workspace": {"workspace_email": "x@example.com", "first_name": "Ben"}}, A),
        ({"booker": A, "guests": [B]}, {"booker": A}),
        ({"from": A, "to": [B]}, {"from": A, "to": [B]}),
        ({"NewImage": A, "OldImage": B}, {"NewImage": A, "OldImage": B}),
        ({"answers": A, "hidden": B | {"utm": "x"}}, {"answers": A, "hidden": {"name": "Ben Roe", "utm": "x"}}),
        ({"urlParameters": [{"name": "email", "value": "b@example.com"}, {"name": "utm", "value": "x"}], "answers": A},
         {"answers": A, "urlParameters": [{"name": "utm", "value": "x"}]}),
        *((one, one) for one in [A | {"emails": [{"email": "a@example.com"}, {"email": ""}]}]),
        ({"now": A, "previous_attributes": B}, {"now": A, "previous_attributes": B}),
        ({"login": "x@example.com", "user": A}, {"login": "x@example.com", "user": A}),
        (A | {"meta": {"source": "ops@example.com", "n": 1}}, A | {"meta": {"source": "ops@example.com", "n": 1}}),
    ],
)  # fmt: skip
def test_another_person_s_values_are_removed(content: Any, kept: Any) -> None:
    """An address beside a list means that the body is one person's."""
    assert [(person.document, person.unclear) for person in people(content)] == [(kept, False)]


@pytest.mark.parametrize(
    "content",
    [
        {"name": "Ann", "emails": [{"email": "a@example.com", "primary": True}, {"email": "b@example.com"}]},
        {"name": "Ann", "ways": [{"type": "email", "value": "a@example.com"}, {"type": "x", "value": "b@example.com"}]},
        {"name": "Ann", "email": ["a@example.com", "b@example.com"]},
        {"email": {"value": "a@example.com"}, "email_2": {"value": "b@example.com"}},
        [{"question": "Email", "answer": "a@example.com"}, {"question": "Friend's email", "answer": "b@example.com"}],
    ],
)
def test_two_addresses_of_one_person_are_one_person(content: Any) -> None:
    """In lists of addresses or contact details, and in questions."""
    assert [(person.document, person.address) for person in people(content)] == [(content, "a@example.com")]


@pytest.mark.parametrize("content", [{}, [], {"a": 1}, {"a": [{"b": 1}, {"b": 2}]}, {"a": ["x", ["y"]]}, "text"])
def test_without_an_address_there_are_no_people(content: Any) -> None:
    """Whatever lists the body has."""
    assert people(content) == []


def test_as_many_people_by_id_as_in_a_list() -> None:
    """The limit on one person's fields does not limit people by id."""
    assert len(submit({f"u{number}": {"email": f"p{number}@example.com"} for number in range(3_000)}).messages) == 3_000


@pytest.mark.parametrize(
    "content",
    [
        {"ann": A, "ben": B},
        {"user": A, "contact": B},
        {"login": "x@example.com", "group": [A, B]},
        {"workspace_email": "x@example.com", "group": [A, B]},
        {"admin": C, "users": [A, B], "count": 2},
        {"a": {"ann": A, "ben": B}},
    ],
)
def test_an_ambiguous_body_makes_no_lead(content: Any) -> None:
    """The answer says that it is unclear which person signed up."""
    assert [person.unclear for person in people(content)] == [True]
    found = submit(content)
    assert not found.messages
    assert [problem["field"] for problem in found.problems()] == ["body"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"email": ["a@example.com", "b@example.com"], "name": ["Ann", "Ben"], "n": 1, "tags": ["x", "y", "z"]},
         [{"email": "a@example.com", "name": "Ann", "n": 1}, {"email": "b@example.com", "name": "Ben", "n": 1}]),
        ({"items": {"email": ["a@example.com", "b@example.com"], "company": ["X", ""]}, "id": 1},
         [{"email": "a@example.com", "company": "X"}, {"email": "b@example.com", "company": ""}]),
        ({"emails": ["a@example.com", "b@example.com"], "names": ["Ann", "Ben"]},
         [{"emails": "a@example.com", "names": "Ann"}, {"emails": "b@example.com", "names": "Ben"}]),
        ({"email": ["a@example.com", "", "b@example.com"], "job": ["X", "Y", "Z"]},
         [{"email": "a@example.com", "job": "X"}, {"email": "", "job": "Y"}, {"email": "b@example.com", "job": "Z"}]),
    ],
)  # fmt: skip
def test_parallel_lists_are_line_items(content: Any, expected: list[Any]) -> None:
    """Lists of equal length are zipped, single values are copied to each person, other lists are left out."""
    assert [person.document for person in people(content)] == expected


@pytest.mark.parametrize(
    "content",
    [
        {"email": ["a@example.com", "b@example.com"], "name": "Ann", "topics": ["x", "y"]},
        {"email": ["a@example.com", "a@example.com"], "name": ["Ann", "Lee"]},
        {"email": ["a@example.com", "later"], "name": ["Ann", "Ben"]},
    ],
)
def test_other_lists_are_not_line_items(content: Any) -> None:
    """Several addresses of one person, or the same address twice."""
    assert [person.document for person in people(content)] == [content]


WORDS = st.sampled_from(["users", "rows", "data", "result", "teilnehmer", "x", "page", "payload", "batch"])
STAFF = st.dictionaries(st.sampled_from(["owner", "updated_by", "organizer"]), st.just(C), max_size=1)
NEIGHBOURS = st.dictionaries(
    st.sampled_from(["count", "page", "title", "name", "role", "plan", "next", "form", "tags"]),
    st.sampled_from([2, "Spring list", True, None, {"title": "Spring", "id": 5}, ["x", "y"]]),
    max_size=4,
)


def submit(content: Any) -> Reading:
    numbers = count()
    return read(event(content), source(custom_fields=["*"]), lambda: str(next(numbers)))


@st.composite
def bodies(draw: st.DrawFn) -> tuple[int, Any]:
    """A body with k people in a random shape."""
    k = draw(st.integers(2, 5))
    shape = draw(st.sampled_from(["plain", "nested", "names", "questions"]))
    items: list[Any] = []
    for number in range(k):
        email, name = f"p{number}@example.com", f"P{number} Person"
        items.append(
            {
                "plain": {"email": email, "name": name},
                "nested": {"id": number, "profile": {"e-mail": email, "name": name}},
                "names": {"E-Mail": email, "first_name": f"P{number}", "last_name": "Person"},
                "questions": {"answers": [{"label": "Email", "value": email}, {"label": "Your name", "value": name}]},
            }[shape]
        )
    form = draw(st.sampled_from(["list", "ids", "edges", "columns"]))
    body: Any = items
    if form == "ids":
        body = {f"id_{number}": item for number, item in enumerate(items)}
    elif form == "edges":
        body = {"edges": [{"node": item} for item in items]}
    elif form == "columns":
        body = {"email": [f"p{n}@example.com" for n in range(k)], "name": [f"P{n} Person" for n in range(k)]}
    for word in draw(st.lists(WORDS, max_size=4)):
        body = {**draw(NEIGHBOURS), **draw(STAFF), word: body}
    return k, body


@given(bodies())
def test_k_people_become_k_leads(sample: tuple[int, Any]) -> None:
    """Or the answer reports a problem. No lead has another person's address or name."""
    k, body = sample
    found = submit(body)
    if not found.problems():
        assert len(found.messages) == k
    for message in found.messages:
        lead = message.lead
        number = lead["email"].removesuffix("@example.com").removeprefix("p")
        assert (lead["email"], lead["firstName"]) == (f"p{number}@example.com", f"P{number}")
        assert lead["lastName"] == "Person"
        assert "@" not in json.dumps(lead.get("customFields", {}))
