"""Lists as common programs export them: who is imported, and what is reported."""

from pathlib import Path
from typing import Any, Final

import pytest

from tests.integration.importing import Importing

LISTS: Final = Path(__file__).parents[1] / "data" / "import"


@pytest.fixture(autouse=True)
def lists(importing: Importing) -> None:
    """The lists are in the user's folder."""
    for path in LISTS.glob("*.csv"):
        importing.write(path.name, path.read_bytes())


def names(leads: list[dict[str, Any]]) -> dict[str, tuple[str, str]]:
    """First and last names by address."""
    return {lead["email"]: (lead.get("firstName", ""), lead.get("lastName", "")) for lead in leads}


def test_people_who_opted_out_are_left_out(importing: Importing) -> None:
    """They are counted, and imported only with --include-opted-out."""
    code, output = importing.send("opted-out.csv")
    assert code == 0
    assert "1 person opted out and is left out; --include-opted-out takes them" in output
    assert "Email Opt Out  - says who opted out" in output
    assert list(names(importing.leads())) == ["noah@example.com"]
    code, output = importing.send("opted-out.csv", "--include-opted-out")
    assert code == 0
    assert "opted out" not in output
    assert list(names(importing.leads())) == ["mia@example.com", "noah@example.com"]


def test_an_opt_out_applies_to_all_rows_of_a_person(importing: Importing) -> None:
    """Other rows of a person who opted out are left out, too."""
    importing.write(
        "list.csv", "Email,Unsubscribed\nMia@example.com,\nmia@example.com,yes\n,yes\nnoah@example.com,no\n"
    )
    code, output = importing.send("list.csv")
    assert code == 0
    assert "2 people opted out and are left out" in output
    assert list(names(importing.leads())) == ["noah@example.com"]


@pytest.mark.parametrize("options", [["--yes"], ["--yes", "--dry-run"], ["--yes", "--json"]])
def test_an_uncertain_encoding_is_not_guessed(importing: Importing, options: list[str]) -> None:
    """Without a terminal nothing is imported. The first row is shown in each possible encoding."""
    code, output = importing.run("polish-cp1250.csv", "--stack", "leads", *options)
    assert code == 2
    assert "cp1250:  Światosław;Kąkol;sz@example.pl;Ćma" in output
    assert "cp1252, cp1254, cp1258:  \u0152wiatos\xb3aw" in output
    assert "Nothing was imported. Name the correct encoding, for example: --encoding cp1250" in output
    assert importing.received() == []
    assert not list(importing.folder.glob("*.leads-state"))


@pytest.mark.parametrize("answer", ["1", "cp1252", "what?\nCP1252"])
def test_the_user_chooses_the_encoding(importing: Importing, answer: str) -> None:
    """By number or name, after seeing the first row in each."""
    code, output = importing.run("excel-german.csv", "--stack", "leads", typed=f"{answer}\ny\n")
    assert code == 0, output
    assert "  1  cp1252, " in output
    leads = importing.leads()
    assert names(leads)["juergen.boehm@beispiel.example"] == ("Jürgen", "Böhm")
    assert [lead.get("company") for lead in leads] == ["Möbel & Söhne; KG", None]
