"""CSV files: separators, quotation marks, and rows that do not fit the header."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads_cli.errors import UsageError
from leads_cli.importing.read.delimited import detect_separator
from leads_cli.importing.read.reading import FileFormat
from tests.unit.importing.files import reading, rows


@pytest.mark.parametrize(
    ("sample", "separator"),
    [
        ("email,name\na@example.com,Ava\n", ","),
        ("email;name\na@example.com;King, Ava\nb@example.com;King, Ben\n", ";"),
        ("Name, First;E-Mail\nKing, Ava;a@example.com\n", ";"),
        ("email\tname\na@example.com\tKing; Ava, Dr\n", "\t"),
        ("email|name|notes\na@example.com|Ava|a,b,c\n", "|"),
        ('"email";"notes"\n"a@example.com";"one, two;\nthree | four"\n', ";"),
        ("contact;company;since\na@example.com;Acme, Inc.;2026\nb@example.com;B;2025\n", ";"),
        ("email\na@example.com\n", ","),
        ("email;name\n", ";"),
    ],
)
def test_the_separator_is_detected(sample: str, separator: str) -> None:
    """The separator splits the header into columns with an address column, and rows of the same length."""
    assert detect_separator(sample) == separator


def test_excel_s_separator_line(tmp_path: Path) -> None:
    """A first line `sep=` sets the separator and is not a row."""
    assert rows(tmp_path, "sep=#\r\nemail#name\r\na@example.com#Ava\r\n") == [(2, ["a@example.com", "Ava"])]


def test_the_delimiter_option(tmp_path: Path) -> None:
    """--delimiter overrides detection."""
    assert rows(tmp_path, "email~name\na@example.com~Ava\n", FileFormat(delimiter="~")) == [
        (2, ["a@example.com", "Ava"])
    ]
    assert rows(tmp_path, "email,x\ty\na,b@example.com\tc\n", FileFormat(delimiter="tab")) == [
        (2, ["a,b@example.com", "c"])
    ]
    with pytest.raises(UsageError, match="--delimiter ab: one character"):
        rows(tmp_path, "email,name\n", FileFormat(delimiter="ab"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_as_a_spreadsheet_does(tmp_path: Path, end: str) -> None:
    """Empty rows count but are left out, and a row with line breaks counts once."""
    text = f'{end}email,notes{end}a@example.com,"one{end}two"{end} ,{end}{end}b@example.com,three'
    assert rows(tmp_path, text) == [(3, ["a@example.com", f"one{end}two"]), (6, ["b@example.com", "three"])]


def test_short_and_long_rows(tmp_path: Path) -> None:
    """Missing cells are empty and extra empty cells are ignored. Other extra cells are a flaw."""
    with reading(tmp_path, "email,name\na@example.com\nb@example.com,Ben,,\nc@example.com,King, Cleo\n") as found:
        short, padded, long = found.rows()
    assert (short.cells, short.flaw) == ({"email": "a@example.com"}, None)
    assert (padded.cells, padded.flaw) == ({"email": "b@example.com", "name": "Ben"}, None)
    assert str(long.flaw).startswith("3 cells, and the header has 2")
    assert list(long.cells.values()) == ["c@example.com", "King", "Cleo"]


@pytest.mark.parametrize("broken", ['x@example.com,"Ava "the boss" King"', 'x@example.com,"Ava', '"x@example.com,Ava'])
def test_a_broken_row_does_not_affect_others(tmp_path: Path, broken: str) -> None:
    """An unclosed quotation mark does not swallow the rows after it."""
    text = f'email,name\na@example.com,Ava\n{broken}\nb@example.com,"Ben"\nc@example.com,Cleo\n'
    with reading(tmp_path, text) as found:
        good, bad, *others = found.rows()
    assert good.flaw is None
    assert "expected after" in str(bad.flaw)
    assert list(bad.cells.values()) == [broken]
    assert [(row.number, row.cells["email"], row.flaw) for row in others] == [
        (4, "b@example.com", None),
        (5, "c@example.com", None),
    ]


def test_an_unclosed_quotation_mark_at_the_end(tmp_path: Path) -> None:
    """The rows after the last quotation mark of a file are read."""
    assert rows(tmp_path, 'email,name\na@example.com,"Ava\nb@example.com,Ben\n') == [
        (2, ['a@example.com,"Ava']),
        (3, ["b@example.com", "Ben"]),
    ]


def test_columns_have_unique_names(tmp_path: Path) -> None:
    """A repeated name gets a number, an empty one the column's position, and empty ones at the end are dropped."""
    with reading(tmp_path, "email, Name ,,Name,,\na@example.com,x,y,z,,\n") as found:
        assert list(found.columns) == ["email", "Name", "column 3", "Name (2)"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.tuples(cells, cells), max_size=6), st.sampled_from(";,\t|"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_quoted_cells_are_read_unchanged(tmp_path: Path, people: list[tuple[str, str]], separator: str) -> None:
    """With any content and any separator."""
    quoted = [separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in people]
    text = "\n".join([f"email{separator}name", *quoted])
    expected = [(n, list(row)) for n, row in enumerate(people, start=2) if any(cell.strip() for cell in row)]
    assert rows(tmp_path, text, FileFormat(delimiter=separator)) == expected
