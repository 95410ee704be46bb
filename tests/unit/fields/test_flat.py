"""Flat answers: each under one name, whatever it was nested in, and no answer lost or turned into something else."""

from typing import Any

import pytest

from leads.errors import Unreadable
from leads.fields.flat import flat


def nested(depth: int) -> Any:
    return {"a": nested(depth - 1)} if depth else "deep"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"a": " x ", "b": "", "c": "  ", "d": None}, {"a": "x"}),
        ({"a": True, "b": False, "c": 0, "d": 1.5, "e": 2**60}, {"a": True, "b": False, "c": 0, "d": 1.5, "e": 2**60}),
        ({"a": {"b": {"c": 1}, "d": {}}}, {"a.b.c": 1}),
        ({"a": ["x", " y ", "", None]}, {"a": "x, y"}),
        ({"a": [True, 1, 1.5, "x"]}, {"a": "true, 1, 1.5, x"}),
        ({"a": ["only"]}, {"a": "only"}),
        ({"a": [7]}, {"a": 7}),
        ({"a": []}, {}),
        ({"a": ["", " ", None]}, {}),
        ({"a": [{"b": 1}]}, {"a.b": 1}),
        ({"a": [{"b": 1}, {"b": 2}]}, {"a.0.b": 1, "a.1.b": 2}),
        ({"a": ["x", {"b": 2}]}, {"a.0": "x", "a.1.b": 2}),
        ({"a": [["x", "y"], ["z"]]}, {"a.0": "x, y", "a.1": "z"}),
        ({"a": '["x", "y"]', "b": '["x", ', "c": "[x]"}, {"a": "x, y", "b": '["x",', "c": "[x]"}),
        ({"": "x", "a": {"": "y"}}, {"": "x", "a.": "y"}),
    ],
)
def test_answers_are_flat_and_keep_their_types(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """No object is ever turned into a text, no truth value into a word, and silence is no answer."""
    found = flat(content)
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"fields": [{"label": "Plan", "value": "pro"}, {"label": "E-mail", "value": ""}]}, {"fields.Plan": "pro"}),
        ({"a": [{"id": "f1", "question": "Plan?", "type": "text", "answer": 7}]}, {"a.Plan?": 7}),
        ({"f": [{"name": "topics", "values": ["x", "y"]}]}, {"f.topics": "x, y"}),
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
        ({"f": [{"label": "A", "value": 1}, {"label": "B"}]}, {"f.0.label": "A", "f.0.value": 1, "f.1.label": "B"}),
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
def test_an_answer_is_known_by_its_question(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """Where a form's questions are written out beside the answers; what is no such list stays as it is."""
    assert flat(content) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({"cv": {"filename": "cv.pdf", "url": "https://x.example/cv", "size": 5}}, {"cv": "https://x.example/cv"}),
        ({"cv": [{"name": "a", "mimeType": "image/png", "url": "https://x.example/a"}]}, {"cv": "https://x.example/a"}),
        ({"company": {"name": "Acme", "url": "https://acme.example"}},
         {"company.name": "Acme", "company.url": "https://acme.example"}),
    ],
)  # fmt: skip
def test_a_file_is_where_it_can_be_fetched(content: dict[str, Any], expected: dict[str, Any]) -> None:
    """Its name, its size and its type are no answers, and its name is nobody's."""
    assert flat(content) == expected


def test_what_hides_too_deep_is_refused() -> None:
    """Nothing that a form tool sends is nested as deep."""
    assert flat(nested(16)) == {".".join("a" * 16): "deep"}
    with pytest.raises(Unreadable, match="nested more than 16 levels deep"):
        flat(nested(17))


def test_too_many_answers_are_refused() -> None:
    """Nothing that a form tool sends is as wide."""
    with pytest.raises(Unreadable, match="more than 2000 fields"):
        flat({f"f{i}": i for i in range(2_001)})
