"""The commands and options that the documents mention exist."""

import re
from shlex import split
from typing import Any, Final

import pytest

from leads_cli.cli.main import COMMANDS, load
from leads_cli.project import ROOT

PAGES: Final = (
    "README.md", "CONTRIBUTING.md", "docs/commands.md", "docs/company.md", "docs/configuration.md", "docs/delivery.md",
    "docs/importing.md", "docs/operations.md",
)  # fmt: skip
LOADED: Final = {name: load(name) for name in COMMANDS}
_BLOCK: Final = re.compile(r"(?ms)^```\w*\n(.*?)^```")
_LINE: Final = re.compile(r"(?m)^(?:\.venv/bin/)?(leads [^\n#|&>]*)")
_INLINE: Final = re.compile(r"`(leads [^`\n]*)`")


def mentioned_commands(page: str) -> list[str]:
    text = (ROOT / page).read_text(encoding="utf-8")
    lines = [line for block in _BLOCK.findall(text) for line in _LINE.findall(block)]
    return lines + _INLINE.findall(_BLOCK.sub("", text))


def problem(line: str) -> str | None:
    """The unknown word of a command, or None."""
    _, name, *words = split(line, comments=True)
    if name.startswith("-"):
        return None if name in {"--help", "--install-completion", "--show-completion"} else name
    command: Any = LOADED.get(name)
    if command is None:
        return name
    while hasattr(command, "commands") and words:
        name = words.pop(0)
        if name.startswith("-"):
            return None if name in {"--help", *(option for each in command.params for option in each.opts)} else name
        if (found := command.commands.get(name)) is None:
            return name
        command = found
    options = {"--help", *(option for each in command.params for option in each.opts + each.secondary_opts)}
    given = [word.partition("=")[0] for word in words if re.fullmatch(r"-{1,2}[a-z-]+(=.*)?", word)]
    return next((word for word in given if word not in options), None)


@pytest.mark.parametrize("page", PAGES)
def test_every_mentioned_command_exists(page: str) -> None:
    """Each command on a page exists with its options."""
    lines = mentioned_commands(page)
    assert {line: wrong for line in lines if (wrong := problem(line))} == {}


def test_commands_are_found_in_pages() -> None:
    """The search finds commands, and reports a misspelt command or option."""
    assert min(len(mentioned_commands(page)) for page in ("docs/commands.md", "docs/operations.md")) > 15
    assert (problem("leads failurs list"), problem("leads failures list --bogus 3")) == ("failurs", "--bogus")
