"""Verification of a request's sender."""

import base64
import hashlib
import hmac
import sys
from contextlib import nullcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.config.schema import Source
from leads.errors import Unauthorized
from leads.event.event import Event
from leads.event.verify import answers_preflights, origin_allowed, verify
from tests.reading import NOW, source

SECRETS = ("newest", "previous:with colon")
# The newest secret's signature of an empty body.
EMPTY = hmac.new(b"newest", b"", "sha256").hexdigest()


def signing(provider: str = "basin", **rules: str) -> Source:
    """A source that uses its provider's own scheme."""
    return source(provider, auth=None, **rules)


def event(token: str | None = None, **headers: str) -> Event:
    return Event("s", b"", NOW, token=token, headers={name.replace("_", "-"): text for name, text in headers.items()})


def basic(pair: str | bytes) -> str:
    return f"Basic {base64.b64encode(pair if isinstance(pair, bytes) else pair.encode()).decode()}"


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        ("token", event(authorization="Bearer newest")), ("token", event(authorization="bearer  previous:with colon ")),
        ("token", event(x_api_key=" newest ")), ("token", event("previous:with colon")),
        ("token", event("wrong", x_api_key="newest")), ("basic", event(authorization=basic("anybody:newest"))),
        ("basic", event(authorization=basic(":previous:with colon"))), ("none", event()),
        ("basic", event(authorization=basic("ävä:newest").replace("Basic", "BASIC"))),
    ],
)  # fmt: skip
def test_a_right_secret_is_accepted(auth: str, sent: Event) -> None:
    """In each place where it may be sent, and during a rotation each of its values."""
    verify(sent, source(auth=auth), SECRETS)


@pytest.mark.parametrize(
    ("auth", "sent"),
    [
        *(("token", event(token)) for token in (None, "", "wrong", "newes", "newest2", "NEWEST", "\ud800")),
        *(("token", event(authorization=text)) for text in (
            "newest", "Bearer", "Bearer newest, Bearer x", basic("x:newest"))),
        ("basic", event()), ("basic", event("newest", x_api_key="newest")),
        *(("basic", event(authorization=text)) for text in (
            "Bearer newest", "Basic", "Basic !!!", "Basic bmV3ZXN0ä", basic("newest"), basic("newest:"),
            basic(b"\xff:\xff"))),
    ],
)  # fmt: skip
def test_a_wrong_secret_is_refused(auth: str, sent: Event) -> None:
    """Missing, malformed, misplaced and nearly right secrets get the same refusal."""
    with pytest.raises(Unauthorized):
        verify(sent, source(auth=auth), SECRETS)


def count_comparisons(auth: str, sent: Event) -> int:
    """How many constant-time comparisons a verification makes."""
    calls: list[object] = []

    def watch(_frame: object, kind: str, called: object) -> None:
        if kind == "c_call" and called is hmac.compare_digest:
            calls.append(called)

    previous = sys.getprofile()
    sys.setprofile(watch)
    try:
        verify(sent, source(auth=auth) if auth != "signature" else signing(), SECRETS)
    except Unauthorized:
        pass
    finally:
        sys.setprofile(previous)
    return len(calls)


@pytest.mark.parametrize(
    ("auth", "offers"),
    [
        ("token", [event("newest"), event("previous:with colon"), event("newesx"), event("n"), event("x" * 999)]),
        ("token", [event(x_api_key="newest"), event(x_api_key="previous:with colon"), event(x_api_key="wrong")]),
        ("token", [event(authorization=f"Bearer {text}") for text in (*SECRETS, "wrong")]),
        ("basic", [event(authorization=basic(f"anybody:{text}")) for text in (*SECRETS, "wrong")]),
        ("signature", [event(x_basin_signature=f"sha256={mac}") for mac in ("00" * 32, "ff" * 32, EMPTY)]),
    ],
)
def test_a_guess_takes_as_long_as_the_secret(auth: str, offers: list[Event]) -> None:
    """Right or wrong, newest or older: each makes the same number of constant-time comparisons."""
    (number,) = {count_comparisons(auth, sent) for sent in offers}
    assert number >= len(SECRETS)


@pytest.mark.parametrize("secrets", [(), ("",), (" ",), ("", "newest")])
def test_an_empty_secret_is_refused(secrets: tuple[str, ...]) -> None:
    """If the secret is empty, a request without a secret is refused."""
    for sent in (event(), event(""), event(" "), event(x_api_key=""), event(authorization="Bearer ")):
        with pytest.raises(Unauthorized):
            verify(sent, source(), secrets)


def test_a_source_without_a_scheme_accepts_no_signature() -> None:
    """A source whose provider does not sign accepts no signature."""
    unsigned = source().model_copy(update={"auth": None})
    assert unsigned.authentication == "signature"
    with pytest.raises(Unauthorized):
        verify(event("newest", x_api_key="newest"), unsigned, SECRETS)


@given(st.dictionaries(st.sampled_from(["authorization", "x-api-key"]), st.text()), st.none() | st.text())
def test_no_header_breaks_the_check(headers: dict[str, str], token: str | None) -> None:
    """Any header or token is refused without another error."""
    for auth in ("token", "basic"):
        with pytest.raises(Unauthorized):
            verify(
                Event("s", b"", NOW, headers=headers, token=token), source(auth=auth), ("a secret that nobody guesses",)
            )


PAGE, OWN = ["https://www.example.com"], {"host": "hook.example"}


@pytest.mark.parametrize(
    ("origins", "headers", "allowed"),
    [
        ([], {"origin": "https://anybody.example"}, True), (["*"], {"origin": "https://anybody.example"}, True),
        (PAGE, {}, True), (PAGE, {"origin": "https://www.example.com"}, True),
        (PAGE, {"origin": "https://WWW.example.com"}, True), (PAGE, {"origin": "http://www.example.com"}, False),
        (PAGE, {"origin": "https://www.example.com.evil.example"}, False), (PAGE, {"origin": "null"}, False),
        (PAGE, {"origin": "https://hook.example", **OWN}, True),
        (PAGE, {"origin": "https://evil.example", **OWN}, False),
        (PAGE, {"origin": "https://evil-hook.example", **OWN}, False),
        (PAGE, {"origin": "https://x"}, False), (["*"], {"origin": "https://["}, True),
        *((["*"], {"origin": text}, False) for text in (
            "https://\u00e9.example", "https://", "https://a b", "x", "a\r\nb: c")),
    ],
)  # fmt: skip
def test_a_page_needs_permission_where_pages_are_named(
    origins: list[str],
    headers: dict[str, str],
    allowed: bool,  # noqa: FBT001
) -> None:
    """Only browsers send Origin. The hook's own host is allowed, and a malformed origin is refused."""
    page = source(auth="none", allowed_origins=origins)
    assert origin_allowed(Event("s", b"", NOW, headers=headers), page) is allowed


@pytest.mark.parametrize(
    ("secrets", "accepted"), [(("a", "b"), True), (("b", "a"), True), (("b",), False), (("",), False)]
)
def test_each_secret_of_a_rotation_signs(secrets: tuple[str, ...], accepted: bool) -> None:  # noqa: FBT001
    """The provider's scheme is the default, and the previous secret is accepted like the newest."""
    body = b'{"email": "ava@example.com"}'
    signature = hmac.new(b"a", body, "sha256").hexdigest()
    sent = Event("s", body, NOW, headers={"x-basin-signature": f"sha256={signature}"})
    with nullcontext() if accepted else pytest.raises(Unauthorized):
        verify(sent, signing(), secrets)


def test_the_configured_address_is_the_signed_one() -> None:
    """Behind a custom domain the signed address is the configured one, not the one that the function sees."""
    public = "https://hooks.example.com/hooks/s"
    signature = hashlib.sha256(f"newestPOST{public}".encode()).hexdigest()
    headers = {"x-hubspot-signature": signature, "x-hubspot-signature-version": "v2"}
    sent = Event("s", b"", NOW, headers=headers, url="https://abc.execute-api.example.com/hooks/s")
    verify(sent, signing("hubspot", public_url=public), SECRETS)
    with pytest.raises(Unauthorized):
        verify(sent, signing("hubspot"), SECRETS)
    verify(Event("s", b"", NOW, headers=headers, url=public), signing("hubspot"), SECRETS)


def test_a_batch_may_send_its_token_in_the_path() -> None:
    """Segment: the path's token covers the elements that the signature does not."""
    first = b'{"type": "identify"}'
    headers = {"x-signature": hmac.new(b"newest", first, "sha1").hexdigest()}
    segment = signing("segment")
    verify(Event("s", b"[" + first + b", {}]", NOW, headers=headers, token="newest"), segment, SECRETS)
    with pytest.raises(Unauthorized):
        verify(Event("s", b"[" + first + b", {}]", NOW, headers=headers), segment, SECRETS)


@pytest.mark.parametrize("auth", ["token", "basic"])
def test_a_public_key_is_not_a_token(auth: str) -> None:
    """A public key is not a secret, so it is refused as a token."""
    key = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    for sent in (event(key), event(x_api_key=key), event(authorization=basic(f"x:{key}"))):
        with pytest.raises(Unauthorized):
            verify(sent, source(auth=auth), (key,))


@pytest.mark.parametrize(("auth", "origins", "answered"), [
    ("none", [], True), ("token", [], False), ("token", PAGE, True),
])  # fmt: skip
def test_a_preflight_is_answered_where_a_page_may_post(auth: str, origins: list[str], answered: bool) -> None:  # noqa: FBT001
    """Preflights are answered for open sources and for those with allowed origins."""
    assert answers_preflights(source(auth=auth, allowed_origins=origins)) is answered
