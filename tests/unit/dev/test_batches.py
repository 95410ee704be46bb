"""Batches in Lambda's format, and a function's answer to one."""

from typing import Any

import pytest

from leads_cli.dev.runtime.environment import Result
from leads_cli.dev.runtime.poller import failed_ids

IDS = ["a", "b", "c"]


def answer(items: Any) -> Result:
    return Result({"batchItemFailures": items})


ALL = set(IDS)


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        *((result, set()) for result in (Result(None), Result({}), answer([]), answer(None), Result({"other": 1}))),
        *(
            (answer([{"itemIdentifier": name} for name in named]), set(named))
            for named in (["b"], ["c", "a"], ["b", "b"])
        ),
        *((answer([{"itemIdentifier": "a"}, {"itemIdentifier": wrong}]), ALL) for wrong in ("", None, "unknown", 1)),
        *((answer(items), ALL) for items in ([{"identifier": "a"}], ["a"], "a", {"itemIdentifier": "a"})),
        *((result, ALL) for result in (Result("done"), Result([]), Result.failed("ValueError", "no"))),
    ],
)
def test_which_messages_stay(result: Result, failed: set[str]) -> None:
    """The named ones; all after an error, an unknown id or another shape. Without the response type all or none."""
    assert failed_ids(result, IDS, partial=True) == failed
    assert failed_ids(result, IDS, partial=False) == (ALL if result.error else set())
