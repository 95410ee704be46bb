"""Every error shape is the body that its validator gives for the same refused leads."""

import json

import pytest

from leads_cli.sandbox import SHAPES, Behaviour
from leads_cli.sandbox.faults.validation import InvalidLead, RefusedBatch

HONEST = [
    "index",
    "index_only",
    "fastapi",
    "drf",
    "marshmallow",
    "zod",
    "express_validator",
    "nest",
    "json_api",
    "laravel",
    "sendgrid",
    "by_email",
    "by_email_list",
    "prose_email",
]
BATCH = RefusedBatch(
    422,
    4,
    [
        InvalidLead(1, "bad", "email", "bad", "invalid", "invalid email format"),
        InvalidLead(2, None, "email", None, "missing", "email is required"),
        InvalidLead(3, "ben@example.com", "company", 7, "invalid", "company must be a string"),
    ],
)
FORMAT, MISSING, TYPE = (refusal.message for refusal in BATCH.refusals)

EXPECTED: dict[str, object] = {
    "fastapi": {
        "detail": [
            {"type": "value_error", "loc": ["body", "leads", 1, "email"], "msg": FORMAT, "input": "bad"},
            {"type": "missing", "loc": ["body", "leads", 2, "email"], "msg": MISSING, "input": None},
            {"type": "value_error", "loc": ["body", "leads", 3, "company"], "msg": TYPE, "input": 7},
        ]
    },
    "drf": {"leads": [{}, {"email": [FORMAT]}, {"email": [MISSING]}, {"company": [TYPE]}]},
    "marshmallow": {
        "errors": {"leads": {"1": {"email": [FORMAT]}, "2": {"email": [MISSING]}, "3": {"company": [TYPE]}}}
    },
    "zod": {
        "issues": [
            {"code": "custom", "path": ["leads", 1, "email"], "message": FORMAT},
            {"code": "invalid_type", "path": ["leads", 2, "email"], "message": MISSING},
            {"code": "custom", "path": ["leads", 3, "company"], "message": TYPE},
        ]
    },
    "express_validator": {
        "errors": [
            {"type": "field", "value": "bad", "msg": FORMAT, "path": "leads[1].email", "location": "body"},
            {"type": "field", "msg": MISSING, "path": "leads[2].email", "location": "body"},
            {"type": "field", "value": 7, "msg": TYPE, "path": "leads[3].company", "location": "body"},
        ]
    },
    "nest": {
        "message": [f"leads.1.email {FORMAT}", f"leads.2.email {MISSING}", f"leads.3.company {TYPE}"],
        "error": "Unprocessable Entity",
        "statusCode": 422,
    },
    "fastify": {
        "statusCode": 422,
        "code": "FST_ERR_VALIDATION",
        "error": "Unprocessable Entity",
        "message": f"body/leads/1/email {FORMAT}",
    },
    "json_api": {
        "errors": [
            {"status": "422", "code": code, "detail": message, "source": {"pointer": pointer}}
            for code, message, pointer in [
                ("invalid", FORMAT, "/leads/1/email"),
                ("missing", MISSING, "/leads/2/email"),
                ("invalid", TYPE, "/leads/3/company"),
            ]
        ]
    },
    "laravel": {"errors": {"leads.1.email": [FORMAT], "leads.2.email": [MISSING], "leads.3.company": [TYPE]}},
    "sendgrid": {
        "error_count": 3,
        "error_indices": [1, 2, 3],
        "errors": [{"error_indices": [1, 2, 3], "message": FORMAT}],
    },
    "by_email": {"errors": {"bad": [FORMAT], "": [MISSING], "ben@example.com": [TYPE]}},
    "prose_email": {"errors": [f"bad: {FORMAT}", MISSING, f"ben@example.com: {TYPE}"]},
    "zod_flat": {"formErrors": [], "fieldErrors": {"leads": [FORMAT, MISSING, TYPE]}},
    "count_only": {"errors": 3},
    "empty_list": {"errors": []},
    "plain_text": "Unprocessable Entity",
    "empty_body": "",
}


def indices(name: str) -> list[int]:
    body = SHAPES[name](BATCH)
    assert isinstance(body, dict)
    return [error["index"] for error in body["errors"]]


@pytest.mark.parametrize("name", EXPECTED)
def test_shapes_are_those_of_the_validators_they_are_named_after(name: str) -> None:
    """The body is the one that this validator would give."""
    assert SHAPES[name](BATCH) == EXPECTED[name]


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_json_for_one_refusal_of_a_whole_row(name: str) -> None:
    """No shape depends on a field, an address or a second refusal."""
    lone = RefusedBatch(400, 1, [InvalidLead(0, None, "", "x", "invalid", "must be an object")])
    body = SHAPES[name](lone)
    assert json.loads(json.dumps(body)) == body


@pytest.mark.parametrize("name", HONEST)
def test_honest_shapes_mention_every_refusal(name: str) -> None:
    """A body with all refusals is longer than one with fewer of them."""
    fewer = RefusedBatch(BATCH.status, BATCH.rows, BATCH.refusals[:2])
    assert len(json.dumps(SHAPES[name](BATCH))) > len(json.dumps(SHAPES[name](fewer)))


def test_true_indices() -> None:
    """The default shape gives the row as it stands in the request, and its address."""
    assert indices("index") == indices("index_only") == [1, 2, 3]
    assert SHAPES["index_only"](BATCH) != SHAPES["index"](BATCH)


@pytest.mark.parametrize(
    ("name", "rows"),
    [("one_based_index", [2, 3, 4]), ("offset_index", [3, 4, 5]), ("wrong_row", [2, 3, 0])],
)
def test_indices_that_lie(name: str, rows: list[int]) -> None:
    """These indices are not those of the refused rows, and nothing in the body gives that away."""
    body = SHAPES[name](BATCH)
    assert indices(name) == rows
    assert "bad" not in json.dumps(body)


def test_a_contradictory_entry_names_one_row_and_quotes_another() -> None:
    """The index is that of the next row while the address is that of the refused one."""
    body = SHAPES["contradictory"](BATCH)
    assert isinstance(body, dict)
    assert [(error["index"], error["email"]) for error in body["errors"]] == [
        (2, "bad"),
        (3, None),
        (0, "ben@example.com"),
    ]


def test_a_wrong_echo_quotes_a_value_that_no_lead_has() -> None:
    """The index is true and the quoted value is nobody's."""
    body = SHAPES["wrong_echo"](BATCH)
    assert isinstance(body, dict)
    assert indices("wrong_echo") == [1, 2, 3]
    assert {error["value"] for error in body["errors"]} == {"nobody@elsewhere.example"}


def test_a_truncated_list_stops_after_two() -> None:
    """Only the first refusals are named, and nothing says that there are more."""
    assert indices("truncated") == [1, 2]


def test_an_unknown_shape_is_refused_with_the_names_of_the_known_ones() -> None:
    """A typing error in a shape's name is answered with the list of names."""
    with pytest.raises(ValueError, match="known are index, index_only"):
        Behaviour(error_shape="indx")
