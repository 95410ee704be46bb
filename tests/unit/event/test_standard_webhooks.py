"""Standard Webhooks: what its reference library signs is accepted, with every spelling of the secret."""

import base64
import hmac

import pytest

from tests.signed import is_signed, request

NOW = 1_714_564_800
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # published with the library's tests


def is_accepted(secret: str, key: str = SECRET, brand: str = "webhook", body: bytes = b"{}", **sent: str) -> bool:
    mac = hmac.digest(base64.b64decode(key), f"msg_1.{NOW}.".encode() + body, "sha256")
    good = f"v1,{base64.b64encode(mac).decode()}"
    values = {"id": "msg_1", "timestamp": str(NOW), "signature": "good", **sent}
    headers = {f"{brand}-{name}": text.replace("good", good) for name, text in values.items()}
    return is_signed("standard-webhooks", request(body, headers), secret, NOW)


@pytest.mark.parametrize(
    ("secret", "key", "expected"),
    [
        (f"whsec_AAAA|whsec_{SECRET}", SECRET, True), (f"v1,whsec_{SECRET}|v1,whsec_AAAA", SECRET, True),
        (f"whsec_{SECRET}===", SECRET, True), (f"|{SECRET}|", SECRET, True),
        ("whsec_YWI", "YWI=", True), ("whsec_YWI=", "YWI=", True),
        *((secret, SECRET, False) for secret in ("whsec_AAAA|whsec_BBBB", "|", "not base64!", "")),
    ],
)  # fmt: skip
def test_several_secrets_may_be_one_text(secret: str, key: str, expected: bool) -> None:  # noqa: FBT001
    """Several secrets joined as Supabase writes them, with or without padding, work with both header names."""
    for brand in ("webhook", "svix"):
        assert is_accepted(secret, key, brand, b"\xff\xfe\x00") is expected
        assert not is_accepted(secret, key, brand, id="msg_other")


def test_a_request_without_an_id_is_refused() -> None:
    """A redelivery is recognised by the id, so even a signed request needs one."""
    mac = hmac.digest(base64.b64decode(SECRET), f".{NOW}.{{}}".encode(), "sha256")
    headers = {"webhook-timestamp": str(NOW), "webhook-signature": f"v1,{base64.b64encode(mac).decode()}"}
    assert not is_signed("standard-webhooks", request(b"{}", headers), SECRET, NOW)
