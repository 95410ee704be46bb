"""Which column is what: recognised by its name as intake does it, and corrected by the user."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.answers import Value
from leads.fields.names import canonical, is_other_persons, words_of
from leads.fields.submission import Submission
from leads.fields.vocabulary import FULL_NAME, INFIX, NULL_WORDS
from leads.lead.lead import NoLead, Problem, make_lead
from leads.lead.person import Person
from leads.lead.rules import SourceRules
from leads.model import LEAD_FIELDS, Lead
from leads_cli.errors import UsageError
from leads_cli.importing.plan.opt_outs import ColumnKind, is_about_consent, kind_of, says_opted_out
from leads_cli.importing.read.table import NAMELESS, Cell, FileRow, Table, addresses


@dataclass(frozen=True, slots=True)
class Role:
    """A lead's own or custom field that a submission's field may become. `choice` 0 is tried first."""

    field: str
    choice: int = 0


def roles(names: Iterable[str], source: Source) -> dict[str, Role]:
    """The role of each field that a source's rules would not leave out."""
    # Each field's value is its name, by which it is known again among the custom ones.
    person = Person(Submission({name: name for name in names}, None), SourceRules(source))
    fields = (*LEAD_FIELDS, FULL_NAME, INFIX)
    found = {name: Role(field, n) for field in fields for n, name in enumerate(person.candidates(field))}
    return {name: Role(key) for key, name in person.custom_fields({"email": ""}).items()} | found


# What programs write where there is nothing.
_NOTHING: Final = NULL_WORDS | {"NULL", "\\N", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
_SAMPLE_ROWS: Final = 200
# Before a type or label of Google's.
_PRIMARY_MARK: Final = "*"
_PRIMARY_NAMES: Final = frozenset({"primary", "preferred"})
_FIELDS: Final = {canonical(name): name for name in (*LEAD_FIELDS, FULL_NAME)}


@dataclass(frozen=True, slots=True)
class ColumnChoices:
    """What the user said about the columns.

    Attributes:
        fields: column = lead field, or a custom field's name; "" leaves the column out.
        custom: columns to forward under these names; `*` for all.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    custom: Sequence[str] = ()


def parse_choices(maps: Iterable[str], custom: Iterable[str]) -> ColumnChoices:
    """The options `--map` and `--custom`. Raises UsageError if one is not written as it should be."""
    fields: dict[str, str] = {}
    for text in maps:
        column, equals, name = text.rpartition("=")
        if not equals or not column.strip():
            raise UsageError(f'--map {text}: write column=field, for instance --map "Your role=jobTitle"')
        fields[column.strip()] = _FIELDS.get(canonical(name), name.strip())
    names = (name.strip() for text in custom for name in text.split(","))
    return ColumnChoices(fields, tuple(filter(None, names)))


@dataclass(frozen=True, slots=True)
class Columns:
    """What becomes of each column.

    Attributes:
        names: all columns of the table, in its order.
        roles: what those become that are not left out.
        examples: a value of each, as far as the first rows have one.
        source: the rules by which intake would read them.
        addresses: the columns that may hold the address.
        marks: for each of those the column that may mark it as the primary one.
        opt_outs: the columns that say who opted out.
    """

    names: Sequence[str]
    roles: Mapping[str, Role]
    examples: Mapping[str, Value]
    source: Source
    addresses: frozenset[str]
    marks: Mapping[str, str]
    opt_outs: Mapping[str, ColumnKind]
    # By the primary address: the rows of a file nearly always have the same.
    _rules: dict[str | None, SourceRules] = field(default_factory=dict, init=False, repr=False, compare=False)

    def lead(self, row: FileRow) -> Lead:
        """The lead in a row. Raises NoLead with every reason."""
        if row.flaw:
            raise NoLead([Problem("row", row.flaw)])
        fields = {
            name: value
            for name, cell in row.cells.items()
            if name in self.roles and (value := parse_answer(cell)) is not None
        }
        filled = self.addresses.intersection(fields)
        if not filled:
            raise NoLead([Problem("email", "no e-mail address")])
        for name in filled:
            if found := addresses(str(fields[name])):
                fields[name] = found[0]
        return make_lead(Submission(fields, fields), self._rules_of(row, filled)).lead

    def _rules_of(self, row: FileRow, filled: Iterable[str]) -> SourceRules:
        """The rules for a row: one of several addresses may be the primary one by name, or marked so."""
        found = (name for name in filled if self._is_primary(name, row) and addresses(str(row.cells[name])))
        primary = None if "email" in self.source.fields else next(found, None)
        if primary not in self._rules:
            fields = {**self.source.fields, **({"email": primary} if primary else {})}
            self._rules[primary] = SourceRules(self.source.model_copy(update={"fields": fields}))
        return self._rules[primary]

    def _is_primary(self, name: str, row: FileRow) -> bool:
        mark = row.cells.get(self.marks.get(name, ""))
        return str(mark or "").startswith(_PRIMARY_MARK) or not _PRIMARY_NAMES.isdisjoint(words_of(name))

    def has_several_addresses(self, row: FileRow) -> bool:
        """Whether a cell of a row holds several addresses, of which the first is taken."""
        cells = (str(row.cells.get(name)) for name in self.addresses)
        return any(cell.count("@") > 1 and len(set(addresses(cell.lower()))) > 1 for cell in cells)

    def opted_out(self, row: FileRow) -> bool:
        return not row.flaw and any(
            says_opted_out(kind, name, str(cell).strip())
            for name, kind in self.opt_outs.items()
            if (cell := row.cells.get(name)) is not None
        )

    def column(self, lead_field: str) -> str:
        """The first column for a lead's field; "" if there is none."""
        return next((n for n, role in self.roles.items() if role.field == lead_field and role.choice == 0), "")

    def as_json(self) -> dict[str, Any]:
        """Identifies the mapping: what becomes of each column."""
        return {name: self.roles[name].field if name in self.roles else "" for name in self.names}


def parse_answer(cell: Cell) -> Value | None:
    if isinstance(cell, str):
        text = cell.strip()
        if text.startswith('="'):
            # It keeps a spreadsheet from changing a text: `="0049..."`.
            text = text[2:].removesuffix('"')
        return None if not text or text in _NOTHING else text
    return cell


def assign_columns(table: Table, chosen: ColumnChoices, campaign: str, *, include_opted_out: bool = False) -> Columns:
    """The roles of a table's columns. With opted-out people included, no column is read for opt-outs."""
    names = table.columns
    sample = list(islice((row for row in table.rows() if not row.flaw), _SAMPLE_ROWS))
    explicit, left_out = _chosen(chosen, names)
    read = [name for name in names if name not in left_out]
    if "email" not in explicit and (column := _address_column(read, sample, campaign)):
        explicit["email"] = column
    source = _source(campaign, explicit, chosen.custom)
    named = [name for name in read if not _is_nameless(name) or name in explicit.values()]
    kinds = {name: kind for name in names if (kind := kind_of(name))}
    consents = {name for name, kind in kinds.items() if is_about_consent(kind, name)} - set(explicit.values())
    marks = _marks(read)
    # `Email opt-out` and `E-mail 1 - Type` hold no address.
    others = consents.union(marks.values())
    found = {n: role for n, role in roles(named, source).items() if n not in others or role.field != "email"}
    holding = frozenset(name for name, role in found.items() if role.field == "email")
    opt_outs = {} if include_opted_out else kinds
    return Columns(names, found, _examples(names, sample), source, holding, marks, opt_outs)


def _chosen(chosen: ColumnChoices, names: Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """Lead field = column, as the user has it, and the columns that are left out."""
    explicit: dict[str, str] = {}
    left_out: set[str] = set()
    for column, lead_field in chosen.fields.items():
        name = _named(column, names, "--map")
        if not lead_field:
            left_out.add(name)
        elif lead_field in explicit:
            raise UsageError(f"--map: both {explicit[lead_field]} and {name} are to be {lead_field}; name one")
        else:
            explicit[lead_field] = name
    for column in chosen.custom:
        if column != "*":
            _named(column, names, "--custom")
    return explicit, left_out


def _is_nameless(name: str) -> bool:
    return name.startswith(NAMELESS) and name.removeprefix(NAMELESS).isdecimal()


def _source(campaign: str, fields: Mapping[str, str], custom: Sequence[str]) -> Source:
    return Source(provider="json", campaign=campaign, fields=dict(fields), custom_fields=tuple(custom))


def _named(column: str, names: Sequence[str], option: str) -> str:
    """A column of the table by its name, in any spelling."""
    plain = canonical(column)
    found = [name for name in names if name == column] or [n for n in names if plain and canonical(n) == plain]
    if not found:
        raise UsageError(f"{option} {column}: there is no such column; there are: {', '.join(names)}")
    return found[0]


def _address_column(names: Sequence[str], sample: Sequence[FileRow], campaign: str) -> str | None:
    """The only column with addresses; None if a column's name says that it holds them."""
    by_name = [n for n, role in roles(names, _source(campaign, {}, ())).items() if role.field == "email"]
    if any(_share(name, sample) for name in by_name):
        return None
    by_value = [name for name in names if not is_other_persons(name) and _share(name, sample) >= 1 / 2]
    if len(by_value) == 1:
        return by_value[0]
    if by_value:
        raise UsageError(
            f'several columns hold addresses: {", ".join(by_value)}; say which is meant: --map "{by_value[0]}=email"'
        )
    if by_name:
        return None
    raise UsageError(
        f'no column holds addresses; say which should: --map "{names[0]}=email"; there are: {", ".join(names)}'
    )


def _share(name: str, sample: Sequence[FileRow]) -> float:
    values = [text for row in sample if (text := parse_answer(row.cells.get(name))) is not None]
    return sum(bool(addresses(str(value))) for value in values) / len(values) if values else 0.0


def _marks(names: Sequence[str]) -> dict[str, str]:
    """Google's `E-mail 2 - Type` is "* Work" where `E-mail 2 - Value` is the primary address."""
    by_words = {words_of(name): name for name in names}
    return {
        name: by_words[mark]
        for name in names
        for last in ("type", "label")
        if words_of(name)[-1:] == ("value",) and (mark := (*words_of(name)[:-1], last)) in by_words
    }


def _examples(names: Sequence[str], sample: Sequence[FileRow]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for row in sample:
        for name in names:
            if name not in found and (value := parse_answer(row.cells.get(name))) is not None:
                found[name] = value
    return found
