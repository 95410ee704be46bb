"""Where things are in the project: the command runs from its checkout, wherever the user stands."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
CONFIG: Final = ROOT / "layers" / "config" / "enrollment.toml"
EVENTS: Final = ROOT / "events"
TEMPLATE: Final = ROOT / "template.yaml"


def shown(path: Path) -> str:
    """A path as the user would type it: relative to where they stand, if it is below."""
    absolute = path.resolve()
    here = Path.cwd()
    return str(absolute.relative_to(here)) if absolute.is_relative_to(here) else str(path)
