"""Which column is what: guessed from its name as intake does it, and corrected by the user."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from leads.config.schema import Source
from leads.fields.address import address_like
from leads.fields.answers import Value
from leads.fields.names import canonical, is_other_persons
from leads.fields.submission import Submission
from leads.fields.vocabulary import FULL_NAME, NULL_WORDS
from leads.lead.lead import NoLead, Problem, make_lead
from leads.model import LEAD_FIELDS, Lead
from leads_cli.importing.import_errors import UnusableError
from leads_cli.importing.plan.roles import Role, roles
from leads_cli.importing.read.table import NAMELESS, Cell, FileRow, Table

# What programs write where there is nothing.
_NOTHING: Final = NULL_WORDS | {"NULL", "\\N", "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
_SAMPLE_ROWS: Final = 200
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
    """The options `--map` and `--custom`.

    Raises:
        UnusableError: one is not written as it should be.
    """
    fields: dict[str, str] = {}
    for text in maps:
        column, equals, name = text.rpartition("=")
        if not equals or not column.strip():
            msg = f'--map {text}: write column=field, for instance --map "Your role=jobTitle"'
            raise UnusableError(msg)
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
    """

    names: Sequence[str]
    roles: Mapping[str, Role]
    examples: Mapping[str, Value]
    source: Source
    addresses: frozenset[str]

    def lead(self, row: FileRow) -> Lead:
        """The lead that a row tells of.

        Raises:
            NoLead: with every reason.
        """
        if row.flaw:
            raise NoLead([Problem("row", row.flaw)])
        roles = self.roles
        fields = {
            name: value
            for name, cell in row.cells.items()
            if name in roles and (value := parse_answer(cell)) is not None
        }
        if self.addresses.isdisjoint(fields):
            raise NoLead([Problem("email", "no e-mail address")])
        return make_lead(Submission(fields, fields), self.source).lead

    def column(self, lead_field: str) -> str:
        """The column in which a lead's field is looked for first; "" where there is none."""
        return next((n for n, role in self.roles.items() if role.field == lead_field and role.choice == 0), "")

    def as_json(self) -> dict[str, Any]:
        """By which an import is known to be the same: what becomes of each column."""
        return {name: self.roles[name].field if name in self.roles else "" for name in self.names}


def parse_answer(cell: Cell) -> Value | None:
    """What a cell says; None where it says nothing."""
    if isinstance(cell, str):
        text = cell.strip()
        return None if not text or text in _NOTHING else text
    return cell


def assign_columns(table: Table, said: ColumnChoices, campaign: str) -> Columns:
    """The roles of a table's columns.

    Raises:
        UnusableError: a column that was named is not there, or none holds the addresses.
    """
    names = table.columns
    sample = list(islice((row for row in table.rows() if not row.flaw), _SAMPLE_ROWS))
    explicit, left_out = _said(said, names)
    read = [name for name in names if name not in left_out]
    if "email" not in explicit and (told := _address_column(read, sample, campaign)):
        explicit["email"] = told
    source = _source(campaign, explicit, said.custom)
    named = [name for name in read if not _is_nameless(name) or name in explicit.values()]
    found = roles(named, source)
    addresses = frozenset(name for name, role in found.items() if role.field == "email")
    return Columns(names, found, _examples(names, sample), source, addresses)


def _said(said: ColumnChoices, names: Sequence[str]) -> tuple[dict[str, str], set[str]]:
    """Lead field = column, as the user has it, and the columns that are left out."""
    explicit: dict[str, str] = {}
    left_out: set[str] = set()
    for column, lead_field in said.fields.items():
        name = _named(column, names, "--map")
        if not lead_field:
            left_out.add(name)
        elif lead_field in explicit:
            msg = f"--map: both {explicit[lead_field]} and {name} are to be {lead_field}; name one"
            raise UnusableError(msg)
        else:
            explicit[lead_field] = name
    for column in said.custom:
        if column != "*":
            _named(column, names, "--custom")
    return explicit, left_out


def _is_nameless(name: str) -> bool:
    return name.startswith(NAMELESS) and name.removeprefix(NAMELESS).isdecimal()


def _source(campaign: str, fields: Mapping[str, str], custom: Sequence[str]) -> Source:
    return Source(provider="json", campaign=campaign, fields=dict(fields), custom_fields=tuple(custom))


def _named(column: str, names: Sequence[str], option: str) -> str:
    """A column of the table by its name, as good as the user wrote it."""
    plain = canonical(column)
    found = [name for name in names if name == column] or [n for n in names if plain and canonical(n) == plain]
    if not found:
        msg = f"{option} {column}: there is no such column; there are: {', '.join(names)}"
        raise UnusableError(msg)
    return found[0]


def _address_column(names: Sequence[str], sample: Sequence[FileRow], campaign: str) -> str | None:
    """The column of the addresses where its name does not tell; None where one does."""
    by_name = [n for n, role in roles(names, _source(campaign, {}, ())).items() if role.field == "email"]
    if any(_share(name, sample) for name in by_name):
        return None
    by_value = [name for name in names if not is_other_persons(name) and _share(name, sample) >= 1 / 2]
    if len(by_value) == 1:
        return by_value[0]
    if by_value:
        msg = f'several columns hold addresses: {", ".join(by_value)}; say which is meant: --map "{by_value[0]}=email"'
        raise UnusableError(msg)
    if by_name:
        return None
    msg = f'no column holds addresses; say which should: --map "{names[0]}=email"; there are: {", ".join(names)}'
    raise UnusableError(msg)


def _share(name: str, sample: Sequence[FileRow]) -> float:
    """How many of a column's values look like addresses."""
    values = [text for row in sample if (text := parse_answer(row.cells.get(name))) is not None]
    return sum(address_like(str(value)) for value in values) / len(values) if values else 0.0


def _examples(names: Sequence[str], sample: Sequence[FileRow]) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for row in sample:
        for name in names:
            if name not in found and (value := parse_answer(row.cells.get(name))) is not None:
                found[name] = value
    return found
