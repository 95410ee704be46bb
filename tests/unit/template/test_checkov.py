"""The findings of checkov that are meant: each is still there, and its reason holds."""

from collections.abc import Callable
from typing import Final

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests.unit.template.translated import ROOT, Template

FUNCTIONS: Final = ("IntakeFunction", "EnrollFunction")
SKIPPED: Final[dict[str, Callable[[Template], bool]]] = {
    "CKV_AWS_116": lambda t: (
        all("DeadLetterConfig" not in t.properties(each) for each in FUNCTIONS)
        and all("RedrivePolicy" in t.properties(queue) for queue in ("LeadsQueue", "EventsQueue"))
    ),
    "CKV_AWS_117": lambda t: all("VpcConfig" not in t.properties(each) for each in FUNCTIONS),
    "CKV_AWS_115": lambda t: (
        "ReservedConcurrentExecutions" not in t.properties("EnrollFunction")
        and "MaximumConcurrency" in t.mapping("LeadsQueue")["ScalingConfig"]
    ),
    "CKV_AWS_119": lambda t: t.properties("DeliveriesTable")["SSESpecification"]["Fn::If"][0] == "HasKmsKey",
    "CKV_AWS_28": lambda t: "PointInTimeRecoverySpecification" not in t.properties("DeliveriesTable"),
}


def test_every_skipped_finding_has_a_reason() -> None:
    """Checkov reads the list; each line of it follows a comment, and is among those below."""
    text = (ROOT / ".checkov.yaml").read_text()
    assert yaml_parse(text)["skip-check"] == [*SKIPPED]
    lines = text.splitlines()
    assert all(lines[lines.index(f"  - {finding}") - 1].startswith("  # ") for finding in SKIPPED)


@pytest.mark.parametrize("finding", SKIPPED)
def test_the_reason_holds(template: Template, finding: str) -> None:
    """A finding that the template no longer has, or has for another reason, leaves the list."""
    assert SKIPPED[finding](template)
