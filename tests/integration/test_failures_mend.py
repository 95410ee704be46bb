"""`leads failures fix` and `replay` of a deployed stack."""

import boto3
import pytest

from tests.integration.operating import Operated
from tests.letters import failure, refused, unmappable

FIX = ("failures", "fix")
REPLAY = ("failures", "replay")


def test_a_fix_is_shown_first(operator: Operated) -> None:
    """A dry run shows each value before and after, and changes nothing."""
    operator.put(refused("lead-1", " Ava@Example.com"), refused("lead-2"))
    code, output, _ = operator.leads(*FIX, "--normalise", "email", "--remove", "company", "--dry-run")
    assert code == 0
    assert output.splitlines() == [
        "lead-1:",
        '  - email: " Ava@Example.com"',
        '  + email: "ava@example.com"',
        "1 dead letter that this does not change.",
    ]
    assert {body["lead"]["email"] for body in operator.bodies()} == {" Ava@Example.com", "ava@example.com"}


def test_a_fix_of_many(operator: Operated) -> None:
    """The first letters are shown with the number of the others, and one answer confirms all."""
    operator.put(*(refused(f"lead-{n}", f"Ava{n}@Example.com") for n in range(22)), unmappable("hello"))
    code, output, asked = operator.leads(*FIX, "--normalise", "email", "--set", "company=Acme", typed="y\n")
    assert (code, asked) == (0, "Fix 22 dead letters? [y/N]:")
    assert "... and 2 more letters.\n" in output
    assert "1 dead letter left alone: its event is a text, not JSON: it has no fields to change.\n" in output
    assert output.endswith("Fixed: 22.\n")
    leads = [body["lead"] for body in operator.bodies() if "lead" in body]
    assert {(lead["email"], lead["company"]) for lead in leads} == {(f"ava{n}@example.com", "Acme") for n in range(22)}
    assert operator.messages("LeadsQueue") == []


def test_declining_changes_nothing(operator: Operated) -> None:
    """Without a yes, or without a terminal to ask, the command fails."""
    operator.put(refused())
    for typed in ("n\n", ""):
        code, _, complaint = operator.leads(*REPLAY, typed=typed)
        assert code == 1
        assert complaint.endswith("Nothing was replayed.\n")
    assert (len(operator.messages()), operator.messages("LeadsQueue")) == (1, [])


def test_a_letter_is_fixed_and_replayed(operator: Operated) -> None:
    """One letter, found by the start of its id, is replayed with the new value. The other one stays."""
    operator.put(refused("lead-1"), refused("other"))
    code, output, _ = operator.leads(*FIX, "lead", "--set", "email=ava@example.org", "--replay", "--yes")
    assert (code, "Fixed and replayed: 1.\n" in output) == (0, True)
    (body,) = operator.bodies("LeadsQueue")
    assert (body["id"], body["lead"]["email"], "failure" in body) == ("lead-1", "ava@example.org", False)
    assert (body["fixed"]["fields"], body["replay"]["reason"]) == (["email"], "rejected")
    assert [each["id"] for each in operator.bodies()] == ["other"]
    assert operator.counted("Replayed") == 1


def test_an_event_keeps_its_id_when_it_is_fixed(operator: Operated) -> None:
    """SQS gives it a new message id, but the operator sees the same letter id."""
    (message_id,) = operator.put(unmappable({"mail": "ava@example.com"}))
    assert operator.json(*FIX, message_id, "--rename", "mail=email", "--yes")["fixed"] == 1
    assert operator.json("failures", "show", message_id)[0]["event"] == {"email": "ava@example.com"}
    assert operator.json(*REPLAY, message_id, "--yes")["replayed"] == 1
    (body,) = operator.bodies("EventsQueue")
    assert (body["event"], body["source"]) == ({"email": "ava@example.com"}, "forms")
    assert operator.messages() == []


def test_all_that_match_are_replayed(operator: Operated) -> None:
    """The groups are shown, one question is asked, and only matching letters are replayed."""
    operator.put(*(refused(f"lead-{n}") for n in range(3)), refused("other", failure=failure("missing_token")))
    code, output, asked = operator.leads(*REPLAY, "--reason", "rejected", typed="y\n")
    assert (code, asked) == (0, "Replay 3 dead letters? [y/N]:")
    assert output.startswith("3 dead letters to replay:\n")
    assert "Replayed: 3.\nThe outcomes are not known: the log /aws/lambda/leads-" in output
    assert {body["id"] for body in operator.bodies("LeadsQueue")} == {"lead-0", "lead-1", "lead-2"}
    assert [body["id"] for body in operator.bodies()] == ["other"]


def test_for_programs(operator: Operated) -> None:
    """JSON has the plan or the result, without a question."""
    operator.put(refused("lead-1"), {"lead": {"email": "x"}, "failure": failure("malformed")})
    plan = operator.json(*REPLAY, "--dry-run")
    assert (plan["planned"], [group["count"] for group in plan["groups"]], plan["changes"]) == (1, [1], [])
    problem = "it would be refused at once: campaign: missing: a campaign's name or id, as a string"
    assert plan["problems"] == {problem: 1}
    change = {"path": "company", "after": "Acme"}
    plan = operator.json(*FIX, "lead-1", "--set", "company=Acme", "--dry-run")
    assert [(each["id"], each["changes"]) for each in plan["changes"]] == [("lead-1", [change])]
    code, _, complaint = operator.leads(*REPLAY, "--json")
    assert code == 2
    assert "add --yes or --dry-run" in complaint
    assert operator.json(*REPLAY, "--yes") == {
        "replayed": 1,
        "failed": 0,
        "missing": 0,
        "uncounted": 0,
        "untouched": 0,
        "problems": {problem: 1},
    }


def test_a_correction_that_is_none_ends_with_an_error(operator: Operated) -> None:
    """A script notices that nothing was changed."""
    operator.put(refused("lead-1"))
    code, output, _ = operator.leads(*FIX, "lead-1", "--set", "email=no-address", "--yes")
    assert code == 1
    assert "email" in output
    assert [body["id"] for body in operator.bodies()] == ["lead-1"]


def test_letters_deleted_meanwhile_are_reported(operator: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters that disappear before the answer are counted separately from those that were sent."""
    operator.put(refused("lead-1"), refused("lead-2"))

    def answer(*_: object, **__: object) -> bool:
        message = operator.messages()[0]
        operator.sqs.delete_message(
            QueueUrl=operator.outputs["DeadLetterQueueUrl"], ReceiptHandle=message["ReceiptHandle"]
        )
        return True

    monkeypatch.setattr("typer.confirm", answer)
    code, output, _ = operator.leads(*REPLAY)
    assert code == 0
    assert "Replayed: 1." in output
    assert "1 dead letter not found any more" in output


def test_an_aws_error_stops_the_replay(operator: Operated) -> None:
    """The command reports what was sent and what to check, and keeps the rest."""
    operator.put(refused())
    boto3.client("sqs").delete_queue(QueueUrl=operator.outputs["LeadsQueueUrl"])
    code, output, complaint = operator.leads(*REPLAY, "--yes")
    assert code == 1
    assert "Replayed: 0." in output
    assert "LeadsQueue took none of 1 messages" in complaint
    assert len(operator.messages()) == 1
