"""Field names: which of a lead's fields an error means, by a path, by the key of its message or by its words."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, pairwise
from typing import Any, Final

from leads.fields.names import MENTION, meaning
from leads.model import LEAD_FIELDS
from leads.search.refusal.document import Route, nodes
from leads.search.refusal.labels import label, squashed
from leads.search.refusal.paths import IN_TEXT, number_of, row_behind, steps_of
from leads.search.refusal.values import fields, plain, values

_MAX_READ: Final = 1_000

# Names on the way to a field that are none themselves.
_CONTAINERS: Final = frozenset(
    {
        "message", "messages", "msg", "error", "errors", "detail", "details", "reason", "description", "title", "name",
        "issues", "violations", "body", "data", "attributes", "fielderrors", "formerrors", "nonfielderrors",
        "constraints", "code", "type", "status", "value", "input", "request", "json", "customfields", "children",
        "field", "p", "h1", "html",
    }
)  # fmt: skip
_NAME: Final = re.compile(r"[A-Za-z_][\w-]{0,63}", re.ASCII)
_WORD: Final = re.compile(r"[\w-]+")
# How a sentence names a field that is not the lead's: `"phone" is required`, `missing field: phone`, `the phone field`.
_IN_SENTENCE: Final = re.compile(
    r"""\A["'`](?P<first>[\w.-]{1,64})["'`]\s(?:is|must|should|has|can|cannot|does|may|length)\b"""
    r"""|\b(?:field|property|attribute|parameter|column)(?:s?:\s["'`]?|\s["'`])(?P<behind>[\w.-]{1,64})"""
    r"""|(?<![\w.-])(?!(?i:required|missing|unknown|invalid|this|the)\s)["'`]?(?P<before>[\w.-]{1,64})["'`]?"""
    r"""\s(?:field|property|attribute)\b"""
    r"""|(?<![\w.-])(?P<joined>[a-z]{1,32}(?:[A-Z][a-z0-9]{1,32}|_[a-z0-9]{1,32})+)(?![\w.-])"""
)
# The address of the request, which some frameworks repeat under `path`.
_ENDPOINT: Final = re.compile(r"/?(?:api|v\d+)/")


@dataclass(frozen=True)
class FieldNames:
    """A lead's field names, as an error may write them."""

    lead: Mapping[str, Any]

    @cached_property
    def own(self) -> set[str]:
        """The lead's values, which are no names."""
        return values(self.lead)

    @cached_property
    def _fields(self) -> dict[str, str]:
        names = {squashed(name): name for name in (*fields(self.lead), *LEAD_FIELDS)}
        return {plain_name: name for plain_name, name in names.items() if plain_name not in _CONTAINERS}

    def meant(self, document: Any, route: Route, text: str) -> str | None:
        """The field that the error means that these words are part of."""
        paths = list(self._in_paths(document))
        # An error is an item of the innermost list around its words.
        error = route[: max((i + 1 for i, step in enumerate(route[:-1]) if isinstance(step, int)), default=0)]
        near = [name for where, name in paths if where[: len(error)] == error]
        keys, words = list(self._in_route(route)), list(self._in_text(text))
        far = [name for _, name in paths]
        # `{"email": ["..."]}`; in a list an unknown key is an attribute of the error.
        of_field = not any(isinstance(step, int) for step in route[:-1]) or isinstance(route[-1], int)
        known, others = self._known, self._others
        surest = chain(known(near), others(near), known(keys), known(words), others(keys if of_field else ()))
        return next(chain(surest, others(words), known(far), others(far)), None)

    def _known(self, names: Iterable[str]) -> Iterator[str]:
        """Those that are a lead's field, as a lead has them."""
        for name in names:
            if (field := self._field(name)) is not None:
                yield field

    def _others(self, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            if _NAME.fullmatch(name) and squashed(name) not in _CONTAINERS and plain(name) not in self.own:
                about = label(name)
                if not (about.list or about.row or about.rows or about.silent):
                    yield name

    def _field(self, name: str) -> str | None:
        if (field := self._fields.get(squashed(name))) is not None:
            return field
        found = None if squashed(name) in _CONTAINERS else meaning(name)
        return found.field if found and found.rank < MENTION and found.field in LEAD_FIELDS else None

    def _in_paths(self, document: Any) -> Iterator[tuple[Route, str]]:
        for route, node in nodes(document):
            steps = node if isinstance(node, list) else steps_of(node) if isinstance(node, str) else ()
            names = [step for step in steps if isinstance(step, str) and number_of(step) is None]
            if (
                names
                and not _ENDPOINT.match(str(node))
                and (self._is_path(route, names) or row_behind(steps) is not None)
            ):
                # A type may stand at the end: `["body", "leads", 0, "email", "str"]`.
                yield route, next((name for name in reversed(names) if squashed(name) in self._fields), names[-1])

    def _is_path(self, route: Route, names: Sequence[str]) -> bool:
        """Whether a value is one by its key; what has a field's name may well be called a name."""
        key = next((step for step in route[-1:] if isinstance(step, str)), "")
        return label(key).path or (key == "name" and self._field(names[-1]) is not None)

    def _in_route(self, route: Route) -> Iterator[str]:
        """The key of a message, and those around it."""
        for step in reversed(route):
            if isinstance(step, str) and plain(step) not in self.own:
                yield from (name for name in reversed(steps_of(step)) if number_of(name) is None)

    def _in_text(self, text: str) -> Iterator[str]:
        text = text[:_MAX_READ]
        yield from (match["field"] for match in IN_TEXT.finditer(text) if match["field"])
        yield from (match[match.lastgroup or 0] for match in _IN_SENTENCE.finditer(text))
        words = _WORD.findall(text)
        pairs = ("".join(pair) for pair in pairwise([*words, ""]))
        yield from (word for both in zip(pairs, words, strict=True) for word in both if squashed(word) in self._fields)
