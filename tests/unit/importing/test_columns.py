"""Columns: recognised, set by the user, and shown."""

from pathlib import Path

import pytest

from leads.lead.lead import NoLead
from leads.model import Lead
from leads_cli.errors import UsageError
from leads_cli.importing.plan.columns import Columns, assign_columns, parse_choices
from leads_cli.importing.plan.report import describe_mapping
from tests.unit.importing.files import reading


def columns(folder: Path, text: str, maps: tuple[str, ...] = (), custom: tuple[str, ...] = ()) -> Columns:
    with reading(folder, text) as found:
        return assign_columns(found, parse_choices(maps, custom), "news")


def shown(folder: Path, text: str, maps: tuple[str, ...] = (), custom: tuple[str, ...] = ()) -> dict[str, str]:
    """What each column is used for, in words."""
    found = columns(folder, text, maps, custom)
    return {name: describe_mapping(found, name) for name in found.names}


def leads(folder: Path, text: str, maps: tuple[str, ...] = (), custom: tuple[str, ...] = ()) -> list[Lead | str]:
    """Each row's lead, or why there is none."""
    with reading(folder, text) as found:
        guessed = assign_columns(found, parse_choices(maps, custom), "news")
        made: list[Lead | str] = []
        for row in found.rows():
            try:
                made.append(guessed.lead(row))
            except NoLead as error:
                made.append(error.problems[0].message)
    return made


def test_columns_are_recognised_as_fields_are(tmp_path: Path) -> None:
    """By the same names and preferences as in intake. Other columns are left out."""
    text = "Work email,E-Mail,Vorname,Name,Firma,Position,Plan\nw@example.com,a@example.com,Ava,K,Acme,CEO,pro\n"
    assert shown(tmp_path, text) == {
        "Work email": "email, where E-Mail has none",
        "E-Mail": "email",
        "Vorname": "firstName",
        "Name": "lastName",
        "Firma": "company",
        "Position": "jobTitle",
        "Plan": "- left out",
    }
    assert shown(tmp_path, "email,full name\na@example.com,Ava K\n")["full name"] == "firstName, lastName"


def test_a_second_column_fills_gaps(tmp_path: Path) -> None:
    """A second column of the same kind is used where the first is empty; otherwise it may be a custom field."""
    text = "email,work email,first name,last name,full name\na@example.com,w@example.com,,K,Ava K\n"
    assert shown(tmp_path, text)["full name"] == "firstName, lastName, where they are empty"
    assert shown(tmp_path, text, custom=("*",))["work email"] == "email, where email has none, or a custom field"
    (lead,) = leads(tmp_path, text, custom=("*",))
    custom = {"work email": "w@example.com"}
    assert lead == {"email": "a@example.com", "firstName": "Ava", "lastName": "K", "customFields": custom}


def test_a_row_is_read_as_a_submission(tmp_path: Path) -> None:
    """Addresses are checked, names are split and null words are dropped as in intake."""
    text = (
        'email,work email,name,company\nA@Example.com,,"King, Ava",NULL\n,b@example.com,N/A,\\N\nnobody,,x,\n,,Cleo,\n'
    )
    assert leads(tmp_path, text) == [
        {"email": "a@example.com", "firstName": "Ava", "lastName": "King"},
        {"email": "b@example.com"},
        "not an e-mail address: An email address must have an @-sign.",
        "no e-mail address",
    ]


def test_a_text_that_a_spreadsheet_keeps(tmp_path: Path) -> None:
    """An equals sign or an apostrophe before it is not part of it."""
    text = 'email,name,company\n="a@example.com",="Ava King","=""Acme"""\n\'b@example.com,Bea,"=""Acme"\n'
    assert leads(tmp_path, text) == [
        {"email": "a@example.com", "firstName": "Ava", "lastName": "King", "company": "Acme"},
        {"email": "b@example.com", "firstName": "Bea", "company": "Acme"},
    ]


def test_the_host_of_a_meeting_is_not_the_person(tmp_path: Path) -> None:
    """A scheduling tool's export has the columns of both."""
    text = "User Name,User Email,Invitee Name,Invitee Email\nHal Host,h@example.com,Ava King,a@example.com\n"
    assert leads(tmp_path, text) == [{"email": "a@example.com", "firstName": "Ava", "lastName": "King"}]


def test_an_address_in_another_column_is_not_used(tmp_path: Path) -> None:
    """An address in a column that is left out is not used."""
    text = "email,account manager,notes\na@example.com,m@example.com,\n,m@example.com,ask c@example.com\n"
    assert leads(tmp_path, text)[1] == "no e-mail address"
    assert leads(tmp_path, "email,account manager\n,m@example.com\n") == ["no e-mail address"]


def test_the_email_column_is_found_by_its_values(tmp_path: Path) -> None:
    """If no name matches, the only column with addresses is used."""
    text = "Kontakt,Wer,Notiz\na@example.com,Ava,x\nb@example.com,Ben,c@example.com\nn/a,Cleo,y\n"
    assert shown(tmp_path, text)["Kontakt"] == "email"
    opted = "Email opt-in,Kontakt\nyes,a@example.com\n"
    assert shown(tmp_path, opted) == {"Email opt-in": "- says who opted out", "Kontakt": "email"}


def test_map_overrides_the_recognised_columns(tmp_path: Path) -> None:
    """--map accepts any spelling of a column's name, and can leave a column out or make it a custom field."""
    text = "email,Your Role,title,Plan,Notes\na@example.com,CTO,Dr,pro,secret\n"
    maps = ("your role=job_title", "title=", "Plan=tier")
    assert shown(tmp_path, text, maps) == {
        "email": "email",
        "Your Role": "jobTitle",
        "title": "- left out",
        "Plan": "custom field tier",
        "Notes": "- left out",
    }
    assert leads(tmp_path, text, maps) == [
        {"email": "a@example.com", "jobTitle": "CTO", "customFields": {"tier": "pro"}}
    ]
    assert leads(tmp_path, "a=b,name\na@example.com,Ava King\n", ("a=b=email",)) == [
        {"email": "a@example.com", "firstName": "Ava", "lastName": "King"}
    ]


def test_only_requested_custom_fields_are_sent(tmp_path: Path) -> None:
    """`*` requests all columns that have a name."""
    text = "email,Plan,Size,,title\na@example.com,pro,5,x,Mr\n"
    assert leads(tmp_path, text, custom=("plan,size",)) == [
        {"email": "a@example.com", "customFields": {"plan": "pro", "size": "5"}}
    ]
    assert leads(tmp_path, text, custom=("*",)) == [
        {"email": "a@example.com", "customFields": {"Plan": "pro", "Size": "5", "title": "Mr"}}
    ]
    assert shown(tmp_path, text, custom=("*",))["column 4"] == "- left out"


PLAN = "email,plan\na@example.com,pro\n"


@pytest.mark.parametrize(
    ("text", "maps", "custom", "message"),
    [
        (
            "a,b\na@example.com,b@example.com\n",
            "",
            "",
            "several columns hold addresses: a, b; say which is meant: --map",
        ),
        ("a,b\nx,y\n", "", "", 'no column holds addresses; say which should: --map "a=email"; there are: a, b'),
        ("referred by,b\na@example.com,y\n", "", "", "no column holds addresses"),
        (PLAN, "plan", "", "--map plan: write column=field"),
        (PLAN, "=email", "", "--map =email: write column=field"),
        (PLAN, "phone=email", "", "--map phone: there is no such column; there are: email, plan"),
        (PLAN, "email=company plan=company", "", "--map: both email and plan are to be company; name one"),
        (PLAN, "", "plan,phone", "--custom phone: there is no such column"),
    ],
)
def test_an_unclear_mapping_is_refused(tmp_path: Path, text: str, maps: str, custom: str, message: str) -> None:
    """The error lists the columns to choose from."""
    with pytest.raises(UsageError) as caught:
        columns(tmp_path, text, tuple(maps.split()), tuple(custom.split()))
    assert message in str(caught.value)


def test_examples_are_the_first_values(tmp_path: Path) -> None:
    """Each column is shown with its first value."""
    found = columns(tmp_path, "email,plan,x\na@example.com,,\nb@example.com,pro,\n")
    assert found.examples == {"email": "a@example.com", "plan": "pro"}


def test_several_addresses_in_a_cell(tmp_path: Path) -> None:
    """The first address is used, and the row is counted as having several."""
    text = "E-mail 1 - Value,Name\na@example.com ::: b@example.com,Ava\na@example.com;A@example.com,Ben\n"
    with reading(tmp_path, text) as found:
        guessed = assign_columns(found, parse_choices((), ()), "news")
        assert [guessed.lead(row)["email"] for row in found.rows()] == ["a@example.com"] * 2
        assert [guessed.has_several_addresses(row) for row in found.rows()] == [True, False]


def test_several_columns_of_addresses(tmp_path: Path) -> None:
    """The first filled column counts, unless another is primary by its name or by a mark in the row."""
    google = "E-mail 1 - Type,E-mail 1 - Value,E-mail 2 - Type,E-mail 2 - Value\n"
    people = "* Work,a@example.com,Home,b@example.com\nWork,a@example.com,* Home,b@example.com\n,,Home,b@example.com\n"
    addresses = [lead["email"] for lead in leads(tmp_path, google + people) if not isinstance(lead, str)]
    assert addresses == ["a@example.com", "b@example.com", "b@example.com"]
    named = "Email,Primary Email,Name\na@example.com,b@example.com,Ava\na@example.com,,Ben\n"
    addresses = [lead["email"] for lead in leads(tmp_path, named) if not isinstance(lead, str)]
    assert addresses == ["b@example.com", "a@example.com"]
