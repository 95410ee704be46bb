"""What all containers of enroll have seen, through a table: a container that has just started knows it too."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from leads.io.aws import DynamoDB, dynamodb
from leads.io.delivery import experience
from leads.io.memory import Table
from leads.search.experience import PATIENCE, SEASONED_LEADS, SEASONED_TIME, Taken, Told
from leads.search.guard import GUARD_ROWS
from leads_cli.sandbox import Behaviour, Fault
from tests.integration.enrolling import Enrolling, message
from tests.simulation.table import Table as SimulatedTable

BEN = message("ben@refused.example")


@pytest.fixture
def table(enrolling: Enrolling) -> Table:
    """The table, in which a campaign has long taken leads."""
    found = Table(dynamodb(enrolling.cloud.settings), os.environ["EXPERIENCE_TABLE"])
    now = datetime.now(UTC)
    assert found.tell(
        "camp_news", Taken(SEASONED_LEADS, now - PATIENCE - 2 * SEASONED_TIME, now - PATIENCE - SEASONED_TIME)
    )
    return found


def restart() -> None:
    """The next invocation is another container's first."""
    experience.cache_clear()


def calls(enrolling: Enrolling) -> list[str]:
    return [operation for operation in ("GetItem", "UpdateItem") for _ in enrolling.cloud.calls(operation)]


@pytest.mark.usefixtures("table")
def test_a_container_that_has_just_started_doubts_a_lone_refusal(enrolling: Enrolling) -> None:
    """It is believed once somebody else was taken afterwards, whichever containers saw the one and the other."""
    alone = enrolling.deliver(BEN)
    assert (alone.why(), enrolling.letters()) == ({"unproven": 1}, [])
    restart()
    assert enrolling.deliver(message("ava@example.com")).failures == []
    restart()
    enrolling.show(alone.records)
    assert enrolling.deliver().failures == []
    assert [letter.body["lead"]["email"] for letter in enrolling.letters()] == ["ben@refused.example"]


def test_who_was_held_with_everybody_is_not_condemned_alone(enrolling: Enrolling) -> None:
    """A batch that was held comes again in pieces, to other containers, of a campaign that nobody knows yet."""
    enrolling.leadterra.faults.set([Fault(kind="refuse_all")])
    done = enrolling.deliver(*(message(f"lead{number}@example.com") for number in range(GUARD_ROWS + 2)))
    assert done.why() == {"systemic": GUARD_ROWS + 2}
    restart()
    enrolling.show(done.records)
    pieces = enrolling.cloud.records()
    assert [enrolling.invoke([piece]).why() for piece in pieces] == [{"systemic": 1}] * len(pieces)
    assert enrolling.letters() == []
    enrolling.leadterra.faults.set([])
    enrolling.show(pieces)
    assert enrolling.deliver(BEN).failures == []
    assert len(enrolling.enrolled()) == len(pieces)
    # Somebody was taken, Ben is bad, and so is whoever comes after him.
    restart()
    enrolling.deliver(message("eve@refused.example"))
    letters = sorted(letter.body["lead"]["email"] for letter in enrolling.letters())
    assert letters == ["ben@refused.example", "eve@refused.example"]


@pytest.mark.usefixtures("table")
def test_a_schema_that_changes_in_the_middle_of_a_search(enrolling: Enrolling) -> None:
    """Who got through before it says nothing of those that are refused from then on; who got through after, all."""
    enrolling.leadterra.behaviour = Behaviour(error_shape="count_only")
    # The batch is refused for Ben, the first of them get through; then everybody is refused.
    enrolling.leadterra.faults.set([Fault(kind="refuse_all", after=2)])
    done = enrolling.deliver(*(message(f"lead{n}@example.com") for n in range(5)), BEN)
    assert enrolling.letters() == []
    assert done.metrics["Enrolled"] > 0 < done.metrics["HeldUnproven"]
    enrolling.leadterra.faults.set([])
    enrolling.show([record for record in done.records if record["messageId"] in done.failures])
    assert enrolling.deliver().failures == []
    assert [letter.body["lead"]["email"] for letter in enrolling.letters()] == ["ben@refused.example"]


@pytest.mark.parametrize("waiting", [GUARD_ROWS - 2, GUARD_ROWS - 1])
def test_where_ten_wait_nobodys_time_is_up(enrolling: Enrolling, table: Table, waiting: int) -> None:
    """Leads that come one by one, to one container or another: with ten of them it is about everybody."""
    enrolling.leadterra.faults.set([Fault(kind="refuse_all")])
    for number in range(waiting):
        table.refused("camp_news", f"elsewhere-{number}", datetime.now(UTC))
    enrolling.cloud.send(message("ava@example.com"))
    records = enrolling.cloud.records()
    table.refused("camp_news", records[0]["messageId"], datetime.now(UTC) - PATIENCE)
    done = enrolling.invoke(records)
    if waiting < GUARD_ROWS - 1:
        assert (done.failures, len(enrolling.letters())) == ([], 1)
    else:
        assert (done.why(), enrolling.letters()) == ({"systemic": 1}, [])
        assert done.logs[-1]["level"] == "ERROR"


def test_what_was_taken_is_told_at_most_once_a_minute(enrolling: Enrolling, table: Table) -> None:
    """A busy container asks for little; what it has told adds up, and nobody waits any more."""
    table.refused("camp_news", "somebody", datetime.now(UTC) - timedelta(seconds=1))
    before = table.recall("camp_news")
    assert before
    assert before.taken
    assert before.waiting == 1
    done = enrolling.deliver(message("ava@example.com"), message("eve@example.com"))
    assert (done.failures, calls(enrolling)) == ([], ["UpdateItem"])
    after = table.recall("camp_news")
    assert after
    assert after.taken
    assert after == Told(Taken(SEASONED_LEADS + 2, before.taken.first, after.taken.last), waiting=0)
    assert after.taken.last > before.taken.last
    enrolling.deliver(message("ida@example.com"))
    assert calls(enrolling) == []


def test_a_table_that_does_not_answer_stops_nobody(enrolling: Enrolling, table: Table) -> None:
    """The container knows what it has seen by itself, asks once, and says so in the log."""
    enrolling.cloud.dynamodb.delete_table(TableName=table.table)
    done = enrolling.deliver(BEN)
    assert (done.failures, calls(enrolling)) == ([], ["GetItem"])
    assert [letter.body["lead"]["email"] for letter in enrolling.letters()] == ["ben@refused.example"]
    assert [log["message"] for log in done.logs] == ["no memory", "batch settled"]
    done = enrolling.deliver(message("ava@example.com"))
    assert (done.failures, done.metrics["Enrolled"], calls(enrolling)) == ([], 1, ["UpdateItem"])


@pytest.mark.usefixtures("table")
def test_without_a_table_nobody_is_asked(enrolling: Enrolling, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the function by hand has none to name; a refusal is believed as it is."""
    monkeypatch.delenv("EXPERIENCE_TABLE")
    done = enrolling.deliver(BEN)
    assert (done.failures, calls(enrolling), len(enrolling.letters())) == ([], [], 1)


def test_the_simulated_table_answers_as_the_real_one(table: Table) -> None:
    """What a simulated week proves rests on it."""
    simulated = Table(DynamoDB(SimulatedTable()), table.table)
    now = datetime.now(UTC)

    def course(of: Table) -> list[object]:
        """Everything that is ever asked, and what is known after each step."""
        second = timedelta(seconds=1)
        steps = (
            lambda: of.tell("camp_new", Taken(3, now, now + second)),
            lambda: of.refused("camp_new", "m-1", now + 2 * second),
            lambda: of.refused("camp_new", "m-1", now + 3 * second),
            lambda: of.alarm("camp_new", now + 4 * second),
            lambda: of.tell("camp_new", Taken(2, now + 5 * second, now + 6 * second)),
            lambda: of.alarm("camp_other", now),
        )
        return [(step(), of.recall("camp_new"), of.recall("camp_other")) for step in steps]

    assert course(simulated) == course(table)
