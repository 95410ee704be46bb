"""The user's configuration file: its content, or a text for the terminal that says why it cannot be used."""

from pathlib import Path

from leads.config.schema import Enrollment, parse
from leads.errors import ConfigError
from leads_cli.errors import UsageError
from leads_cli.project import shown
from leads_cli.words import number


class BadFileError(UsageError):
    """The file cannot be used; the text names it and every problem."""


def problem_of(path: Path) -> str:
    """Why a file cannot be used, with the lines and what would be right; "" if it can."""
    try:
        read_configuration(path)
    except BadFileError as error:
        return str(error)
    return ""


def read_configuration(path: Path) -> Enrollment:
    """Read a file as the functions do. Raises BadFileError if it is missing, unreadable or wrong."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadFileError(
            f"{shown(path)}: there is no such file; name one with --config, "
            "or take layers/config/enrollment.toml as a model"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise BadFileError(f"{shown(path)}: cannot be read ({error}); it must be a TOML file in UTF-8") from error
    except ConfigError as error:
        lines = [f"{shown(path)}: {number(len(error.problems), 'problem')}:"]
        raise BadFileError("\n".join([*lines, *(f"  {problem}" for problem in error.problems)])) from error
