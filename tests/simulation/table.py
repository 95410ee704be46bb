"""DynamoDB's table of what containers have seen: the few expressions that are used, read rather than known by heart."""

import re
from collections.abc import Mapping
from typing import Any, Final

_SET: Final = re.compile(r"(\w+) = (?:if_not_exists\(\w+, (:\w+)\)|(:\w+))")
_CLAUSE: Final = re.compile(r"(SET|REMOVE|ADD) (.*?)(?= SET | REMOVE | ADD |$)")


class Table:
    """Rows by `id`, of numbers alone."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}

    def call(self, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to `GetItem` or `UpdateItem`."""
        key = parameters["Key"]["id"]["S"]
        before = self._rows.get(key)
        if operation == "GetItem":
            return {"Item": dict(before)} if before else {}
        self._rows[key] = self._updated(dict(before or {}), parameters)
        return {"Attributes": dict(before)} if before and parameters.get("ReturnValues") == "ALL_OLD" else {}

    def _updated(self, row: dict[str, Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
        values = parameters["ExpressionAttributeValues"]
        for clause, what in _CLAUSE.findall(parameters["UpdateExpression"]):
            match clause:
                case "SET":
                    for name, otherwise, always in _SET.findall(what):
                        row[name] = values[always] if always else row.get(name, values[otherwise])
                case "REMOVE":
                    for name in what.split(", "):
                        row.pop(name, None)
                case _:
                    name, value = what.split()
                    row[name] = {"N": str(int(row.get(name, {"N": 0})["N"]) + int(values[value]["N"]))}
        return row
