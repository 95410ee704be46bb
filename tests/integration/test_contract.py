"""The contract of every provider in the registry, tested with a recorded request of each."""

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
    authenticated,
    can_be_verified,
    every,
    guarded,
    is_open,
    webhooks_where,
)

JUNK = (
    b'{"plan": "pro"}',
    b"null",
    b'{"a":1}}',
    b'{"data":{"fields":7,"object":[]},"payload":"x","form_response":{"answers":{"a":[]}},"properties":[1]}',
    b'{"email":{"email":["text"]},"data":null,"record":[],"user":7,"traits":"x","submission":[[]]}',
)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_each_provider_has_a_recorded_request(provider: str) -> None:
    """Without one in events/webhooks a provider is not supported."""
    assert provider in WEBHOOKS, f"{provider}: record one of its requests in events/webhooks/{provider}.json"
    assert WEBHOOKS[provider].provider == provider


@every
def test_the_recorded_leads(contract: Contract, webhook: Webhook) -> None:
    """With only provider and campaign configured, the leads are queued without custom fields.

    A message has the id of its event. A redelivered event with an id enrolls no one twice. One without an id counts as
    new.
    """
    answer = contract.send(webhook)
    assert_content(answer)
    assert answer.body == {"accepted": len(webhook.leads)}
    messages = contract.intake.received()
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
def test_an_unauthenticated_request_is_refused(contract: Contract, webhook: Webhook) -> None:
    """Without the signature or token of its source."""
    unsigned = replace(authenticated(webhook), headers=webhook.headers, body=webhook.body)
    assert_refused(contract, contract.send(webhook, unsigned))


@guarded
def test_a_get_of_the_address(contract: Contract, webhook: Webhook) -> None:
    """Tools that sign check the address without a signature. The others have to send their token."""
    path = f"/hooks/{webhook.name}"
    for method in ("GET", "HEAD"):
        bare = contract.call(method, path, {"accept": "*/*"})
        if PROVIDERS[webhook.provider].signature:
            assert bare.status == 200
        else:
            assert bare.status == 401
            assert contract.call(method, f"{path}/{webhook.secret}", {"accept": "*/*"}).status == 200
    assert contract.nothing_queued()


@webhooks_where(lambda webhook: bool(webhook.handshakes))
def test_handshakes(contract: Contract, webhook: Webhook) -> None:
    """A provider's handshake is answered as it expects, and makes no lead."""
    token = "" if PROVIDERS[webhook.provider].signature else f"/{webhook.secret}"
    for handshake in webhook.handshakes:
        path = f"/hooks/{webhook.name}{token}"
        answer = contract.call(handshake.method, path, handshake.headers, handshake.body.encode())
        assert answer.status == 200, answer.text
        assert handshake.answers.items() <= answer.headers.items()
        assert handshake.reply.items() <= answer.body.items()
    assert contract.nothing_queued()


@every
def test_authenticated_junk(contract: Contract, webhook: Webhook) -> None:
    """For a body without a lead a provider gets 200 and there is a dead letter. Other senders get 422."""
    letters = 0
    for junk in JUNK:
        contract.forget_deliveries()
        request = authenticated(webhook, body=junk)
        answer = contract.send(webhook, request)
        if not can_be_verified(webhook, request):
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
    """Some providers echo our address with its token, or the key, in the body. The dead letter has neither."""
    if is_open(webhook) or PROVIDERS[webhook.provider].interactive:
        return
    contract.forget()
    echo = json.dumps({"webhookURL": f"https://{HOST}/hooks/x/{webhook.secret}", "google_key": webhook.secret})
    answer = contract.send(webhook, authenticated(webhook, body=echo.encode()))
    assert_content(answer)
    (letter,) = contract.intake.letters()
    written = json.dumps(letter.body)
    assert "/hooks/x/" in written
    assert webhook.secret not in written
