"""The worklist: what is still to be sent of a file, kept in a database beside it.

A row leaves the list once its lead is durable elsewhere: whatever is on it when a process ends, killed or not, is what
the next run has to do. Nobody's data stays on it longer than that.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from threading import Lock
from typing import Any, Final, Self

from leads_cli.importing.errors import UnusableError
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
create temp table people (address text not null, row integer not null);
"""
# A process that ends loses nothing by either; a power cut may make the last second be repeated.
_FILLING: Final = ("pragma synchronous = off", "pragma journal_mode = truncate")
_SENDING: Final = ("pragma synchronous = normal", "pragma journal_mode = wal")

type Todo = tuple[int, str]
"""A row's number, and the message that it makes."""
type Refusal = tuple[int, str, str]
"""A row's number, the lead's field that is at fault, and why."""


class Worklist:
    """One file's list; without a path it is gone at the end. One process at a time has it.

    Raises:
        UnusableError: another process has it, or it cannot be kept there.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock = Lock()
        try:
            # "" is a database of its own on disk, which ends with the connection.
            self._db = sqlite3.connect(path or "", timeout=0, autocommit=True, check_same_thread=False)
            self._run("pragma locking_mode = exclusive", *_SENDING, f"pragma cache_size = -{_CACHE_KIB}")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise UnusableError(_trouble(path, error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        nothing = self.path is not None and not self._number("imports")
        self._db.close()
        if self.path is not None and nothing:
            self.path.unlink(missing_ok=True)

    def _run(self, *statements: str) -> None:
        for statement in statements:
            self._db.execute(statement)

    # --- Filling it: all or nothing ------------------------------------------------------------------

    @contextmanager
    def filling(self) -> Iterator[Callable[[], None]]:
        """A list that is empty at first; unless what is yielded is called, all is as it was before in the end."""
        self._run(*_FILLING, "begin", "delete from todo", "delete from merged", "delete from refused")
        self._run("delete from imports where not done", "delete from people")
        try:
            yield lambda: self._run("commit")
        finally:
            if self._db.in_transaction:
                self._run("rollback")
            self._run("delete from people", *_SENDING)

    def add(self, leads: Sequence[tuple[int, str, str]]) -> None:
        """Rows with the address and the message of each."""
        self._db.executemany("insert into todo values (?, ?)", ((row, body) for row, _, body in leads))
        self._db.executemany("insert into people values (?, ?)", ((address, row) for row, address, _ in leads))

    def same_person(self) -> Iterator[list[Todo]]:
        """The rows about each person that several are about, in their order."""
        found = self._db.execute(
            "select address, row from people where address in "
            "(select address from people group by address having count(*) > 1) order by address, row"
        )
        for _, rows in groupby(found, lambda pair: pair[0]):
            yield [(row, self._body(row)) for _, row in rows]

    def _body(self, row: int) -> str:
        return str(self._db.execute("select body from todo where row = ?", [row]).fetchone()[0])

    def merge(self, rows: Sequence[int], body: str) -> None:
        """Let the last of some rows stand for all of them."""
        *others, last = rows
        self._db.executemany("delete from todo where row = ?", ([row] for row in others))
        self._db.executemany("insert into merged values (?, ?)", ((row, last) for row in others))
        self._db.execute("update todo set body = ? where row = ?", [body, last])

    def enter(self, key: str, facts: Mapping[str, Any]) -> None:
        """Note what import the list is of."""
        self._db.execute("insert or replace into imports (key, facts) values (?, ?)", [key, json.dumps(facts)])

    # --- Working it off ------------------------------------------------------------------------------

    def todo(self) -> Iterator[Todo]:
        """What was on the list at the start, in the order of the rows."""
        return self._pages("select row, body from todo where row > ? order by row limit ?")

    def _pages(self, query: str) -> Iterator[Any]:
        after = 0
        while page := self._fetch(query, after, _PAGE_ROWS):
            yield from page
            after = page[-1][0]

    def settle(self, rows: Iterable[int]) -> None:
        """These are durable elsewhere; from any thread."""
        with self._lock:
            self._run("begin")
            done = self._db.executemany("delete from todo where row = ?", ([row] for row in rows)).rowcount
            self._db.execute("update imports set sent = sent + ? where not done", [done])
            self._run("commit")

    def refuse(self, refusals: Iterable[Refusal]) -> None:
        """These cannot be sent, nor can the rows that they stand for."""
        with self._lock:
            for row, field, reason in refusals:
                self._db.execute("delete from todo where row = ?", [row])
                self._db.execute(
                    "insert or replace into refused select row, ?, ? from merged where into_row = ?",
                    [field, reason, row],
                )
                self._db.execute("delete from merged where into_row = ?", [row])
                self._db.execute("insert or replace into refused values (?, ?, ?)", [row, field, reason])

    def _fetch(self, query: str, *values: object) -> list[Any]:
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def note(self, counted: int) -> None:
        """So many of the sent leads are counted in the stack's books as well."""
        self._db.execute("update imports set counted = counted + ? where not done", [counted])

    def finish(self, facts: Mapping[str, Any]) -> None:
        """The list is done: what is left of it are the facts."""
        self._db.execute("update imports set facts = ?, done = 1 where not done", [json.dumps(facts)])
        self._run("delete from todo", "delete from merged", "delete from refused", "vacuum")

    # --- What is known of it -------------------------------------------------------------------------

    def finished(self, key: str) -> dict[str, Any] | None:
        """The facts of an import that came to its end."""
        return self._facts("select facts from imports where done and key = ?", key)

    def unfinished(self) -> dict[str, Any] | None:
        """The facts of the import that the list is of."""
        return self._facts("select facts from imports where not done")

    def _facts(self, query: str, *values: object) -> dict[str, Any] | None:
        found = self._fetch(query, *values)
        return dict(json.loads(found[0][0])) if found else None

    def sent(self) -> tuple[int, int]:
        """How many leads were sent, and how many of them are counted."""
        found = self._fetch("select sent, counted from imports where not done")
        return (int(found[0][0]), int(found[0][1])) if found else (0, 0)

    def left(self) -> int:
        """How many leads are still to be sent."""
        return self._number("todo")

    def merged(self) -> int:
        """How many rows others stand for."""
        return self._number("merged")

    def _number(self, table: str) -> int:
        return int(self._fetch(f"select count(*) from {table}")[0][0])  # noqa: S608 - a name of ours

    def refusals(self) -> Iterator[Refusal]:
        """The refused rows, in their order."""
        return self._pages("select row, field, reason from refused where row > ? order by row limit ?")

    def reasons(self, limit: int) -> list[tuple[str, str, int]]:
        """The commonest reasons, with the field, and how many rows have each."""
        return self._fetch(
            "select field, reason, count(*) as number from refused group by field, reason order by number desc limit ?",
            limit,
        )


def _trouble(path: Path | None, error: sqlite3.Error) -> str:
    name = shown(path) if path else "the temporary folder"
    match error.sqlite_errorname:
        case "SQLITE_BUSY":
            return f"{name}: another import of this file is running; wait for it, or stop it"
        case "SQLITE_NOTADB":
            return f"{name}: not what an import left there; move that file away"
        case _:
            return f"{name}: an import is noted there as it goes, and that is not possible ({error})"
