"""The file to import: its content decides what it is, not its name."""

import codecs
import os
from pathlib import Path
from threading import Thread

import pytest

from leads_cli.errors import UsageError
from leads_cli.importing.read.document import open_file
from leads_cli.importing.read.encoding import UncertainEncodingError
from leads_cli.importing.read.reading import FileFormat
from tests.unit.importing.files import document, rows

LIST = "email;first_name\nava@example.com;José\n"


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (LIST.encode(), "utf-8"), (codecs.BOM_UTF8 + LIST.encode(), "utf-8-sig"), (LIST.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + LIST.encode("utf-16-be"), "utf-16"), (LIST.encode("utf-16-le"), "utf-16-le"),
        (LIST.encode("utf-16-be"), "utf-16-be"), (LIST.encode("utf-32"), "utf-32"),
    ],
)  # fmt: skip
def test_the_encoding_is_detected(tmp_path: Path, content: bytes, encoding: str) -> None:
    """By the byte order mark, by the position of zero bytes, or because the file is valid UTF-8."""
    assert document(tmp_path, content).encoding == encoding
    assert rows(tmp_path, content) == [(2, ["ava@example.com", "José"])]


def test_another_encoding_far_into_the_file(tmp_path: Path) -> None:
    """The whole file is checked. The first non-ASCII row is shown in each possible encoding."""
    content = b"email\n" + b"ava@example.com\n" * 100_000 + "josé@example.com\n".encode("cp1252")
    with pytest.raises(UncertainEncodingError) as caught:
        document(tmp_path, content)
    assert "josé@example.com" in {row for names, row in caught.value.readings if "cp1252" in names}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Łukasz;Wiśniewski;Żółw", "cp1250"),
        ("Jörg;Müller;Großmann", "cp1252"),
        ("Ольга;Щербакова;Ёлка", "cp1251"),
        ("佐藤;花子;株式会社", "cp932"),
        ("Ada;O\u2019Neil;\u201cAcme\u201d \u2013 Ltd", "cp1252"),
        ("Sofía;Ibáñez;España", "mac-roman"),
    ],
)
def test_the_likeliest_encoding_is_shown_first(tmp_path: Path, text: str, encoding: str) -> None:
    """By letters, alphabets, capitals and quotation marks. The user still has to choose."""
    content = f"email;name\na@example.com;{text}\n".encode(encoding)
    with pytest.raises(UncertainEncodingError) as caught:
        document(tmp_path, content)
    names, row = caught.value.readings[0]
    assert encoding in names
    assert row == f"a@example.com;{text}"


def test_the_encoding_option(tmp_path: Path) -> None:
    """--encoding is used unless the bytes contradict it."""
    content = "email;name\na@example.com;Łukasz\n".encode("cp1250")
    assert rows(tmp_path, content, FileFormat(encoding="cp1250")) == [(2, ["a@example.com", "Łukasz"])]
    with pytest.raises(UsageError, match=r"byte 25 is no utf-8 text; name the right --encoding"):
        rows(tmp_path, content, FileFormat(encoding="utf-8"))
    with pytest.raises(UsageError, match="--encoding latin-99: not known"):
        rows(tmp_path, content, FileFormat(encoding="latin-99"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """The error names the path."""
    with pytest.raises(UsageError, match=r"nowhere\.csv: there is no such file"), open_file("nowhere.csv"):
        pass
    with pytest.raises(UsageError, match="a folder; name a file in it"), open_file(str(tmp_path)):
        pass


def test_the_same_bytes_are_the_same_file(tmp_path: Path) -> None:
    """A file is identified by its bytes, not by its path."""
    first = document(tmp_path, LIST.encode())
    assert document(tmp_path, LIST.encode()).digest == first.digest
    assert document(tmp_path, LIST.replace("é", "e").encode()).digest != first.digest


def test_a_pipe_is_read_like_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is copied. Files about it are kept in the working folder, named by its content."""
    monkeypatch.chdir(tmp_path)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=[LIST])
    writer.start()
    with open_file(str(pipe)) as found:
        assert found.path.read_text(encoding="utf-8") == LIST
        assert found.beside == Path(f"pipe-{found.digest[:8]}")
    writer.join()
    assert not found.path.exists()
