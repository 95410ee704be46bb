"""Files of this command that may hold a person's data: exports, refused rows and worklists of imports."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SUFFIXES: Final = (".csv", ".tsv", ".jsonl", ".leads-state")
_SKIPPED: Final = frozenset({"node_modules", "__pycache__"})
_CHUNK_BYTES: Final = 1 << 20


def files_with(email: str, folder: Path) -> Iterator[Path]:
    """The files under a folder that contain an address, in any case of letters."""
    wanted = email.strip().lower().encode()
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in _SKIPPED and not name.startswith("."))
        for name in sorted(names):
            path = Path(here, name)
            if name.endswith(_SUFFIXES) and _contains(path, wanted):
                yield path


def _contains(path: Path, wanted: bytes) -> bool:
    before = b""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                if wanted in (before + chunk).lower():
                    return True
                before = chunk[-len(wanted) :]
    except OSError:
        return False
    return False
