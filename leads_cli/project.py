"""Where the project's files are: in the checkout, or in an installed wheel, which carries a copy."""

import shutil
import sys
from pathlib import Path
from shlex import quote
from typing import Final
from urllib.parse import urlsplit

_PACKAGE: Final = Path(__file__).resolve().parent
_COPY: Final = _PACKAGE / "checkout"
ROOT: Final = _COPY if _COPY.is_dir() else _PACKAGE.parent
CONFIG: Final = ROOT / "layers" / "config" / "enrollment.toml"
EVENTS: Final = ROOT / "events"
TEMPLATE: Final = ROOT / "template.yaml"
# Shown in an option's help, the same in any width of terminal and for any user.
CONFIG_DEFAULT: Final = "Without: layers/config/enrollment.toml."
_NAME: Final = "leads"


def is_local(url: str) -> bool:
    """Whether an address is of this machine. A proxy that the environment names is for the world outside."""
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def shown(path: Path) -> str:
    """A path as the user would type it: relative to the current folder, if it is below that."""
    absolute = path.resolve()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)


def command() -> str:
    """This command as the user can type it: by its name where the shell finds it, by its path otherwise."""
    running = Path(sys.argv[0]).absolute()
    found = shutil.which(_NAME)
    if running.stem != _NAME or (found and Path(found).absolute() == running):
        return _NAME
    here = Path.cwd()
    near = running.is_relative_to(here) and running.parent != here
    return quote(str(running.relative_to(here) if near else running))
