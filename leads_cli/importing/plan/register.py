"""The register: which imports of a file there were, and how far the last one is."""

import json
from collections.abc import Mapping
from typing import Any

from leads_cli.importing.plan.database import Database


class Register:
    """At most one import is not finished: the one that the worklist is of."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def drop(self) -> None:
        """Forget the import that was not finished."""
        self._database.run("delete from imports where not done")

    def enter(self, key: str, facts: Mapping[str, Any]) -> None:
        """Begin an import."""
        self._database.do("insert or replace into imports (key, facts) values (?, ?)", key, json.dumps(facts))

    def update(self, facts: Mapping[str, Any]) -> None:
        """Note what is known by now."""
        self._database.do("update imports set facts = ? where not done", json.dumps(facts))

    def add_sent(self, number: int) -> None:
        """So many more leads are where they should be."""
        self._database.do("update imports set sent = sent + ? where not done", number)

    def add_counted(self, number: int) -> None:
        """So many more of the sent leads are in the stack's books."""
        self._database.do("update imports set counted = counted + ? where not done", number)

    def finish(self) -> None:
        """The import came to its end."""
        self._database.run("update imports set done = 1 where not done")

    def finished(self, key: str) -> dict[str, Any] | None:
        """The facts of an import that came to its end."""
        return self._facts("select facts from imports where done and key = ?", key)

    def unfinished(self) -> dict[str, Any] | None:
        """The facts of the import that did not."""
        return self._facts("select facts from imports where not done")

    def _facts(self, query: str, *values: object) -> dict[str, Any] | None:
        found = self._database.fetch(query, *values)
        return dict(json.loads(found[0][0])) if found else None

    def progress(self) -> tuple[int, int]:
        """How many leads of the unfinished import were sent, and how many of those are in the books."""
        found = self._database.fetch("select sent, counted from imports where not done")
        return (int(found[0][0]), int(found[0][1])) if found else (0, 0)
