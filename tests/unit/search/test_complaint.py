"""The field and the message in a refusal of a single lead."""

import pytest

from leads.message.dead_letter import Failure
from leads.search.complaint import alike, complaint
from tests.error_bodies import SHAPES, refused

LEAD = {"email": "ben.example.com", "firstName": "Ben", "customFields": {"plan": "gold"}}


@pytest.mark.parametrize(
    ("content", "field", "message"),
    [
        ({"message": "Validation failed", "errors": [{"field": "email", "message": "bad"}]}, "email", "bad"),
        ({"message": "No.", "errors": {"leads.0.jobTitle": ["Too long."]}}, "jobTitle", "Too long."),
        ({"errors": {"email": "bad"}}, "email", "bad"),
        ({"errors": {"leads": {"0": {"consentBasis": ["required"]}}}}, "consentBasis", "required"),
        ({"error": {"code": "invalid_request", "message": "bad"}}, None, "bad"),
        ({"errors": [{"title": "No.", "detail": "bad", "source": {"pointer": "/leads/0/email"}}]}, "email", "bad"),
        ({"message": "leads/0/email is bad", "error": "Bad Request"}, "email", "leads/0/email is bad"),
        ({"error": "Bad Request", "message": ["leads[0].company is short"]}, "company", "leads[0].company is short"),
        ({"errors": [{"email_address": "ben.example.com", "error": "bad", "field_message": "worse"}]}, None, "bad"),
        ({"errors": [{"loc": ["leads", 0], "email": "ben.example.com", "msg": " "}]}, None, "refused without a reason"),
        ({"errors": {"ben.example.com": ["bad"]}}, None, "bad"), ({"errors": {"Ben": ["bad"]}}, None, "bad"),
        ({"errors": {"gold": ["bad"]}}, None, "bad"), ({"status": "error"}, None, "error"),
        ({"status": 422, "code": "1201", "path": "/v1/campaigns/2/leads/bulk", "message": "bad"}, None, "bad"),
        ({"errors": [{"docs": "See there for more", "message": "bad", "type": "https://x.example/bad"}]}, None, "bad"),
        ({"errors": [{"param": "leads[0][job_title]", "message": "bad"}]}, "jobTitle", "bad"),
        ({"errors": [{"name": "ValidationError", "reason": "bad"}]}, None, "bad"),
        ({"errors": [{"path": ["leads", 0, "customFields", "plan"], "message": "bad"}]}, "plan", "bad"),
        ({"detail": [{"loc": ["body", "leads", 0, "email", "str"], "msg": "bad"}]}, "email", "bad"),
        ({"errors": [{"loc": ["leads", 0, "phone"], "msg": "no email without it"}]}, "phone", "no email without it"),
        (
            {"errors": [{"message": "company is bad"}, {"field": "email", "message": "worse"}]},
            "company",
            "company is bad",
        ),
        ({"leads": {"0": {"lastName": "is bad"}}}, "lastName", "is bad"),
        ({"errors": [{"objectName": "request", "field": "email", "defaultMessage": "bad"}]}, "email", "bad"),
        ({"failedLeads": [{"email": "ben.example.com", "reason": "bad"}]}, None, "bad"),
        ({"contactErrors": {"0": "bad"}}, None, "bad"), ({"leads": [{"email": "is bad"}]}, "email", "is bad"),
        (
            "<html><title>Bad Request</title><p>Company is <i>bad</i></p></html>",
            "company",
            "Bad Request Company is bad",
        ),
        ("Key: 'Request.Leads[0].Email' is bad", "email", "Key: 'Request.Leads[0].Email' is bad"),
        ('"jobTitle" length must be less than 9', "jobTitle", '"jobTitle" length must be less than 9'),
        ("The company field is bad", "company", "The company field is bad"),
        ("gold is no plan", "plan", "gold is no plan"), ("This field is bad", None, "This field is bad"),
        ("expected 'string'", None, "expected 'string'"), (["bad"], None, "bad"), ("  bad ", None, "bad"),
        ("x" * 1_000, None, "x" * 300), (None, None, "refused without a reason"),
    ],
)  # fmt: skip
def test_the_field_and_the_message_are_found(content: object, field: str | None, message: str) -> None:
    """An error's own message beats a headline, and no value of the lead is used as a field's name."""
    assert complaint(content, LEAD) == (field, message)


NO_FIELD = {"map by address"}
NO_WORDS = {"indices", "addresses"}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_common_shapes_give_field_and_message(shape: str) -> None:
    """For a single lead the field is its address or none."""
    field, message = complaint(SHAPES[shape](refused([LEAD], [0])), LEAD)
    assert field == (None if shape in NO_FIELD | NO_WORDS else "email")
    assert (message == "refused without a reason") == (shape in NO_WORDS)
    assert message not in {"email", "leads[0].email", LEAD["email"]}


def _refused(
    message: str, *, status: int = 422, field: str | None = None, **lead: str
) -> tuple[Failure, dict[str, str]]:
    return Failure("rejected", message, status, field), {"email": "ava@example.com", **lead}


@pytest.mark.parametrize(
    ("refusals", "number"),
    [
        ([], 0),
        ([_refused("bad"), _refused("worse"), _refused("bad")], 2),
        ([_refused("bad", status=400), _refused("bad")], 1),
        ([_refused("bad", field="email"), _refused("bad", field="company")], 1),
        ([_refused("row 17 is bad"), _refused("row 3 is bad")], 2),
        ([_refused("bad, trace 7f1xa9-1c"), _refused("bad, trace 7f2xa9-2c")], 2),
        ([_refused('"a@example.com" is bad', email="A@example.com"), _refused('"b@x.org" is bad', email="b@x.org")], 2),
        ([_refused("Acme Corp: unknown.", company="Acme Corp"), _refused("C & A: unknown.", company="C & A")], 2),
        # A value of a lead that also occurs in the message does not make the refusal different.
        ([_refused("company is required", company="Company"), _refused("company is required")], 2),
        ([_refused("e is required", firstName="e"), _refused("e is required", firstName="")], 2),
    ],
)
def test_refusals_are_compared_without_quoted_values(
    refusals: list[tuple[Failure, dict[str, str]]], number: int
) -> None:
    """Reasons are equal if they differ only in numbers and in quoted values of the lead."""
    assert alike(refusals) == number
