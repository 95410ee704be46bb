"""E-mail addresses: every spelling of an address becomes the same text."""

import re

import pytest
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from leads.fields.address import NotAnAddress, address_like, normalise_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        *((text, "ava@example.com") for text in (
            "ava@example.com", "mailto:ava@example.com", "MAILTO:ava@example.com", "Ava King <ava@example.com>",
            '"King, Ava" <ava@example.com>', "\u200bava@example.com\ufeff", "ava\u00ad@example.com", "ava@example.com.",
            '"ava@example.com"', "'ava@example.com'", "'ava@example.com",
            "'ava@example.com', 'b@x.example'", "\uff41\uff56\uff41\uff20example\uff0ecom",
            "ava@example.com, bea@example.com", "ava@example.com;bea@example.com",
            "ava@example.com / bea@example.com", "ava@example.com ::: bea@example.com",
            "mailto:ava@example.com?subject=Hi", "<mailto:ava@example.com|ava@example.com>",
            "[ava@example.com](mailto:ava@example.com)", '<a href="mailto:ava@example.com">ava@example.com</a>',
            "Ava King (ava@example.com)", "[ava@example.com]", "“ava@example.com”", "ava%2540example.com",
            "ava&#64;example.com",
            'Ava King <ava@example.com>, "Lee, Bea" <bea@example.com>', "<ava@example.com>\n<bea@example.com>",
        )),
        ("  Ava.King@Example.COM\n", "ava.king@example.com"), ("ava+news@example.com", "ava+news@example.com"),
        ("ava@bücher.example.com", "ava@bücher.example.com"), ("josé@example.com", "josé@example.com"),
        ("ava@XN--BCHER-KVA.example.com", "ava@bücher.example.com"), ("jose\u0301@example.com", "josé@example.com"),
        ("josé@bücher.example.com", "josé@bücher.example.com"),
        ("ava@благотворительныйфонд-помощьдетям.рф", "ava@благотворительныйфонд-помощьдетям.рф"),
    ],
)  # fmt: skip
def test_spellings_of_an_address_are_one(text: str, address: str) -> None:
    """Case, decoration, invisible characters and further addresses do not make a second person."""
    assert normalise_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "ava", "ava@", "@example.com", "ava@example", "ava@@example.com", "ava example@example.com",
        "ava@example..com", "ava@[127.0.0.1]", "n/a", "yes", "ava@example.com or call me",
        "Ava <ava@example.com>, or call me", f"{'x' * 400}@example.com",
        f"ava@{'ü' * 60}.com", "ava@☕.com", "ava@exa mple.com", "\x00@example.com", "<script>@example.com", ",",
        "mailto:",
        f"{'x' * 64}@{'日' * 18}.{'日' * 18}.{'本' * 18}.{'本' * 18}.com",
    ],
)  # fmt: skip
def test_an_invalid_address_is_refused(text: str) -> None:
    """Leadterra would refuse it, perhaps together with its whole batch."""
    with pytest.raises(NotAnAddress):
        normalise_address(text)


@pytest.mark.parametrize(
    ("text", "like"),
    [("ava@example.com", True), ("ava", False), ("write to ava@example.com", False), ("x" * 400 + "@x.io", False)],
)
def test_text_that_mentions_an_address_is_not_one(text: str, like: bool) -> None:  # noqa: FBT001
    """Only text that consists of an address counts as one."""
    assert address_like(text) is like


@given(st.one_of(st.emails(), st.text(max_size=60), st.from_regex(r"[^@\s]{1,20}@[^@\s]{1,20}\.com")))
@example("İ@example.com")
@example("ΑΣ@example.com")
@example("ava@example.com,bea@example.com")
@example("mailto:'ava@example.com")
def test_normalising_is_idempotent(text: str) -> None:
    """A normalised address does not change again, so all parts of the flow agree on the person."""
    try:
        address = normalise_address(text)
    except NotAnAddress:
        return
    assert normalise_address(address) == address
    assert address == address.lower()


@pytest.mark.parametrize("ending", SPECIAL_USE_DOMAIN_NAMES)
def test_reserved_domains_are_refused(ending: str) -> None:
    """All special-use domains that the library lists."""
    with pytest.raises(NotAnAddress, match="special-use"):
        normalise_address(f"ava@Example.{ending}")


def validate_by_library(text: str) -> str:
    return validate_email(text, check_deliverability=False, strict=True).normalized.lower()


_NAMES = st.from_regex(r"[a-zA-Z0-9._!#$%&'*+/=?^`{|}~-]{1,66}", fullmatch=True)
# Punycode is tested separately below.
_DOMAINS = st.from_regex(r"[a-zA-Z0-9.-]{1,70}(\.com|\.test|\.1|)", fullmatch=True).filter(
    lambda domain: "xn--" not in domain.lower()
)


@given(st.builds("{}@{}".format, st.one_of(_NAMES, st.just("ava")), st.one_of(_DOMAINS, st.just("Example.com"))))
@example(f"{'x' * 64}@example.com")
@example(f"{'x' * 65}@example.com")
@example(f"ava@{'x.' * 124}com")
@example(f"avas@{'x.' * 124}com")
@example("ava.@example.com")
@example("ava@example.")
@example("ava@localhost.localdomain")
@example("'ava@example.com")
@example("ava@ab--cd.com")
@example("ava@example.c-m")
@example(f"ava@{'x' * 63}.{'y' * 63}")
@example(f"ava@{'x' * 64}.com")
@example(f"ava@example.{'x' * 64}")
def test_plain_addresses_agree_with_the_library(text: str) -> None:
    """The fast check accepts and refuses what the library does, apart from a trailing period and an apostrophe."""
    try:
        expected = validate_by_library(text.rstrip(".").strip("'"))
    except EmailNotValidError as error:
        with pytest.raises(NotAnAddress, match=re.escape(str(error))):
            normalise_address(text)
    else:
        assert normalise_address(text) == expected


_LETTERS = st.text("a1-.äßéłñΑσςΣбв日本。한עבعر٣۳ไ्क·☕♥İ\u0301Ǆﬁ①⒈xn", min_size=1, max_size=70)
_LABELS = st.one_of(_LETTERS, st.sampled_from(["xn--bcher-kva", "XN--TTH", "xn--a", "xn--", "xn--9ca", "xn--53h"]))
_ENDINGS = st.sampled_from(["com", "рф", "xn--p1ai", "xn--p1a1", "test", "c1"])


@given(
    st.sampled_from(["ava", "josé", "x" * 64, "x" * 65, "a@b", "a b", ""]),
    st.builds(lambda labels, ending: ".".join([*labels, ending]), st.lists(_LABELS, min_size=1, max_size=5), _ENDINGS),
)
@example("ava", f"{'ü' * 56}.com")
@example("ava", f"{'ü' * 57}.com")
@example("x" * 64, f"{'я' * 50}.{'я' * 10}.com")
@example("x" * 64, f"{'日' * 45}.{'本' * 45}.com")
@example("ava", "bücher.onion")
@example("ava", "bücher.exa/mple.com")
@example("ava", "☕.com")
@example("ava", "1.אב.com")
def test_international_domains_agree_with_the_library(mailbox: str, domain: str) -> None:
    """Same results in a thirtieth of the time."""
    text = f"{mailbox}@{domain}"
    try:
        expected = validate_by_library(text)
    except EmailNotValidError:
        with pytest.raises(NotAnAddress):
            normalise_address(text)
    else:
        assert normalise_address(text) == expected
