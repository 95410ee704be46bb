"""Answers: nested documents become flat named values, and no answer is lost or changed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.errors import Unreadable
from leads.fields.answers import Answers, read_answers
from leads.json import at
from leads.presets.provider import Titles, View, Views
from leads.presets.providers import PROVIDERS

QUESTIONS = View("q", ("value",), ("label", "key"), alias="key", kind="type", options=("options", "rows"))
LABELLED = View("q", ("value",), ("label",))
TITLED = View("a", ("@type",), ("ref",), titles=Titles("form", "id", "title", "ref"))
CHOSEN = View("c", first="main", named="email", name=("id",), value=("v",))
BOXED = View(boxes={"3": "name.first"})


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else "deep"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"a": " x ", "b": "", "c": "  ", "d": None}, {"a": "x"}), ({"a": {"b": {"c": 1}, "d": {}}}, {"a.b.c": 1}),
        ({"a": True, "b": False, "c": 0, "d": 1.5, "e": 2**60}, {"a": True, "b": False, "c": 0, "d": 1.5, "e": 2**60}),
        ({"a": ["x", " y ", "", None]}, {"a": "x, y"}), ({"a": [True, 1, 1.5, "x"]}, {"a": "true, 1, 1.5, x"}),
        ({"a": ["x", "x"], "b": [5, 5]}, {"a": "x", "b": "5, 5"}), ({"name": ["Ava", "King"]}, {"name": "Ava King"}),
        ({"a": ["only"]}, {"a": "only"}), ({"a": [7]}, {"a": 7}), ({"a": []}, {}), ({"a": ["", " ", None]}, {}),
        ({"a": [{"b": 1}]}, {"a.b": 1}), ({"a": [{"b": 1}, {"b": 2}]}, {"a.0.b": 1, "a.1.b": 2}),
        ({"a": ["x", {"b": 2}]}, {"a.0": "x", "a.1.b": 2}), ({"a": [["x", "y"], ["z"]]}, {"a.0": "x, y", "a.1": "z"}),
        ({"a": '["x", "y"]', "b": '["x", ', "c": "[x]"}, {"a": "x, y", "b": '["x",', "c": "[x]"}),
        ({"": "x", "a": {"": "y"}}, {"": "x", "a.": "y"}),
        ({"company": {"id": 5, "label": "Acme"}, "fields": {"name": {"id": 1, "label": "And you?"}}, "role": {"id": 7}},
         {"company": "Acme", "role.id": 7}),
    ],
)  # fmt: skip
def test_answers_are_flat_and_keep_their_types(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """Objects do not become text, booleans do not become words, and empty values are left out."""
    found = read_answers(content).fields
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"fields": [{"label": "Plan", "value": "pro"}, {"label": "E-mail", "value": ""}]}, {"fields.Plan": "pro"}),
        ({"a": [{"id": "f1", "question": "Plan?", "type": "text", "answer": 7}]}, {"a.Plan?": 7}),
        ({"f": [{"text": "A", "answer": "pro"}, {"prompt": "B", "reply": 5}]}, {"f.A": "pro", "f.B": 5}),
        ({"f": {"q1": {"questionText": "Plan?", "answerText": "pro"}}}, {"f.Plan?": "pro"}),
        ({"f": [{"question": {"id": 1, "title": "Plan?"}, "answer": {"value": "pro"}}]}, {"f.Plan?.value": "pro"}),
        ({"f": [{"question": {"id": {"title": "A"}}, "answer": 7}]}, {"f.question.id.title": "A", "f.answer": 7}),
        ({"Fields": [{"Name": "Plan", "Value": "pro"}, {"Name": "Team", "Value": None}]}, {"Fields.Plan": "pro"}),
        ({"f": [{"name": "topics", "values": ["x", "y"]}]}, {"f.topics": "x, y"}),
        ({"f": [{"name": "plan", "answer": {"id": "a", "label": "pro"}}]}, {"f.plan": "pro"}),
        ({"f": [{"name": "plan", "answer": {"id": "a"}}]}, {"f.plan.id": "a"}),
        ({"f": [{"type": "email", "email": "a@example.com", "field": {"id": "x", "title": "Your e-mail"}}]},
         {"f.Your e-mail": "a@example.com"}),
        ({"f": [{"label": "Kontakt", "name": "email", "value": "x"}]}, {"f.email": "x"}),
        ({"f": {"f_1": {"label": "Plan", "value": "pro"}, "f_2": {"value": 2}}}, {"f.Plan": "pro", "f.f_2": 2}),
        ({"plan": {"value": "pro", "versions": [{"value": "free"}]}}, {"plan": "pro"}),
        ({"f": [{"label": "Name", "value": {"first": "Ava", "last": "King"}}]},
         {"f.Name.first": "Ava", "f.Name.last": "King"}),
        ({"f": [{"label": "Name", "value": "A. King", "first": "Ava"}]}, {"f.Name": "A. King", "f.Name.first": "Ava"}),
        ({"f": [{"label": "A", "value": 1}, {"label": "A", "value": 2}]}, {"f.A": 1, "f.1.A": 2}),
        ({"f": {"x": {"label": "A", "value": 1}, "y": {"label": "A", "value": 2}}}, {"f.A": 1, "f.y.A": 2}),
        ({"f": [{"id": 1, "value": "x"}, {"id": 2, "value": "y"}]},
         {"f.0.id": 1, "f.0.value": "x", "f.1.id": 2, "f.1.value": "y"}),
        ({"f": [{"label": "A", "value": 1}, {"label": "B"}]}, {"f.A": 1}),
        ({"f": [{"title": "A", "answer": 1}, {"title": "G", "response": [["x"], ["y"]]}]},
         {"f.A": 1, "f.G.0": "x", "f.G.1": "y"}),
        ({"f": [{"title": ["A"], "kind": "text"}, {"title": ["B"], "kind": "text"}], "g": 1}, {"g": 1}),
        ({"f": [{"label": "A", "value": 1}, {"name": "x", "size": 2}]}, {"f.A": 1, "f.1.name": "x", "f.1.size": 2}),
        ({"f": {"q": {"label": "A", "required": True}, "plan": "pro"}}, {"f.plan": "pro"}),
        ({"deal": {"name": "Big", "value": 5}, "x": 1}, {"deal.name": "Big", "deal.value": 5, "x": 1}),
        ({"f": {"mail": {"title": "E-mail", "value": "x"}, "n": 1}}, {"f.E-mail": "x", "f.n": 1}),
        ({"f": [{"title": "1", "answers": {"plan": "pro"}}, {"title": "2", "answers": [{"label": "A", "value": 1}]}]},
         {"f.0.title": "1", "f.0.answers.plan": "pro", "f.1.title": "2", "f.1.answers.A": 1}),
        ({"lead": {"value": 9, "mail": "ava@example.com"}}, {"lead.value": 9, "lead.mail": "ava@example.com"}),
        ({"lead": {"name": "Ava", "value": 9, "emails": ["ava@example.com"]}},
         {"lead.name": "Ava", "lead.value": 9, "lead.emails": "ava@example.com"}),
        ({"lead": {"name": "Ava", "value": 9, "contact": {"mail": "ava@example.com"}}},
         {"lead.name": "Ava", "lead.value": 9, "lead.contact.mail": "ava@example.com"}),
        ({"form": {"title": "Demo", "answers": {"plan": "pro"}}}, {"form.title": "Demo", "form.answers.plan": "pro"}),
        ({"form": {"title": "Demo", "answers": [{"question": "Plan", "answer": "pro"}]}},
         {"form.title": "Demo", "form.answers.Plan": "pro"}),
    ],
)  # fmt: skip
def test_an_answer_is_named_by_its_question(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """In a list of questions with answers. Other lists stay as they are."""
    assert read_answers(content).fields == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"cv": {"filename": "cv.pdf", "url": "https://x.example/cv", "size": 5}}, {"cv": "https://x.example/cv"}),
        ({"cv": [{"name": "a", "mimeType": "image/png", "url": "https://x.example/a"}]}, {"cv": "https://x.example/a"}),
        ({"company": {"name": "Acme", "url": "https://acme.example"}},
         {"company.name": "Acme", "company.url": "https://acme.example"}),
    ],
)  # fmt: skip
def test_a_file_is_its_url(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """A file's name, size and type are not answers."""
    assert read_answers(content).fields == expected


def test_too_deep_or_too_wide_is_refused() -> None:
    """No form tool nests that deep or sends that many fields."""
    assert read_answers(nested(16)).fields == {".".join("a" * 16): "deep"}
    with pytest.raises(Unreadable, match="nested more than 16 levels deep"):
        read_answers(nested(17))
    with pytest.raises(Unreadable, match="more than 2000 fields"):
        read_answers({f"f{i}": i for i in range(2_001)})
    with pytest.raises(Unreadable, match="more than 2000 fields"):
        read({"p": {str(i): i + 1 for i in range(3_000)}}, View("p"))


def read(document: dict[str, Any], *views: View) -> Answers:
    return read_answers(document, (views,))


@pytest.mark.parametrize(
    ("document", "path", "expected"),
    [
        ({"a": {"b": 1}}, "a.b", 1), ({"a.b": 1, "a": {"b": 2}}, "a.b", 1), ({"a": {"b.c": 1}}, "a.b.c", 1),
        ({"a": [{"b": 1}]}, "a.0.b", 1), ({"a": 1}, "", {"a": 1}), ({"a": [1]}, "a.1", None),
        ({"a": [1]}, "a.-1", None), ({"a": [1]}, "a.x", None), ({"a": "text"}, "a.b", None), ({"a": None}, "a", None),
        ({}, "a", None), ([], "a", None),
    ],
)  # fmt: skip
def test_a_path_finds_a_value_or_none(document: Any, path: str, expected: Any) -> None:
    """Numbers are positions in lists, and a key may contain dots."""
    assert at(document, path) == expected


@pytest.mark.parametrize(
    ("view", "document", "values"),
    [
        (View("p"), {"p": {"a": 1, "b": None, "c": "", "d": {}, "e": []}}, {"a": 1}),
        (View("p", pick=frozenset({"a"})), {"p": {"a": 1, "b": 2}}, {"a": 1}),
        (View("p", drop=frozenset({"a"})), {"p": {"a": 1, "b": 2}}, {"b": 2}),
        (View("p", strip=r"q(\d+)_(.+?)\1?"), {"p": {"q1_a": 1, "q2_a2": 2, "x": 3}}, {"a": 1, "q2_a2": 2}),
        (View("p", split="||"), {"p": {"a": "x||y", "b": "z", "c": 1}}, {"a": "x, y", "b": "z", "c": 1}),
        (View("p", ("value",)), {"p": {"a": {"value": 1}, "b": 2, "c": {}}}, {"a": 1, "b": 2}),
        (View("p", ("x", "y")), {"p": {"a": {"y": 1}, "b": {"x": 2, "y": 3}}}, {"a": 1, "b": 2}),
        (QUESTIONS, {"q": [{"label": "L", "key": "k", "value": 1}, "text", {"value": 2}]}, {"L": 1}),
        (QUESTIONS, {"q": [{"label": " ", "key": "k", "value": 1}]}, {"k": 1}),
        (QUESTIONS, {"q": [{"label": "L", "key": k, "value": k} for k in "abb"]}, {"L": "a", "b": "b"}),
        (QUESTIONS, {"q": [{"label": "L", "value": ["i", 5], "options": [{"id": "i", "text": "T"}]}]}, {"L": "T, 5"}),
        (QUESTIONS, {"q": [{"label": "L", "value": "i", "options": [{"id": "i", "text": "T"}, "x"]}]}, {"L": "T"}),
        (QUESTIONS, {"q": [{"label": "L", "value": 5, "options": [{"id": "i", "text": "T"}]}]}, {"L": 5}),
        (QUESTIONS, {"q": [{"label": "L", "value": {"r": ["i"], "s": "i"}, "options": [{"id": "i", "text": "T"}],
                            "rows": [{"id": "r", "text": "R"}]}]}, {"L.R": "T", "L.s": "T"}),
        (LABELLED, {"q": [{"label": "L", "value": {"labels": ["x"], "other": "y"}}]}, {"L": "x, y"}),
        (LABELLED, {"q": [{"label": "L", "value": {"labels": ["x"]}}]}, {"L": "x"}),
        (LABELLED, {"q": [{"label": "L", "value": {"label": "x"}}]}, {"L": "x"}),
        (LABELLED, {"q": [{"label": "L", "value": {"other": "y"}}]}, {"L": "y"}),
        (LABELLED, {"q": [{"label": "L", "value": {"n": 1}}]}, {"L.n": 1}),
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
    """By key or by title, from a list or an object. Blank values are left out."""
    assert read(document, view).fields == values


def test_other_names_and_kinds_are_kept() -> None:
    """A configuration may use a question's key. The provider marks addresses and hidden fields."""
    assert read_answers({"f": [{"label": "E-mail", "type": "hidden", "value": "x"}]}).kinds == {"f.E-mail": "hidden"}
    found = read(
        {"q": [{"label": "L", "key": "k", "type": "email", "value": 1}, {"label": "M", "value": 2}]}, QUESTIONS
    )
    assert (found.aliases["k"], found.kinds) == ("L", {"L": "email"})


def test_the_first_view_wins() -> None:
    """A later view adds only the answers that the first one lacks."""
    document = {"a": {"x": 1, "y": ""}, "b": {"x": 2, "y": 3}}
    assert read(document, View("a"), View("b")).fields == {"x": 1, "y": 3}


@pytest.mark.parametrize(
    ("document", "values"),
    [
        ({"new": {"x": 1}, "old": {"x": 2}}, {"x": 1}),
        ({"old": {"x": 2}}, {"x": 2}),
        ({"new": {}, "old": {"x": 2}}, {}),
        ({"new": "text", "other": 1}, {"new": "text", "other": 1}),
    ],
)
def test_an_empty_part_is_not_replaced(document: dict[str, Any], values: dict[str, Any]) -> None:
    """If the place of the answers is empty, no address is taken from elsewhere in the event."""
    assert read_answers(document, ((View("new"),), (View("old"),))).fields == values


@pytest.mark.parametrize(
    ("views", "values"),
    [
        (((View("new"), View("", pick=frozenset({"x"}))), (View("old"),)), {"y": 2}),
        (((View("new"), View("", drop=frozenset({"old"}))), (View("old"),)), {"x": 1}),
    ],
)
def test_the_event_itself_is_always_present(views: Views, values: dict[str, Any]) -> None:
    """A view that picks only some members counts as absent."""
    assert read_answers({"x": 1, "old": {"y": 2}}, views).fields == values


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
    """Any content of a provider's parts gives named answers without an error."""
    parts = {view.path.partition(".")[0] for views in PROVIDERS[name].views for view in views}
    found = read_answers({**dict.fromkeys(parts, inner), "other": other}, PROVIDERS[name].views)
    assert all(isinstance(key, str) for key in found.fields)
