"""Which leads an error body seems to mean, in every shape that was seen in the wild and in many that were not."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads.search.hints import Hints, hints
from leads.search.refusal.echoes import MAX_NUMBERS
from leads.search.refusal.prose import MAX_PROSE
from leads_cli.sandbox import SHAPES as SANDBOX_SHAPES
from leads_cli.sandbox.faults.validation import RefusedBatch, invalid_leads
from tests.error_bodies import FIRST_ONLY, SHAPES
from tests.odd_bodies import LEADS, NAMED, NO_HINTS, NUMBERED, PAIRED
from tests.refused import refused
from tests.simulated import rows

# Numbers where a reader of numbers might fall for them.
_ADDRESSES = (
    "lead{}@example.com",
    "{}@example.com",
    "42@{}.example",
    "row.{}@leads.example",
    "o'brien+{}@example.org",
    "lead{}.example.com",
    "not-an-address-{}",
)
_NAMES = st.sampled_from(["3M", "Studio 54", "Row 7 Ltd", "Lead 3", "Ava", "Index", "2"]) | st.text(max_size=8)


def counted_from_zero(content: Any, leads: Sequence[Mapping[str, Any]]) -> set[int]:
    """The rows that a refusal seems to mean, if the server counts from 0."""
    found = hints(content, leads)
    elsewhere = {number for number, row in found.pairs if number != row}
    return {row for row in found.named | (found.indexed - elsewhere) if row < len(leads)}


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[dict[str, Any]], set[int]]:
    """Leads with addresses of their own, and those of them that are bad: some and not all."""
    size = draw(st.integers(2, 14))
    leads: list[dict[str, Any]] = []
    for row in range(size):
        lead: dict[str, Any] = {"email": draw(st.sampled_from(_ADDRESSES)).format(row)}
        lead |= draw(st.dictionaries(st.sampled_from(["firstName", "company", "plan"]), _NAMES, max_size=3))
        if draw(st.booleans()):
            lead["customFields"] = {"age": draw(st.integers(0, size)), "tags": [draw(_NAMES)]}
        leads.append(lead)
    bad = draw(st.sets(st.integers(0, size - 1), min_size=1, max_size=size - 1))
    return leads, bad


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_an_honest_server_is_understood(shape: str, base: int) -> None:
    """Whether it counts from 0 or from 1: the bad rows are meant, and no others."""
    leads = [{"email": text.format(row), "company": "3M"} for row, text in enumerate(_ADDRESSES)]
    assert _meant(shape, leads, {1, 3, 6}, base) == ({1} if shape in FIRST_ONLY else {1, 3, 6})


@settings(max_examples=300, deadline=None)
@given(batches(), st.sampled_from(sorted(SHAPES)), st.sampled_from([0, 1]))
def test_an_honest_server_is_understood_exactly(
    batch: tuple[list[dict[str, Any]], set[int]], shape: str, base: int
) -> None:
    """Whoever is sent, and whoever is bad of them."""
    leads, bad = batch
    assert _meant(shape, leads, bad, base) == ({min(bad)} if shape in FIRST_ONLY else bad)


def _meant(shape: str, leads: list[dict[str, Any]], bad: set[int], base: int) -> set[int]:
    """The rows that are meant, by somebody who knows how the server counts."""
    found = hints(SHAPES[shape](refused(leads, bad, base)), leads)
    assert all(number - base == row for number, row in found.pairs)
    return {*found.named, *(number - base for number in found.indexed)}


def _hints(named: set[int], indexed: set[int], pairs: set[tuple[int, int]]) -> Hints:
    return Hints(frozenset(named), frozenset(indexed), frozenset(pairs))


@pytest.mark.parametrize("body", NUMBERED)
def test_numbers_are_told_as_the_server_wrote_them(body: str) -> None:
    """Who counts from 1 names the next row: which one is meant is found out elsewhere."""
    content, numbers = NUMBERED[body]
    assert hints(content, LEADS) == _hints(set(), numbers, set())


@pytest.mark.parametrize("body", NAMED)
def test_what_is_a_leads_own_names_it(body: str) -> None:
    """An address, a place among all rows or a value of few shows whose an error is."""
    content, named = NAMED[body]
    found = hints(content, LEADS)
    assert found.named == named
    assert not found.indexed


@pytest.mark.parametrize("body", PAIRED)
def test_a_number_beside_an_echo_tells_how_the_server_counts(body: str) -> None:
    """Where an error has both, they are told as a pair."""
    content, pairs = PAIRED[body]
    assert hints(content, LEADS) == _hints({row for _, row in pairs}, {number for number, _ in pairs}, pairs)


@pytest.mark.parametrize("body", NO_HINTS)
def test_nobody_is_suspected_without_a_word(body: str) -> None:
    """A hint that contradicts itself is none, and neither is a number that happens to be there."""
    assert hints(NO_HINTS[body], LEADS) == _hints(set(), set(), set())


def test_an_address_is_believed_before_a_number() -> None:
    """Where they are of different rows, the number is no hint; that they are is told."""
    content = {"errors": [{"index": 3, "email": "lead7@example.com"}]}
    assert hints(content, LEADS) == _hints({7}, set(), {(3, 7)})


def test_an_echoed_lead_is_not_searched_for_others() -> None:
    """An address among the echoed lead's own fields accuses nobody else."""
    friend = {"email": "dora@example.net", "referrer": "lead3@example.com"}
    content = {"errors": [{"loc": ["leads", 200], "input": friend}]}
    assert hints(content, [*LEADS, friend]) == _hints({200}, {200}, {(200, 200)})


def test_a_row_without_an_address_can_be_meant() -> None:
    """What is sent need not have an address, which may be what is wrong with it."""
    leads: list[dict[str, Any]] = [{"email": "ava@example.com"}, {"firstName": "Ben"}, {"email": None}]
    content = {"detail": [{"loc": ["body", "leads", 1, "email"], "input": {"firstName": "Ben"}, "type": "missing"}]}
    assert hints(content, leads).indexed == {1}


def test_a_word_is_not_taken_for_an_address() -> None:
    """Somebody whose address is said to be `invalid` is not meant by every error with that code."""
    leads = [{"email": "ava@example.com"}, {"email": "ben@example.com"}, {"email": "invalid"}]
    content = {"errors": [{"index": 0, "code": "invalid", "message": "invalid"}, {"invalid": ["no"]}]}
    assert hints(content, leads) == _hints(set(), {0}, set())
    assert hints({"errors": [{"email": "invalid"}]}, leads) == _hints({2}, set(), set())


@pytest.mark.parametrize("leads", [[], LEADS[:1]])
def test_a_lone_row_needs_no_hint(leads: Sequence[dict[str, Any]]) -> None:
    """What is said of everybody is no hint."""
    content = {"errors": [{"index": 0, "email": "lead0@example.com"}], "valid": [False]}
    assert hints(content, leads) == _hints(set(), set(), {(0, 0)} if leads else set())


@pytest.mark.parametrize(
    ("content", "size", "found"),
    [
        # As long as the request by chance: the arguments of an error, and errors of which two are of one row.
        ({"errors": [{"message": "no", "args": ["email", None]}]}, 2, _hints(set(), set(), set())),
        ({"errors": [{"message": "no", "errors": [{}, {"email": ["no"]}]}]}, 2, _hints({1}, set(), set())),
        (
            {"errors": [{"index": 0, "error": "no"}, {"index": 0, "code": "x"}, {"index": 1, "error": "no"}]},
            3,
            _hints(set(), {0, 1}, set()),
        ),
        ({"links": [None, {"email": "no"}]}, 3, _hints(set(), set(), set())),
        # Numbers that may be statuses of HTTP.
        ({"422": "no", "message": "no"}, 500, _hints(set(), set(), set())),
        ({"errors": {"422": ["no"]}}, 500, _hints(set(), set(), set())),
        ({"errors": {"422": {"email": ["no"]}}}, 500, _hints(set(), {422}, set())),
        ({"404": "Not Found", "409": "Conflict"}, 500, _hints(set(), set(), set())),
        ({"404": "no", "3": "no"}, 500, _hints(set(), {404, 3}, set())),
    ],
)
def test_what_may_be_chance_is_no_hint(content: object, size: int, found: Hints) -> None:
    """A list of the request's length and a key that is a number below it mean rows only where more speaks for it."""
    assert hints(content, [{"email": f"lead{row}@example.com"} for row in range(size)]) == found


BAD = {3: "format", 5: "domain", 6: "company", 11: "jobTitle"}
SENT = [row.lead for row in rows(13, BAD)]
REFUSED = RefusedBatch(422, len(SENT), [*invalid_leads(SENT, refuse_duplicates=True)])
NOT_EXACT = {
    "truncated": {3, 5},
    "fastify": {3},
    "one_based_index": {4, 6, 7, 12},
    "offset_index": {5, 7, 8},
    "wrong_row": {4, 6, 7, 12},
    "contradictory": {3, 5, 6, 11},
    "wrong_echo": set[int](),
    "zod_flat": set[int](),
    "count_only": set[int](),
    "empty_list": set[int](),
    "plain_text": set[int](),
    "empty_body": set[int](),
}


@pytest.mark.parametrize("shape", sorted(SANDBOX_SHAPES))
def test_the_sandbox_is_taken_at_its_word(shape: str) -> None:
    """An honest shape means all bad leads and nobody else; wrong indexes are suspicions like any others."""
    assert counted_from_zero(SANDBOX_SHAPES[shape](REFUSED), SENT) == NOT_EXACT.get(shape, set(BAD))


def _deep(depth: int) -> object:
    content: object = {"index": 1}
    for _ in range(depth):
        content = {"errors": [content]}
    return content


MEGABYTES = {
    "a word": "a" * 5_000_000,
    "a path": "/a" * 500_000,
    "dots": "a." * 500_000,
    "addresses": "a@" * 500_000,
    "long addresses": f"{'a' * 500_000}@{'b' * 500_000}",
    "half a path": "leads[" * 160_000,
    "spaces": f"row{' ' * 1_000_000}",
    "lines": "\n" * 1_000_000,
    "quotes": "'a " * 300_000,
    "other quotes": '" a ' * 250_000,
    "brackets": "[" * 1_000_000,
    "braces": '{"a":' * 200_000,
    "marks": "_" * 1_000_000,
    "entities": "&amp;" * 200_000,
    "percents": "%41" * 330_000,
    "escapes": "\\u0041" * 160_000,
    "half a tag": "<b " * 300_000,
    "half an attribute": "<a b='" * 150_000,
    "tags": "<a>" * 330_000,
    "comments": "<!--" * 250_000,
    "addresses of pages": "https://" * 120_000,
    "chains": "->a" * 330_000,
    "cues": "same a" * 160_000,
    "more cues": "got 'x' expected " * 60_000,
    "ordinals": "1st " * 250_000,
    "a half-closed text": '[{"a":"' + '\\"' * 400_000,
    "half a list": "[{}," * 250_000,
    "no JSON": '[{"a" 1},' + "{}," * 300_000,
    "a table": "name,size\n" + "3,no\n" * 150_000,
    "a key": {"/." * 500_000: 1},
    "keys": {f"{'error' * 50}{n}": "no" for n in range(20_000)},
    "paths": [{"path": "/." * 90 + "@"}] * 5_000,
    "keys like paths": {f"{'/' * 190}{n}@": n for n in range(5_000)},
    "numbers": {"sizes": list(range(500_000))},
    "numbers in words": {"rows": "3," * 500_000},
    "empty lists": [[[]] * 1_000] * 1_000,
    "long paths": [{"loc": ["x"] * 1_000}] * 1_000,
    "nodes": {f"k{n}": {"a": [1, {"b": "no"}]} for n in range(100_000)},
    "words": ["the field 'x' is bad"] * 100_000,
    "depth": _deep(10_000),
}


@pytest.mark.parametrize("body", MEGABYTES)
def test_a_broken_body_is_read_and_means_nobody(body: str) -> None:
    """Megabytes of what a pattern might stumble over come to an end: nothing is read again and again."""
    assert hints(MEGABYTES[body], LEADS) == _hints(set(), set(), set())


def test_words_are_read_up_to_a_limit() -> None:
    """However many words there are, so much is read of them; what is said again costs nothing."""
    words = ["a" * 1_000 + f" {n}" for n in range(MAX_PROSE // 1_000 - 2)]
    assert hints([*words, "lead 3 is bad"], LEADS).indexed == {3}
    assert hints([*words * 2, "lead 3 is bad"], LEADS).indexed == {3}
    assert hints([*words, *(f"{word}b" for word in words), "lead 3 is bad"], LEADS).indexed == set()


@pytest.mark.parametrize(("times", "last"), [(MAX_NUMBERS // 200 - 1, {*range(180, 190)}), (MAX_NUMBERS // 200, set())])
def test_ranges_are_followed_up_to_a_limit(times: int, last: set[int]) -> None:
    """A few letters may mean a hundred rows, again and again: after so many numbers, a range is left out."""
    content = {"errors": [*[{"rows": "0-99 and 0-99"}] * times, {"rows": "180-189"}]}
    assert hints(content, LEADS).indexed == {*range(100), *last}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
)
# What such a body could be made of, with the names that a reader looks at.
words = st.sampled_from(
    [
        "leads[3].email",
        "/leads/0",
        "lead2@example.com",
        "no",
        "1",
        "rows 1-3",
        "first",
        "Ava",
        '[{"row": 1}]',
        "<a b='1'>",
    ]
)
names = st.sampled_from(
    ["errors", "index", "email", "value", "input", "loc", "path", "leads", "0", "7", "rows", "message", "lead", "valid"]
)
bodies = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 6) | words,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner),
    max_leaves=15,
)


@given(json | bodies, st.integers(0, 5))
def test_any_body_is_read(content: object, size: int) -> None:
    """Whatever an error body is, it names rows of the request or none, and numbers as many as there may be."""
    found = hints(content, LEADS[:size])
    assert found.named <= set(range(size))
    assert found.indexed <= set(range(size + 1))
    assert {row for _, row in found.pairs} <= set(range(size))
    assert counted_from_zero(content, LEADS[:size]) <= set(range(size))
