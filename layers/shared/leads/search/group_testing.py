"""Group testing: how many leads to send next, so that the answer gives the most information.

A request tests a group: if it is accepted, none of its leads is bad; if it is refused, at least one is. The best group
is as likely to be refused as not: large if bad leads are rare, a single lead if they are common. The share of bad leads
(the prevalence) is estimated from the answers by Bayes' rule over a grid of shares; small shares are likelier at first.

The groups are nested, as Sobel and Groll have them (Bell System Technical Journal 38, 1959): a refused group is split
until one bad lead is left, and the split-off leads count as unknown again.
"""

import math
from bisect import bisect
from typing import Final

# Beyond a share of 0.38 nothing is better than asking one by one (Ungar 1960), whatever the share is.
_LARGEST: Final = 0.5
# Finer steps than a half-octave change no group by more than a lead or two.
_STEP: Final = math.sqrt(0.5)
_EVEN: Final = 0.5


class Prevalence:
    """The estimated share of bad leads among `size`, updated with each answer."""

    def __init__(self, size: int) -> None:
        # Down to half a lead of the whole.
        number = max(1, math.ceil(math.log(1 / (2 * size * _LARGEST), _STEP)))
        shares = [_LARGEST * _STEP**step for step in range(number)]
        self._logs_good = [math.log1p(-share) for share in shares]
        # A hundred times fewer bad leads are ten times as likely: it saves two requests where one lead is bad, which
        # is the commonest case, and costs none where many are.
        self._weights = _normal([1 / math.sqrt(share) for share in shares])

    def learn(self, asked: int, *, clean: bool, among: int | None = None) -> None:
        """Learn from an answer about a group. With `among` it was part of so many leads, at least one of them bad."""
        chances = self._chances(asked, among)
        likely = chances if clean else [1 - chance for chance in chances]
        weights = [weight * chance for weight, chance in zip(self._weights, likely, strict=True)]
        # Contradicting answers can make every share impossible: then nothing is learnt.
        if any(weights):
            self._weights = _normal(weights)

    def group(self, most: int, among: int | None = None) -> int:
        """How many leads to ask about, from one to `most`: so many that they are as likely to be all good as not."""
        size = bisect(range(1, most + 1), -_EVEN, key=lambda asked: -self._clean(asked, among)) or 1
        is_nearer = size < most and self._clean(size, among) + self._clean(size + 1, among) > 2 * _EVEN
        return size + 1 if is_nearer else size

    def _clean(self, asked: int, among: int | None) -> float:
        return math.sumprod(self._weights, self._chances(asked, among))

    def _chances(self, asked: int, among: int | None) -> list[float]:
        """By each share the probability that none of a group is bad."""
        logs = self._logs_good
        if among is None:
            return [math.exp(log * asked) for log in logs]
        # One of `among` is bad: the part is clean where the bad ones are all in the rest.
        return [math.exp(log * asked) * math.expm1(log * (among - asked)) / math.expm1(log * among) for log in logs]


def _normal(weights: list[float]) -> list[float]:
    total = sum(weights)
    return [weight / total for weight in weights]
