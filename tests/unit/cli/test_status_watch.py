"""What `leads status --watch` shows from one look to the next."""

import pytest

from leads_cli.cli.status import StatusSample, rates
from leads_cli.stacks.counts import StackCounts, StackStatus
from leads_cli.terminal import console, status_parts


def test_rates_stand_behind_what_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """Watched counts have their change a second; what stays has none."""
    before = StatusSample(StackStatus(StackCounts(accepted=10, enrolled=4, queued=6)), 100.0)
    after = StatusSample(StackStatus(StackCounts(accepted=30, enrolled=24, queued=6)), 110.0)
    for part in status_parts(after.status, rates(before, after)):
        console().print(part)
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == ["accepted", "30", "+2.0/s"]
    assert ["+", "queued", "6"] in lines
