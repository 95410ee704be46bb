"""The signup form of `leads dev`."""

import pytest

from leads.config.schema import Captcha, Enrollment, Source
from leads_cli.dev.invented import TEST_SECRETS, TEST_TOKENS, invent_secrets
from leads_cli.dev.page.form import open_form, signup_form


@pytest.mark.parametrize("captcha", ["turnstile", "hcaptcha"])
def test_a_captcha_is_solved_by_its_services_token_for_tests(captcha: Captcha) -> None:
    """The form has the token, and the embedded stack the secret with which the service takes it."""
    enrollment = Enrollment(sources={"site": Source(provider="form", auth="none", captcha=captcha)})
    assert invent_secrets(enrollment) == {"site": TEST_SECRETS[captcha]}
    found = open_form(enrollment)
    assert found is not None
    name, token = TEST_TOKENS[captcha]
    assert f'<input type="hidden" name="{name}" value="{token}">' in signup_form(*found)
