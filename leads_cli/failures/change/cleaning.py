"""Tidy up typed values where the meaning is certain. Spelling is not corrected."""

import re
from typing import Final
from unicodedata import category

from leads.fields.address import NotAnAddress, normalise_address
from leads.fields.names import meaning

# Keyboards of East Asia have letters, digits and signs of full width; a domain's dot has three more forms.
_HALF_WIDTH: Final = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_DOTS: Final = dict.fromkeys([0x3002, 0xFF61], ".")
_MAILTO: Final = re.compile(r"^mailto:([^?]*).*$", re.IGNORECASE | re.DOTALL)
_AROUND: Final = " \t\r\n<>\"'`()[],;:."


def normalise(name: str, value: str) -> str:
    """A field's text without stray spaces and full-width characters; an address also without `mailto:` and brackets."""
    found = meaning(name)
    is_address = "@" in value.translate(_HALF_WIDTH) if found is None else found.field == "email"
    return _address(value) if is_address else " ".join(value.translate(_HALF_WIDTH).split())


def _address(text: str) -> str:
    plain = "".join(c for c in text.translate(_HALF_WIDTH | _DOTS) if category(c) != "Cf")
    bare = _MAILTO.sub(r"\1", plain.strip(_AROUND))
    # A space beside the sign is a slip; one within a name may stand for a letter.
    joined = "@".join(part.strip() for part in bare.split("@"))
    for candidate in (joined, joined.strip(_AROUND), plain):
        try:
            return normalise_address(candidate)
        except NotAnAddress:
            continue
    return joined.strip(_AROUND).lower()
