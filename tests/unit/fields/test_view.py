"""Views: where in an event the answers are, and what happens where they are not."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.fields.view import Answers, answers, at
from leads.presets.provider import Boxes, Titles, View, Views
from leads.presets.providers import PROVIDERS

QUESTIONS = View("q", ("value",), ("label", "key"), alias="key", kind="type", options=("options", "rows"))
LABELLED = View("q", ("value",), ("label",))
TITLED = View("a", ("@type",), ("ref",), titles=Titles("form", "id", "title", "ref", "within"))
CHOSEN = View("c", first="main", named="email", name=("id",), value=("v",))
BOXED = View(boxes=Boxes({"3": "name.first"}, unless="1"))


def read(document: dict[str, Any], *views: View) -> Answers:
    return answers(document, (views,))


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        ({"a.b": 1, "a": {"b": 2}}, "a.b", 1),
        ({"a": {"b.c": 1}}, "a.b.c", 1),
        ({"a": [{"b": 1}]}, "a.0.b", 1),
        ({"a": [1]}, "a.1", None),
        ({"a": [1]}, "a.-1", None),
        ({"a": [1]}, "a.x", None),
        ({"a": "text"}, "a.b", None),
        ({"a": None}, "a", None),
        ({}, "a", None),
        ([], "a", None),
        ({"a": 1}, "", {"a": 1}),
    ],
)
def test_a_path_leads_somewhere_or_nowhere(document: Any, path: str, expected: Any) -> None:
    """Numbers are places in lists, and a key may have dots in it."""
    assert at(document, path) == expected


@pytest.mark.parametrize(
    ("view", "document", "values"),
    [
        (View("p"), {"p": {"a": 1, "b": None, "c": "", "d": {}, "e": []}}, {"a": 1}),
        (View("p", pick=frozenset({"a"})), {"p": {"a": 1, "b": 2}}, {"a": 1}),
        (View("p", drop=frozenset({"a"})), {"p": {"a": 1, "b": 2}}, {"b": 2}),
        (View("p", strip=r"q(\d+)_(.+?)\1?"), {"p": {"q1_a": 1, "q2_a2": 2, "x": 3}}, {"a": 1, "q2_a2": 2}),
        (View("p", split="||"), {"p": {"a": "x||y", "b": "z", "c": 1}}, {"a": ["x", "y"], "b": ["z"], "c": 1}),
        (View("p", ("value",)), {"p": {"a": {"value": 1}, "b": 2, "c": {}}}, {"a": 1, "b": 2}),
        (View("p", ("x", "y")), {"p": {"a": {"y": 1}, "b": {"x": 2, "y": 3}}}, {"a": 1, "b": 2}),
        (QUESTIONS, {"q": [{"label": "L", "key": "k", "value": 1}, "text", {"value": 2}]}, {"L": 1}),
        (QUESTIONS, {"q": [{"label": " ", "key": "k", "value": 1}]}, {"k": 1}),
        (QUESTIONS, {"q": [{"label": "L", "key": k, "value": k} for k in "abb"]}, {"L": "a", "b": "b"}),
        (QUESTIONS, {"q": [{"label": "L", "value": ["i", 5], "options": [{"id": "i", "text": "T"}]}]}, {"L": ["T", 5]}),
        (QUESTIONS, {"q": [{"label": "L", "value": "i", "options": [{"id": "i", "text": "T"}, "x"]}]}, {"L": "T"}),
        (QUESTIONS, {"q": [{"label": "L", "value": 5, "options": [{"id": "i", "text": "T"}]}]}, {"L": 5}),
        (QUESTIONS, {"q": [{"label": "L", "value": {"r": ["i"], "s": "i"}, "options": [{"id": "i", "text": "T"}],
                            "rows": [{"id": "r", "text": "R"}]}]}, {"L": {"R": ["T"], "s": "T"}}),
        (LABELLED, {"q": [{"label": "L", "value": {"labels": ["x"], "other": "y"}}]}, {"L": ["x", "y"]}),
        (LABELLED, {"q": [{"label": "L", "value": {"labels": ["x"]}}]}, {"L": ["x"]}),
        (LABELLED, {"q": [{"label": "L", "value": {"label": "x"}}]}, {"L": "x"}),
        (LABELLED, {"q": [{"label": "L", "value": {"other": "y"}}]}, {"L": "y"}),
        (LABELLED, {"q": [{"label": "L", "value": {"n": 1}}]}, {"L": {"n": 1}}),
        (TITLED, {"a": [{"type": "t", "t": 1, "ref": "1"}], "form": [{"id": "1", "title": "T"}]}, {"T": 1}),
        (TITLED, {"a": [{"type": "t", "t": 1, "ref": 2}], "form": [{"within": [{"id": "2", "title": "U"}]}]}, {"U": 1}),
        (TITLED, {"a": [{"type": "t", "t": 1, "ref": "3"}],
                  "form": [{"within": [{"within": [{"id": "3", "title": "V"}]}]}]}, {"V": 1}),
        (TITLED, {"a": [{"type": "t", "t": 1, "ref": "1"}], "form": "none"}, {"1": 1}),
        (TITLED, {"a": [{"t": 1, "ref": "1"}, {"type": 5, "ref": "2"}], "form": [{"id": "1"}]}, {}),
        (CHOSEN, {"c": [{"id": "1", "v": "a"}, {"id": "2", "v": "b"}], "main": "2"}, {"email": "b"}),
        (CHOSEN, {"c": [{"id": "1", "v": "a"}, {"id": "2", "v": "b"}], "main": None}, {"email": "a"}),
        (BOXED, {"1.3": "A", "2.3": "x", "2.1": ""}, {"name.first": "A", "2.3": "x"}),
        (BOXED, {"x.3": "y", "1.9": "z"}, {"x.3": "y", "1.9": "z"}),
        (BOXED, {"1.3": "A", "7.3": "B"}, {"name.first": "A", "7.3": "B"}),
    ],
)  # fmt: skip
def test_members_become_answers(view: View, document: dict[str, Any], values: dict[str, Any]) -> None:
    """By key or by title, of a list or of an object; what was left blank is none."""
    expected = {name: value for name, value in values.items() if value not in ("", None)}
    found = {name: value for name, value in read(document, view).values.items() if value not in ("", None)}
    assert found == expected


def test_other_names_and_kinds_are_kept() -> None:
    """A configuration may use the key, and the provider says what holds an address."""
    found = read(
        {"q": [{"label": "L", "key": "k", "type": "email", "value": 1}, {"label": "M", "value": 2}]}, QUESTIONS
    )
    assert (found.aliases["k"], found.kinds) == ("L", {"L": "email"})


def test_the_first_view_wins() -> None:
    """Unless it has no answer of that name."""
    document = {"a": {"x": 1, "y": ""}, "b": {"x": 2, "y": 3}}
    assert read(document, View("a"), View("b")).values == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ({"new": {"x": 1}, "old": {"x": 2}}, {"x": 1}),
        ({"old": {"x": 2}}, {"x": 2}),
        ({"new": {}, "old": {"x": 2}}, {}),
        ({"new": "text", "other": 1}, {"new": "text", "other": 1}),
    ],
)
def test_a_blank_part_is_not_made_up_for(document: dict[str, Any], values: dict[str, Any]) -> None:
    """Where the answers belong and are none, nobody's address is picked up elsewhere in the event."""
    assert answers(document, ((View("new"),), (View("old"),))).values == values


@pytest.mark.parametrize(
    ("views", "values"),
    [
        (((View("new"), View("", pick=frozenset({"x"}))), (View("old"),)), {"y": 2}),
        (((View("new"), View("", drop=frozenset({"old"}))), (View("old"),)), {"x": 1}),
    ],
)
def test_the_event_itself_is_always_there(views: Views, values: dict[str, Any]) -> None:
    """Unless only some of its members are picked, which then belong to a part that is not."""
    assert answers({"x": 1, "old": {"y": 2}}, views).values == values


def test_a_part_is_read_up_to_a_limit() -> None:
    """An object with more members than any form has questions was made to waste time."""
    assert len(read({"p": {str(i): i + 1 for i in range(3_000)}}, View("p")).values) == 2_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["data", "fields", "value", "type", "id", "label", "options", "1.3", "a.b", "answers"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(st.sampled_from(sorted(PROVIDERS)), JSON, JSON)
def test_any_document_is_read(name: str, inner: Any, other: Any) -> None:
    """Whatever a part turns out to be: named answers, and no error."""
    parts = {view.path.partition(".")[0] for views in PROVIDERS[name].views for view in views}
    found = answers({**dict.fromkeys(parts, inner), "other": other}, PROVIDERS[name].views)
    assert all(isinstance(key, str) for key in found.values)
