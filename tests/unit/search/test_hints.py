"""The leads that an error body seems to name, in the common shapes of JSON."""

from typing import Any

import pytest

from leads.search.hints import MAX_DEPTH, MAX_VALUES, hints
from tests.error_bodies import FIRST_ONLY, SHAPES, refused
from tests.odd_bodies import LEADS, UNREAD

# Addresses with numbers that might be taken for row numbers.
_ADDRESSES = (
    "lead{}@example.com", "{}@example.com", "42@{}.example", "row.{}@leads.example", "o'brien+{}@example.org",
    "lead{}.example.com", "not-an-address-{}",
)  # fmt: skip


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_the_common_shapes_are_read(shape: str, base: int) -> None:
    """With rows counted from 0 or from 1, one of the readings names exactly the bad rows."""
    leads = [{"email": text.format(row), "company": "3M"} for row, text in enumerate(_ADDRESSES)]
    bad = {1} if shape in FIRST_ONLY else {1, 3, 6}
    assert sorted(bad) in _readings(shape, leads, {1, 3, 6}, base)


def _readings(shape: str, leads: list[dict[str, Any]], bad: set[int], base: int) -> list[list[int]]:
    return [list(found) for found in hints(SHAPES[shape](refused(leads, bad, base)), leads).values()]


def _lead(row: int) -> str:
    return str(LEADS[row]["email"])


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ({"errors": [{"index": 4, "email": _lead(3)}]}, 3),
        ({"errors": [{"index": 3, "email": _lead(3)}]}, 3),
        ({"errors": [{"row": 4, "value": "Company 3"}]}, 3),
        ({"errors": [{"row": 200, "value": "tagged+news@example.com"}]}, 199),
        ({"errors": [{"row": 0, "value": "Company 0"}]}, 0),
        ({"errors": [{"record": {"index": 3, "email": _lead(3)}}]}, 3),
        ({"errors": [{"path": "leads.4.email", "errors": [{"value": _lead(3)}]}]}, 3),
        ({"errors": {"4": {"email": _lead(3)}}}, 3),
    ],
)
def test_an_echo_shows_how_the_server_counts(content: object, row: int) -> None:
    """An entry with a number and a value of its lead has one reading."""
    assert list(hints(content, LEADS).values()) == [[row]]


CONTRADICTIONS = {
    "another address": {"index": 3, "email": "stranger@elsewhere.example"},
    "an address beside a path": {"path": "leads[3].email", "value": "stranger@elsewhere.example"},
    "an address inside": {"index": 3, "errors": [{"value": "stranger@elsewhere.example"}]},
    "another lead": {"loc": ["leads", 3], "input": {"email": "x@y.example", "firstName": "Ava"}},
    "another row's value": {"index": 3, "value": "Company 9"},
    "a value of no row": {"path": "leads.9.age", "input": 17},
    "another lead's address": {"index": 3, "email": _lead(7)},
}


@pytest.mark.parametrize("entry", CONTRADICTIONS)
def test_a_contradictory_hint_is_ignored(entry: str) -> None:
    """An entry is ignored if its echoed value is not that row's, from 0 or from 1. Other entries count."""
    assert hints({"errors": [CONTRADICTIONS[entry]]}, LEADS) == {}
    both = hints({"errors": [CONTRADICTIONS[entry], {"index": 20}]}, LEADS)
    assert both == {0: [20], 1: [19]}


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"errors": [{"index": 3, "email": "is invalid"}]}, {0: [3], 1: [2]}),
        ({"errors": [{"index": 3, "value": None, "input": "", "lead": {}}]}, {0: [3], 1: [2]}),
        ({"errors": [{"index": 3, "row": 7}]}, {0: [3], 1: [2]}),
        ({"errors": [{"index": 200}]}, {1: [199]}),
        ({"errors": [{"index": 0}]}, {0: [0]}),
        ({"errors": [{"field": "company", "value": "Company 3"}]}, {"named": [3]}),
        ({"errors": [{"batch_index": 3, "error_key": "leads.3.email"}]}, {0: [3], 1: [2]}),
        ({"contactErrors": {"3": {"email": "no"}, "9": ["no"]}}, {0: [3, 9], 1: [2, 8]}),
        ({"failedUpdates": {"invalidEmails": [_lead(3), _lead(9)]}}, {"named": [3, 9]}),
        ({"message": "body/leads/3/email must be x, body/leads/9/email must be x"}, {0: [3, 9], 1: [2, 8]}),
        ({"error": f"The address {_lead(3)} is bad."}, {"named": [3]}),
        ({"errors": [{"errors": [{"index": 1}]}, {"index": 3, "tags": [{}, {"name": "no"}]}]}, {0: [1, 3], 1: [0, 2]}),
    ],
)
def test_the_parts_of_an_entry_are_read(content: object, found: dict[object, list[int]]) -> None:
    """Paths, indexes, texts, keys and echoed values are read by one rule."""
    assert hints(content, LEADS) == found


def test_other_numbers_are_not_hints() -> None:
    """An unrelated number or address names no row."""
    assert {name: found for name, body in UNREAD.items() if (found := hints(body, LEADS))} == {}


def _deep(depth: int) -> object:
    content: object = {"index": 1}
    for _ in range(depth):
        content = {"errors": [content]}
    return content


# Bodies that are slow for a bad pattern or a recursion. Reading stops after ten thousand values.
LARGE = {
    "a path": "/a" * 500_000, "addresses": "a@" * 500_000, "half a path": "leads[" * 160_000,
    "spaces": f"row{' ' * 1_000_000}", "brackets": "[" * 1_000_000, "tags": "<a>" * 330_000,
    "a key": {"/." * 500_000: 1}, "keys like paths": {f"{'/' * 190}{n}@": n for n in range(1_000)},
    "numbers": {"sizes": list(range(100_000))}, "empty lists": [[[]] * 100] * 100,
    "long paths": [{"loc": ["x"] * 1_000}] * 100, "nodes": {f"k{n}": {"a": [1, {"b": "no"}]} for n in range(2_000)},
    "depth": _deep(10_000),
}  # fmt: skip


@pytest.mark.parametrize("body", LARGE)
def test_any_large_body_is_read(body: str) -> None:
    """Reading ends for hostile bodies."""
    assert all(len(found) < len(LEADS) for found in hints(LARGE[body], LEADS).values())


def test_a_body_is_read_up_to_a_limit() -> None:
    """Values beyond a number and a depth are not read."""
    words = "no " * (MAX_VALUES - 5)
    assert hints([words, {"index": 3}], LEADS) == {0: [3], 1: [2]}
    assert hints([words, 0.5, {"index": 3}], LEADS) == {}
    assert hints(_deep(MAX_DEPTH // 2 - 1), LEADS) == {0: [1], 1: [0]}
    assert hints(_deep(MAX_DEPTH // 2), LEADS) == {}
