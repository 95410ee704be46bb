"""Leadterra's API key, which may be rotated while a list is sent."""

from collections.abc import Callable, Mapping

from leads_cli.stacks.leadterra import KEY_VARIABLE
from leads_cli.stacks.running import NotReachableError, Running
from leads_cli.stacks.secret import API_KEY, read_secret


class ApiKey:
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


def fixed_key(environ: Mapping[str, str]) -> ApiKey | None:
    """The key of the environment, if there is one."""
    text = environ.get(KEY_VARIABLE, "").strip()
    return ApiKey(lambda: text) if text else None


def key_of_stack(running: Running) -> ApiKey:
    """The key in a stack's secret."""

    def current() -> str:
        if (found := read_secret(running).api_key) is None:
            raise NotReachableError(
                f"the stack's secret has no {API_KEY}: leads secrets set {API_KEY}, or name one in {KEY_VARIABLE}"
            )
        return found

    return ApiKey(current)
