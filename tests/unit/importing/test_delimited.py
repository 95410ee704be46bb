"""CSV and its kin: separators, quotation marks, and rows that are not as the header promises."""

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
def test_the_separator_is_found_out(sample: str, separator: str) -> None:
    """It is what makes an address column of the header, and rows that are as long; other marks are part of cells."""
    assert detect_separator(sample) == separator


def test_a_separator_of_excels_own(tmp_path: Path) -> None:
    """A first line `sep=` says it, and is no row."""
    assert rows(tmp_path, "sep=#\r\nemail#name\r\na@example.com#Ava\r\n") == [(2, ["a@example.com", "Ava"])]


def test_a_separator_that_is_named(tmp_path: Path) -> None:
    """What the user says counts, whatever the header looks like."""
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
    """Empty rows count and are left out; a row with line breaks in it is one; nothing need be above the header."""
    text = f'{end}email,notes{end}a@example.com,"one{end}two"{end} ,{end}{end}b@example.com,three'
    assert rows(tmp_path, text) == [(3, ["a@example.com", f"one{end}two"]), (6, ["b@example.com", "three"])]


def test_short_and_long_rows(tmp_path: Path) -> None:
    """What is missing at the end is empty, empty cells too many are nothing; a cell too many is a flaw."""
    with reading(tmp_path, "email,name\na@example.com\nb@example.com,Ben,,\nc@example.com,King, Cleo\n") as found:
        short, padded, long = found.rows()
    assert (short.cells, short.flaw) == ({"email": "a@example.com"}, None)
    assert (padded.cells, padded.flaw) == ({"email": "b@example.com", "name": "Ben"}, None)
    assert str(long.flaw).startswith("3 cells, and the header has 2")
    assert list(long.cells.values()) == ["c@example.com", "King", "Cleo"]


@pytest.mark.parametrize("broken", ['x@example.com,"Ava "the boss" King"', 'x@example.com,"Ava', '"x@example.com,Ava'])
def test_a_broken_row_spoils_no_other(tmp_path: Path, broken: str) -> None:
    """A quotation mark that is not closed does not swallow the rows behind it."""
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


def test_a_mark_that_is_open_at_the_end(tmp_path: Path) -> None:
    """The last quotation mark of a file has nothing that closes it, and the rows behind it are read all the same."""
    assert rows(tmp_path, 'email,name\na@example.com,"Ava\nb@example.com,Ben\n') == [
        (2, ['a@example.com,"Ava']),
        (3, ["b@example.com", "Ben"]),
    ]


def test_columns_have_names_of_their_own(tmp_path: Path) -> None:
    """A name that comes again is told apart, one that is empty is the column's place, the last empty ones are none."""
    with reading(tmp_path, "email, Name ,,Name,,\na@example.com,x,y,z,,\n") as found:
        assert list(found.columns) == ["email", "Name", "column 3", "Name (2)"]


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=12)


@given(st.lists(st.tuples(cells, cells), max_size=6), st.sampled_from(";,\t|"))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_program_writes_is_read_as_it_was(tmp_path: Path, people: list[tuple[str, str]], separator: str) -> None:
    """Whatever is in a cell comes back out of it, in whichever file of this kind it stands."""
    quoted = [separator.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) for row in people]
    text = "\n".join([f"email{separator}name", *quoted])
    expected = [(n, list(row)) for n, row in enumerate(people, start=2) if any(cell.strip() for cell in row)]
    assert rows(tmp_path, text, FileFormat(delimiter=separator)) == expected
