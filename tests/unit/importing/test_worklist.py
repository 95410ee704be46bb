"""The worklist: the rows that are still to be sent."""

import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest

from leads_cli.errors import UsageError
from leads_cli.importing.plan.facts import Facts, Totals, describe_begun, describe_finished
from leads_cli.importing.plan.worklist import Worklist

FACTS = Facts(
    digest="d",
    destination="queue",
    campaign="news",
    source="import",
    columns={"E-Mail": "email"},
    reading={"delimiter": ""},
    started="2026-11-24T09:00:00.000Z",
    totals=Totals(rows=4, leads=4, left=4),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a worklist."""
    return tmp_path / "list.csv.leads-state"


def fill(worklist: Worklist, rows: int = 4, facts: Facts = FACTS) -> None:
    with worklist.filling() as keep:
        worklist.add([(row, f"{row}@example.com", f"message {row}") for row in range(2, rows + 2)])
        worklist.begin(facts.key, asdict(facts))
        keep()


def rows_to_send(worklist: Worklist) -> list[int]:
    return [row for row, _ in worklist.todo()]


def test_settled_rows_are_removed(path: Path) -> None:
    """Rows may be settled in any order, and the next process sends the rest."""
    with Worklist(path) as worklist:
        fill(worklist)
        worklist.settle([4, 2])
    with Worklist(path) as worklist:
        assert rows_to_send(worklist) == [3, 5]
        assert worklist.first(1) == [(3, "message 3")]
        assert worklist.progress() == (2, 0)


def test_rows_may_be_settled_while_reading(path: Path) -> None:
    """Each row is read once, although others are removed meanwhile."""
    with Worklist(path) as worklist:
        fill(worklist, 2_500)
        seen = []
        for row, _ in worklist.todo():
            seen.append(row)
            worklist.settle([row])
        assert seen == list(range(2, 2_502))
        assert worklist.left() == 0


def test_an_unfinished_list_changes_nothing(path: Path) -> None:
    """A file that is not confirmed or is broken changes nothing, and leaves no new file."""
    new = path.with_name("new")
    with Worklist(new) as worklist, worklist.filling():
        worklist.add([(2, "a@example.com", "message")])
    assert not new.exists()
    with Worklist(path) as worklist:
        fill(worklist)
        with worklist.filling():
            worklist.add([(9, "9@example.com", "another")])
        with pytest.raises(sqlite3.IntegrityError), worklist.filling():
            worklist.add([(9, "9@example.com", "another"), (9, "9@example.com", "the same row")])
        assert rows_to_send(worklist) == [2, 3, 4, 5]
        assert describe_begun(worklist, FACTS) == FACTS


def test_rows_of_one_person_are_merged(path: Path) -> None:
    """The last row is sent for all, and a refusal of it refuses all."""
    with Worklist(path) as worklist, worklist.filling():
        worklist.add([(2, "a@example.com", "2"), (3, "b@example.com", "3"), (4, "a@example.com", "4")])
        worklist.add([(5, "a@example.com", "5")])
        assert list(worklist.same_person()) == [[2, 4, 5]]
        worklist.merge([2, 4, 5], "all of them")
        assert list(worklist.todo()) == [(3, "3"), (5, "all of them")]
        assert worklist.merged() == 2
        worklist.refuse([(5, "email", "no such person")])
        assert list(worklist.refusals()) == [(row, "email", "no such person") for row in (2, 4, 5)]
        assert worklist.reasons(1) == [("email", "no such person", 3)]
        assert (rows_to_send(worklist), worklist.merged()) == ([3], 0)


def test_one_process_at_a_time(path: Path) -> None:
    """Two imports of one file at once would send everything twice."""
    with Worklist(path) as worklist:
        fill(worklist)
        with pytest.raises(UsageError, match="another import of this file is running"):
            Worklist(path)
    with Worklist(path) as worklist:
        assert rows_to_send(worklist) == [2, 3, 4, 5]


def test_an_unusable_path_is_refused(path: Path) -> None:
    """Another program's file is not changed, and a missing folder is reported."""
    path.write_text("something else, long enough to be no database's first page")
    with pytest.raises(UsageError, match="move that file away"):
        Worklist(path)
    with pytest.raises(UsageError, match="pipe it in"):
        Worklist(path.parent / "nowhere" / path.name)


def test_a_finished_list_keeps_no_personal_data(path: Path) -> None:
    """Only the result is kept. Addresses are also gone from the database's freed pages."""
    with Worklist(path) as worklist:
        fill(worklist)
        worklist.refuse([(2, "email", "2@example.com is no address")])
        worklist.settle([3, 4, 5])
        worklist.finish()
        assert describe_finished(worklist, FACTS) == FACTS
        assert describe_begun(worklist, FACTS) is None
    assert b"message" not in path.read_bytes()
    assert b"example.com" not in path.read_bytes()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("select count(*) from refused").fetchone() == (0,)


def test_a_changed_import_is_refused(path: Path) -> None:
    """Going on with other columns or another destination would mix two imports. Another file is a new import."""
    with Worklist(path) as worklist:
        fill(worklist)
        worklist.settle([2])
        both = {"E-Mail": "email", "Plan": "plan"}
        for other, problem in (
            ({"campaign": "trial"}, r"after 1 of 4 leads\. It had the campaign news, and now would have trial"),
            ({"columns": both}, "the columns E-Mail=email, and now would have E-Mail=email, Plan=plan"),
            ({"reading": {"delimiter": ";"}}, "the reading none, and now would have delimiter=;"),
            ({"destination": "elsewhere"}, "begin anew with --again"),
        ):
            with pytest.raises(UsageError, match=problem):
                describe_begun(worklist, Facts.from_json({**asdict(FACTS), **other}))
        assert describe_begun(worklist, Facts.from_json({**asdict(FACTS), "digest": "other"})) is None


def test_another_time_is_another_import() -> None:
    """A later import gets a new id, but the same key of file, destination and source."""
    later = Facts.from_json({**asdict(FACTS), "started": "2026-11-24T10:00:00.000Z"})
    assert (later.key, later.labels.id) == (FACTS.key, later.labels.id)
    assert later.labels.id != FACTS.labels.id
    assert Facts.from_json({**asdict(FACTS), "source": "fair"}).key != FACTS.key


def test_only_the_owner_can_read_the_list(path: Path) -> None:
    """The list and its journals hold personal data."""
    path.touch(0o644)
    with Worklist(path) as worklist:
        fill(worklist)
        worklist.settle([2])
        modes = {found.name: found.stat().st_mode & 0o777 for found in path.parent.glob("list.csv.*")}
    assert len(modes) > 1
    assert set(modes.values()) == {0o600}
