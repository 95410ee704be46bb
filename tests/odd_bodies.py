"""Error bodies that are made of no rule, of refusals of `LEADS`. Whatever they mean, they condemn no good lead."""

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


# A reader of hints takes these to name rows, rightly or wrongly.
READ: Final[Mapping[str, object]] = {
    "paths in a list": {"errors": [["leads", 3, "email", "invalid"], ["leads", 9, "email", "invalid"]]},
    "path of steps": {"errors": [{"path": [{"property": "leads"}, {"index": 3}, {"property": "email"}]}]},
    "path with a type at its end": {"detail": [{"loc": ["body", "leads", 3, "email", "str"], "msg": "no"}]},
    "dollar path": {"errors": [{"path": "$input.leads[3].email", "expected": "string"}]},
    "path in an attribute": {"errors": [{"loc": "body.leads.3.email"}]},
    "tags of a row": {"errors": {"leads": {"3": {"tags": {"0": ["no"], "7": ["no"]}}}}},
    "tags in a list": {"errors": {"leads": {"3": {"tags": [{}, {"name": ["no"]}] + [{}] * 198}}}},
    "tags in a path": {"errors": [{"path": "leads.3.tags.0"}, {"loc": ["leads", 9, "tags", 1]}]},
    "errors in a map by their own numbers": {
        "errors": {"0": {"path": "leads.3.email"}, "1": {"path": "leads.9.email"}}
    },
    "lists in a map by their own numbers": {
        "errors": {"0": [{"path": "leads.3.email"}], "1": [{"path": "leads.9.email"}]}
    },
    "words in a map by their own numbers": {"errors": {"0": "Row 3: no", "1": "Row 9: no"}},
    "map by a status": {"errors": {"3": 422, "5": 201}},
    "map by a field, then": {"errors": {"leads": {"3": "no"}}},
    "the index before the row": {"errors": [{"index": 3, "row": 4}]},
    "the path before the index": {"errors": [{"index": 0, "path": "leads[3].email"}]},
    "indexes of one error": {"errors": [{"message": "twice", "rows": [3, 9]}]},
    "indexes by reason": {"error_indices": [3, 9], "errors": [{"error_indices": [3]}, {"error_indices": [9]}]},
    "failed as ranges": {"failed": ["3-5", "9"]},
    "two errors in one": {"errors": {"email": {"index": 3, "msg": "no"}, "company": {"index": 9, "msg": "no"}}},
    "a warning beside": {"warnings": [{"index": 5}], "errors": [{"index": 3}]},
    "a warning among them": {"errors": [{"index": 3, "severity": "error"}, {"index": 5, "severity": "warning"}]},
    "a duplicate": {"errors": [{"index": 9, "message": f"same as {_lead(3)}"}]},
    "words of another": {"errors": [{"index": 9, "message": f"{_lead(3)} is not the domain's owner"}]},
    "a value of several": {"errors": [{"index": 3, "value": "gold"}]},
    "a part of a lead": {"errors": [{"loc": ["leads", 3], "input": {"firstName": "Ava", "plan": "gold"}}]},
    "a message under a field": {"errors": [{"index": 3, "email": "is invalid"}]},
    "a table's columns": {"errors": [{"row": 3, "column": "email"}, {"line": 9, "column": "email"}]},
    "two steps in one": {"errors": [{"loc": ["body", "leads[3]", "email"]}, {"loc": ["leads", "[9]"]}]},
    "cerberus": {"leads": [{"3": [{"email": ["no"]}], "9": [{"email": ["no"]}]}]},
    "linkedin": {"inputErrors": [{"input": {"inputPath": {"fieldPath": "/elements/3/email"}}}]},
    "play": {"obj.leads[3].email": [{"msg": ["error.email"], "args": []}]},
    "protovalidate": {
        "violations": [{"field": {"elements": [{"fieldNumber": 1, "fieldName": "leads", "index": "3"}]}, "ruleId": "x"}]
    },
    "hapi": {"message": "no", "validation": {"source": "payload", "keys": ["leads.3.email", "leads.9.email"]}},
    "google ads": {"errors": [{"location": {"fieldPathElements": [{"fieldName": "operations", "index": 3}]}}]},
    "bigquery": {"insertErrors": [{"index": 3, "errors": [{"reason": "invalid", "location": "email"}]}]},
    "nested fields": {"errors": [{"field": "leads[3]", "errors": [{"field": "email", "message": "no"}]}]},
    "echoes of nothing": {
        "errors": [{"index": 3, "value": None, "input": {}, "lead": None}, {"index": 9, "value": "", "email": " "}]
    },
    "an index of something": {"errors": [{"entity": "lead", "entityIndex": 3, "columnIndex": 5}]},
    "a number inside": {"errors": [{"data": {"row": 3, "limit": 5}}, {"params": {"index": 9}}]},
    "the last row from 1": {"errors": [{"index": 200}]},
    "places up to the last bad one": [None, None, None, {"email": "no"}],
    "address in brackets": {"errors": [{"email": f"<{_lead(3)}>"}]},
    "address in quotes": {"errors": [{"email": f'"{_lead(3)}"'}]},
    "address beside another": {"errors": [{"email": _lead(3), "message": f"did you mean {_lead(9)}?"}]},
    "a key that is another error's number": {"errors": {"3": [f"{_lead(7)} is bad"]}},
    "a value of a field": {"errors": [{"field": "company", "value": "Company 3"}]},
    "values of leads": {"errors": {"a": {"value": "Company 3"}, "b": {"value": "Company 9"}}},
    "the good beside": {"valid_leads": [{"email": _lead(1)}], "invalid_leads": [{"email": _lead(3)}]},
    "a lead among its errors": {"errors": [{"record": LEADS[3], "error": {"code": 12}}]},
    "a number of the lead's own": {"errors": [{**LEADS[3], "message": "Row 7"}]},
    "address, from 1": {"errors": [{"index": 4, "email": _lead(3)}]},
    "address in words, from 1": {"errors": [{"index": 4, "message": f"{_lead(3)} is bad"}]},
    "value, from 1": {"errors": [{"row": 4, "value": "Company 3"}]},
    "the last value, from 1": {"errors": [{"row": 200, "value": "Company 199"}]},
    "the first value": {"errors": [{"row": 0, "value": "Company 0"}]},
    "inside": {"errors": [{"record": {"index": 3, "email": _lead(3)}}]},
    "around": {"errors": [{"email": _lead(3), "errors": [{"path": "leads.4.email"}]}]},
    "a map": {"errors": {"3": [f"{_lead(3)} is bad"]}},
    "mongodb": {"writeErrors": [{"index": 3, "code": 11000, "errmsg": f'dup key: {{ email: "{_lead(3)}" }}'}]},
    "places and numbers": {
        "results": [{"row": row + 1, "status": "error" if row == 3 else "ok"} for row in range(200)]
    },
    "statuses as keys": {"100": "Continue", "101": "Switching"},
    "statuses and how often": {"statuses": {"2": 190, "4": 10}},
    "codes as keys": {"errors": {"3": "no", "1001": "no"}},
    "the request's own path": {"status": 400, "path": "/v1/campaigns/2/leads/bulk", "instance": "/leads/3"},
    "the request, cleaned": {"sent": [{"email": lead["email"].upper()} for lead in LEADS]},
    "good results": {"results": [{"email": lead["email"], "status": "ok"} for lead in LEADS[:3]]},
    "a number far behind": {"errors": [{"path": ["leads", "customFields", "address", 1]}, {"path": "address.3"}]},
    "words with rows in them": {"message": "misleads/1, plead[2], tomorrow 3, Company 3 Ltd"},
    "another's part": {"errors": [{"index": 3, "input": {"plan": "silver"}}]},
}
# These name no row, whatever numbers and addresses are in them.
UNREAD: Final[Mapping[str, object]] = {
    "map with signs": {"#3": "no", "#9": ["no"]},
    "map by words": {"lead 3": "no", "Row 9": "no"},
    "map by a sentence": {"Invalid address in rows 3, 9": True},
    "map by a sentence, with words": {"Invalid address in rows 3, 9": ["no"]},
    "map by leads:3": {"lead:3": "no", "leads|9|email": "no"},
    "at": {"errors": [{"at": 3}, {"where": "9"}]},
    "a number with a fraction of nothing": {"errors": [{"index": 3.0}]},
    "failed in words": {"failed": "3, 9 and 17"},
    "one row and a verb": "row 3, 9 and 17 are bad",
    "signs in a list": {"errors": ["#3 is bad", "9 - is bad"]},
    "an address with its middle hidden": {"message": "lead***@example.com is bad", "email": "l…3@example.com"},
    "a value cut off": {"errors": [{"index": 3, "value": "Compa..."}]},
    "json cut off in a word": '{"message": "Invalid rows: 3, 9, 17, 2',
    "text in a page": "<!doctype html><html><head><style>p {}</style></head><p>Lead <b>3</b><br>Row 9</p>",
    "amplitude": {"leads_with_missing_fields": {"phone": [3, 9]}, "server_upload_time": 12},
    "a share": {"errors": [{"index": "3 of 200"}, {"row": "9/200"}, {"row": "17th"}]},
    "soap": "<soap:Fault><faultcode>12</faultcode><faultstring>Lead 3: no</faultstring></soap:Fault>",
    "map by bare paths": {"errors": {"3.email": ["no"], "9.company": ["no"]}},
    "a flag for each row": [{"invalid": row == 3, "id": row} for row in range(200)],
    "errors of each row": {"leads": [{"errors": ["no"] if row == 3 else []} for row in range(200)]},
    "a truth for each row": {"valid": [row != 3 for row in range(200)]},
    "addresses in a map by other numbers": {"errors": {"0": {"email": _lead(3)}, "1": {"email": _lead(9)}}},
    "address without its tag": {"errors": [{"email": "tagged@example.com"}]},
    "address in a path": {f"leads[{_lead(3)}]": ["no"]},
    "address with a name": {"email": f"Ben Doe <{_lead(3)}>"},
    "address in an address": {"errors": [f"https://x.example/ failed for ?email={_lead(3)}!"]},
    "another number than the address": {"errors": [{"index": 3, "email": _lead(7)}]},
    "a custom value": {"errors": [{"externalId": "u-3", "message": "no"}]},
    "values of a lead": {"errors": [{"lead": {"firstName": "Ava", "company": "Company 3"}, "message": "no"}]},
    "marketo": {
        "result": [
            {"seq": 3, "status": "skipped", "reasons": [{"code": "1003"}]} if row == 3 else {"seq": row, "status": "ok"}
            for row in range(200)
        ]
    },
    "a title": {"error": "Unprocessable Entity", "statusCode": 422, "message": "Validation failed"},
    "counts": {"errors": 4, "total": 20, "failed": 4, "leads": 20, "rows": 20, "row_count": 3, "invalid_count": 2},
    "a count as text": {"failed": "4", "invalid": "#4"},
    "signs": ["#abc 3 is bad", "C# 3", "#"],
    "counts in words": "Total leads: 20, failed leads: 4",
    "counts before": {"errors": ["3 leads are invalid", "2 of 20 rows failed"], "message": "Found 3 errors"},
    "limits": {"message": "at most 100 leads", "limit": 100, "max": 50, "min": 1},
    "a limit of a text": {"message": "firstName: maximum length 25"},
    "a status as a key": {"422": "Unprocessable Entity"},
    "codes": {"errors": [{"code": 17, "error_codes": [3, 9], "ids": [3], "id": 3}], "status": 12},
    "a code in words": ["Error 3: no", "error #12", "E12", "code 7"],
    "an identifier": {"request_id": "req_17", "id": "lead_3", "traceId": "3"},
    "a time": {"timestamp": "2026-11-03T10:03:04Z", "message": "at 10:03 on 2026-11-03", "took": 3, "retry_after": 9},
    "a version": {"version": "3", "message": "version 1.2.3", "1.2": "no"},
    "a telephone": {"phone": "+1 555 0100"},
    "pages": {"meta": {"page": 1, "per_page": 3}, "rate": {"limit": 100, "remaining": 3}},
    "places in a text": {"message": "Unexpected token } in JSON at position 15", "error": {"line": 3, "column": 9}},
    "a stack": {"stack": "at f (/app/leads/3.js:3:5)\nrow 3"},
    "documentation": {"type": "https://x.example/leads/3", "message": "see https://x.example/rows/leads/3#/leads/9"},
    "support": {"message": "Contact support@leadterra.co", "support": {"email": "support@leadterra.co"}},
    "the request": {"request": {"leads": LEADS}},
    "all rows": {"rows": list(range(200)), "errors": [{"email": lead["email"]} for lead in LEADS]},
    "good rows": {"created": [0, 1, 2], "succeeded": {"3": {"id": "x"}}, "valid": "3, 9"},
    "numbers of something": {"codes": [0, 1, 2, 0], "data": [1, 2], "errors": {"limit": [1, 3], "range": [1, 2]}},
    "truths of something": [row != 3 for row in range(200)],
    "a number for each row": {"sizes": [3] * 200},
    "numbers alone": [[3, 9], "3", 3, [1, 2, 3]],
    "pairs of numbers": {"errors": [[1, 2], [3, 4]]},
    "no number": {"errors": [{"index": n} for n in (True, None, 1.5, -1, "first-name", "", "CEO", "1e3")]},
    "far beyond": {"errors": [{"index": 201}, {"index": 10**9}, {"index": "9" * 5_000}], "9" * 5_000: "no"},
    "no number in a path": {"errors": [{"path": "leads.email"}, {"loc": ["body"]}, {"path": []}]},
    "an address with a number": {"errors": ["row.3@elsewhere.example", "lead 3@elsewhere.example"]},
    "somebody else": {"errors": [{"index": 3, "email": "nobody@elsewhere.example"}]},
    "somebody else beside a path": {"errors": [{"path": "leads[3].email", "value": "nobody@elsewhere.example"}]},
    "somebody else's lead": {"errors": [{"loc": ["leads", 3], "input": {"email": "x@y.example", "firstName": "Ava"}}]},
    "somebody else under the number": {"errors": {"3": {"email": "nobody@elsewhere.example", "why": "no"}}},
    "somebody else inside": {"errors": [{"index": 3, "errors": [{"value": "nobody@elsewhere.example"}]}]},
    "another's value": {"errors": [{"index": 3, "value": "Company 9"}]},
    "nobody's value": {"errors": [{"index": 3, "rejectedValue": "x"}, {"path": "leads.9.age", "input": 17}]},
    "values that would be right": {"message": "company must be one of 'Company 3', 'Company 4'", "allowed": ["u-3"]},
    "a value of many": {"message": "plan 'gold' is unknown", "value": "Ava"},
    "flat": {"formErrors": [], "fieldErrors": {"leads": ["Invalid email address", "Too short"]}},
    "a page": "<html><head><title>400 Bad Request</title></head><body><center><h1>400</h1></center></body></html>",
    "empty": {"errors": []},
    "nothing": "",
    "null": None,
    "a place in the body": {"error": {"line": 3, "column": 9}},
    "accepted leads": {"accepted": [{"email": _lead(1)}], "created": [_lead(2)]},
    "numbers of errors": {"sizes": [3, 9], "errors": [1, 2]},
    "places for more": [{}] * 300 + ["no"],
    "text": "Bad Request",
}
BODIES: Final = {**READ, **UNREAD}
