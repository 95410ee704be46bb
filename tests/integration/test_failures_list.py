"""`leads failures list` and `show` of a deployed stack."""

from tests.integration.operating import Operated
from tests.letters import failure, refused, unmappable


def test_the_groups(operator: Operated) -> None:
    """Each cause is a line, the largest group first, with the next command to run."""
    operator.put(*(refused(f"lead-{n}") for n in range(3)), unmappable("hello"))
    code, output, _ = operator.leads("failures", "list")
    assert code == 0
    assert output.startswith("4 dead letters in 2 groups\n")
    lines = output.splitlines()
    assert lines[2].split()[:6] == ["3", "rejected", "email", "422", "website", "newsletter"]
    assert lines[3].split()[:6] == ["1", "unmappable", "email", "-", "forms", "-"]
    assert "expires in 4 days" in output
    assert "failures show lead-" in lines[-1]
    assert lines[-1].endswith(" --stack leads")
    assert len(operator.messages()) == 4


def test_one_by_one(operator: Operated) -> None:
    """The newest letters are listed with their addresses, and the number of older ones."""
    for n in range(3):
        reason = failure(failedAt=f"2026-11-24T1{n}:00:00.000Z")
        operator.put(refused(f"lead-{n}", f"ava{n}@example.com", failure=reason))
    code, output, _ = operator.leads("failures", "list", "--each", "--limit", "2")
    assert code == 0
    assert [line.split()[0] for line in output.splitlines()[2:4]] == ["lead-2", "lead-1"]
    assert "ava2@example.com" in output
    assert "1 older: --limit 3 lists them as well." in output


def test_for_programs(operator: Operated) -> None:
    """JSON has the filtered groups or letters."""
    operator.put(refused("lead-1"), refused("lead-2", campaign="trial"), unmappable("hello"))
    found = operator.json("failures", "list", "--campaign", "trial")
    assert (found["total"], found["elsewhere"], found["whole"]) == (1, 0, True)
    assert [(group["campaign"], group["count"]) for group in found["groups"]] == [("trial", 1)]
    found = operator.json("failures", "list", "--each", "--reason", "rejected")
    assert {each["id"] for each in found["letters"]} == {"lead-1", "lead-2"}
    assert found["expires"].endswith("+00:00")


def test_nothing_to_list(operator: Operated) -> None:
    """An empty queue and filters without a match have different messages."""
    assert operator.leads("failures", "list")[1] == "No dead letters.\n"
    operator.put(refused())
    assert operator.leads("failures", "list", "--field", "company")[1] == "None of 1 dead letter matches.\n"


def test_the_details_of_a_letter(operator: Operated) -> None:
    """The lead, the reason, the history and runnable commands, by the start of an id."""
    operator.put(refused("lead-1", replay={"count": 2, "of": "before"}), refused("other"))
    code, output, _ = operator.leads("failures", "show", "lead")
    assert code == 0
    for part in ('"email": "ava@example.com"', "invalid email format", '"of": "before"', "LeadsQueue"):
        assert part in output
    assert "failures fix lead-1 --set email=... --replay --stack leads\n" in output
    assert len(operator.messages()) == 2


def test_control_characters_are_escaped(operator: Operated) -> None:
    """Control characters and markup in a letter are shown escaped."""
    evil = "\x1b[2J[bold]x[/bold]\r\u202e"
    operator.put(refused("lead-1", evil, source=evil, failure=failure(field=evil, message=evil)))
    for command in (["list"], ["list", "--each"], ["show", "lead-1"]):
        code, output, _ = operator.leads("failures", *command)
        assert code == 0
        assert "\\x1b[2J[bold]x[/bold]\\r\\u202e" in output or "\\u001b[2J[bold]x" in output
        assert not {"\x1b", "\r", "\u202e"} & set(output)


def test_an_unknown_id(operator: Operated) -> None:
    """The error says where to look."""
    operator.put(refused())
    code, _, complaint = operator.leads("failures", "show", "ava@example.com")
    assert (code, "list --each --contains ava@example.com" in complaint) == (2, True)
    code, _, complaint = operator.leads("failures", "show", "unknown")
    assert code == 1
    assert complaint.startswith("unknown: no visible dead letter")
    assert "failures list --each --stack leads" in complaint
