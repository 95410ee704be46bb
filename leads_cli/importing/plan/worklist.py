"""The worklist: what is still to be sent of a file, kept in a database beside it.

A row leaves the list once its lead is durable elsewhere: whatever is on it when a process ends, killed or not, is what
the next run has to do. Nobody's data stays on it longer than that.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Final, Self

from leads_cli.importing.plan.database import Database
from leads_cli.importing.plan.register import Register

SUFFIX: Final = ".leads-state"

type Todo = tuple[int, str]
"""A row's number, and the message that it makes."""
type RowRefusal = tuple[int, str, str]
"""A row's number, the lead's field that is at fault, and why."""


class Worklist:
    """One file's list; without a path it is gone at the end.

    Raises:
        UnusableError: another process has it, or it cannot be kept there.
    """

    def __init__(self, path: Path | None) -> None:
        self._database = Database(path)
        self.register = Register(self._database)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    # --- Filling it ----------------------------------------------------------------------------------

    @contextmanager
    def filling(self) -> Iterator[Callable[[], None]]:
        """An empty list to be filled; unless what is yielded is called, all is as it was before in the end."""
        with self._database.filling() as keep:
            self._clear("todo", "merged", "refused", "opted_out")
            self.register.drop()
            yield keep
        self._clear("people", "left_out")

    def _clear(self, *tables: str) -> None:
        self._database.run(*(f"delete from {table}" for table in tables))  # noqa: S608 - names of ours

    def add(self, leads: Sequence[tuple[int, str, str]]) -> None:
        """Rows with the address and the message of each."""
        self._database.do_all("insert into todo values (?, ?)", ((row, body) for row, _, body in leads))
        self._database.do_all("insert into people values (?, ?)", ((address, row) for row, address, _ in leads))

    def leave_out(self, row: int, address: str | None) -> None:
        """A row that says that its person opted out."""
        self._database.do("insert into opted_out values (?)", row)
        self._database.do("insert into left_out values (?, ?)", address or str(row), address)

    def leave_out_people(self) -> int:
        """Leave out all rows of those who opted out in one of them; how many people those are."""
        self._database.run(
            "insert into opted_out select row from people where address in (select address from left_out)",
            "delete from todo where row in (select row from opted_out)",
            "delete from people where row in (select row from opted_out)",
        )
        return int(self._database.fetch("select count(distinct person) from left_out")[0][0])

    def opted_out(self) -> int:
        """How many rows are left out because their person opted out."""
        return int(self._database.fetch("select count(*) from opted_out")[0][0])

    def same_person(self) -> Iterator[list[int]]:
        """The rows about each person that several are about, in their order."""
        found = self._database.stream(
            "select address, row from people where address in "
            "(select address from people group by address having count(*) > 1) order by address, row"
        )
        for _, rows in groupby(found, lambda pair: pair[0]):
            yield [row for _, row in rows]

    def body(self, row: int) -> str:
        """The message of a row."""
        return str(self._database.fetch("select body from todo where row = ?", row)[0][0])

    def merge(self, rows: Sequence[int], body: str) -> None:
        """Let the last of some rows stand for all of them."""
        *others, last = rows
        self._database.do_all("delete from todo where row = ?", ([row] for row in others))
        self._database.do_all("insert into merged values (?, ?)", ((row, last) for row in others))
        self._database.do("update todo set body = ? where row = ?", body, last)

    # --- Working it off ------------------------------------------------------------------------------

    def todo(self) -> Iterator[Todo]:
        """Everything that is on the list, once, in the order of the rows."""
        return self._database.pages("select row, body from todo where row > ? order by row limit ?")

    def first(self, limit: int, after: int = 0) -> list[Todo]:
        """The first leads on the list now, behind a row."""
        return self._database.fetch("select row, body from todo where row > ? order by row limit ?", after, limit)

    def settle(self, rows: Iterable[int]) -> None:
        """These are durable elsewhere."""
        with self._database.transaction():
            self.register.add_sent(self._database.do_all("delete from todo where row = ?", ([row] for row in rows)))

    def refuse(self, refusals: Iterable[RowRefusal]) -> None:
        """These cannot be sent, nor can the rows that they stand for."""
        for row, field, reason in refusals:
            for refused in [row, *self._stood_for(row)]:
                self._database.do("insert or replace into refused values (?, ?, ?)", refused, field, reason)
            self._database.do("delete from merged where into_row = ?", row)
            self._database.do("delete from todo where row = ?", row)

    def _stood_for(self, row: int) -> list[int]:
        return [other for (other,) in self._database.fetch("select row from merged where into_row = ?", row)]

    def finish(self) -> None:
        """It is done: only the register is left of it."""
        self.register.finish()
        self._clear("todo", "merged", "refused", "opted_out")
        self._database.run("vacuum")

    # --- What is on it -------------------------------------------------------------------------------

    def left(self) -> int:
        """How many leads are still to be sent."""
        return int(self._database.fetch("select count(*) from todo")[0][0])

    def merged(self) -> int:
        """How many rows others stand for."""
        return int(self._database.fetch("select count(*) from merged")[0][0])

    def refusals(self) -> Iterator[RowRefusal]:
        """The refused rows, in their order."""
        return self._database.pages("select row, field, reason from refused where row > ? order by row limit ?")

    def reasons(self, limit: int) -> list[tuple[str, str, int]]:
        """The commonest reasons, with the field, and how many rows have each."""
        return self._database.fetch(
            "select field, reason, count(*) as number from refused group by field, reason order by number desc limit ?",
            limit,
        )
