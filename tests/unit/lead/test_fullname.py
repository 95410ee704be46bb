"""A full name in one field becomes a first and a last name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.lead.fullname import complete_name, split_name


@pytest.mark.parametrize(
    "whole",
    [
        "Ada King", "King, Ada", "Ada King, London", "Ada King, CEO", "Ada King, mother of Tim", "Dr. Ada King, RN",
        "Ada King, PhD", "Ada King, Jr.", "King, Ada, PhD", "Dr. Ada King", "Prof. Dr. Ada King", "King, Dr. Ada",
        "Ing. Ada King", "Ada King (she/her)", "Ada (Addy) King", "Ada King PhD", "Ada King Ph.D. MBA",
        "Ada King <ada@example.com>", "\u2022 Ada King", "Fru Ada King", "Hr. Ada King",
        "Ada King | Acme", "Ada King - Acme", "Ada King \U0001f680", "Dr. King, Ada", "Herrn Ada King",
    ],
)  # fmt: skip
def test_titles_and_degrees_are_removed(whole: str) -> None:
    """After a comma comes the first name, unless it is a degree or a remark."""
    assert split_name(whole) == ("Ada", "King")


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ("Ada", ("Ada", "")), ("Ada Maria van der King", ("Ada", "Maria van der King")), ("King,", ("King", "")),
        ("van der King, Ada Maria", ("Ada Maria", "van der King")), (", Ada", ("Ada", "")), (",", (",", "")),
        ("De la Cruz, Ada", ("Ada", "De la Cruz")), ("St. John, Ada", ("Ada", "St. John")),
        ("Mrs King", ("", "King")), ("Mr", ("Mr", "")), ("李 小龍", ("李", "小龍")), ("Ing King", ("Ing", "King")),
        ("Frau Dr.-Ing. Ada König", ("Ada", "König")), ("Univ.-Prof. Dr. med. Ada von König", ("Ada", "von König")),
        ("Mr. & Mrs. King", ("", "King")), ("Mr &", ("", "&")), ("Sra. Ada Rey", ("Ada", "Rey")),
        ("De Souza Lima, Ana", ("Ana", "De Souza Lima")), ("GARCÍA LÓPEZ, Ana", ("Ana", "GARCÍA LÓPEZ")),
        ("Ada & Ben King", ("Ada", "")), ("\u2022 Ada", ("Ada", "")), ("(Ada)", ("(Ada)", "")),
        ("Ada MBA", ("Ada", "MBA")),
    ],
)  # fmt: skip
def test_a_whole_name_is_split(whole: str, expected: tuple[str, str]) -> None:
    """A title is kept if it is the only word or is spelt unlike a title."""
    assert split_name(whole) == expected


@pytest.mark.parametrize(
    ("whole", "first", "last", "expected"),
    [
        ("Ada King", "", "", ("Ada", "King")), ("Ada King", "Ada", "", ("Ada", "King")),
        ("ADA KING", "Ada", "", ("Ada", "KING")), ("Ada", "Ada", "", ("Ada", "")),
        ("Adalbert King", "Ada", "", ("Ada", "")), ("Spring offer", "Ada", "", ("Ada", "")),
        ("Dr. Ada King", "Ada", "", ("Ada", "King")), ("King, Ada", "Ada", "", ("Ada", "King")),
        ("Ada King (she/her)", "", "King", ("Ada", "King")), ("Ada King", "", "King", ("Ada", "King")),
        ("Ada Maria", "", "King", ("Ada Maria", "King")), ("Dr. Ada King", "", "King", ("Ada", "King")),
        ("King", "", "King", ("", "King")), ("Hacking", "", "King", ("Hacking", "King")),
    ],
)  # fmt: skip
def test_known_parts_are_kept(whole: str, first: str, last: str, expected: tuple[str, str]) -> None:
    """A full name only adds the part that is missing."""
    assert complete_name(whole, first, last) == expected


@given(st.lists(st.from_regex(r"\A[^\W\d_]+\Z"), min_size=1, max_size=5))
def test_no_word_of_a_name_is_lost(words: list[str]) -> None:
    """Without a title, first and last name together are the full name."""
    first, last = split_name("x " + " ".join(words))
    assert f"{first} {last}".split() == ["x", *words]
