"""Leadterra's API key: from the environment, or from a deployed stack's secret."""

import json
from collections.abc import Callable, Mapping
from typing import Final

from leads_cli.running import NotReachableError, Running, aws_errors

VARIABLE: Final = "LEADTERRA_API_KEY"


class Key:
    """A key that is read when it is needed, and again when it is refused."""

    def __init__(self, read: Callable[[], str]) -> None:
        self._read = read
        self._value: str | None = None

    def value(self) -> str:
        """The key as it was read last."""
        return self._value if self._value is not None else self.fresh()

    def fresh(self) -> str:
        """The key as it is now."""
        self._value = self._read()
        return self._value


def given(environ: Mapping[str, str]) -> Key | None:
    """The key of the environment, if there is one."""
    text = environ.get(VARIABLE, "").strip()
    return Key(lambda: text) if text else None


def from_stack(running: Running) -> Key:
    """The key in a stack's secret, which may be rotated meanwhile."""

    def read() -> str:
        with aws_errors("the stack's secret"):
            answer = running.client("secretsmanager").get_secret_value(SecretId=running.outputs["SecretId"])
        found = json.loads(answer["SecretString"]).get("leadterra_api_key")
        if not isinstance(found, str) or not found.strip():
            msg = f"the stack's secret has no leadterra_api_key; put it there, or set {VARIABLE}"
            raise NotReachableError(msg)
        return found.strip()

    return Key(read)
