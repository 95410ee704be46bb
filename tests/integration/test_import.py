"""`leads import`: a list of people becomes messages in LeadsQueue."""

import csv
import io
import json

import pytest

from tests.integration.importing import Importing

LIST = "E-Mail;Vorname;Name;Firma;Plan\nAva@Example.com;Ava;König;Acme;pro\nben@example.org;Ben;;;\n"


def test_a_list_becomes_messages(importing: Importing) -> None:
    """Columns are recognised as in intake, and each row is a message with the source `import`."""
    importing.write("list.csv", LIST)
    code, output = importing.send("list.csv", "--custom", "plan")
    assert code == 0, output
    assert "In LeadsQueue now: 2 leads. What becomes of them: leads status --stack leads" in output
    assert "What Leadterra refuses: leads failures list --source import --stack leads" in output
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


def test_a_finished_import_is_not_repeated(importing: Importing) -> None:
    """The same file for the same campaign is sent again only with `--again`."""
    importing.write("list.csv", LIST)
    importing.send("list.csv")
    first = importing.received()
    code, output = importing.send("list.csv")
    assert code == 0
    assert "nothing is sent" in output
    assert importing.received() == []
    assert importing.send("list.csv", "--again")[0] == 0
    again = importing.received()
    assert [body["lead"] for body in again] == [body["lead"] for body in first]
    assert not {body["id"] for body in again} & {body["id"] for body in first}


def test_refused_rows_are_corrected_and_imported(importing: Importing) -> None:
    """Good rows are sent. The others are in a file with their reasons."""
    importing.write("list.csv", LIST + "=nobody;=Cleo;Q;;\ndora@example.com;D;Q;A;B;C\n")
    code, output = importing.send("list.csv", "--custom", "plan")
    assert code == 1
    assert "Refused: 2 rows. Correct them in " in output
    assert len(importing.leads()) == 2
    refused = importing.folder / "list.csv.refused.csv"
    header, cleo, dora = csv.reader(io.StringIO(refused.read_text(encoding="utf-8-sig")))
    assert header[:5] == ["refused_row", "refused_field", "refused_reason", "E-Mail", "Vorname"]
    assert cleo[:5] == [
        "4",
        "email",
        "not an e-mail address: An email address must have an @-sign.",
        "'=nobody",
        "'=Cleo",
    ]
    assert (dora[0], dora[3]) == ("5", "dora@example.com")
    text = refused.read_text(encoding="utf-8-sig").replace("'=nobody", "cleo@example.com")
    refused.write_text(text, encoding="utf-8-sig")
    assert importing.send("list.csv.refused.csv", "--map", "column 6=")[0] == 0
    assert importing.leads() == [
        {"email": "cleo@example.com", "firstName": "=Cleo", "lastName": "Q"},
        {"email": "dora@example.com", "firstName": "D", "lastName": "Q", "company": "A"},
    ]


def test_a_dry_run_says_what_is_wrong(importing: Importing) -> None:
    """It reports row, column and problem, and sends, asks and leaves nothing."""
    importing.write("list.csv", LIST + "nobody;Cleo;Q;;\n\n;Dora;;;\nben@example.org;;Bell;;\n")
    code, output = importing.run("list.csv", "--dry-run")
    assert code == 1
    assert [line.split() for line in output.splitlines() if line.startswith(("   rows", "=", "+"))] == [
        ["rows", "5"],
        ["=", "leads", "2"],
        ["+", "merged", "1", "into", "a", "later", "row", "of", "the", "same", "address"],
        ["+", "refused", "2"],
    ]
    assert "4    E-Mail  not an e-mail address: An email address must have an @-sign." in output
    assert "6    E-Mail  no e-mail address" in output
    assert sorted(path.name for path in importing.folder.iterdir()) == ["enrollment.toml", "list.csv"]
    assert importing.received() == []
    importing.write("good.csv", LIST)
    assert importing.run("good.csv", "--dry-run")[0] == 0


def test_the_result_as_json(importing: Importing) -> None:
    """Only the JSON is on stdout."""
    importing.write("list.csv", LIST + "nobody;;;;\n")
    _, output = importing.send("list.csv", "--json")
    assert json.loads(output) == {
        "ending": "finished",
        "rows": 3,
        "leads": 2,
        "merged": 0,
        "refused": 1,
        "optedOut": 0,
        "left": 0,
        "notes": [],
        "refusedFile": str(importing.folder / "list.csv.refused.csv"),
        "trouble": None,
    }


def test_it_asks_before_it_sends(importing: Importing) -> None:
    """The columns' use is shown first. A no sends nothing and leaves no file."""
    importing.write("list.csv", LIST)
    code, output = importing.run("list.csv", "--stack", "leads", typed="n\n")
    assert code == 1
    assert "Vorname  firstName" in output
    assert output.index("- left out") < output.index("Send 2 leads to LeadsQueue of https://a1b2c3")
    assert output.endswith("Nothing was sent.\n")
    assert sorted(path.name for path in importing.folder.iterdir()) == ["enrollment.toml", "list.csv"]
    assert importing.run("list.csv", "--stack", "leads", typed="y\n")[0] == 0
    assert len(importing.received()) == 2


def test_a_piped_list(importing: Importing) -> None:
    """It needs --yes, and is recognised by its content."""
    code, output = importing.run("-", "--stack", "leads", typed=LIST)
    assert code == 2
    assert "add --yes" in output
    assert importing.send("-", typed=LIST)[0] == 0
    assert len(importing.received()) == 2
    code, output = importing.send("-", typed=LIST)
    assert (code, importing.received()) == (0, [])
    assert importing.send("-", typed=LIST.replace("Ben", "Bob"))[0] == 0
    assert [lead.get("firstName") for lead in importing.leads()] == ["Ava", "Bob"]


def test_the_campaign_s_rules_apply(importing: Importing) -> None:
    """A lead without a required token is refused at once, with the reason."""
    rules = 'tokens = ["company"]\non_missing_token = "dead_letter"\n'
    importing.config.write_text(importing.config.read_text() + rules)
    importing.write("list.csv", LIST + "ben@example.org;;;Bell Ltd;\ncleo@example.com;;;;\n")
    code, output = importing.send("list.csv")
    assert code == 1
    assert "uses {{company}}" in output
    assert [lead["email"] for lead in importing.leads()] == ["ava@example.com", "ben@example.org"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["list.csv", "--campaign", "trial"],
            "--campaign trial: the configuration has no such campaign; it has: newsletter",
        ),
        (["list.csv", "--source", "a b"], "--source a b: letters, digits"),
        (["list.csv", "--source", "direct"], "--source direct: enroll itself counts the leads of this source"),
        (["list.csv", "--leadterra-url", "http://localhost"], "--leadterra-url is for --direct"),
        (
            ["list.csv", "--direct", "--leadterra-url", "http://a.example"],
            "--leadterra-url: must be an https:// address",
        ),
        (["list.csv", "--direct"], "--direct needs Leadterra's key: set LEADTERRA_API_KEY"),
    ],
)
def test_wrong_options_are_refused(importing: Importing, options: list[str], message: str) -> None:
    """The message says what is wrong and what would be right."""
    importing.write("list.csv", LIST)
    code, output = importing.run(*options, "--yes") if "--direct" in options else importing.send(*options)
    assert code == 2
    assert message in output
    assert not list(importing.folder.glob("*.leads-state"))


def test_the_campaign_must_be_named_if_there_are_several(importing: Importing) -> None:
    """By name or by id."""
    importing.config.write_text(importing.config.read_text() + '[campaigns.trial]\nid = "camp_2"\n')
    importing.write("list.csv", LIST)
    code, output = importing.send("list.csv")
    assert code == 2
    assert "which campaign? Name it with --campaign: newsletter, trial" in output
    for name in ("trial", "camp_2"):
        assert importing.send("list.csv", "--campaign", name)[0] == 0
        assert {body["campaign"] for body in importing.received()} == {name}
