"""SourceRules: what a source's configuration makes of the names of a submission's fields, whatever their values.

The people of a list nearly always have the same names, so this work is done once for all of them.
"""

from collections.abc import Callable, Mapping
from functools import cache, cached_property, lru_cache, partial
from typing import Any, Final, NamedTuple

from leads.config.schema import Source
from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.event_values import EventValues
from leads.fields.names import by_spelling, canonical, inner_name, parts
from leads.fields.submission import Submission
from leads.lead.candidates import PRIMARY, Candidates, candidates
from leads.lead.values import LeftOut, clean_field_name

# A list of more kinds of people than this was made to waste time, and must not fill the memory.
_MAX_LAYOUTS: Final = 64


class SourceRules:
    """A source's rules for the submissions of one event."""

    def __init__(self, source: Source, event: EventValues | None = None) -> None:
        self.source = source
        self.preset = source.preset
        self.event = event
        self.around: Callable[[str], Value | None] = cache(event.get) if event else lambda _: None
        self.plain = cache(canonical)
        self._layout = lru_cache(maxsize=_MAX_LAYOUTS)(partial(Layout, self))

    def layout(self, submission: Submission, outside: tuple[str, ...] = ()) -> "Layout":
        """The layout of a submission, with names that were found outside of its answers."""
        aliases, kinds = tuple(submission.aliases.items()), tuple(submission.kinds.items())
        return self._layout(tuple(submission.fields), outside, aliases, kinds)


class CustomName(NamedTuple):
    """A custom field's name, or why it is not forwarded."""

    key: str | LeftOut
    is_listed: bool = False  # under a name of the configuration, whatever it holds
    is_extra: bool = False  # because everything is forwarded, if its value is not known from elsewhere


class Layout:
    """What a source's rules make of the names of a submission's fields."""

    def __init__(
        self,
        rules: SourceRules,
        answers: tuple[str, ...],
        outside: tuple[str, ...],
        aliases: tuple[tuple[str, str], ...],
        kinds: tuple[tuple[str, str], ...],
    ) -> None:
        self._rules = rules
        self._answers = answers
        self._aliases = dict(aliases)
        own = {name: name for name in answers}
        self._exact = {other: name for other, name in aliases if name in own} | own
        self._kinds = dict(kinds)
        self.names = outside + answers
        self.plain_names = frozenset(map(canonical, self.names))
        self._made: dict[Callable[..., Any], Any] = {}
        self.custom_name = cache(self._custom_name)
        self._candidates = lru_cache(maxsize=_MAX_LAYOUTS)(self._sorted)
        spelled = {field: (name, self.spelling(name)) for field, name in rules.source.fields.items()}
        absent = [name for name, spelling in spelled.values() if spelling is None]
        self._absent = [(name, rules.plain(name), rules.around(name)) for name in absent]
        # Lead field = field of the submission, as the source says.
        self.explicit = {
            field: name if spelling is None and name in outside else spelling
            for field, (name, spelling) in spelled.items()
        }

    def once[T](self, make: Callable[["Layout"], T]) -> T:
        """A function's result for this layout."""
        if make not in self._made:
            self._made[make] = make(self)
        return self._made[make]  # type: ignore[no-any-return]

    def spelling(self, name: str) -> str | None:
        """The submission's own spelling of a field that a user named: as sent, or as good as; None if it has none."""
        return self._exact.get(name, self._by_plain_name.get(self._rules.plain(name)))

    def find(self, submission: Submission, name: str) -> Value | None:
        """A value that a rule names: an answer, or else in the document, in the event around it, or a header."""
        if (spelling := self.spelling(name)) is not None:
            return submission.fields[spelling]
        found = submission.document_values.get(self._rules.plain(name))
        return self._rules.around(name) if found is None else found

    def outside(self, submission: Submission) -> dict[str, Value]:
        """What the source names for the lead's fields and no answer has."""
        own = submission.document_values if self._absent else {}
        found = ((name, own.get(plain, around)) for name, plain, around in self._absent)
        return {name: value for name, value in found if value is not None}

    def candidates(self, fields: Mapping[str, Value]) -> Candidates:
        """Which fields may hold which of a lead's own."""
        addresses = [
            name
            for name, value in fields.items()
            if isinstance(value, str) and "@" in value and address_like(value.partition(",")[0])
        ]
        primary = [name.rpartition(".")[0] for name in self.once(_marks) if fields[name] in {True, "true"}]
        return self._candidates(frozenset(addresses), frozenset(primary))

    def _sorted(self, addresses: frozenset[str], primary: frozenset[str]) -> Candidates:
        claimed = self.explicit.values()
        return candidates(self.names, self._aliases, self._kinds, addresses=addresses, primary=primary, claimed=claimed)

    @cached_property
    def _by_plain_name(self) -> Mapping[str, str]:
        """Fields by their canonical names; whole names beat inner ones, and the first of two wins."""
        names = self._answers[::-1]
        inner = {plain: name for name in names if (plain := canonical(inner_name(name)))}
        return inner | {plain: name for name in names if (plain := canonical(name))}

    def _custom_name(self, name: str, around: tuple[str, ...]) -> CustomName:
        """The name of a custom field in a submission whose address is in the object `around`."""
        # Without wrappers, and without the object that the address is in too.
        steps = parts(name)
        is_beside = around and steps[: len(around)] == around
        inner = inner_name(".".join(steps[len(around) :]) if is_beside else name)
        listed, prefixes, everything = _allow_list(self._rules.source.custom_fields)
        if found := listed.get(name) or listed.get(canonical(name)) or listed.get(canonical(inner)):
            return CustomName(found, is_listed=True)
        if name.startswith(prefixes):
            return CustomName(clean_field_name(name))
        if not everything:
            return CustomName(LeftOut.NOT_LISTED)
        is_noise = self._is_noise(name, inner)
        return CustomName(LeftOut.TOOLS_OWN) if is_noise else CustomName(clean_field_name(inner), is_extra=True)

    def _is_noise(self, name: str, inner: str) -> bool:
        preset = self._rules.preset
        plain, inner = name.lower(), inner.lower()
        # What is under a name of the tool's own is the tool's own as well: `attachments.0.url`.
        own = not preset.noise.isdisjoint({plain, inner, plain.partition(".")[0], inner.partition(".")[0]})
        return own or inner.startswith(preset.noise_prefixes) or name in self.explicit.values()


def _marks(layout: Layout) -> list[str]:
    return [name for name in layout.names if "." in name and canonical(name.rpartition(".")[2]) in PRIMARY]


# Made once per source, not once per field.
@lru_cache(maxsize=256)
def _allow_list(allowed: tuple[str, ...]) -> tuple[dict[str, str], tuple[str, ...], bool]:
    """The names by their spellings, the beginnings of names inside them, and whether everything else is allowed too."""
    named = tuple(name for name in allowed if name != "*")
    prefixes = tuple(name + step for name in named for step in (".", "[", "__"))
    return by_spelling(named), prefixes, len(named) < len(allowed)
