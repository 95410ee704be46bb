"""Edits of the stack's secret keep all other values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads.config.schema import Enrollment, Source, parse
from leads_cli.errors import UsageError
from leads_cli.stacks.secret import API_KEY, StoredSecret
from leads_cli.stacks.secret_edits import (
    SecretState,
    drop_previous,
    find_unread,
    flaw,
    known_sources,
    list_states,
    rotate,
    set_value,
)

ENROLLMENT = parse("""
campaigns.news.id = "camp_news"
[sources]
website = {provider = "form", campaign = "news", auth = "none"}
app = {provider = "json", campaign = "news", auth = "token"}
forms = {provider = "typeform", campaign = "news"}
""")
NAMES = st.sampled_from([API_KEY, "app", "forms", "other"])
CONTENTS = st.fixed_dictionaries(
    {},
    optional={
        API_KEY: st.text(min_size=1),
        "note": st.integers(),
        "sources": st.dictionaries(
            st.sampled_from(["app", "forms", "other"]), st.one_of(st.text(), st.lists(st.text(), max_size=3))
        ),
    },
)


def others(content: dict[str, object], name: str) -> dict[str, object]:
    sources = content.get("sources", {})
    assert isinstance(sources, dict)
    rest = {f"sources.{key}": value for key, value in sources.items() if key != name}
    return {key: value for key, value in content.items() if key not in {name, "sources"}} | rest


@given(CONTENTS, NAMES)
def test_other_values_are_kept(content: dict[str, object], name: str) -> None:
    """Setting or rotating one name leaves every other value unchanged."""
    stored = StoredSecret(content)
    edits = [set_value(content, name, "new")]
    if name != API_KEY and "new" not in stored.values(name) and len(stored.values(name)) < 2:
        edits.append(rotate(stored, name, "new"))
    for edited in edits:
        assert others(edited, name) == others(content, name)
        new = StoredSecret(edited)
        assert (new.api_key if name == API_KEY else new.values(name)[0]) == "new"


@given(CONTENTS, st.sampled_from(["app", "forms"]))
def test_a_rotation_keeps_the_newest_value_beside_the_new_one(content: dict[str, object], name: str) -> None:
    """At most two values are valid. Dropping the previous one leaves only the new one."""
    before = StoredSecret(content)
    if len(before.values(name)) > 1:
        with pytest.raises(UsageError, match="--drop-previous"):
            rotate(before, name, "brand new")
        before = StoredSecret(drop_previous(before, name))
    after = StoredSecret(rotate(before, name, "brand new"))
    assert after.values(name) == ("brand new", *before.values(name))
    if before.values(name):
        assert StoredSecret(drop_previous(after, name)).values(name) == ("brand new",)


@pytest.mark.parametrize(
    ("provider", "auth", "secret", "problem"),
    [
        ("standard-webhooks", "signature", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", None),
        ("standard-webhooks", "signature", "whsec_YW4gaW52ZW50ZWQga2V5", None),
        ("standard-webhooks", "signature", "whsec_YWI", None),
        ("standard-webhooks", "signature", "whsec_not base64!", "is not base64"),
        ("clerk", "signature", "whsec_", "is not base64"),
        ("standard-webhooks", "signature", "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=", "is a public key"),
        ("standard-webhooks", "token", "whpk_AAAA", "is a public key"),
        ("standard-webhooks", "token", "any text", None),
        ("supabase", "signature", "v1,whsec_YWI=|v1,whsec_YWM=", None),
        ("supabase", "signature", "v1,whsec_YWI=|v1,whsec_!", "is not base64"),
        ("supabase", "signature", "a token of a database webhook", None),
        ("stripe", "signature", "whsec_of_another_form", None),
        ("typeform", "signature", '"quoted"', "has quotation marks"),
    ],
)
def test_a_secret_that_can_never_verify_is_found(provider: str, auth: str, secret: str, problem: str | None) -> None:
    """A public key, quotation marks, or a key that is not base64 although the scheme needs it."""
    found = flaw(provider, auth, secret)
    assert found is None if problem is None else found and found.startswith(problem)


def test_an_open_source_with_a_captcha_has_a_secret() -> None:
    """The captcha's secret is stored under the source's name."""
    guarded = Enrollment(sources={"site": Source(provider="form", auth="none", captcha="turnstile")})
    known_sources(guarded, "site")
    assert find_unread(guarded, StoredSecret({"sources": {"site": "x"}})) == []
    states = [list_states(guarded, StoredSecret({"sources": s}))[0].state for s in ({}, {"site": "x"})]
    assert states == [SecretState.MISSING, SecretState.SET]
