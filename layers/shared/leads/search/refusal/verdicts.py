"""Verdicts: which results are good and which are bad, where a list has one for each row or a map for some."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final

from leads.search.refusal.labels import label, squashed

_GOOD: Final = frozenset(
    {
        "ok", "success", "successful", "succeeded", "valid", "created", "updated", "enrolled", "accepted", "imported",
        "inserted", "saved", "passed", "unchanged", "skipped", "done", "none", "queued", "pending", "exists", "warning",
        "notice", "info",
    }
)  # fmt: skip
_BAD: Final = frozenset({"error", "fail", "failed", "failure", "invalid", "rejected", "refused"})
_ERRORS: Final = frozenset(
    {
        "error",
        "errors",
        "issues",
        "violations",
        "problems",
        "errormessage",
        "errormessages",
        "failurereason",
        "reason",
        "reasons",
    }
)
_STATES: Final = frozenset(
    {
        "status", "state", "result", "outcome", "code", "statuscode", "success", "succeeded", "valid", "isvalid", "ok",
        "accepted", "severity", "level",
    }
)  # fmt: skip
_RESULTS: Final = frozenset({"", "results", "result", "details", "items", "data", "messages", "message"})
_OPPOSITES: Final = frozenset({"invalid", "isinvalid", "failed", "haserror", "haserrors", "iserror", "error"})


def verdict(result: Any) -> bool | None:
    """Whether a result says that all is well; None where it does not say."""
    match result:
        case bool():
            return result
        case int():
            return _of_status(result)
        case str() if result.strip():
            word = squashed(result)
            return True if word in _GOOD else False if word in _BAD else None
        case dict() if result:
            return _of_dict({squashed(key): value for key, value in result.items()})
        case list() | float() if result:
            return None
        case _:
            return True


def _of_status(status: int) -> bool | None:
    """Other numbers than those of HTTP say nothing."""
    good = HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
    return good if good or HTTPStatus.BAD_REQUEST <= status <= HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED else None


def _of_dict(result: dict[str, Any]) -> bool | None:
    if any(result[name] for name in _ERRORS.intersection(result)):
        return False
    for name, value in result.items():
        if name in _OPPOSITES and isinstance(value, bool):
            return not value
        if name in _STATES and isinstance(value, bool | int | str) and (said := verdict(value)) is not None:
            return said
    # `{"create": {"status": 201}}`
    only = next(iter(result.values())) if len(result) == 1 else None
    return verdict(only) if isinstance(only, dict) else None


def bad_places(results: Sequence[Any], name: str, size: int, *, sparse: bool = False) -> list[int] | None:
    """The bad places of a list with a place for each of `size` rows; None where it is another list.

    Args:
        results: the list.
        name: under which it stands: in `errors` a truth is bad, in `valid` it is good, elsewhere it may be anything.
        size: how many rows were sent.
        sparse: it is such a list for sure, up to the last bad row. Else empty places show it: `[null, null, {...}]`.
    """
    if size < 2 or len(results) > size:  # noqa: PLR2004 - a lone row has no place among others
        return None
    bad_is_true = label(name).bad
    said = [(not r if bad_is_true else r) if isinstance(r, bool) else verdict(r) for r in results]
    if not all(isinstance(r, dict | list | str | None) or verdict(r) is not None for r in results):
        return None
    if len(results) == size:
        if all(isinstance(r, bool) for r in results) and not (bad_is_true or label(name).good):
            return None
        # Where none is good by itself, those that tell of an error are bad.
        wanted = {False, None} if True in said else {False} if None in said else set[bool | None]()
        return [place for place, good in enumerate(said) if good in wanted] if wanted & set(said) or all(said) else None
    about = label(name)
    holed = (about.list or about.rows or about.bad or squashed(name) in _RESULTS) and any(
        r in (None, {}) for r in results
    )
    return [place for place, good in enumerate(said) if good is not True] if sparse or holed else None
