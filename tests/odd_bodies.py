"""Irregular error bodies that refuse leads of `LEADS`. None of them may reject a good lead."""

from collections.abc import Mapping
from typing import Any, Final

LEADS: Final[list[dict[str, Any]]] = [
    {
        "email": f"lead{row}@example.com",
        "firstName": "Ava",
        "company": f"Company {row}",
        "plan": "gold" if row % 2 else "pro",
        "customFields": {"externalId": f"u-{row}"},
    }
    for row in range(200)
]


LEADS[199]["email"] = "tagged+news@example.com"


def _lead(row: int) -> str:
    return f"lead{row}@example.com"


# These seem to name rows, rightly or wrongly.
READ: Final[Mapping[str, object]] = {
    "paths in a list": {"errors": [["leads", 3, "email", "invalid"], ["leads", 9, "email", "invalid"]]},
    "path of steps": {"errors": [{"path": [{"property": "leads"}, {"index": 3}, {"property": "email"}]}]},
    "tags of a row": {"errors": {"leads": {"3": {"tags": {"0": ["no"], "7": ["no"]}}}}},
    "tags in a list": {"errors": {"leads": {"3": {"tags": [{}, {"name": ["no"]}] + [{}] * 198}}}},
    "errors in a map by their own numbers": {
        "errors": {"0": {"path": "leads.3.email"}, "1": {"path": "leads.9.email"}}
    },
    "words in a map by their own numbers": {"errors": {"0": "Row 3: no", "1": "Row 9: no"}},
    "the index before the row": {"errors": [{"index": 3, "row": 4}]},
    "indexes of one error": {"errors": [{"message": "twice", "rows": [3, 9]}]},
    "a warning among them": {"errors": [{"index": 3, "severity": "error"}, {"index": 5, "severity": "warning"}]},
    "a duplicate": {"errors": [{"index": 9, "message": f"same as {_lead(3)}"}]},
    "a value of several": {"errors": [{"index": 3, "value": "gold"}]},
    "a part of a lead": {"errors": [{"loc": ["leads", 3], "input": {"firstName": "Ava", "plan": "gold"}}]},
    "two steps in one": {"errors": [{"loc": ["body", "leads[3]", "email"]}, {"loc": ["leads", "[9]"]}]},
    "echoes of nothing": {
        "errors": [{"index": 3, "value": None, "input": {}, "lead": None}, {"index": 9, "value": "", "email": " "}]
    },
    "the last row from 1": {"errors": [{"index": 200}]},
    "places up to the last bad one": [None, None, None, {"email": "no"}],
    "address beside another": {"errors": [{"email": _lead(3), "message": f"did you mean {_lead(9)}?"}]},
    "a lead among its errors": {"errors": [{"record": LEADS[3], "error": {"code": 12}}]},
    "inside": {"errors": [{"record": {"index": 3, "email": _lead(3)}}]},
    "around": {"errors": [{"email": _lead(3), "errors": [{"path": "leads.4.email"}]}]},
    "a map": {"errors": {"3": [f"{_lead(3)} is bad"]}},
    "places and numbers": {
        "results": [{"row": row + 1, "status": "error" if row == 3 else "ok"} for row in range(200)]
    },
    "statuses and how often": {"statuses": {"2": 190, "4": 10}},
    "the request's own path": {"status": 400, "path": "/v1/campaigns/2/leads/bulk", "instance": "/leads/3"},
    "the request, cleaned": {"sent": [{"email": lead["email"].upper()} for lead in LEADS]},
    "good results": {"results": [{"email": lead["email"], "status": "ok"} for lead in LEADS[:3]]},
    "a number far behind": {"errors": [{"path": ["leads", "customFields", "address", 1]}, {"path": "address.3"}]},
    "words with rows in them": {"message": "misleads/1, plead[2], tomorrow 3, Company 3 Ltd"},
    "another's part": {"errors": [{"index": 3, "input": {"plan": "silver"}}]},
    "map by bare paths": {"errors": {"3.email": ["no"], "9.company": ["no"]}},
    "a flag for each row": [{"invalid": row == 3, "id": row} for row in range(200)],
    "errors of each row": {"leads": [{"errors": ["no"] if row == 3 else []} for row in range(200)]},
    "address in an address": {"errors": [f"https://x.example/ failed for ?email={_lead(3)}!"]},
    "a message with each row": [{"message": "ok", **({"field": "email"} if row == 3 else {})} for row in range(200)],
    "other numbers beside the row": {"errors": [{"path": "/leads/9/email", "schemaPath": "#/allOf/0/format"}]},
    "JSON in a text": {"message": '{"errors": [{"index": 3}]}', "note": "[see 3"},
}
# These name no row, although they have numbers and addresses.
UNREAD: Final[Mapping[str, object]] = {
    "map by words": {"lead 3": "no", "Row 9": "no"},
    "map by a sentence": {"Invalid address in rows 3, 9": True},
    "failed in words": {"failed": "3, 9 and 17"},
    "one row and a verb": "row 3, 9 and 17 are bad",
    "signs in a list": {"errors": ["#3 is bad", "9 - is bad"]},
    "an address with its middle hidden": {"message": "lead***@example.com is bad", "email": "l…3@example.com"},
    "a value cut off": {"errors": [{"index": 3, "value": "Compa..."}]},
    "text in a page": "<!doctype html><html><head><style>p {}</style></head><p>Lead <b>3</b><br>Row 9</p>",
    "a share": {"errors": [{"index": "3 of 200"}, {"row": "9/200"}, {"row": "17th"}]},
    "addresses in a map by other numbers": {"errors": {"0": {"email": _lead(3)}, "1": {"email": _lead(9)}}},
    "another number than the address": {"errors": [{"index": 3, "email": _lead(7)}]},
    "a custom value": {"errors": [{"externalId": "u-3", "message": "no"}]},
    "a title": {"error": "Unprocessable Entity", "statusCode": 422, "message": "Validation failed"},
    "counts": {"errors": 4, "total": 20, "failed": 4, "leads": 20, "rows": 20, "row_count": 3, "invalid_count": 2},
    "a limit of a text": {"message": "firstName: maximum length 25"},
    "codes": {"errors": [{"code": 17, "error_codes": [3, 9], "ids": [3], "id": 3}], "status": 12},
    "a time": {"timestamp": "2026-11-03T10:03:04Z", "message": "at 10:03 on 2026-11-03", "took": 3, "retry_after": 9},
    "places in a text": {"message": "Unexpected token } in JSON at position 15", "error": {"line": 3, "column": 9}},
    "a stack": {"stack": "at f (/app/leads/3.js:3:5)\nrow 3"},
    "documentation": {"type": "https://x.example/leads/3", "message": "see https://x.example/rows/leads/3#/leads/9"},
    "support": {"message": "Contact support@leadterra.co", "support": {"email": "support@leadterra.co"}},
    "the request": {"request": {"leads": LEADS}},
    "all rows": {"rows": list(range(200)), "errors": [{"email": lead["email"]} for lead in LEADS]},
    "good rows": {"created": [0, 1, 2], "succeeded": {"3": {"id": "x"}}, "valid": "3, 9"},
    "truths of something": [row != 3 for row in range(200)],
    "numbers alone": [[3, 9], "3", 3, [1, 2, 3]],
    "pairs of numbers": {"errors": [[1, 2], [3, 4]]},
    "no number": {"errors": [{"index": n} for n in (True, None, 1.5, -1, "first-name", "", "CEO", "1e3")]},
    "far beyond": {"errors": [{"index": 201}, {"index": 10**9}, {"index": "9" * 5_000}], "9" * 5_000: "no"},
    "an address with a number": {"errors": ["row.3@elsewhere.example", "lead 3@elsewhere.example"]},
    "an unknown address": {"errors": [{"index": 3, "email": "stranger@elsewhere.example"}]},
    "an unknown value": {"errors": [{"index": 3, "rejectedValue": "x"}, {"path": "leads.9.age", "input": 17}]},
    "a value of many": {"message": "plan 'gold' is unknown", "value": "Ava"},
    "flat": {"formErrors": [], "fieldErrors": {"leads": ["Invalid email address", "Too short"]}},
    "empty": {"errors": []},
    "nothing": "",
    "null": None,
    "places for more": [{}] * 300 + ["no"],
    "text": "Bad Request",
}
BODIES: Final = {**READ, **UNREAD}
