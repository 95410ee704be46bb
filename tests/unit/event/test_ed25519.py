"""Ed25519: the vectors of RFC 8032, section 7.1, and what it says must be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.event.ed25519 import _ORDER, _P, verify

# Public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
KEY, MESSAGE, SIGNATURE = (bytes.fromhex(text) for text in VECTORS[1])


@pytest.mark.parametrize("vector", VECTORS)
def test_published_signatures_hold(vector: tuple[str, str, str]) -> None:
    """As the standard prints them."""
    assert verify(*map(bytes.fromhex, vector))


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_one_changed_bit_is_a_forgery(vector: tuple[str, str, str], place: int) -> None:
    """In either half of the signature."""
    key, message, signature = map(bytes.fromhex, vector)
    changed = signature[:place] + bytes([signature[place] ^ 1]) + signature[place + 1 :]
    assert not verify(key, message, changed)
    assert not verify(key, message + b"x", signature)


def shifted(scalar: bytes) -> bytes:
    return (int.from_bytes(scalar, "little") + _ORDER).to_bytes(32, "little")


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        (KEY[:-1], SIGNATURE),
        (KEY + b"\0", SIGNATURE),
        (KEY, b""),
        (KEY, SIGNATURE[:-1]),
        (KEY, SIGNATURE + b"\0"),
        (KEY, SIGNATURE[:32] + shifted(SIGNATURE[32:])),
        (_P.to_bytes(32, "little"), SIGNATURE),
        (b"\x02" + bytes(31), SIGNATURE),
        (b"\x01" + bytes(30) + b"\x80", SIGNATURE),
        (KEY, b"\x02" + bytes(31) + SIGNATURE[32:]),
    ],
)
def test_what_is_no_key_or_no_signature_is_refused(key: bytes, signature: bytes) -> None:
    """Sizes, a second scalar for the same signature, numbers beyond the field, and no point of the curve."""
    assert not verify(key, MESSAGE, signature)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_random_bytes_are_refused(key: bytes, signature: bytes) -> None:
    """Nothing raises, and nothing that was guessed holds."""
    assert not verify(KEY, MESSAGE, signature)
    assert not verify(key, MESSAGE, SIGNATURE)
