"""Reports: lines above the header are skipped and reported."""

from pathlib import Path

import pytest

from leads_cli.importing.read.table import Cell
from tests.unit.importing.files import reading
from tests.unit.importing.test_tables import workbook

HEADER = "First Name,Last Name,Email,Plan"
BEFORE = "{} lines before the header are passed over"
PEOPLE = "Ava,King,a@example.com,pro\nBen,Roe,,\nCleo,Lee,c@example.com,"


def read(folder: Path, content: str | bytes) -> tuple[list[Cell], list[str]]:
    """The first cell of each row, and what was skipped."""
    with reading(folder, content) as found:
        rows = [next(iter(row.cells.values())) for row in found.rows()]
        return rows, list(found.notes)


@pytest.mark.parametrize(
    ("above", "skipped"),
    [
        ("", 0),
        ("\n\n", 0),
        ("Exported by,owner@company.example\n", 1),
        ('Notes:\n"Some email addresses are missing: people decide, who may see theirs."\n\n', 3),
        ("Report,New leads\nFilter,Email is known\nSort by,Email\n\n", 4),
        ("Contacts,,,\n,,,\nAs of,2026-11-30,,\n", 3),
    ],
)
def test_lines_above_the_table(tmp_path: Path, above: str, skipped: int) -> None:
    """The header has an address column. Titles, filters and notes above it are not people, nor is it repeated."""
    rows, notes = read(tmp_path, f"{above}{HEADER}\n{PEOPLE}\n{HEADER}\nDora,Low,,free\n")
    assert rows == ["Ava", "Ben", "Cleo", "Dora"]
    lines = "1 line before the header is passed over" if skipped == 1 else BEFORE.format(skipped)
    assert notes == ([lines] if skipped else [])


def test_a_header_without_a_known_name(tmp_path: Path) -> None:
    """The widest row before the first address is the header."""
    rows, notes = read(tmp_path, "Messe 2026\n\nKontakt;Wer;Weg\n;Ava;email\nb@example.com;Ben;email\n")
    assert rows == ["", "b@example.com"]
    assert notes == ["2 lines before the header are passed over"]


def test_a_report_in_a_workbook(tmp_path: Path) -> None:
    """Also in a sheet, where all rows have the same number of cells."""
    sheet = workbook(["New leads"], [], ["Name", "Email", "Plan"], ["Ava", "a@example.com", "pro"])
    assert read(tmp_path, sheet) == (["Ava"], ["2 lines before the header are passed over"])


def test_the_separator_below_a_title(tmp_path: Path) -> None:
    """Lines above the header do not affect the separator."""
    text = "Report, all contacts, by name\n\nName;E-Mail;Ort\nKing, Ava;a@example.com;Bonn\n"
    with reading(tmp_path, text) as found:
        assert list(found.columns) == ["Name", "E-Mail", "Ort"]
