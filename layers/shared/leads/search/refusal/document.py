"""Documents: an error body as a structure of bounded size, whatever it is written in and however much there is of it.

Everything that reads a refusal reads such a copy, so that nobody else has to think of limits.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leads.search.refusal.salvage import unfolded

# An error body is the service's own, and about a thousand leads; these only bound what a broken one can cost.
MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 32
MAX_KEY: Final = 256
# As much as is read of an answer; three times that in all, as what is encoded twice is read twice.
MAX_TEXT: Final = 1_000_000
MAX_TEXTS: Final = 3 * MAX_TEXT
# Documents in strings in documents.
MAX_FOLDS: Final = 4

type Route = tuple[str | int, ...]
"""The keys and places that lead to a value."""


def nodes(document: Any, route: Route = ()) -> Iterator[tuple[Route, Any]]:
    """All values of a bounded document, in its order, and how one gets to each."""
    yield route, document
    if isinstance(document, dict | list):
        for key, child in document.items() if isinstance(document, dict) else enumerate(document):
            yield from nodes(child, (*route, key))


def bounded(content: Any, leave_out: Sequence[Any] = ()) -> Any:
    """A copy within the limits, with the documents inside its strings unfolded, and without a list that is known."""
    return _Copy(leave_out).of(content)


@dataclass(slots=True)
class _Copy:
    """What is left of the limits."""

    leave_out: Sequence[Any]
    nodes: int = MAX_NODES
    text: int = MAX_TEXTS

    def of(self, node: Any, depth: int = 0, folds: int = 0) -> Any:
        match node:
            case str():
                return self._of_text(node, depth, folds)
            case dict() | list() if depth >= MAX_DEPTH:
                return None
            case dict():
                return {key[:MAX_KEY]: self.of(child, depth + 1, folds) for key, child in self._some(node.items())}
            case list() if node and node == self.leave_out:
                return []
            case list():
                return [self.of(child, depth + 1, folds) for child in self._some(node)]
            case _:
                return node

    def _some[T](self, children: Iterable[T]) -> Iterator[T]:
        for child in children:
            if self.nodes <= 0:
                return
            self.nodes -= 1
            yield child

    def _of_text(self, text: str, depth: int, folds: int) -> Any:
        text = text[: min(MAX_TEXT, self.text)]
        self.text -= len(text)
        found = unfolded(text) if folds < MAX_FOLDS else None
        return text if found is None else self.of(found, depth, folds + 1)
