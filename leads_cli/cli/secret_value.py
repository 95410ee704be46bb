"""Where a secret's value comes from: a prompt that shows nothing, stdin, a variable, or chance."""

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from leads_cli.project import shown
from leads_cli.terminal import Code, stop

if TYPE_CHECKING:
    from leads.config.schema import Enrollment

STDIN: Final = "-"
_RANDOM_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SecretInput:
    """Where a value comes from: exactly one of these, or a question."""

    given: str | None
    from_env: str | None
    generate: bool
    out: Path | None

    def check(self, name: str) -> None:
        """End the command where the options contradict each other, before anything is read."""
        from leads_cli.stacks.secret import API_KEY, LOG_KEY  # noqa: PLC0415

        if self.given not in {None, STDIN}:
            stop(
                "A secret on the command line stays in the shell's history: leave it out and type it when asked, "
                "pipe it in with -, or name an environment variable with --from-env.",
                Code.USAGE,
            )
        if sum([self.given is not None, self.from_env is not None, self.generate]) > 1:
            stop("-, --from-env and --generate are three ways to give one value: choose one.", Code.USAGE)
        if self.generate != (self.out is not None) and not (name == LOG_KEY and self.generate):
            stop("--generate and --out FILE belong together: the value is written there and shown nowhere.", Code.USAGE)
        if self.generate and name == API_KEY:
            stop("Leadterra generates API keys: copy one from there (Settings, API Keys).", Code.USAGE)
        if self.given is None and self.from_env is None and not self.generate and not sys.stdin.isatty():
            stop("There is no terminal to ask for the value: pipe it in with -, or use --from-env VAR.", Code.USAGE)

    @contextmanager
    def value(self, name: str, enrollment: "Enrollment") -> Iterator[str]:
        """The value; a file with a generated one is gone again if it does not get into the secret."""
        if self.generate and self.out is None:
            yield secrets.token_urlsafe(_RANDOM_BYTES)
            return
        if self.out is None:
            yield _checked(self._read(name), name, enrollment)
            return
        from leads_cli.webhooks.signing import new_secret  # noqa: PLC0415

        source = enrollment.sources.get(name)
        made = new_secret(source.provider if source else "", secrets.token_bytes(_RANDOM_BYTES))
        _write(self.out, made)
        try:
            yield made
        except BaseException:
            self.out.unlink(missing_ok=True)
            raise
        typer.echo(f"The value is in {shown(self.out)}: give it to the sender, then delete the file.")

    def _read(self, name: str) -> str:
        if self.given == STDIN:
            return sys.stdin.read()
        if self.from_env is not None:
            if self.from_env not in os.environ:
                stop(f"{self.from_env} is not set in the environment.", Code.USAGE)
            return os.environ[self.from_env]
        try:
            return getpass(f"Value of {name} (it is not shown): ")
        except EOFError:
            stop("No value was typed; nothing was written.", Code.FAILED)


def _checked(text: str, name: str, enrollment: "Enrollment") -> str:
    """Without the line break that pasting and piping bring along."""
    from leads_cli.stacks.secret_edits import flaw  # noqa: PLC0415

    value = text.strip()
    if not value:
        stop(f"The value of {name} is empty; nothing was written.", Code.USAGE)
    if not value.isprintable():
        stop(f"The value of {name} has a line break or a control character in it; nothing was written.", Code.USAGE)
    source = enrollment.sources.get(name)
    if source and (problem := flaw(source.provider, source.authentication, value)):
        stop(f"The value of {name} {problem}. Nothing was written.", Code.USAGE)
    return value


def _write(path: Path, value: str) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(f"{value}\n")
    except FileExistsError:
        stop(f"{shown(path)} is there already and is not overwritten; name another file.", Code.USAGE)
    except OSError as error:
        stop(f"{shown(path)} cannot be written ({error.strerror}); name another file.", Code.USAGE)
