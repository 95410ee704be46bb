"""Signing as providers do. Verification is tested against signatures that others made."""

import base64

from leads.config.schema import parse
from leads.presets.providers import PROVIDERS
from leads_cli.dev.invented import invent_secrets
from leads_cli.webhooks.signing import Request, sign


def test_a_body_without_members_keeps_its_bytes() -> None:
    """Google's key is a member of the body, so it is only added to a JSON object."""
    for body in (b"[]", b"{", b"\xff"):
        assert sign("google-ads", Request(body, {}), "key", 0).body == body
    assert sign("google-ads", Request(b'{"a":1}', {}), "key", 0).body == b'{"a":1,"google_key":"key"}'


def test_invented_secrets() -> None:
    """Each has its provider's form: base64, or at least 32 characters."""
    tables = [
        f'[sources.{name}]\nprovider = "{name}"\ncampaign = "news"\n{"" if each.auth else 'auth = "token"'}\n'
        for name, each in PROVIDERS.items()
    ]
    found = invent_secrets(parse("\n".join(['[campaigns.news]\nid = "camp_1"', *tables])))
    assert found.keys() == PROVIDERS.keys()
    assert all(len(secret) >= 32 for secret in found.values())
    for name, prefix in {"standard-webhooks": "whsec_", "clerk": "whsec_", "supabase": "v1,whsec_"}.items():
        assert len(base64.b64decode(found[name].removeprefix(prefix), validate=True)) == 32
