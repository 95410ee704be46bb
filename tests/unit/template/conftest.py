"""What several unit tests look at."""

import pytest

from tests.unit.template.translated import Template, translated


@pytest.fixture(scope="session")
def template() -> Template:
    """The translated template. Tests do not change it."""
    return translated()
