"""The contract that every provider in the registry keeps, held against a recorded request of each."""

import json
from dataclasses import replace

import pytest

from leads.presets.providers import PROVIDERS
from leads_cli.webhooks.webhooks import Webhook
from tests.integration.contracting import (
    HOST,
    WEBHOOKS,
    Contract,
    assert_content,
    assert_refused,
    believed,
    every,
    guarded,
    is_open,
    proved,
    those,
)

JUNK = (
    b'{"plan": "pro"}',
    b"null",
    b'{"a":1}}',
    b'{"data":{"fields":7,"object":[]},"payload":"x","form_response":{"answers":{"a":[]}},"properties":[1]}',
    b'{"email":{"email":["nobody"]},"data":null,"record":[],"user":7,"traits":"x","submission":[[]]}',
)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_has_a_recorded_request(provider: str) -> None:
    """A provider without a recorded request in events/webhooks is not supported, only named."""
    assert provider in WEBHOOKS, f"{provider}: record one of its requests in events/webhooks/{provider}.json"
    assert WEBHOOKS[provider].provider == provider


@every
def test_the_recorded_leads(contract: Contract, webhook: Webhook) -> None:
    """Provider and campaign are all that a source has to say: its leads are queued, no custom field among them.

    A message is named after its event, as the provider's own support would name it. A redelivered event with an id
    enrolls no one twice. One without an id counts as new.
    """
    answer = contract.send(webhook)
    assert_content(answer)
    assert answer.body == {"accepted": len(webhook.leads)}
    messages = contract.intake.taken()
    own = [{key: value for key, value in lead.items() if key != "customFields"} for lead in webhook.leads]
    assert sorted((message["lead"] for message in messages), key=lambda lead: str(lead["email"])) == own
    ids = {message["id"] for message in messages}
    assert len(ids) == len(webhook.leads)
    if webhook.event_id:
        plain = webhook.event_id if len(webhook.event_id) <= 128 else ""
        assert all(name.startswith(plain) for name in ids)
    assert contract.nothing_queued()
    again = contract.send(webhook)
    assert_content(again)
    if webhook.event_id:
        assert again.body == {"accepted": 0, "duplicate": True}
    assert len(contract.leads()) == (0 if webhook.event_id else len(own))


@guarded
def test_no_proof_at_all(contract: Contract, webhook: Webhook) -> None:
    """A request without what proves it is refused."""
    unsigned = replace(proved(webhook), headers=webhook.headers, body=webhook.body)
    assert_refused(contract, contract.send(webhook, unsigned))


@guarded
def test_a_look_at_the_address(contract: Contract, webhook: Webhook) -> None:
    """Tools that sign ask whether the address is there before they sign anything; the others bring their token."""
    path = f"/hooks/{webhook.name}"
    bare = contract.call("GET", path, {"accept": "*/*"})
    if PROVIDERS[webhook.provider].signature:
        assert bare.status == 200
    else:
        assert bare.status == 401
        assert contract.call("GET", f"{path}/{webhook.secret}", {"accept": "*/*"}).status == 200
    assert contract.nothing_queued()


@those(lambda webhook: bool(webhook.handshakes))
def test_handshakes(contract: Contract, webhook: Webhook) -> None:
    """What a provider asks before it sends anything is answered as it wants, and makes no lead."""
    token = "" if PROVIDERS[webhook.provider].signature else f"/{webhook.secret}"
    for handshake in webhook.handshakes:
        path = f"/hooks/{webhook.name}{token}"
        answer = contract.call(handshake.method, path, handshake.headers, handshake.body.encode())
        assert answer.status == 200, answer.text
        assert handshake.answers.items() <= answer.headers.items()
        assert handshake.reply.items() <= answer.body.items()
    assert contract.nothing_queued()


@every
def test_junk_that_is_authentic(contract: Contract, webhook: Webhook) -> None:
    """For a body without a lead a provider gets 200 and we get a dead letter. A sender that reads answers gets 422."""
    letters = 0
    for junk in JUNK:
        contract.forget_deliveries()
        request = proved(webhook, body=junk)
        answer = contract.send(webhook, request)
        if not believed(webhook, request):
            assert answer.status == 401, junk[:40]
        elif PROVIDERS[webhook.provider].interactive:
            assert answer.status in {400, 422}, junk[:40]
        else:
            assert_content(answer)
            assert answer.body == {"accepted": 0}, junk[:40]
            letters += 1
    assert [letter.failure["reason"] for letter in contract.intake.letters()] == ["unmappable"] * letters
    assert not contract.leads()


@every
def test_no_secret_in_a_dead_letter(contract: Contract, webhook: Webhook) -> None:
    """Some providers send our own address, token included, or the key, back in the body: an operator reads neither."""
    if is_open(webhook) or PROVIDERS[webhook.provider].interactive:
        return
    contract.forget()
    echo = json.dumps({"webhookURL": f"https://{HOST}/hooks/x/{webhook.secret}", "google_key": webhook.secret})
    answer = contract.send(webhook, proved(webhook, body=echo.encode()))
    assert_content(answer)
    (letter,) = contract.intake.letters()
    written = json.dumps(letter.body)
    assert "/hooks/x/" in written
    assert webhook.secret not in written
