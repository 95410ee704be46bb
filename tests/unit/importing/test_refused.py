"""The file of refused rows: safe in a spreadsheet, and importable again."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_cli.importing.plan import refused
from leads_cli.importing.plan.worklist import RowRefusal, Worklist
from leads_cli.importing.read.document import open_file
from leads_cli.importing.read.reading import FileFormat, open_table
from leads_cli.private_files import escape_formula, unescape_formula
from tests.unit.importing.files import reading


def written(folder: Path, text: str, *refusals: RowRefusal) -> Path:
    """The file of a text's refused rows."""
    path = folder / "list.refused.csv"
    with reading(folder, text) as found, Worklist(None) as worklist:
        worklist.refuse(refusals)
        refused.write_refused(path, found, worklist)
    return path


def lines(path: Path) -> list[Sequence[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_each_row_has_its_reason(tmp_path: Path) -> None:
    """The row's number, the field and the reason come before the original columns."""
    text = "email;name\na@example.com;Ava\nnobody;Bén\nc@example.com;C;5\n"
    found = written(tmp_path, text, (4, "row", "3 cells"), (3, "email", "no address"))
    assert lines(found) == [
        ["refused_row", "refused_field", "refused_reason", "email", "name", "column 3"],
        ["3", "email", "no address", "nobody", "Bén", ""],
        ["4", "row", "3 cells", "c@example.com", "C", "5"],
    ]
    assert found.read_bytes().startswith(b"\xef\xbb\xbf")
    assert not list(tmp_path.glob("*.part"))
    assert found.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("cell", ["=1+1", "+49 30 1", "-5", "@SUM(A1)", "\tx", "\rx", "'=1", "''+1", "\uff1d1+1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    """A cell that a spreadsheet would run gets an apostrophe, which importing removes."""
    assert escape_formula(cell) == f"'{cell}"
    assert unescape_formula(f"'{cell}") == cell


@pytest.mark.parametrize("cell", ["x;=1+1", 'x;"=1+1', "x\n=1+1", "x\t+1"])
def test_no_part_of_a_cell_is_a_formula(cell: str) -> None:
    """In some locales a semicolon in a cell begins another cell, and so does a line break."""
    before, sign, behind = re.split(r"(?=[=+])()", cell, maxsplit=1)
    assert escape_formula(cell) == f"{before}'{sign}{behind}"


@given(st.text(max_size=10) | st.text("'=+-@;\t\r\n \"a\uff1d", max_size=10))
def test_escaped_cells_round_trip(cell: str) -> None:
    """Any cell is imported as it was, and no escaped cell starts a formula."""
    assert unescape_formula(escape_formula(cell)) == cell
    assert not str(escape_formula(cell)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_refused_file_can_be_imported(tmp_path: Path) -> None:
    """The added columns are dropped, and escaped cells are restored."""
    found = written(tmp_path, "=email,phone\nnobody,+49 30 1\n", (2, "email", "no address"))
    with open_file(str(found)) as document:
        mended = open_table(document, FileFormat())
        assert list(mended.columns) == ["=email", "phone"]
        assert [dict(row.cells) for row in mended.rows()] == [{"=email": "nobody", "phone": "+49 30 1"}]
        assert mended.about.endswith("rows that were refused before")


def test_an_earlier_file_is_not_overwritten(tmp_path: Path) -> None:
    """A new file gets a number, because the earlier one may be in use."""
    path = tmp_path / "list.csv"
    assert refused.refused_path(path) == tmp_path / "list.csv.refused.csv"
    (tmp_path / "list.csv.refused.csv").touch()
    assert refused.refused_path(path) == tmp_path / "list.csv.refused-2.csv"
