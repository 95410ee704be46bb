"""What every provider's source makes of strangers and of nonsense, and what of it is written down."""

import json

from leads.presets.providers import PROVIDERS
from leads_cli.webhooks.webhooks import Webhook
from tests.integration.contracting import (
    HOST,
    Contract,
    assert_content,
    believed,
    every,
    foreign,
    is_open,
    proved,
    secrets_within,
    with_body,
)

JUNK = (
    b'{"plan": "pro"}',
    b"null",
    b'{"a":1}}',
    b'{"data":{"fields":7,"object":[]},"payload":"x","form_response":{"answers":{"a":[]}},"properties":[1]}',
    b'{"email":{"email":["nobody"]},"data":null,"record":[],"user":7,"traits":"x","submission":[[]]}',
)


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
def test_nothing_of_it_in_the_logs(contract: Contract, webhook: Webhook) -> None:
    """Taken, refused or set aside: neither the person nor the secret is in a line that the function writes."""
    contract.intake.output()
    contract.send(webhook)
    contract.send(webhook, with_body(proved(webhook), webhook.body[:-2]))
    contract.send(webhook, proved(webhook, body=webhook.body.replace(b"@", b" at ")))
    if not is_open(webhook):
        contract.send(webhook, proved(webhook, foreign(webhook)))
        contract.send(webhook, token=webhook.secret)
    written = contract.intake.output()
    assert '"source":"' in written.replace(": ", ":")
    for text in secrets_within(webhook):
        assert text not in written


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
