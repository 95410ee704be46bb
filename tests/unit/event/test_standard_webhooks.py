"""Standard Webhooks: the cases of its reference library, put to this engine."""

import base64
import hmac
from dataclasses import dataclass, field

import pytest

from tests.signed import is_signed, request

NOW = 1_714_564_800
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # published with the library's tests
OTHER = "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc="


@dataclass(slots=True)
class Sender:
    """Signs as the reference library does, and asks the engine whether it believes that."""

    message_id: str = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    timestamp: str = str(NOW)
    payload: bytes = b'{"test": 2432232314}'
    brand: str = "webhook"
    changes: dict[str, str | None] = field(default_factory=dict)

    def signature(self) -> str:
        signed = f"{self.message_id}.{self.timestamp}.".encode() + self.payload
        return "v1," + base64.b64encode(hmac.digest(base64.b64decode(SECRET), signed, "sha256")).decode()

    def believed(self, secret: str = SECRET) -> bool:
        told = {"id": self.message_id, "timestamp": self.timestamp, "signature": self.signature(), **self.changes}
        headers = {f"{self.brand}-{name}": text for name, text in told.items() if text is not None}
        return is_signed("standard-webhooks", request(self.payload, headers), secret, NOW)


@pytest.mark.parametrize("brand", ["webhook", "svix"])
@pytest.mark.parametrize("prefix", ["", "whsec_", "v1,whsec_"])
def test_what_is_signed_is_believed(brand: str, prefix: str) -> None:
    """Under either brand of headers, with or without the prefix of the secret."""
    assert Sender(brand=brand).believed(prefix + SECRET)


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": ""},
        {"id": "msg_other"},
        {"timestamp": None},
        {"timestamp": ""},
        {"timestamp": "hello"},
        {"timestamp": f"{NOW}.7"},
        {"timestamp": f" {NOW} "},
        {"signature": None},
        {"signature": ""},
        {"signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OA="},
        {"signature": "v1"},
        {"signature": "no comma"},
        {"signature": "v1,a,b"},
        {"signature": "v1,é"},
        {"signature": "v1a,AAAA"},
        {"signature": OTHER},
    ],
)
def test_what_lacks_a_part_is_not(changes: dict[str, str | None]) -> None:
    """Each header missing, empty, malformed or of another message; the library raises other errors for some."""
    assert not Sender(changes=changes).believed()


@pytest.mark.parametrize(("off", "expected"), [(-300, True), (300, True), (-301, False), (301, False)])
def test_a_message_is_for_five_minutes(off: int, expected: bool) -> None:  # noqa: FBT001
    """Either way, to the second."""
    assert Sender(timestamp=str(NOW + off)).believed() is expected


@pytest.mark.parametrize("between", [" ", ",", ", ", "  "])
def test_one_good_signature_of_several_is_enough(between: str) -> None:
    """Of a rotation, in a list or in repeated headers that a gateway joined."""
    good = Sender().signature()
    assert Sender(changes={"signature": between.join([OTHER, OTHER.replace("v1", "v2"), good, OTHER])}).believed()
    assert not Sender(changes={"signature": between.join([OTHER, good.replace("v1", "v2")])}).believed()


def test_a_body_need_not_be_text() -> None:
    """The bytes are signed, whatever they mean."""
    assert Sender(payload=b"\xff\xfe\x00").believed()


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        (f"whsec_AAAA|whsec_{SECRET}", True),
        (f"whsec_{SECRET}===", True),
        (f"v1,whsec_{SECRET}|v1,whsec_AAAA", True),
        (f"|{SECRET}|", True),
        ("whsec_AAAA|whsec_BBBB", False),
        ("|", False),
        ("not base64!", False),
        ("", False),
    ],
)
def test_several_secrets_may_be_one_text(secret: str, expected: bool) -> None:  # noqa: FBT001
    """As Supabase writes them; an empty one among them opens nothing."""
    assert Sender().believed(secret) is expected


@pytest.mark.parametrize("secret", ["whsec_YWI", "whsec_YWI="])
def test_a_secret_may_lack_its_padding(secret: str) -> None:
    """Copied without the `=` at its end, it is the same key."""
    mac = hmac.digest(b"ab", f"msg_1.{NOW}.{{}}".encode(), "sha256")
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW)}
    headers["webhook-signature"] = f"v1,{base64.b64encode(mac).decode()}"
    assert is_signed("standard-webhooks", request(b"{}", headers), secret, NOW)
