"""The database beside a file, in which an import is noted as it goes; one process at a time has it."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from leads_cli.importing.import_errors import UnusableError
from leads_cli.private_files import OWNER_ONLY
from leads_cli.project import shown

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
# A process that is killed loses nothing in either; where power fails, the last second may be repeated.
_FILLING: Final = ("pragma synchronous = off", "pragma journal_mode = truncate")
_SENDING: Final = ("pragma synchronous = normal", "pragma journal_mode = wal")


class Database:
    """What several threads read and write; without a path it is gone at the end.

    Raises:
        UnusableError: another process has it, or it cannot be kept there.
    """

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
                self.run("pragma locking_mode = exclusive", *_SENDING, f"pragma cache_size = -{_CACHE_KIB}")
                self._connection.executescript(_SCHEMA)
                opened.pop_all()
        except (sqlite3.Error, OSError) as error:
            raise UnusableError(_trouble(path, error)) from error

    def close(self) -> None:
        """Let go of it; nothing is left of it if there is nothing in it."""
        empty = not self.fetch("select 1 from imports limit 1")
        self._connection.close()
        if empty and self._path is not None:
            self._path.unlink(missing_ok=True)

    def run(self, *statements: str) -> None:
        """Run statements that answer nothing."""
        with self._lock:
            for statement in statements:
                self._connection.execute(statement)

    def do(self, statement: str, *values: object) -> None:
        """Run a statement with its values."""
        with self._lock:
            self._connection.execute(statement, values)

    def do_all(self, statement: str, values: Iterable[Sequence[object]]) -> int:
        """Run a statement for each of many values; how many rows that was about."""
        with self._lock:
            return self._connection.executemany(statement, values).rowcount

    def fetch(self, query: str, *values: object) -> list[Any]:
        """All rows that a query finds."""
        with self._lock:
            return self._connection.execute(query, values).fetchall()

    def pages(self, query: str) -> Iterator[Any]:
        """The rows of `... where row > ? order by row limit ?`, while others change what is before them."""
        after = 0
        while page := self.fetch(query, after, _PAGE_ROWS):
            yield from page
            after = page[-1][0]

    def stream(self, query: str) -> Iterator[Any]:
        """The rows of a query of any length, while nobody else is at work."""
        yield from self._connection.execute(query)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        with self._lock:
            self.run("begin")
            yield
            self.run("commit")

    @contextmanager
    def filling(self) -> Iterator[Callable[[], None]]:
        """A transaction of any size, which is kept if what is yielded is called."""
        self.run(*_FILLING, "begin")
        try:
            yield lambda: self.run("commit")
        finally:
            if self._connection.in_transaction:
                self.run("rollback")
            self.run(*_SENDING)


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
