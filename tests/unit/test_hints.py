"""Which leads an error body seems to mean, in every shape that was seen in the wild."""

import time
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.hints import Hints, hints, suspects
from leads_cli.sandbox import SHAPES
from leads_cli.sandbox.validation import RefusedBatch, invalid_leads
from tests.error_bodies import BODIES, LEADS, NO_HINTS
from tests.simulated import rows

HONEST = set(SHAPES) - {
    "truncated", "fastify", "one_based_index", "offset_index", "wrong_row", "contradictory", "wrong_echo", "zod_flat",
    "count_only", "empty_list", "plain_text", "empty_body",
}  # fmt: skip


@pytest.mark.parametrize("shape", BODIES)
def test_a_shape_means_whom_it_names(shape: str) -> None:
    """An index, a path, a position or an address in any of these forms is understood."""
    content, meant = BODIES[shape]
    assert suspects(content, LEADS) == meant


@pytest.mark.parametrize("shape", NO_HINTS)
def test_nobody_is_suspected_without_a_word(shape: str) -> None:
    """A hint that contradicts itself is none, and neither is a number that happens to be there."""
    assert suspects(NO_HINTS[shape], LEADS) == set()


def test_an_address_is_believed_before_an_index() -> None:
    """Where the echoed address is another lead's than the index says, the address counts."""
    assert suspects({"errors": [{"index": 3, "email": "ben.example.com"}]}, LEADS) == {1}


def _hints(named: Iterable[int] = (), indexed: Iterable[int] = (), pairs: Iterable[tuple[int, int]] = ()) -> Hints:
    return Hints(frozenset(named), frozenset(indexed), frozenset(pairs))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"index": 2}, _hints(indexed={2})),
        ({"index": 4}, _hints(indexed={4})),
        ({"index": 5}, _hints()),
        ({"email": "ben.example.com"}, _hints({1})),
        ({"index": 1, "email": "ben.example.com"}, _hints({1}, {1}, {(1, 1)})),
        ({"index": 2, "email": "ben.example.com"}, _hints({1}, {2}, {(2, 1)})),
        ({"index": 3, "email": "ben.example.com"}, _hints({1}, set(), {(3, 1)})),
        ({"index": 3, "value": "gold"}, _hints(indexed={3})),
    ],
)
def test_numbers_are_told_as_the_server_wrote_them(entry: object, expected: Hints) -> None:
    """Who counts from 1 names the next row; an echo tells the true one, and beside a number how the server counts."""
    assert hints({"errors": [entry]}, LEADS) == expected


def test_an_echoed_lead_is_not_searched_for_others() -> None:
    """An address among the echoed lead's own fields accuses nobody else."""
    content = {"errors": [{"loc": ["leads", 2], "input": {**LEADS[2], "referrer": "ava@example.com"}}]}
    leads = [*LEADS[:2], {**LEADS[2], "referrer": "ava@example.com"}, LEADS[3]]
    assert suspects(content, leads) == {2}


BAD = {3: "format", 5: "domain", 6: "company", 11: "jobTitle"}
SENT = [row.lead for row in rows(13, BAD)]
REFUSED = RefusedBatch(422, len(SENT), [*invalid_leads(SENT, refuse_duplicates=True)])


@pytest.mark.parametrize("shape", sorted(HONEST))
def test_an_honest_server_is_understood_exactly(shape: str) -> None:
    """All bad leads are suspected and nobody else is."""
    assert suspects(SHAPES[shape](REFUSED), SENT) == set(BAD)


@pytest.mark.parametrize(
    ("shape", "meant"),
    [
        ("truncated", {3, 5}),
        ("fastify", {3}),
        ("one_based_index", {4, 6, 7, 12}),
        ("offset_index", {5, 7, 8}),
        ("wrong_row", {4, 6, 7, 12}),
        ("contradictory", {3, 5, 6, 11}),
        ("wrong_echo", set()),
        ("zod_flat", set()),
        ("count_only", set()),
        ("empty_list", set()),
        ("plain_text", set()),
        ("empty_body", set()),
    ],
)
def test_any_other_server_is_taken_at_its_word(shape: str, meant: set[int]) -> None:
    """Wrong indexes are suspicions like any others; what is contradicted or unsaid is none."""
    assert suspects(SHAPES[shape](REFUSED), SENT) == meant


def _deep(depth: int) -> object:
    content: object = {"index": 1}
    for _ in range(depth):
        content = {"errors": [content]}
    return content


@pytest.mark.parametrize(
    "content",
    [
        "a" * 1_000_000,
        "/a" * 500_000,
        "a@" * 500_000,
        "leads[" * 160_000,
        "leads/1" * 140_000,
        {"/." * 500_000: 1},
        [{"path": "/." * 90 + "@"}] * 5_000,
        {f"{'/' * 190}{n}@": n for n in range(5_000)},
        {str(n): {"index": n} for n in range(100_000)},
        {"rows": list(range(500_000))},
        [[[]] * 1_000] * 1_000,
        [{"loc": ["x"] * 1_000}] * 1_000,
        _deep(4_000),
    ],
    ids=range(13),
)
def test_a_broken_body_costs_little(content: object) -> None:
    """A body of a megabyte, or one that is nested deeply, is read in a blink."""
    leads = [{"email": f"lead{n}@example.com"} for n in range(1_000)]
    started = time.process_time()
    suspects(content, leads)
    assert time.process_time() - started < 1


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5),
)


@given(json)
def test_any_body_is_read(content: object) -> None:
    """Whatever an error body is, it names leads of the request or none."""
    assert suspects(content, LEADS) <= {0, 1, 2, 3}
