"""`leads failures discard`, `export` and `erase` of a deployed stack."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from leads.io.kept import ERASURES_ID
from leads.message.message import address_for_log
from tests.integration.operating import Operated
from tests.letters import failure, refused, unmappable

DISCARD = ("failures", "discard")
ERASE = ("failures", "erase", "Ava@Example.com")
EXPORT = ("failures", "export")


def queued_lead(lead_id: str, email: str, **more: Any) -> dict[str, Any]:
    return {key: value for key, value in refused(lead_id, email, **more).items() if key != "failure"}


def test_letters_are_discarded(operator: Operated) -> None:
    """Matching letters are shown and deleted after a question. Nothing is sent."""
    operator.put(refused("lead-1"), refused("lead-2"), unmappable("hello"))
    code, output, asked = operator.leads(*DISCARD, "--reason", "rejected", typed="y\n")
    assert (code, asked.strip()) == (0, "Discard 2 dead letters? [y/N]:")
    assert output.endswith("Discarded: 2.\n")
    assert [body["failure"]["reason"] for body in operator.bodies()] == ["unmappable"]
    assert operator.messages("LeadsQueue") == operator.messages("EventsQueue") == []


def test_discarding_all_needs_an_option(operator: Operated) -> None:
    """Without an id or a filter nothing is discarded unless --all is given."""
    operator.put(refused())
    code, _, complaint = operator.leads(*DISCARD, "--yes")
    assert code == 2
    assert complaint.startswith("Which letters?")
    assert operator.json(*DISCARD, "--all", "--yes")["discarded"] == 1
    assert operator.messages() == []


def test_an_export(operator: Operated, tmp_path: Path) -> None:
    """The file is readable only by its owner, has every matching letter, and the letters stay."""
    operator.put(refused("lead-1"), refused("lead-2"), unmappable("hello"))
    path = tmp_path / "letters.csv"
    code, output, message = operator.leads(*EXPORT, "--output", str(path), "--reason", "rejected")
    assert (code, output) == (0, "")
    assert message.startswith("2 dead letters written to ")
    assert path.stat().st_mode & 0o777 == 0o600
    assert {row["id"] for row in csv.DictReader(path.read_text().splitlines())} == {"lead-1", "lead-2"}
    assert len(operator.messages()) == 3
    assert list(tmp_path.iterdir()) == [path]


def test_an_export_to_a_pipe(operator: Operated) -> None:
    """Without a file the letters go to standard output, and the message to standard error."""
    operator.put(refused("lead-1"), refused("other"))
    code, output, message = operator.leads(*EXPORT, "lead-1", "--format", "jsonl")
    assert (code, message) == (0, "1 dead letter written.\n")
    assert json.loads(output)["id"] == "lead-1"
    _, output, _ = operator.leads(*EXPORT)
    assert {row["id"] for row in csv.DictReader(io.StringIO(output))} == {"lead-1", "other"}


def test_an_export_that_fails_leaves_nothing(operator: Operated, tmp_path: Path) -> None:
    """A missing folder is an error. An existing file is replaced only by a complete one."""
    operator.put(refused("lead-1"), refused("lead-2"))
    code, _, complaint = operator.leads(*EXPORT, "--output", str(tmp_path / "missing" / "letters.csv"))
    assert code == 2
    assert "cannot be written: No such file or directory" in complaint
    old = tmp_path / "old.csv"
    old.write_text("older")
    assert operator.leads(*EXPORT, "lead", "--output", str(old))[0] == 2
    assert [each.read_text() for each in tmp_path.iterdir()] == ["older"]


def test_an_incomplete_export_fails(operator: Operated) -> None:
    """Letters that another reader holds are missing."""
    operator.put(refused("lead-1"), refused("lead-2"))
    operator.sqs.receive_message(QueueUrl=operator.outputs["DeadLetterQueueUrl"], VisibilityTimeout=600)
    code, _, complaint = operator.leads(*EXPORT)
    assert code == 1
    assert "About 1 more dead letter could not be seen" in complaint


@pytest.fixture
def crowd(operator: Operated) -> Operated:
    """Ava and Bo in every queue, and Ava mentioned in a lead of Bo's."""
    operator.put(refused("dead"), refused("dead-bo", "bo@example.org"), unmappable({"mail": "AVA@example.com"}))
    operator.put(queued_lead("live", "ava@example.com"), queued_lead("live-bo", "bo@example.org"), queue="LeadsQueue")
    friend = {"email": "bo@example.org", "customFields": {"referred_by": "ava@example.com"}}
    operator.put(queued_lead("friend", "", lead=friend), queue="LeadsQueue")
    operator.put({"email": "ava@example.com"}, "email=bo%40example.org", queue="EventsQueue", source="forms")
    return operator


def ids(operator: Operated, queue: str) -> set[str]:
    return {body.get("id", "event") for body in operator.bodies(queue)}


def test_a_person_is_erased(crowd: Operated) -> None:
    """The person's messages leave all three queues, and no others do. The accepted lead counts as erased."""
    code, output, asked = crowd.leads(*ERASE, typed="y\n")
    assert (code, asked.strip()) == (0, "Erase 4 messages? [y/N]:")
    assert "LeadsQueue: 1 message about this person.\n" in output
    assert "  1 message about other people, or several people, left alone without --mentions: friend\n" in output
    assert output.count("erased.\n") == 3
    assert "Elsewhere: Leadterra" in output
    assert ids(crowd, "DeadLetterQueue") == {"dead-bo"}
    assert ids(crowd, "LeadsQueue") == {"live-bo", "friend"}
    assert [each["Body"] for each in crowd.messages("EventsQueue")] == ["email=bo%40example.org"]
    assert crowd.counted("Erased") == 1


def test_mentions_are_erased_when_asked_for(crowd: Operated) -> None:
    """Messages about others that contain the address are deleted only with `--mentions`."""
    found = crowd.json(*ERASE, "--mentions", "--yes")
    assert {queue: (each["erased"], each["mentions"]) for queue, each in found.items()} == {
        "EventsQueue": (1, 0),
        "LeadsQueue": (2, 1),
        "DeadLetterQueue": (2, 0),
    }
    assert ids(crowd, "LeadsQueue") == {"live-bo"}
    assert crowd.counted("Erased") == 2


@pytest.mark.parametrize(
    ("options", "typed", "code"), [(("--dry-run",), "", 0), (("--dry-run", "--json"), "", 0), ((), "n\n", 1)]
)
def test_without_a_yes_nothing_is_erased(crowd: Operated, options: tuple[str, ...], typed: str, code: int) -> None:
    """A dry run succeeds, declining fails."""
    assert crowd.leads(*ERASE, *options, typed=typed)[0] == code
    assert [len(crowd.messages(queue)) for queue in ("DeadLetterQueue", "LeadsQueue")] == [3, 3]
    assert crowd.counted("Erased") == 0


@pytest.mark.parametrize("address", ["", "ava", "@example.com", "ava@"])
def test_a_partial_address_is_refused(operator: Operated, address: str) -> None:
    """It would match too many messages."""
    code, _, complaint = operator.leads("failures", "erase", address)
    assert code == 2
    assert "whole address" in complaint


def test_messages_that_cannot_be_read_fail_the_command(crowd: Operated) -> None:
    """Such as leads that wait for their next attempt."""
    crowd.sqs.receive_message(QueueUrl=crowd.outputs["LeadsQueueUrl"], VisibilityTimeout=600, MaxNumberOfMessages=2)
    code, output, complaint = crowd.leads(*ERASE, "--yes")
    assert code == 1
    assert "About 2 more messages cannot be looked at now" in output
    assert "run this again" in complaint


def test_held_messages_of_an_erased_person_are_dropped_later(
    crowd: Operated, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a log key enroll drops them, so the command succeeds. Local files with the address are listed."""
    crowd.put_secret({"log_key": "key-of-the-logs"})
    monkeypatch.chdir(tmp_path)
    for name, text in {"a.csv": "x,AVA@example.com", "b.csv.leads-state": "\0ava@example.com", "c.csv": "bo"}.items():
        (tmp_path / name).write_text(text)
    crowd.sqs.receive_message(QueueUrl=crowd.outputs["LeadsQueueUrl"], VisibilityTimeout=600, MaxNumberOfMessages=2)
    for _ in range(2):
        code, output, complaint = crowd.leads(*ERASE, "--yes")
        assert (code, complaint) == (0, "")
    assert "drops older held messages" in output
    assert [line.rpartition(": ")[2] for line in output.splitlines() if "has the address" in line] == [
        "a.csv",
        "b.csv.leads-state",
    ]
    table = crowd.outputs["DeliveriesTableName"]
    item = crowd.client("dynamodb").get_item(TableName=table, Key={"id": {"S": ERASURES_ID}})["Item"]
    assert item["people"]["M"].keys() == {address_for_log("key-of-the-logs", "ava@example.com")}


def test_an_event_that_looks_like_a_lead_is_not_counted(operator: Operated) -> None:
    """Messages in EventsQueue and malformed ones were never accepted."""
    operator.put({"campaign": "x", "lead": {"email": "ava@example.com"}}, queue="EventsQueue")
    operator.put({"lead": {"email": "ava@example.com"}}, queue="LeadsQueue")
    operator.put(refused("again", failure=failure("malformed")))
    found = operator.json(*ERASE, "--yes")
    assert [each["erased"] for each in found.values()] == [1, 1, 1]
    assert operator.counted("Erased") == 0
