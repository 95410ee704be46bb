"""`leads import`: a list of people becomes messages in LeadsQueue."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.importing import Importing, account

LIST = "E-Mail;Vorname;Name;Firma;Plan\nAva@Example.com;Ava;König;Acme;pro\nben@example.org;Ben;;;\n"


@pytest.fixture
def importing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Importing]:
    """A deployed stack."""
    with account(tmp_path, monkeypatch) as made:
        yield made


def test_a_list_becomes_messages(importing: Importing) -> None:
    """Columns are recognised as intake recognises fields; each row is a message that is labelled as imported."""
    importing.write("list.csv", LIST)
    code, output = importing.send("list.csv", "--custom", "plan")
    assert code == 0, output
    assert "2 leads are in LeadsQueue" in output
    first, second = importing.received()
    assert first["lead"] == {
        "email": "ava@example.com",
        "firstName": "Ava",
        "lastName": "König",
        "company": "Acme",
        "customFields": {"plan": "pro"},
    }
    assert second["lead"] == {"email": "ben@example.org", "firstName": "Ben"}
    assert (first["source"], first["campaign"], first["version"]) == ("import", "newsletter", 1)
    assert [body["id"].rpartition(":")[2] for body in (first, second)] == ["2", "3"]
    assert first["receivedAt"] == second["receivedAt"]


def test_the_books_have_it(importing: Importing) -> None:
    """What is put into LeadsQueue is accepted, under the name that the list was given."""
    importing.write("list.csv", LIST)
    assert importing.send("list.csv", "--source", "fair-2026")[0] == 0
    assert importing.accepted() == {"fair-2026": 2.0}
    assert [body["source"] for body in importing.received()] == ["fair-2026"] * 2


def test_a_finished_import_is_not_repeated(importing: Importing) -> None:
    """The same file into the same campaign again says so and sends nothing, unless it is told to."""
    importing.write("list.csv", LIST)
    importing.send("list.csv")
    first = importing.received()
    code, output = importing.send("list.csv")
    assert code == 0
    assert "Nothing is sent" in output
    assert importing.received() == []
    assert importing.send("list.csv", "--again")[0] == 0
    again = importing.received()
    assert [body["lead"] for body in again] == [body["lead"] for body in first]
    assert not {body["id"] for body in again} & {body["id"] for body in first}
