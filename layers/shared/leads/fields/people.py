"""People: split a body that is about several people.

Several people come as a list of objects with addresses, as objects keyed by id or by address, or as parallel lists
(Zapier's line items), at any depth. If an address stands beside such a list, the body is one person's and the list is
not used.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Final, NamedTuple

from leads.fields.address import address_like
from leads.fields.answers import MAX_DEPTH
from leads.fields.names import MENTION, canonical, is_other_persons, meaning
from leads.fields.questions import answer_of, are_questions, label_of
from leads.fields.vocabulary import FULL_NAME, OBJECTS_OF_OTHERS, PERSONS, WRAPPERS
from leads.words import word_set

# A key may be as long as the body, so each part stops where the next one begins: one pass, without going back.
_ID: Final = re.compile(r"[^\s\d]*\d\S*|[^\s@]+@\S+")
# What a link fills in. People fill in the rest.
_OF_A_LINK: Final = word_set("""hidden hiddenfields hiddenvalues urlparameters urlparams queryparameters queryparams
    querystring query""")
_HOSTS: Final = word_set("host organizer organiser")
# Under these are people who left, beside or instead of those who signed up: `{"added": [], "removed": []}`.
_GONE: Final = word_set("""removed deleted unsubscribed unsubscribes unsubscriptions optouts optedout bounced bounces
    complained complaints suppressed suppressions blocked blocklist blacklist cancelled canceled""")
_NAMES: Final = ("firstName", "lastName", FULL_NAME)


class PersonPart(NamedTuple):
    """One person's part of a body. An item of a list of people may have no address."""

    document: Any
    address: str = ""
    sure: bool = False  # the address is under a name that says so
    unclear: bool = False  # there are addresses of several people, and nothing says whose it is


def people(value: Any, depth: int = 0) -> list[PersonPart]:
    """The people of a body, each with their part of it; none or one if it is no list of people."""
    match value:
        case dict() if depth <= MAX_DEPTH and any(map(_may_hold_address, value.values())):
            here = {
                key: member for key, member in value.items() if canonical(key) not in _GONE or not _holds_people(member)
            }
            found = _line_items(here) or _in_object(here, depth)
            return found or ([PersonPart(here)] if len(here) < len(value) else [])
        case list() if depth <= MAX_DEPTH and any(isinstance(item, dict | list) for item in value):
            return _in_list(value, depth)
        case _:
            return []


def _in_list(everything: list[Any], depth: int) -> list[PersonPart]:
    items = [item for item in everything if not _is_host(item)]
    if are_questions(items):
        own = _own_address(_named_texts({str(number): item for number, item in enumerate(items)}))
        return [PersonPart(items, *own)] if own else []
    found = [people(item, depth + 1) for item in items]
    pairs = list(zip(items, found, strict=True))
    # One that has no address where one belongs is a person as well, and is refused.
    count = sum(map(len, found)) + any(not inner and _lacks_address(item) for item, inner in pairs)
    if count > 1 and not all(map(_answers_with_address, items)):
        return [person for item, inner in pairs for person in inner or [PersonPart(item)]]
    # One person, or all the addresses of one: the first counts.
    one = next((inner[0] for inner in found if inner), None)
    return [one if len(items) == 1 else one._replace(document=items)] if one else []


def _in_object(members: Mapping[str, Any], depth: int) -> list[PersonPart]:
    by_address = {key: member for key, member in members.items() if address_like(key) and isinstance(member, dict)}
    if len(by_address) > 1 or len(by_address) == len(members):
        return [PersonPart({"email": key, **member}, key, sure=True) for key, member in by_address.items()]
    inside = {
        key: inner
        for key, member in members.items()
        if isinstance(member, dict | list)
        and not _answers_with_address(member)
        and (inner := people(member, depth + 1))
    }
    own = _own_address(_named_texts(members))
    if not inside:
        # As most are in a list of people.
        return [PersonPart(dict(members), *own)] if own else []
    addresses, lists, single, others = _sorted(members, inside)
    own = own or next(((one.address, True) for one in addresses.values()), None)
    persons = {key: one for key, one in single.items() if not _means(key, "company")}
    if not own and not persons and (lists or not single):
        return list(chain.from_iterable(lists.values()))
    if own and (own[1] or not persons):
        chosen = PersonPart(members, *own)
    else:
        chosen = _choose(persons or single, beside_list=bool(lists))
    # `workspace_email` beside a list may be of none in it.
    is_plain = not own or bool(addresses) or _is_plainly_named(own[0], members)
    if chosen.unclear or (lists and not (chosen.sure and is_plain)):
        return [PersonPart(members, unclear=True)]
    if not own and single.keys() == {"node"}:
        # GraphQL's edges.
        return [single["node"]]
    several = lists.keys() | {key for key, inner in others.items() if len(inner) > 1}
    return [chosen._replace(document=dict(_own(members, several, single, chosen.address)))]


class _Inside(NamedTuple):
    """The people inside of an object, by the members that they are in."""

    addresses: Mapping[str, PersonPart]  # a list of addresses, without names: all are one person's
    lists: Mapping[str, Sequence[PersonPart]]  # several people: a list, or objects under ids
    single: Mapping[str, PersonPart]
    others: Mapping[str, Sequence[PersonPart]]  # not the person: staff, a friend, a previous value


def _sorted(members: Mapping[str, Any], inside: Mapping[str, Sequence[PersonPart]]) -> _Inside:
    others = {
        key: inner
        for key, inner in inside.items()
        if is_other_persons(key) or (isinstance(members[key], dict) and canonical(key) in OBJECTS_OF_OTHERS)
    }
    addresses = {
        key: inner[0]
        for key, inner in inside.items()
        if key not in others and _means(key, "email") and not any(map(_is_named, inner))
    }
    found = {key: inner for key, inner in inside.items() if key not in others and key not in addresses}
    by_id = {key for key, inner in found.items() if len(inner) == 1 and _is_id(key) and isinstance(members[key], dict)}
    lists = {key: inner for key, inner in found.items() if len(inner) > 1 or (key in by_id and len(by_id) > 1)}
    return _Inside(addresses, lists, {key: inner[0] for key, inner in found.items() if key not in lists}, others)


def _own(
    members: Mapping[str, Any], lists: AbstractSet[str], single: Mapping[str, PersonPart], address: str
) -> Iterator[tuple[str, Any]]:
    """The members that belong to the person of an address: no other people, and no object with another address."""
    for key, member in members.items():
        if key in lists:
            continue
        if (one := single.get(key)) is None or not one.sure:
            yield key, member
        elif one.address.lower() == address.lower():
            yield key, one.document
        elif _means(key, "company") or canonical(key) in _OF_A_LINK:
            yield key, _without_addresses(member)


def _without_addresses(member: Any) -> Any:
    if isinstance(member, dict):
        return {key: value for key, value in member.items() if not _is_address(value)}
    return [item for item in member if not _is_address(item)]


def _holds_people(member: Any) -> bool:
    """Whether it is a person with an address, or a list with one."""
    items = member if isinstance(member, list) else [member]
    return any(isinstance(item, dict) and any(map(_is_address, item.values())) for item in items)


def _is_address(value: Any) -> bool:
    return address_like(_text(value)) or _answers_with_address(value)


def _choose(single: Mapping[str, PersonPart], *, beside_list: bool) -> PersonPart:
    """The person that an object is about, of those in its members.

    Beside a list of people, only the name of a member says that it is the person's.
    """
    likely = {key: one for key, one in single.items() if not beside_list or canonical(key) in PERSONS | WRAPPERS}
    sure = {key: person for key, person in likely.items() if person.sure or person.unclear} or likely
    typed = {key: person for key, person in sure.items() if canonical(key) not in _OF_A_LINK}
    named = {key: person for key, person in typed.items() if canonical(key) in PERSONS}
    for candidates in (sure, typed, named):
        if len({person.address.lower() for person in candidates.values()}) == 1:
            return next(iter(candidates.values()))
    return PersonPart(None, unclear=True)


def _line_items(members: Mapping[str, Any]) -> list[PersonPart]:
    """People in parallel lists, if addresses and another of a lead's fields are lists of one length."""
    lists = {key: value for key, value in members.items() if isinstance(value, list) and len(value) > 1}
    if not (key := next((key for key, value in lists.items() if _are_addresses(value) and _means(key, "email")), None)):
        return []
    rows = {name: value for name, value in lists.items() if len(value) == len(lists[key]) and _are_plain(value)}
    if not any((known := meaning(name)) and known.field != "email" for name in rows):
        return []
    shared = {name: value for name, value in members.items() if not isinstance(value, dict | list)}
    return [
        PersonPart({**shared, **{name: value[place] for name, value in rows.items()}}, _text(address), sure=True)
        for place, address in enumerate(lists[key])
    ]


def _own_address(texts: Iterable[tuple[str, str]]) -> tuple[str, bool] | None:
    """The first address under a name that says so (`True`), else the first that may be the person's."""
    found = [(text, _means(name, "email")) for name, text in texts if address_like(text) and not is_other_persons(name)]
    return max(found, key=lambda pair: pair[1], default=None)


def _named_texts(members: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The texts among an object's members, those of questions and of lists included."""
    for key, member in members.items():
        if isinstance(member, str):
            yield key, member.strip()
        elif isinstance(member, list) and member and isinstance(member[0], str):
            yield key, member[0].strip()
        elif "@" in (text := _text(answer_of(member))):
            yield label_of(member) or key, text


def _is_host(item: Any) -> bool:
    """Whether an item of a list is marked as who invites the others: `isHost`, a calendar's `organizer`."""
    return isinstance(item, dict) and any(
        v is True and canonical(k).removeprefix("is") in _HOSTS for k, v in item.items()
    )


def _lacks_address(item: Any) -> bool:
    return isinstance(item, dict) and any(_is_for_address(name) for name in item if _text(item[name]))


def _is_for_address(name: str) -> bool:
    """Whether a name says that it is the person's address, and does not only mention one: `workspace_email`."""
    known = meaning(name)
    return known is not None and known.field == "email" and known.rank < MENTION


def _is_plainly_named(address: str, members: Mapping[str, Any]) -> bool:
    return any(text == address and _is_for_address(name) for name, text in _named_texts(members))


def _is_id(key: str) -> bool:
    """Whether a key is an id, or an address, and no field's name."""
    return _ID.fullmatch(key) is not None and meaning(key) is None


def _answers_with_address(item: Any) -> bool:
    return address_like(_text(answer_of(item)))


def _may_hold_address(value: Any) -> bool:
    return "@" in value if isinstance(value, str) else isinstance(value, dict | list) and bool(value)


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _are_addresses(items: list[Any]) -> bool:
    texts = [text for item in items if (text := _text(item))]
    return len({text.lower() for text in texts}) > 1 and all(map(address_like, texts)) and _are_plain(items)


def _are_plain(items: list[Any]) -> bool:
    return not any(isinstance(item, dict | list) for item in items)


def _means(name: str, *fields: str) -> bool:
    known = meaning(name)
    return known is not None and known.field in fields


def _is_named(person: PersonPart) -> bool:
    return isinstance(person.document, dict) and any(_means(name, *_NAMES) for name in person.document)
