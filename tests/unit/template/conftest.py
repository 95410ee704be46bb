"""Fixtures of the template's tests."""

import pytest

from tests.unit.template.translated import Template, translated


@pytest.fixture(scope="session")
def template() -> Template:
    """The translated template. Tests do not change it."""
    return translated()
