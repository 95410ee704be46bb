"""Suppressed opt-outs: which ones, the address, and the message."""

import json
from typing import Any

import pytest

from leads.errors import Malformed, NewerVersion
from leads.lead.consent import OptOut
from leads.message.decoding import decode
from leads.message.intake import Reading
from leads.message.message import Suppression, as_json, encode
from tests.reading import NOW
from tests.reading import reading as read_by
from tests.unit.lead.test_consent import hubspot, intercom

OUT = "out@example.com"


def reading(body: Any, provider: str, opt_outs: str = "suppress", **headers: str) -> Reading:
    return read_by(body, provider, headers, opt_outs=opt_outs)


CUSTOMER_IO = {"metric": "unsubscribed", "event_id": "e-1", "data": {"identifiers": {"email": OUT, "id": "7"}}}
CONSENT = {"customer_id": 1, "email_address": OUT, "email_marketing_consent": {"state": "unsubscribed"}}


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("hubspot", hubspot(hs_email_optout="true")), ("intercom", intercom("contact.unsubscribed")),
        ("shopify", CONSENT), ("customer-io", CUSTOMER_IO), ("json", {"event": "email.complained", "email": OUT}),
    ],
)  # fmt: skip
def test_a_provider_s_opt_out_is_suppressed(provider: str, body: Any) -> None:
    """No lead is enrolled. If the source allows it, the person's address goes to the suppression list."""
    found = reading(body, provider)
    assert [each.email for each in found.suppressions] == [OUT]
    assert [json.loads(text)["email"] for text in found.bodies] == [OUT]
    assert (found.messages, found.ignored, len(found.opt_outs)) == ([], 0, 1)
    ignoring = reading(body, provider, "ignore")
    assert (ignoring.messages, ignoring.bodies, len(ignoring.opt_outs), ignoring.event_id) == ([], [], 1, None)


@pytest.mark.parametrize(
    ("provider", "body", "says_so"),
    [
        ("json", {"email": OUT, "unsubscribed": True}, OptOut.ANSWER),
        ("mailchimp", {"type": "cleaned", "data": {"email": OUT, "reason": "hard"}}, OptOut.ANSWER),
        ("intercom", intercom("contact.deleted"), OptOut.DELETION),
    ],
)
def test_other_opt_outs_are_not_suppressed(provider: str, body: Any, says_so: OptOut) -> None:
    """Deletions, answers and bounces are only ignored, because a suppression cannot be undone."""
    found = reading(body, provider)
    assert (found.bodies, found.unmappable, found.opt_outs) == ([], [], {0: says_so})


def test_a_list_with_signups_and_opt_outs() -> None:
    """Each person is enrolled or suppressed. Ids follow the position in the list."""
    people = [
        {"type": "identify", "email": "ben@example.com"},
        {"type": "unsubscribed", "email": OUT},
        {"type": "identify", "email": "eve@example.com"},
    ]
    found = reading(people, "json", **{"webhook-id": "e-1"})
    assert [each.lead["email"] for each in found.messages] == ["ben@example.com", "eve@example.com"]
    assert [each.email for each in found.suppressions] == [OUT]
    assert len(found.left_out) == len(found.messages)
    assert found.event_id == "e-1"
    assert [json.loads(text)["id"] for text in found.bodies] == ["e-1:0", "e-1:1", "e-1:2"]


@pytest.mark.parametrize("address", [None, "no address"])
def test_an_opt_out_without_an_address_is_reported(address: str | None) -> None:
    """It cannot be suppressed, so it is dead-lettered for the operator."""
    found = reading({**CUSTOMER_IO, "data": {"identifiers": {"email": address, "id": "7"}}}, "customer-io")
    assert (found.bodies, found.opt_outs) == ([], {0: OptOut.PROVIDER})
    ((problem,),) = [part.problems for part in found.unmappable]
    assert problem.field == "email"
    assert problem.message.startswith("an opt-out that cannot be suppressed: ")


def test_an_opt_out_of_an_unclear_person_is_reported() -> None:
    """With several addresses a suppression might permanently affect the wrong person."""
    body = {"event": "unsubscribed", "a": {"email": OUT}, "b": {"email": "ben@example.com", "name": "Ben"}}
    found = reading(body, "json")
    assert (found.bodies, [part.problems[0].field for part in found.unmappable]) == ([], ["body"])


WHOLE = {
    "version": 2, "action": "suppress", "id": "e-1", "source": "crm", "receivedAt": "2026-11-22T02:00:00.000Z",
    "email": OUT,
}  # fmt: skip


def decoded(**changes: Any) -> Any:
    body = {key: value for key, value in {**WHOLE, **changes}.items() if value is not ...}
    return decode(json.dumps(body), message_id="sqs-1", sent_at=NOW.timestamp())


def test_a_suppression_is_read_as_it_was_written() -> None:
    """Unknown keys are kept, the failure of an earlier attempt is not."""
    message = decoded(note={"by": "crm"}, failure={"reason": "rejected"})
    assert as_json(message) == {**WHOLE, "note": {"by": "crm"}}
    assert isinstance(message, Suppression)
    assert (message.address, message.campaign) == (OUT, None)
    assert json.loads(encode(decoded())) == WHOLE


@pytest.mark.parametrize("email", [..., None, "", 7])
def test_a_suppression_needs_an_address(email: Any) -> None:
    """Without one it is malformed. Other missing parts have defaults."""
    with pytest.raises(Malformed) as error:
        decoded(email=email)
    assert error.value.field == "email"
    least = decoded(id=..., source=..., received_at=...)
    assert as_json(least) == {**WHOLE, "id": "sqs-1", "source": "direct"}


@pytest.mark.parametrize("changes", [{"version": 3}, {"action": "forget"}, {"action": ...}])
def test_another_version_or_action_is_held(changes: dict[str, Any]) -> None:
    """It may be a later release's, so it waits until that is deployed."""
    with pytest.raises(NewerVersion):
        decoded(**changes)
