"""What to do about a dead letter, by its reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from leads.config.schema import Enrollment
from leads.model import LEAD_FIELDS
from leads_cli.failures.read.letter import Letter


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: in words, and the arguments of `leads failures` that do it, where a command does."""

    text: str
    arguments: tuple[str, ...] = ()


# With these Leadterra refused what the lead says: as it is, it will be refused again.
_REFUSED: Final = frozenset({400, 422})


def replay_may_help(letter: Letter, config: Enrollment) -> bool:
    """Whether a replay of the unchanged letter may succeed, with the configuration as it is now."""
    if letter.unreadable():
        return False
    if letter.reason == "missing_token" and "fixed" not in letter.content:
        rules = config.rules(letter.campaign)
        asked_for = rules.on_missing_token == "dead_letter" and letter.field in rules.tokens  # noqa: S105 - no password
        return not asked_for or letter.field in rules.defaults
    return letter.reason != "rejected" or letter.status not in _REFUSED or "fixed" in letter.content


def next_steps(letter: Letter) -> Iterator[Step]:
    """What an operator can do now, the likeliest first."""
    unreadable = letter.unreadable()
    if unreadable:
        yield from _correct(letter, unreadable.field)
    elif letter.reason == "missing_token":
        yield from _fill_in(letter)
    elif letter.reason == "rejected":
        yield from _correct(letter, letter.field)
        yield Step("If Leadterra was wrong, send it again as it is", ("replay", letter.id))
    elif letter.reason == "unmappable" and not letter.source:
        yield Step("Say which source it is of", ("fix", letter.id, "--to-source", "...", "--replay"))
    elif letter.reason == "unmappable":
        yield Step(
            f"Tell the source {letter.source} in enrollment.toml which field is which, deploy, and send it again",
            ("replay", letter.id),
        )
        if isinstance(letter.event, dict):
            yield Step("Or correct the event itself", ("fix", letter.id, "--set", "email=...", "--replay"))
    else:
        yield Step("Find the cause in the function's log, then send it again", ("replay", letter.id))
    yield Step("Or discard it", ("discard", letter.id))


def _correct(letter: Letter, field: str) -> Iterator[Step]:
    if field == "campaign":
        address = () if letter.email else ("--set", "email=...")
        words = "Say which campaign it is for" + (" and whose it is" if address else "")
        yield Step(words, ("fix", letter.id, "--to-campaign", "...", *address, "--replay"))
        return
    path = field if field in LEAD_FIELDS else "email" if field in {"lead", "body"} else _place(letter, field)
    if path == "email" and letter.email:
        yield Step("Try to normalise it", ("fix", letter.id, "--normalise", "email", "--dry-run"))
    if path:
        yield Step(f"Correct {path} and send it again", ("fix", letter.id, "--set", f"{path}=...", "--replay"))
    else:
        yield Step("Correct the refused field and send it again", ("fix", letter.id, "--set", "...", "--replay"))


def _fill_in(letter: Letter) -> Iterator[Step]:
    path = letter.field if letter.field in LEAD_FIELDS else f"customFields.{letter.field}"
    yield Step(
        f"Set a default for all: {letter.field} under [campaigns.{letter.campaign}.defaults] in enrollment.toml; "
        "deploy, and send all of these again",
        ("replay", "--reason", "missing_token", "--field", letter.field),
    )
    yield Step("Or set it for this lead only", ("fix", letter.id, "--set", f"{path}=...", "--replay"))


def _place(letter: Letter, field: str) -> str:
    """Where in the lead a field of that name is; Leadterra knows custom fields by their name alone."""
    custom = letter.lead.get("customFields")
    return f"customFields.{field}" if isinstance(custom, dict) and field in custom else ""
