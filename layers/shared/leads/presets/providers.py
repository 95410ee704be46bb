"""The registry of providers.

To add one, add its literal to the module of its kind. `docs/sources.md` is generated from this.
"""

from typing import Final

from leads.presets.apps import APPS
from leads.presets.business import BUSINESS
from leads.presets.forms import FORMS
from leads.presets.provider import Provider

PROVIDERS: Final[dict[str, Provider]] = {**FORMS, **BUSINESS, **APPS}
