"""The number of requests that a search needs, with no good lead rejected."""

import math
from collections.abc import Callable, Sequence
from random import Random
from statistics import mean

import pytest

from leads.request.batch import Row
from leads.request.reply import Reply
from tests.error_bodies import SHAPES, Shape, refused
from tests.odd_bodies import READ
from tests.simulated import Run, Service, counts, deliver, refusal, rows

type ErrorBody = Callable[[list[int], Sequence[Row]], object]
"""Makes a refused request's body from the positions of its bad rows and its rows."""


def refusing(bad_rows: Sequence[Row], error_body: ErrorBody) -> Service:
    """A service that refuses a request as a whole for one bad row."""
    bad = {id(row) for row in bad_rows}

    def service(sent: Sequence[Row]) -> Reply:
        places = [place for place, row in enumerate(sent) if id(row) in bad]
        return refusal(error_body(places, sent)) if places else counts(len(sent))

    return service


def search(size: int, bad: Sequence[int], error_body: ErrorBody) -> Run:
    batch = rows(size, {})
    run = deliver(batch, refusing([batch[index] for index in bad], error_body))
    assert [index for index, letter in enumerate(run.kinds) if letter == "R"] == sorted(bad)
    assert run.kinds.count("A") == size - len(bad)
    return run


def drawn(size: int, bad: int, number: int) -> list[list[int]]:
    """Random sets of bad rows, the same in every run."""
    chance = Random(size * bad)  # noqa: S311 - a simulation
    return [chance.sample(range(size), bad) for _ in range(number)]


def silent(_: list[int], __: Sequence[Row]) -> object:
    return {"errors": []}


def most(size: int, bad: int) -> float:
    """For d bad leads among n: 1.1 log2 C(n, d) + 0.75 d + 6 requests."""
    return 1.1 * math.log2(math.comb(size, bad)) + 0.75 * bad + 6


@pytest.mark.parametrize(
    ("size", "bad", "draws"), [(1_000, 1, 5), (1_000, 10, 5), (1_000, 50, 1), (500, 25, 2), (100, 1, 10), (100, 25, 5)]
)
def test_the_requests_without_hints_are_near_the_theoretical_minimum(size: int, bad: int, draws: int) -> None:
    """On average, for any batch size and share of bad leads."""
    assert mean(len(search(size, each, silent).requests) for each in drawn(size, bad, draws)) <= most(size, bad)


def test_bad_leads_side_by_side_cost_no_more() -> None:
    """Such as those of one imported list."""
    assert len(search(1_000, range(480, 520), silent).requests) <= most(1_000, 40)


FEW = [*drawn(200, 4, 1), [196, 197, 198, 199]]
ONE_OR_TWO: dict[str, ErrorBody] = {
    "the first only, from one": lambda places, _: {"error": {"row": places[0] + 1, "message": "invalid"}},
    "the last only": lambda places, _: {"error": f"body/leads/{places[-1]}/email must match"},
    "two at most, from one": lambda places, _: {"errors": [{"index": place + 1} for place in places[:2]]},
}


def as_shape(shape: Shape, base: int) -> ErrorBody:
    return lambda places, sent: shape(refused([row.lead for row in sent], places, base))


@pytest.mark.parametrize("base", [0, 1])
@pytest.mark.parametrize("shape", SHAPES)
def test_correct_hints_cost_ten_requests_for_four_bad_leads(shape: str, base: int) -> None:
    """Among 200, in every common shape, from 0 or from 1, also with one bad lead per answer."""
    assert max(len(search(200, each, as_shape(SHAPES[shape], base)).requests) for each in FEW) <= 10


@pytest.mark.parametrize("shape", ONE_OR_TWO)
def test_hints_of_a_server_that_stops_early(shape: str) -> None:
    """A validator may name only the first bad leads."""
    assert max(len(search(200, each, ONE_OR_TWO[shape]).requests) for each in [*FEW, [0, 1, 2, 3]]) <= 10


@pytest.mark.parametrize("body", READ)
def test_misleading_bodies_cost_no_more_than_empty_ones(body: str) -> None:
    """The search stays within the bound, and no good lead is rejected."""
    costs = [len(search(200, each, lambda _, __: READ[body]).requests) for each in FEW]
    assert mean(costs) <= most(200, 4)


def test_hints_and_group_testing_combine() -> None:
    """Named leads cost a request each, and the others are found as without hints."""
    named = set(range(0, 1_000, 100))
    hidden = [55, 555]
    batch = rows(1_000, {})
    places = {id(row): index for index, row in enumerate(batch)}

    def error_body(bad: list[int], sent: Sequence[Row]) -> object:
        return {"errors": [{"index": place} for place in bad if places[id(sent[place])] in named]}

    run = deliver(batch, refusing([batch[index] for index in [*named, *hidden]], error_body))
    assert {index for index, letter in enumerate(run.kinds) if letter == "R"} == {*named, *hidden}
    assert len(run.requests) <= len(named) + 2 + most(990, 2)
