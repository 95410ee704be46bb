"""JSON lines and workbooks."""

import gzip
import io
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from leads_cli.errors import UsageError
from leads_cli.importing.read.reading import FileFormat
from leads_cli.importing.read.table import addresses
from tests.unit.importing.files import document, reading, rows


def workbook(*people: list[Any], title: str = "People", others: tuple[str, ...] = (), hidden: str = "") -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for person in people:
        sheet.append(person)
    for other in others:
        book.create_sheet(other).append(["email"])
    if hidden:
        book.create_sheet(hidden, 0).sheet_state = "hidden"
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_json_lines(tmp_path: Path) -> None:
    """Columns are all names in the file, nested ones as in intake. Values keep their types."""
    first = '{"email": "a@example.com", "person": {"firstName": " Ava "}}'
    text = first + '\n\n{"email": "b@example.com", "n": [1, 2], "vip": true}'
    with reading(tmp_path, text) as found:
        assert list(found.columns) == ["email", "person.firstName", "n", "vip"]
        assert found.about == "JSON lines in UTF-8"
        assert [(row.number, dict(row.cells)) for row in found.rows()] == [
            (1, {"email": "a@example.com", "person.firstName": "Ava"}),
            (3, {"email": "b@example.com", "n": "1, 2", "vip": True}),
        ]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("nothing", "not JSON"),
        ('{"email": NaN}', "not JSON"),
        ("[1]", "no JSON object"),
        ('{"a": ' * 20 + "1" + "}" * 20, "nested more than 16 levels deep"),
    ],
)
def test_a_line_that_is_not_an_object(tmp_path: Path, line: str, flaw: str) -> None:
    """The line is kept with the reason and does not affect others."""
    with reading(tmp_path, f'{{"email": "a@example.com"}}\n{line}\n{{"email": "b@example.com"}}\n') as found:
        _, bad, good = found.rows()
    assert (bad.number, bad.flaw, bad.cells) == (2, flaw, {"email": line})
    assert (good.number, good.flaw) == (3, None)


def test_a_workbook(tmp_path: Path) -> None:
    """Rows have Excel's numbers, and dates and whole numbers their usual form."""
    content = workbook(
        [],
        ["Email", "Since", "Phone", "Score", "VIP", "At", "For", None],
        ["a@example.com", datetime(2026, 1, 2), 491701234567.0, 3.5, True, time(9, 30), timedelta(days=1)],  # noqa: DTZ001
        [],
        ["b@example.com", datetime(2026, 1, 2, 3, 4), None, date(2026, 5, 6)],  # noqa: DTZ001
    )
    with reading(tmp_path, content) as found:
        assert list(found.columns) == ["Email", "Since", "Phone", "Score", "VIP", "At", "For"]
        first, second = found.rows()
        assert [row.number for row in found.rows()] == [3, 5]
    assert list(first.cells.values())[:6] == ["a@example.com", "2026-01-02", 491701234567, 3.5, True, "09:30:00"]
    assert list(second.cells.values())[:4] == ["b@example.com", "2026-01-02T03:04:00", None, "2026-05-06"]


def test_the_sheet_of_people(tmp_path: Path) -> None:
    """The first sheet with an address column is read, after notes and charts."""
    book = load_workbook(io.BytesIO(workbook(["How to fill in this list"], title="Read me", others=("People", "More"))))
    book.create_chartsheet("Chart", 0)
    book["People"].append(["a@example.com"])
    with reading(tmp_path, saved(book)) as found:
        assert found.about == "workbook, sheet People (not read: Chart, Read me, More; --sheet names another)"
        assert [row.number for row in found.rows()] == [2]


def test_a_note_beside_a_sheets_table(tmp_path: Path) -> None:
    """In a workbook a cell beside the table is not a flaw. In CSV such a row's values may be shifted."""
    book = workbook(["email", "name"], ["a@example.com", "Ava", "!"])
    for content, spoilt in ((book, False), ("email,name\na@example.com,Ava,!\n", True)):
        with reading(tmp_path, content) as found:
            (row,) = found.rows()
        assert row.cells == {"email": "a@example.com", "name": "Ava", "column 3": "!"}
        assert (row.flaw is not None) == spoilt


def test_the_sheet_option(tmp_path: Path) -> None:
    """The first visible sheet is read and the others are listed. --sheet names any of them."""
    content = workbook(["email"], ["a@example.com"], others=("Notes",), hidden="Lists")
    with reading(tmp_path, content) as found:
        assert found.about == "workbook, sheet People (not read: Lists, Notes; --sheet names another)"
        assert [row.number for row in found.rows()] == [2]
    with reading(tmp_path, content, FileFormat(sheet="Notes")) as found:
        assert list(found.rows()) == []
    with pytest.raises(UsageError, match="--sheet Leads: there is no such sheet; there are: People, Notes"):
        rows(tmp_path, content, FileFormat(sheet="Leads"))
    with pytest.raises(UsageError, match="there is no row in it"):
        rows(tmp_path, content, FileFormat(sheet="Lists"))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("a@x.example ::: b@y.example", ["a@x.example", "b@y.example"]),
        ("<a@x.example>; b@y.example,", ["a@x.example", "b@y.example"]),
        ("<a@x.example> <b@y.example>", ["a@x.example", "b@y.example"]),
        *((f"a@x.example{sep}b@y.example", ["a@x.example", "b@y.example"]) for sep in (", ", "|", " / ", "\n")),
        ("Ava <a@x.example>", []),
        ("https://user@x.example/path", []),
        (f"{'x' * 1_000_000}@", []),
        (f"{'@' * 1_000_000}", []),
    ],
)
def test_the_addresses_of_a_cell(cell: str, expected: list[str]) -> None:
    """A cell with one or several addresses and nothing else. A long cell is read in one pass."""
    assert addresses(cell) == expected


def far(place: str, end: str = '"') -> bytes:
    """A workbook whose second cell claims another place."""
    content = io.BytesIO(workbook(["email"], ["a@example.com"]))
    with zipfile.ZipFile(content) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'r="A2"', f"r = {end}{place}{end}".encode())
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


@pytest.mark.parametrize(("place", "end"), [("XFD1048576", '"'), ("AV1048576", "'"), ("XFD3052", '"')])
def test_a_distant_cell_is_refused(tmp_path: Path, place: str, end: str) -> None:
    """A sheet is a rectangle in memory: a cell in its last corner would need half a terabyte."""
    message = f"list: a sheet that reaches to cell {place}, and at most 50,000,000 cells"
    with pytest.raises(UsageError, match=message):
        rows(tmp_path, far(place, end))
    assert rows(tmp_path, far("C9")) == [(9, [None, "a@example.com"])]


def claiming_size(size: int) -> bytes:
    """A workbook whose sheet claims this unpacked size."""
    file = io.BytesIO(workbook(["email"], ["a@example.com"]))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("more", "")
        archive.getinfo("xl/worksheets/sheet1.xml").file_size = size
    return file.getvalue()


@pytest.mark.parametrize(
    ("size", "message"),
    [((1 << 30) + 1, "a workbook of more than 1 GB, unpacked; save the sheet as CSV"), (9, "a damaged or protected")],
)
def test_a_workbook_that_unpacks_to_gigabytes_is_refused(tmp_path: Path, size: int, message: str) -> None:
    """So is one whose parts are larger than they claim."""
    with pytest.raises(UsageError, match=message):
        rows(tmp_path, claiming_size(size))


def test_a_header_with_too_many_columns_is_refused(tmp_path: Path) -> None:
    """Empty columns at the end do not count."""
    for content in (f"email{''.join(f',{n}' for n in range(2_000))}", "name," * 300_000 + "email"):
        with pytest.raises(UsageError, match="a header of more than 2,000 columns"):
            rows(tmp_path, f"{content}\na@example.com\n")
    with reading(tmp_path, f"email,plan{',' * 100_000}\na@example.com,pro\n") as found:
        assert [dict(row.cells) for row in found.rows()] == [{"email": "a@example.com", "plan": "pro"}]


def test_an_opendocument_table(tmp_path: Path) -> None:
    """An OpenDocument sheet is read like one of Excel."""
    cells = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
        "</table:table-row>"
        for text in ("email", "a@example.com")
    )
    names = "".join(f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("table", "text"))
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{office}"{names}><office:body><office:spreadsheet>'
            f'<table:table table:name="People">{cells}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    assert rows(tmp_path, file.getvalue()) == [(2, ["a@example.com"])]


def test_the_kind_of_file_is_detected(tmp_path: Path) -> None:
    """By its content, not by its name."""
    assert document(tmp_path, workbook(["email"])).kind == "workbook"
    assert document(tmp_path, b'\n{"email": "a@example.com"}\n').kind == "jsonl"
    assert document(tmp_path, b"email\n").kind == "delimited"


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "email")
    return file.getvalue()


BOOK = workbook(["email"], ["a@example.com"])
DAMAGED, NO_JSON = "a damaged or protected workbook", "JSON, but not one object on each line"
PAGES = (
    "<html><table><tr><td>email</td></tr></table>",
    "\ufeff \n<!DOCTYPE html>",
    '<?xml version="1.0"?>',
    "<!-- -->",
)


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (b"", {}, "it is empty"),
        (b" \n\n", {}, "it is empty"),
        (gzip.compress(b"email\n", mtime=0), {}, "compressed; unpack it first: gunzip -c FILE"),
        (b"%PDF-1.7\n", {}, "a PDF"),
        *((text, {}, NO_JSON) for text in (b'[{"email": 1}]', b"[" * 100_000, b'{\n "email": 1\n}')),
        (b"email\na@example.com\n\x00\x01\x02\x00\x00\x81", {}, "byte 25 is no utf-8 text"),
        (b"{}\n{}\n", {}, "no line of it is an object with something in it"),
        ("".join(f'{{"a{n}@example.com": 1}}\n' for n in range(2_001)).encode(), {}, "more than 2,000 different names"),
        (b"ava@example.com,Ava\n", {}, "the first row has an address in column 1, so it is no header"),
        (b'"email,name\na@example.com,Ava\n', {}, "the header cannot be read"),
        (b"sep=;\n \n", {}, "there is no row in it"),
        (BOOK.replace(b"worksheets/sheet1.xml", b"worksheets/sheet9.xml"), {}, DAMAGED),
        (b"PK\x03\x04 cut off", {}, DAMAGED),
        (archive("subscribed.csv"), {}, "an archive of other files; unpack it"),
        *((page.encode(encoding), {}, "HTML or XML; open it in") for page in PAGES for encoding in ("utf-8", "utf-16")),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", {}, DAMAGED),
        (BOOK, {"delimiter": ";"}, "list: it is a workbook: leave out --delimiter ;"),
        (b'{"email": "a@example.com"}', {"delimiter": ";"}, "it is JSON lines: leave out --delimiter ;"),
        (b"email\n", {"sheet": "People"}, "it is no workbook: leave out --sheet People"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, options: dict[str, str], message: str) -> None:
    """The message says what the file is or lacks, and what to do."""
    with pytest.raises(UsageError, match=message):
        rows(tmp_path, content, FileFormat(**options))
