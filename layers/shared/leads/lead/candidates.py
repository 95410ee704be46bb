"""Candidates: the fields of a submission for each lead field, the most certain first."""

from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Final, NamedTuple

from leads.fields.names import MENTION, Meaning, canonical, is_other_persons, meaning, parts, words_of
from leads.fields.vocabulary import COUNTS_BESIDE, FULL_NAME, INFIX, PERSONS, SURNAME_BESIDE
from leads.words import word_set

NAMES: Final = frozenset({"firstName", "lastName", FULL_NAME, INFIX})
_OWN_NAMES: Final = NAMES - {INFIX}
# Things have these as well.
_BARE: Final = word_set("name title role")
# Objects with only the ways to reach a person, whose name stands around them, and what else has a name there.
_WAYS_TO_REACH: Final = word_set("""contact contacts contactinfo contactinformation contactdetails contactdata details
    info""")
_THINGS: Final = word_set("""form forms booking order event appointment meeting survey quiz product price campaign list
    workflow page site type start starts end total status ticket issue deal task post course invoice payment""")
# How lists of addresses mark the one that counts.
PRIMARY: Final = word_set("primary isprimary default")


class Candidates(NamedTuple):
    """What the names of fields mean, and for each of a lead's own fields the names that may hold it."""

    meanings: Mapping[str, Meaning]
    by_field: Mapping[str, Sequence[str]]


def candidates(
    names: Sequence[str],
    aliases: Mapping[str, str],
    kinds: Mapping[str, str],
    *,
    addresses: AbstractSet[str],
    primary: AbstractSet[str],
    claimed: Collection[str | None],
) -> Candidates:
    """The candidates among fields of these names, other names, and kinds.

    `addresses` are those that hold an address, `primary` the objects that are marked as the one that counts, and
    `claimed` those that the configuration names.
    """
    found = _meanings(names, {name: alias for alias, name in aliases.items()}, kinds, addresses)
    return Candidates(found, _by_field(names, found, kinds, primary, claimed))


def _meanings(
    names: Sequence[str], aliases: Mapping[str, str], kinds: Mapping[str, str], addresses: AbstractSet[str]
) -> dict[str, Meaning]:
    """What the names mean, without a `name`, `title` or `role` that is a form's, a booking's or an order's."""
    known = {n: _meaning(n, aliases.get(n, ""), kinds.get(n, "")) for n in names}
    # An object with an address in it is a person's, whatever it is called.
    found_in = [n for n, m in known.items() if m and m.field == "email" and n in addresses]
    around = {place for n in found_in for place in (parts(n)[:-1], place_of(n))}
    found = {n: m for n, own in known.items() if (m := own or _meaning_inside(n, around))}
    bare = {name for name, m in found.items() if _is_bare(name, m)}
    sure = {name: m for name, m in found.items() if name not in bare}
    persons = {
        place_of(name)
        for name, m in sure.items()
        if (name in addresses if m.field == "email" else m.field in _OWN_NAMES)
    }
    things = {name for name in bare if persons and not _is_beside(place_of(name), persons)}
    if len(persons) == 1 and not any(m.field in NAMES for m in sure.values()):
        things = {n for n in things if found[n].word != "name" or not _is_around(n, next(iter(persons)), names)}
    return {name: m for name, m in found.items() if name not in things}


def _meaning(name: str, alias: str, kind: str) -> Meaning | None:
    """What a field is: by its name, or, where that is vague, by what the provider says it holds."""
    named, held = meaning(name) or meaning(alias), meaning(kind)
    if held and held.field == "email" and (named is None or named.rank >= MENTION) and not is_other_persons(name):
        return Meaning("email", "", MENTION - 1)
    return named


def _meaning_inside(name: str, around: set[tuple[str, ...]]) -> Meaning | None:
    """What a field is by its last step, if that is directly in a person's object, and is no name of a thing."""
    place, own = parts(name)[:-1], parts(name)[-1:]
    if not place or place not in around or is_other_persons(name):
        return None
    is_things = canonical(own[0]) in _BARE and canonical(place[-1]).removesuffix("s") in _THINGS
    return None if is_things else meaning(own[0])


def _is_bare(name: str, m: Meaning) -> bool:
    """Whether things have such a field as well: a `name`, a `role`, the `title` of a vacant job."""
    own = canonical(parts(name)[-1])
    return own in _BARE and (own == m.word or m.field == "jobTitle")


def place_of(name: str) -> tuple[str, ...]:
    """The object that a field is in; the addresses of a person may be in a list of their own."""
    place = parts(name)[:-1]
    while place and (place[-1].isdecimal() or ((m := meaning(place[-1])) and m.field == "email")):
        place = place[:-1]
    return place


def _is_beside(place: tuple[str, ...], persons: set[tuple[str, ...]]) -> bool:
    """Whether an object is a person's: it holds an address or a name, is inside of such an object, or is named so."""
    steps = range(len(place) + 1)
    return any(place[:step] in persons or canonical("".join(place[step - 1 : step])) in PERSONS for step in steps)


def _is_around(name: str, person: tuple[str, ...], names: Sequence[str]) -> bool:
    """Whether a name is a lone person's, and the object inside has only the ways to reach them."""
    if not person or place_of(name) != person[:-1] or canonical(person[-1]) not in _WAYS_TO_REACH:
        return False
    outside = [words_of(other) for other in names if place_of(other)[: len(person)] != person]
    return _THINGS.isdisjoint(chain.from_iterable(outside))


def _by_field(
    fields: Sequence[str],
    found: Mapping[str, Meaning],
    kinds: Mapping[str, str],
    primary: AbstractSet[str],
    claimed: Collection[str | None],
) -> dict[str, list[str]]:
    """For each lead field the names that may hold it, without those that are claimed for another one."""
    names = set(map(canonical, fields))
    words = {m.word for m in found.values()}
    surnames = {SURNAME_BESIDE.get(word) for word in words}

    def surest(name: str) -> tuple[bool, int, bool]:
        marked = {name, name.rpartition(".")[0]}
        # A campaign's link fills hidden fields. People fill the others.
        hidden = canonical(kinds.get(name, "")).startswith("hidden")
        return hidden, found[name].rank, primary.isdisjoint(marked)

    ordered: dict[str, list[str]] = {}
    for name in sorted((name for name in found if name not in claimed), key=surest):
        m = found[name]
        is_alone = m.word in COUNTS_BESIDE and words.isdisjoint(COUNTS_BESIDE[m.word])
        # A client with an id is a program that people log in with.
        own = canonical(name)
        is_program = own.endswith("clientname") and f"{own.removesuffix('name')}id" in names
        if is_alone or (m.field == FULL_NAME and is_program):
            continue
        field = "lastName" if m.field == FULL_NAME and m.word in surnames else m.field
        ordered.setdefault(field, []).append(name)
    return ordered
