"""The worklist: what is still to be sent of a file, kept in a SQLite database beside it.

A row leaves the list once its lead is durable elsewhere. What is on it when a process ends, killed or not, is what the
next run has to do. No one's data stays on it longer than that.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path
from threading import RLock
from typing import Any, Final, Self

from leads_cli.errors import UsageError
from leads_cli.private_files import OWNER_ONLY
from leads_cli.project import shown

SUFFIX: Final = ".leads-state"
_PAGE_ROWS: Final = 1_000
_CACHE_KIB: Final = 16_000
_SCHEMA: Final = """
create table if not exists imports (key text primary key, facts text not null,
  sent integer not null default 0, counted integer not null default 0, done integer not null default 0);
create table if not exists todo (row integer primary key, body text not null);
create table if not exists merged (row integer primary key, into_row integer not null);
create table if not exists refused (row integer primary key, field text not null, reason text not null);
create table if not exists opted_out (row integer primary key);
create temp table left_out (person text not null, address text);
create temp table people (address text not null, row integer not null);
"""
# A process that is killed loses nothing in either. After a power failure the last second may be repeated.
_FILLING: Final = ("pragma synchronous = off", "pragma journal_mode = truncate")
_SENDING: Final = ("pragma synchronous = normal", "pragma journal_mode = wal")
_CONTENTS: Final = ("todo", "merged", "refused", "opted_out")

type Todo = tuple[int, str]
"""A row's number, and the message that it makes."""
type RowRefusal = tuple[int, str, str]
"""A row's number, the lead's field that is at fault, and why."""


class Worklist:
    """One file's list, which several threads may use; without a path it is gone at the end."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = RLock()
        try:
            if path is not None:
                # SQLite gives its journals the same mode.
                path.touch(OWNER_ONLY)
                path.chmod(OWNER_ONLY)
            # "" is a database of its own on disk, which ends with the connection.
            self._connection = sqlite3.connect(path or "", timeout=0, autocommit=True, check_same_thread=False)
            with ExitStack() as opened:
                opened.callback(self._connection.close)
                self._run("pragma locking_mode = exclusive", *_SENDING, f"pragma cache_size = -{_CACHE_KIB}")
                self._connection.executescript(_SCHEMA)
                opened.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise UsageError(_trouble(path, error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        empty = not self._number("select count(*) from imports")
        self._connection.close()
        if empty and self._path is not None:
            self._path.unlink(missing_ok=True)

    def _run(self, *statements: str) -> None:
        with self._lock:
            for statement in statements:
                self._connection.execute(statement)

    def _do(self, statement: str, *values: object) -> None:
        with self._lock:
            self._connection.execute(statement, values)

    def _do_all(self, statement: str, values: Iterable[Sequence[object]]) -> int:
        with self._lock:
            return self._connection.executemany(statement, values).rowcount

    def _fetch(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def _number(self, query: str) -> int:
        return int(self._fetch(query)[0][0])

    def _pages(self, query: str) -> Iterator[Any]:
        """The rows of `... where row > ? order by row limit ?`, while others change what is before them."""
        after = 0
        while page := self._fetch(query, after, _PAGE_ROWS):
            yield from page
            after = page[-1][0]

    def _clear(self, tables: Iterable[str]) -> None:
        self._run(*(f"delete from {table}" for table in tables))  # noqa: S608 - names of ours

    # --- Filling it ----------------------------------------------------------------------------------

    @contextmanager
    def filling(self) -> Iterator[Callable[[], None]]:
        """An empty list to fill. Unless the yielded function is called, the list is as before afterwards."""
        self._run(*_FILLING, "begin")
        try:
            self._clear(_CONTENTS)
            self._run("delete from imports where not done")
            yield lambda: self._run("commit")
        finally:
            if self._connection.in_transaction:
                self._run("rollback")
            self._run(*_SENDING)
        self._clear(("people", "left_out"))

    def add(self, leads: Sequence[tuple[int, str, str]]) -> None:
        self._do_all("insert into todo values (?, ?)", ((row, body) for row, _, body in leads))
        self._do_all("insert into people values (?, ?)", ((address, row) for row, address, _ in leads))

    def leave_out(self, row: int, address: str | None) -> None:
        self._do("insert into opted_out values (?)", row)
        self._do("insert into left_out values (?, ?)", address or str(row), address)

    def leave_out_people(self) -> int:
        """Leave out all rows of people who opted out in one of them. Returns how many people these are."""
        self._run(
            "insert into opted_out select row from people where address in (select address from left_out)",
            "delete from todo where row in (select row from opted_out)",
            "delete from people where row in (select row from opted_out)",
        )
        return self._number("select count(distinct person) from left_out")

    def same_person(self) -> Iterator[list[int]]:
        """The rows of each person who has several, in their order."""
        found = self._connection.execute(
            "select address, row from people where address in "
            "(select address from people group by address having count(*) > 1) order by address, row"
        )
        for _, rows in groupby(found, lambda pair: pair[0]):
            yield [row for _, row in rows]

    def body(self, row: int) -> str:
        return str(self._fetch("select body from todo where row = ?", row)[0][0])

    def merge(self, rows: Sequence[int], body: str) -> None:
        *others, last = rows
        self._do_all("delete from todo where row = ?", ([row] for row in others))
        self._do_all("insert into merged values (?, ?)", ((row, last) for row in others))
        self._do("update todo set body = ? where row = ?", body, last)

    # --- Working it off ------------------------------------------------------------------------------

    def todo(self) -> Iterator[Todo]:
        """Everything that is on the list, once, in the order of the rows."""
        return self._pages("select row, body from todo where row > ? order by row limit ?")

    def first(self, limit: int, after: int = 0) -> list[Todo]:
        return self._fetch("select row, body from todo where row > ? order by row limit ?", after, limit)

    def settle(self, rows: Iterable[int]) -> None:
        """Remove rows whose leads are durable elsewhere."""
        with self._lock:
            self._run("begin")
            sent = self._do_all("delete from todo where row = ?", ([row] for row in rows))
            self._do("update imports set sent = sent + ? where not done", sent)
            self._run("commit")

    def refuse(self, refusals: Iterable[RowRefusal]) -> None:
        """Refuse these rows, and the rows that were merged into them."""
        for row, field, reason in refusals:
            stood_for = self._fetch("select row from merged where into_row = ?", row)
            refused = ((each, field, reason) for (each,) in [(row,), *stood_for])
            self._do_all("insert or replace into refused values (?, ?, ?)", refused)
            self._do("delete from merged where into_row = ?", row)
            self._do("delete from todo where row = ?", row)

    # --- What is on it -------------------------------------------------------------------------------

    def left(self) -> int:
        return self._number("select count(*) from todo")

    def merged(self) -> int:
        return self._number("select count(*) from merged")

    def opted_out(self) -> int:
        return self._number("select count(*) from opted_out")

    def refusals(self) -> Iterator[RowRefusal]:
        return self._pages("select row, field, reason from refused where row > ? order by row limit ?")

    def reasons(self, limit: int) -> list[tuple[str, str, int]]:
        """The commonest reasons, with the field, and how many rows have each."""
        return self._fetch(
            "select field, reason, count(*) as number from refused group by field, reason order by number desc limit ?",
            limit,
        )

    # --- Which import it is of ------------------------------------------------------------------------

    def begin(self, key: str, facts: Mapping[str, Any]) -> None:
        self._do("insert or replace into imports (key, facts) values (?, ?)", key, json.dumps(facts))

    def update(self, facts: Mapping[str, Any]) -> None:
        self._do("update imports set facts = ? where not done", json.dumps(facts))

    def progress(self) -> tuple[int, int]:
        """How many of its leads were sent, and how many of those the stack has counted."""
        found = self._fetch("select sent, counted from imports where not done")
        return found[0] if found else (0, 0)

    def add_counted(self, number: int) -> None:
        self._do("update imports set counted = counted + ? where not done", number)

    def finish(self) -> None:
        """Mark the import as done, and remove all rows."""
        self._run("update imports set done = 1 where not done")
        self._clear(_CONTENTS)
        self._run("vacuum")

    def finished(self, key: str) -> dict[str, Any] | None:
        return self._facts("select facts from imports where done and key = ?", key)

    def unfinished(self) -> dict[str, Any] | None:
        return self._facts("select facts from imports where not done")

    def _facts(self, query: str, *values: object) -> dict[str, Any] | None:
        found = self._fetch(query, *values)
        return dict(json.loads(found[0][0])) if found else None


def _trouble(path: Path | None, error: sqlite3.Error | OSError) -> str:
    name = shown(path) if path else "the temporary folder"
    match getattr(error, "sqlite_errorname", ""):
        case "SQLITE_BUSY":
            return f"{name}: another import of this file is running; wait for it, or stop it"
        case "SQLITE_NOTADB":
            return f"{name}: not what an import left there; move that file away"
        case _:
            return (
                f"{name}: an import is noted there as it goes, and that is not possible ({error}); "
                "copy the file to where you may write, or pipe it in: leads import - < FILE"
            )
