"""Bodies with which validators in the wild refuse a request of four leads, of which the second and third are bad.

The shapes are those of real frameworks and services; what is in them is invented.
"""

from typing import Any, Final

LEADS: Final[tuple[dict[str, Any], ...]] = (
    {"email": "ava@example.com", "firstName": "Ava"},
    {"email": "ben.example.com", "firstName": "Ben"},
    {"email": "cleo@example.org", "company": "C", "plan": "gold"},
    {"email": "dora@example.net"},
)

BODIES: Final[dict[str, tuple[object, set[int]]]] = {
    "index": (
        {"errors": [{"index": 1, "message": "invalid"}, {"index": 2, "field": "company", "message": "too short"}]},
        {1, 2},
    ),
    "index as text": ({"errors": [{"row": "1", "error": "invalid"}, {"row": "2", "error": "too short"}]}, {1, 2}),
    "lead as index": ({"errors": [{"lead": 1, "error": "invalid"}, {"lead": 2, "error": "too short"}]}, {1, 2}),
    "index and echo": (
        {"errors": [{"index": 1, "email": "Ben.Example.com"}, {"index": 2, "value": "C", "message": "too short"}]},
        {1, 2},
    ),
    "index and echo of a custom field": ({"errors": [{"index": 2, "value": "gold", "message": "no such plan"}]}, {2}),
    "pydantic": (
        {
            "detail": [
                {"type": "value_error", "loc": ["body", "leads", 1, "email"], "msg": "no", "input": "ben.example.com"},
                {"type": "missing", "loc": ["body", "leads", 2, "phone"], "msg": "Field required", "input": LEADS[2]},
            ]
        },
        {1, 2},
    ),
    "list by position": (
        {"leads": [{}, {"email": ["Enter a valid email address."]}, {"company": ["Too short."]}, {}]},
        {1, 2},
    ),
    "list by position, null for the good": ([None, "invalid", ["too short"], None], {1, 2}),
    "map by index": (
        {"errors": {"leads": {"1": {"email": ["Not a valid email address."]}, "2": {"company": ["Too short."]}}}},
        {1, 2},
    ),
    "zod": (
        [
            {"code": "invalid_format", "path": ["leads", 1, "email"], "message": "Invalid email address"},
            {"code": "too_small", "path": ["leads", 2, "company"], "message": "Too small"},
        ],
        {1, 2},
    ),
    "bracketed path": (
        {
            "errors": [
                {"type": "field", "value": "ben.example.com", "msg": "Invalid value", "path": "leads[1].email"},
                {"type": "field", "value": "C", "msg": "Invalid value", "path": "leads[2].company"},
            ]
        },
        {1, 2},
    ),
    "map by bracketed path": ({"leads[1].email": {"msg": "Invalid"}, "leads[2].company": {"msg": "Invalid"}}, {1, 2}),
    "dotted path in text": (
        {"message": ["leads.1.email must be an email", "leads.2.company is too short"], "error": "Unprocessable"},
        {1, 2},
    ),
    "pointer in text": ({"code": "VALIDATION", "message": 'body/leads/1/email must match format "email"'}, {1}),
    "pointer": (
        {"errors": [{"detail": "Invalid", "source": {"pointer": "/data/attributes/leads/data/1/attributes/email"}}]},
        {1},
    ),
    "pointer without the word": ({"errors": [{"pointer": "/2/company"}]}, {2}),
    "fragment pointer": ({"errors": [{"instancePath": "#/leads/2/company", "message": "too short"}]}, {2}),
    "path from the root": ({"errors": [{"path": "$.leads[2].company", "message": "too short"}]}, {2}),
    "map by dotted path": (
        {"message": "No.", "errors": {"leads.1.email": ["No."], "leads.2.company": ["No."]}},
        {1, 2},
    ),
    "indices": (
        {"error_count": 2, "error_indices": [1, 2], "errors": [{"error_indices": [1, 2], "message": "no"}]},
        {1, 2},
    ),
    "map by address": ({"errors": {"ben.example.com": ["invalid"], "CLEO@example.org": ["too short"]}}, {1, 2}),
    "list by address": (
        {"errors": [{"email_address": "ben.example.com", "error": "invalid"}, {"email": "cleo@example.org"}]},
        {1, 2},
    ),
    "echoed lead": ({"errors": [{"lead": LEADS[1], "message": "invalid"}]}, {1}),
    "address in text": ({"errors": ["ben.example.com: invalid", "The lead <cleo@example.org>, is refused."]}, {1, 2}),
    "plain text": ("cleo@example.org.", {2}),
}

# An index that is contradicted by what stands beside it, or nothing that would mean a lead.
NO_HINTS: Final[dict[str, object]] = {
    "echo of nobody": {"errors": [{"index": 1, "value": "nobody@example.com"}]},
    "echo of nobody beside a path": {"errors": [{"path": "leads[1].email", "value": "nobody@example.com"}]},
    "echo of nobody beside a list path": {"errors": [{"loc": ["leads", 1, "email"], "input": "nobody@example.com"}]},
    "echo of another's value": {"errors": [{"index": 1, "value": "gold"}]},
    "echo of another lead": {"errors": [{"index": 1, "input": {"email": "x@example.com", "firstName": "Ben"}}]},
    "beyond the batch": {"errors": [{"index": 4}, {"index": 1_000_000}, {"index": -1}]},
    "no index": {"errors": [{"index": True}, {"index": None}, {"index": 1.5}, {"index": "first"}, {"index": ""}]},
    "a number of digits": {"9" * 5_000: "no", "message": f"leads/{'9' * 5_000}"},
    "a number in a path of digits": {"path": f"leads.{'9' * 5_000}.email"},
    "no number in the path": {"errors": [{"path": "leads.email"}, {"loc": ["body"]}]},
    "a number far behind": {"errors": [{"path": ["leads", "customFields", "address", 1]}]},
    "the request's own path": {"status": 400, "error": "Bad Request", "path": "/v1/campaigns/2/leads/bulk"},
    "flat": {"formErrors": [], "fieldErrors": {"leads": ["Invalid email address", "Too short"]}},
    "a count": {"errors": 2, "rows": 2},
    "empty": {"errors": []},
    "nothing": "",
    "null": None,
    "everybody": [["no"], ["no"], ["no"], ["no"]],
    "four numbers": {"codes": [0, 1, 2, 0]},
    "four truths": [True, False, True, True],
    "a word with leads in it": {"message": "misleads/1, plead[2]"},
}
